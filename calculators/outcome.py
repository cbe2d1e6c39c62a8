"""What comes of a rule: amounts, steps, and what stayed open."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from corpus.schema import Benefit, Condition, Token

AmountKind = Literal["exact", "range", "upper_bound", "average", "deduction"]
Status = Literal[
    "calculated",  # an exact amount, a range, an upper bound, an average or a deduction
    "zero",  # the count or base is nought
    "unstated",  # the text names a benefit and no figure or ratio
    "not_eligible",
    "missing",  # a fact is needed
    "invalid",  # a fact cannot be, such as 2.5 firms
    "changed",  # the clause is no longer the one that the rule was written for
]


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in yuan after caps. `low` is None where the text promises no floor (upper_bound, average)."""

    kind: AmountKind
    low: Fraction | None
    high: Fraction
    label: str = ""
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a working: a figure of the text (with its token), of the user, or made from two earlier ones."""

    label: str
    value: Fraction
    unit: str
    token: Token | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one benefit for one set of facts."""

    benefit: Benefit
    status: Status
    amounts: tuple[Amount, ...] = ()
    steps: tuple[Step, ...] = ()
    formula: str = ""
    failed: tuple[Condition, ...] = ()
    missing: tuple[str, ...] = ()
    assumed: tuple[Condition, ...] = ()
    satisfied: int = 0
