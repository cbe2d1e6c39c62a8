"""Amounts, rules and conditions in words."""

from fractions import Fraction

from calculators import Amount, Facts, Outcome, Total
from calculators.logic import judge
from calculators.money import decimal_text, yuan_text
from calculators.rule import condition_text
from corpus.schema import Benefit, Condition, Pack


def amount_text(amount: Amount) -> str:
    """An amount with the word that its kind needs: 最高 is a ceiling, 平均 no ceiling for one."""
    high = yuan_text(amount.high)
    if amount.kind == "upper_bound":
        return f"最高{high}"
    if amount.kind == "average":
        return f"平均不高于{high}"
    if amount.low is not None and amount.low != amount.high:
        return f"{yuan_text(amount.low)}至{high}"
    return high


def rule_text(benefit: Benefit, pack: Pack) -> str:
    """A benefit's rule in one phrase, figures as the text spells them."""
    if benefit.mode == "unstated":
        return "条文没有给出具体比例或金额"
    if benefit.periods:
        parts = "，".join(f"{period.label}{period.figure.text}" for period in benefit.periods)
        rule = f"{benefit.of}的{parts}" if benefit.of else parts
    else:
        assert benefit.figure is not None
        prefix = {"upper_bound": "最高", "average": "平均不高于"}.get(benefit.mode, "")
        figure = prefix + benefit.figure.text
        if benefit.mode == "deduction":
            rule = f"{benefit.of}加计{figure}扣除"
        elif benefit.of:
            over = f"超过{benefit.above.text}部分" if benefit.above else ""
            rule = f"{benefit.of}{over}的{figure}"
        elif benefit.times:
            rule = f"每1{_measure(benefit, pack)}{figure}"
        else:
            rule = figure
    if benefit.each:
        rule = f"每{_measure(benefit, pack)}{rule}"
    if benefit.cap is not None:
        rule += f"，{benefit.cap_note}最高{benefit.cap.text}"
    return rule


def _measure(benefit: Benefit, pack: Pack) -> str:
    return pack.facts[benefit.times or benefit.each].unit


def result_text(total: Total) -> str:
    """The head line of one amount."""
    names = "、".join(outcome.benefit.name for outcome in total.outcomes)
    label = f"{total.amount.label} " if total.amount.label else ""
    return f"{names}：{label}{amount_text(total.amount)}"


def failure_text(condition: Condition, facts: Facts, pack: Pack, outcome: Outcome) -> str:
    """Why a condition fails, with what the user said."""
    need = condition_text(condition)
    fact = pack.facts[condition.fact]
    if condition.threshold is not None:
        number = facts.number(condition.fact, tuple(o for c in outcome.benefit.when for o in c.options))
        said = "" if number is None or number.loose else f"，您说的是{_quantity(number.high, fact.unit)}"
        return f"条文要求{need}{said}"
    if condition.op == "in":
        chosen = "、".join(sorted(facts.chosen.get(condition.fact, ())))
        return f"条文要求{need}" + (f"，您说的是{chosen}" if chosen else "")
    return f"条文要求“{need}”，您说的情况不满足"


def _quantity(value: Fraction, unit: str) -> str:
    return f"{decimal_text(value)}{unit}" if unit else yuan_text(value)


def open_text(outcome: Outcome, facts: Facts, pack: Pack) -> str:
    """What stays open: conditions that the text does not spell out, and premises that the user did not state."""
    words = [*outcome.benefit.open]
    words += [condition_text(c) for c in outcome.assumed if judge(c, facts, pack.facts) is None]
    return "、".join(dict.fromkeys(words))
