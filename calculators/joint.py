"""Ceilings over several benefits of one recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from calculators.outcome import Amount, Outcome, Step
from corpus.schema import JointCap


@dataclass(frozen=True, slots=True)
class Total:
    """An amount that is reported: of one benefit, of a joint cap that binds over several, or (with a name) a sum of such.

    `part` tells it from others of the same benefit: a year, a place in the order of telling.
    """

    id: str
    clause: str
    amount: Amount
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    cap: JointCap | None = None
    name: str = ""
    part: str = ""


def totals(outcomes: Sequence[Outcome], caps: Sequence[JointCap]) -> tuple[Total, ...]:
    """The amounts of the computed outcomes, one entry a benefit (and period), one for the joint result of a cap that binds."""
    computed = [outcome for outcome in outcomes if outcome.status == "calculated"]
    found: list[Total] = []
    done: set[str] = set()
    for cap in caps:
        parts = [outcome for outcome in computed if outcome.benefit.id in cap.over]
        high = sum((outcome.amounts[0].high for outcome in parts), Fraction(0))
        if not parts or high <= cap.cap.high:
            continue
        done |= {outcome.benefit.id for outcome in parts}
        found.append(_joint(cap, parts))
    for outcome in computed:
        if outcome.benefit.id not in done:
            found += [
                Total(outcome.benefit.id, outcome.benefit.clause, amount, outcome.steps, (outcome,)) for amount in outcome.amounts
            ]
    order = {outcome.benefit.id: index for index, outcome in enumerate(outcomes)}
    return tuple(sorted(found, key=lambda total: order[total.outcomes[0].benefit.id]))


def sum_of(found: Sequence[Total]) -> Total | None:
    """What several amounts of one recipient come to together; None where fewer than two can be added.

    An average is no sum of one project, a deduction no payment, a yearly amount none for all years.
    """
    same = {t.amount.kind for t in found} == {"deduction"}
    parts = [t for t in found if (same or t.amount.kind not in ("average", "deduction")) and not t.amount.label]
    if len(parts) < 2 or len(parts) < len(found):
        return None
    high = sum((part.amount.high for part in parts), Fraction(0))
    low = sum((part.amount.low or Fraction(0) for part in parts), Fraction(0))
    kinds = {part.amount.kind for part in parts}
    if same:
        amount = Amount("deduction", low, high)
    elif "upper_bound" in kinds:
        amount = Amount("upper_bound", None, high)
    else:
        amount = Amount("exact" if low == high else "range", low, high)
    steps = [step for part in parts for step in part.steps]
    for end in ("low", "high") if amount.kind == "range" else ("high",):
        running = getattr(parts[0].amount, end)
        for part in parts[1:]:
            running += getattr(part.amount, end)
            steps.append(Step("相加", running, "元"))
    outcomes = tuple(outcome for part in parts for outcome in part.outcomes)
    return Total("sum", parts[0].clause, amount, tuple(steps), outcomes, name="合计")


def _joint(cap: JointCap, parts: list[Outcome]) -> Total:
    bounded = any(outcome.amounts[0].kind == "upper_bound" for outcome in parts)
    lows = [outcome.amounts[0].low or Fraction(0) for outcome in parts]
    low = min(sum(lows, Fraction(0)), cap.cap.high)
    steps = [step for outcome in parts for step in outcome.steps]
    running = parts[0].amounts[0].high
    for outcome in parts[1:]:
        running += outcome.amounts[0].high
        steps.append(Step("相加", running, "元"))
    steps.append(Step("上限", cap.cap.high, "元", cap.cap))
    if bounded:
        amount = Amount("upper_bound", None, cap.cap.high, capped=True)
    else:
        amount = Amount("exact" if low == cap.cap.high else "range", low, cap.cap.high, capped=True)
    single = len(parts) == 1
    return Total(parts[0].benefit.id if single else cap.id, cap.quote.clause, amount, tuple(steps), tuple(parts), cap)
