"""Ceilings over several benefits of one recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from calculators.outcome import Amount, Outcome, Step
from corpus.schema import JointCap


@dataclass(frozen=True, slots=True)
class Total:
    """An amount that is reported: of one benefit, or of a joint cap that binds over several."""

    id: str
    clause: str
    amount: Amount
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    cap: JointCap | None = None


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
