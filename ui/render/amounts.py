"""Amounts as they are read: a large figure with its unit, a badge for its kind, a bar from floor to ceiling."""

from dataclasses import dataclass
from fractions import Fraction

from assistant.compose.wording import Wording
from calculators import Amount, Step
from calculators.money import decimal_text, rate_text
from ui.words import english

KINDS = {"exact": "精确", "range": "区间", "upper_bound": "上限", "average": "平均", "deduction": "扣除"}


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount cut for display: `before` 最高, `figure` 20 – 30, `unit` 万元."""

    before: str
    figure: str
    unit: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Where floor and ceiling lie on a common scale, in percent: solid up to `floor`, hatched up to `ceiling`."""

    floor: float
    ceiling: float


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of a working."""

    label: str
    value: str
    from_text: bool


def sum_view(amount: Amount, words: Wording) -> Sum:
    """An amount with the word of its kind."""
    before = {"upper_bound": words("最高{figure}", figure=""), "average": words("平均不高于{figure}", figure="")}
    low = amount.high if amount.low is None else amount.low
    figure, unit = span_parts(low, amount.high, words)
    return Sum(before.get(amount.kind, "").strip(), figure, unit, amount.kind, KINDS[amount.kind])


def span_parts(low: Fraction, high: Fraction, words: Wording) -> tuple[str, str]:
    """Figure and unit of an amount; a range whose ends share a unit names it once."""
    if words.english:
        return (words.money(high) if low == high else f"{words.money(low)} – {words.money(high)}"), ""
    first, first_unit = _parts(words.money(low))
    last, unit = _parts(words.money(high))
    if low == high:
        return last, unit
    if low == 0:
        return f"0 – {last}", unit
    return (f"{first} – {last}", unit) if first_unit == unit else (f"{first}{first_unit} – {last}", unit)


def _parts(text: str) -> tuple[str, str]:
    number = text.rstrip("亿万元")
    return number, text[len(number) :]


def step_views(steps: tuple[Step, ...], words: Wording) -> list[StepView]:
    """The lines of a working; `from_text` marks figures of the policy."""
    return [StepView(step_label(step, words), step_value(step, words), step.token is not None) for step in steps]


def step_label(step: Step, words: Wording) -> str:
    """What a line of a working is: a word of the arithmetic, or a fact of the policy."""
    return english()[step.label] if words.english and step.label in english() else words.sentence(step.label)


def step_value(step: Step, words: Wording) -> str:
    """The figure of a line of a working."""
    if step.unit == "元":
        return words.money(step.value)
    rated = step.token is not None and step.token.kind == "rate"
    return rate_text(step.value) if rated else decimal_text(step.value)


def bar_of(low: Fraction, high: Fraction, top: Fraction) -> Bar:
    """A bar on a scale that ends at `top`; a positive sum is never thinner than can be seen."""
    if top <= 0 or high <= 0:
        return Bar(0.0, 0.0)
    ceiling = max(float(high / top) * 100, 1.5)
    return Bar(min(float(low / top) * 100, ceiling), ceiling)
