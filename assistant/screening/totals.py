"""What each recipient gets of a screened profile: floor and ceiling, joint ceilings, what cannot be added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from assistant.screening.payees import payee_of
from calculators import Outcome, Total, totals
from corpus.schema import Benefit, JointCap, Pack, Payee

Left = Literal["average", "deduction", "period"]


@dataclass(frozen=True, slots=True)
class PayeeTotal:
    """What one recipient gets, in yuan: the text promises no less than `floor` and no more than `ceiling`.

    A ceiling without a floor counts as nought in `floor`; `left_out` holds what cannot be added up and why; `shared` are the
    joint ceilings over two or more of the counted benefits; `open` counts the benefits of this recipient without a result.
    """

    payee: Payee
    to: str
    floor: Fraction
    ceiling: Fraction
    counted: tuple[Total, ...]
    left_out: tuple[tuple[Total, Left], ...]
    shared: tuple[JointCap, ...]
    open: int


def by_payee(pack: Pack, results: Sequence[Outcome], pending: Sequence[Benefit]) -> tuple[PayeeTotal, ...]:
    """Totals of one recipient each: the asker first, then others by name, then what names nobody.

    A joint ceiling is a recipient's: it never takes a bank's money for a firm's.
    """
    groups: dict[tuple[Payee, str], list[Outcome]] = {}
    for outcome in results:
        if outcome.status in ("calculated", "zero"):
            groups.setdefault(_recipient(outcome.benefit), []).append(outcome)
    waiting = [_recipient(benefit) for benefit in pending]
    order = {"asker": 0, "other": 1, "unstated": 2}
    return tuple(
        _payee_total(pack, *key, groups[key], waiting.count(key)) for key in sorted(groups, key=lambda key: order[key[0]])
    )


def _recipient(benefit: Benefit) -> tuple[Payee, str]:
    payee = payee_of(benefit)
    return payee, "" if payee == "asker" else benefit.to


def _payee_total(pack: Pack, payee: Payee, to: str, outcomes: Sequence[Outcome], pending: int) -> PayeeTotal:
    noughts = [o for o in outcomes if o.status == "zero"]
    results = (*totals(outcomes, pack.joint_caps), *(_nought(outcome) for outcome in noughts))
    left_out = [(total, why) for total in results if (why := _cannot_be_added(total))]
    out = [total for total, _ in left_out]
    counted = [total for total in results if total not in out]
    named = [outcome.benefit.id for total in counted for outcome in total.outcomes]
    shared = tuple(cap for cap in pack.joint_caps if sum(benefit in cap.over for benefit in named) > 1)
    floor = sum((_floor(total) for total in counted), Fraction(0))
    ceiling = sum((total.amount.high for total in counted), Fraction(0))
    return PayeeTotal(payee, to, floor, ceiling, tuple(counted), tuple(left_out), shared, pending)


def _nought(outcome: Outcome) -> Total:
    """Nothing is a result too: 培育了0家 comes to 0元."""
    return Total(outcome.benefit.id, outcome.benefit.clause, outcome.amounts[0], outcome.steps, (outcome,))


def _floor(total: Total) -> Fraction:
    """What is promised: of a joint result the floors of its parts, no more than the ceiling."""
    if total.cap is None:
        return total.amount.low or Fraction(0)
    lows = (outcome.amounts[0].low or Fraction(0) for outcome in total.outcomes)
    return min(sum(lows, Fraction(0)), total.amount.high)


def _cannot_be_added(total: Total) -> Left | None:
    """An average is no ceiling of one project, a deduction is no cash, and a yearly amount is none for all years."""
    if total.amount.kind == "average":
        return "average"
    if total.amount.kind == "deduction":
        return "deduction"
    return "period" if total.amount.label else None
