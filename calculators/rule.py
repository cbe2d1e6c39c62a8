"""One rule meets the facts: conditions, arithmetic, caps. All in exact fractions."""

from collections.abc import Mapping
from fractions import Fraction

from calculators.facts import Facts, Number
from calculators.logic import judge
from calculators.money import decimal_text, yuan_text
from calculators.outcome import Amount, AmountKind, Outcome, Step
from corpus.schema import Benefit, Fact, Token


def evaluate(benefit: Benefit, facts: Facts, known: Mapping[str, Fact], *, withdrawn: bool = False) -> Outcome:
    """The outcome of a benefit: an amount with its working, or why there is none.

    `withdrawn` says that the clause changed since the rule was written: nothing is computed then.
    """
    if withdrawn:
        return Outcome(benefit, "changed")
    options = _options(benefit, facts, known)
    judged = [(condition, judge(condition, facts, known, options)) for condition in benefit.when]
    premises = [(condition, judge(condition, facts, known, options)) for condition in benefit.premises]
    negative = tuple(name for name in (benefit.of, benefit.times) if name and _below_zero(facts.number(name, options)))
    if negative:
        return Outcome(benefit, "invalid", missing=negative)
    failed = tuple(condition for condition, truth in [*judged, *premises] if truth is False)
    satisfied = sum(truth is True for _, truth in [*judged, *premises])
    assumed = tuple(condition for condition, truth in premises if truth is None)
    if failed:
        return Outcome(benefit, "not_eligible", failed=failed, satisfied=satisfied)
    if benefit.mode == "unstated":
        return Outcome(benefit, "unstated", assumed=assumed, satisfied=satisfied)
    needed = [condition.fact for condition, truth in judged if truth is None]
    inputs = [name for name in (benefit.of, benefit.times) if name]
    needed += [name for name in inputs if _unusable(benefit, facts, name, options) and name not in needed]
    if benefit.each and facts.number(benefit.each, options) is None and any(name == benefit.each for name, _ in facts.numbers):
        needed.append(benefit.each)  # 两家复审: of the others nothing is known
    invalid = tuple(
        name
        for name in (*inputs, benefit.each)
        if name and (number := facts.number(name, options)) is not None and not _valid(number, known[name])
    )
    if invalid:
        return Outcome(benefit, "invalid", missing=invalid, assumed=assumed, satisfied=satisfied)
    if needed:
        return Outcome(benefit, "missing", missing=tuple(dict.fromkeys(needed)), assumed=assumed, satisfied=satisfied)
    amounts, steps, formula = _amounts(benefit, facts, options)
    return Outcome(
        benefit,
        "zero" if all(amount.high == 0 for amount in amounts) else "calculated",
        amounts=amounts,
        steps=steps,
        formula=formula,
        assumed=assumed,
        satisfied=satisfied,
    )


def _options(benefit: Benefit, facts: Facts, known: Mapping[str, Fact]) -> tuple[str, ...]:
    """For which values of a choice this rule counts its base (开发|转让|许可 for one rate) or its recipients.

    Of several that tell recipients apart (规模以上, 首次) the most telling one that was counted stands for all.
    """
    if benefit.each and known[benefit.each].split:
        mine = {option for condition in benefit.when for option in condition.options}
        ordered = tuple(option for option in known[benefit.each].split if option in mine)
        return next(((option,) for option in ordered if (benefit.each, option) in facts.numbers), ordered)
    by = known[benefit.of].by if benefit.of else ""
    return next((condition.options for condition in benefit.when if condition.fact == by and by), ())


def _unusable(benefit: Benefit, facts: Facts, name: str, options: tuple[str, ...]) -> bool:
    """Whether a base is unknown, or only bounded; a bound from which on the ceiling is all there is will do."""
    number = facts.number(name, options)
    if number is None or not number.loose:
        return number is None
    figure = benefit.figure
    return figure is None or benefit.ceiling is None or number.low * figure.low < benefit.ceiling


def _below_zero(number: Number | None) -> bool:
    return number is not None and number.low < 0


def _valid(number: Number, fact: Fact) -> bool:
    whole = fact.type != "count" or fact.fractional or (number.low.denominator == 1 and number.high.denominator == 1)
    return number.low >= 0 and whole


def _amounts(benefit: Benefit, facts: Facts, options: tuple[str, ...]) -> tuple[tuple[Amount, ...], tuple[Step, ...], str]:
    if benefit.periods:
        return _schedule(benefit, facts, options)
    assert benefit.figure is not None
    amount, steps, formula = _one(benefit, benefit.figure, facts, options, "")
    return (amount,), steps, formula


def _schedule(benefit: Benefit, facts: Facts, options: tuple[str, ...]) -> tuple[tuple[Amount, ...], tuple[Step, ...], str]:
    amounts, steps, formulas = [], [], []
    for period in benefit.periods:
        amount, more, formula = _one(benefit, period.figure, facts, options, period.label)
        amounts.append(amount)
        steps += [step for step in more if step not in steps]
        formulas.append(f"{period.label} {formula}" if formula else f"{period.label} {yuan_text(amount.high)}")
    return tuple(amounts), tuple(steps), "；".join(formulas)


def _one(
    benefit: Benefit, figure: Token, facts: Facts, options: tuple[str, ...], label: str
) -> tuple[Amount, tuple[Step, ...], str]:
    steps: list[Step] = []
    low, high = figure.low, figure.high
    formula = ""
    if benefit.of:
        base = facts.number(benefit.of, options)
        assert base is not None
        base = Number(base.low, base.low) if base.loose else base
        steps += _parts(benefit.of, base, "元")
        if benefit.above is not None:
            base, more = _excess(base, benefit.above)
            steps += more
        steps += _rate_steps(figure)
        spelt = f"最高{figure.text}" if benefit.mode == "upper_bound" else figure.text
        formula = f"{_of_text(benefit, base)} × {spelt}"
        low, high = base.low * figure.low, base.high * figure.high
        steps += _ends("乘积", low, high)
        formula += f" = {_span(low, high)}"
    elif benefit.times or benefit.each:
        count = facts.number(benefit.times or benefit.each, options)
        steps += _ends(benefit.name, figure.low, figure.high, figure)
        if count is not None:
            steps += _parts(benefit.times or benefit.each, count, "")
            low, high = figure.low * count.low, figure.high * count.high
            steps += _ends("合计", low, high)
            formula = f"{_count_text(count)} × {figure.text} = {_span(low, high)}"
    else:
        steps += _ends(benefit.name, figure.low, figure.high, figure)
    capped = benefit.cap is not None and high > benefit.cap.high
    if benefit.cap is not None:
        steps.append(Step("上限", benefit.cap.high, "元", benefit.cap))
        if capped:
            low, high = min(low, benefit.cap.high), benefit.cap.high
            formula += f"，超过上限，按上限 {yuan_text(high)}"
    return _kind(benefit, low, high, label, capped), tuple(steps), formula


def _kind(benefit: Benefit, low: Fraction, high: Fraction, label: str, capped: bool) -> Amount:
    kinds: dict[str, AmountKind] = {"average": "average", "deduction": "deduction", "upper_bound": "upper_bound"}
    kind: AmountKind = kinds.get(benefit.mode, "exact" if low == high else "range")
    floor = None if kind in ("upper_bound", "average") else low
    return Amount(kind, floor, high, label, capped)


def _parts(name: str, number: Number, unit: str) -> list[Step]:
    """The figures that a number was added up from, and each partial sum, so that a reader can follow."""
    if number.is_range:
        return [Step(f"{name}（低）", number.low, unit), Step(f"{name}（高）", number.high, unit)]
    parts = number.parts or (number.low,)
    steps = [Step(name, parts[0], unit)]
    total = parts[0]
    for part in parts[1:]:
        total += part
        steps += [Step(name, abs(part), unit), Step("相减" if part < 0 else "相加", total, unit)]
    return steps


def _excess(base: Number, above: Token) -> tuple[Number, list[Step]]:
    low, high = max(base.low - above.high, Fraction(0)), max(base.high - above.high, Fraction(0))
    steps = [Step("起算额", above.high, "元", above), *_ends("超出额", low, high)]
    return Number(low, high), steps


def _rate_steps(figure: Token) -> list[Step]:
    steps = [Step("比例", figure.low, "", figure)]
    return steps if figure.low == figure.high else [*steps, Step("比例", figure.high, "", figure)]


def _ends(label: str, low: Fraction, high: Fraction, token: Token | None = None) -> list[Step]:
    steps = [Step(label, low, "元", token)]
    return steps if low == high else [*steps, Step(label, high, "元", token)]


def _of_text(benefit: Benefit, base: Number) -> str:
    if benefit.above is not None:
        return f"超出额 {_span(base.low, base.high)}"
    parts = f"（{_sum_text([yuan_text(part) for part in base.parts])}）" if len(base.parts) > 1 else ""
    return f"{benefit.of} {_span(base.low, base.high)}{parts}"


def _count_text(count: Number) -> str:
    total = decimal_text(count.high) if not count.is_range else f"{decimal_text(count.low)}–{decimal_text(count.high)}"
    return f"（{_sum_text([decimal_text(part) for part in count.parts])}）" if len(count.parts) > 1 else total


def _sum_text(parts: list[str]) -> str:
    return " + ".join(parts).replace("+ -", "- ")


def _span(low: Fraction, high: Fraction) -> str:
    return yuan_text(high) if low == high else f"{yuan_text(low)}至{yuan_text(high)}"
