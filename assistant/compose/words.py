"""Amounts, rules and conditions in words."""

from fractions import Fraction

from assistant.compose.wording import Wording
from calculators import Amount, Facts, Outcome, Total
from calculators.logic import judge
from calculators.money import decimal_text
from corpus.schema import Benefit, Condition, Fact

_BOUNDED = {"upper_bound": "最高{figure}", "average": "平均不高于{figure}"}


def amount_text(amount: Amount, words: Wording) -> str:
    """An amount with the word that its kind needs: 最高 is a ceiling, 平均 no ceiling for one."""
    low = amount.high if amount.low is None else amount.low
    return words(_BOUNDED.get(amount.kind, "{figure}"), figure=words.span(low, amount.high))


def rule_text(benefit: Benefit, words: Wording) -> str:
    """A benefit's rule in one phrase, figures as the text spells them."""
    if benefit.mode == "unstated":
        return words("条文没有给出具体比例或金额")
    if benefit.periods:
        rule = words.join(
            [
                words("{label}{figure}", label=words.own(period.label), figure=words.token(period.figure))
                for period in benefit.periods
            ],
            "，",
        )
        rule = words("{base}的{figure}", base=words.own(benefit.of), figure=rule) if benefit.of else rule
    else:
        assert benefit.figure is not None
        figure = words(_BOUNDED.get(benefit.mode, "{figure}"), figure=words.token(benefit.figure))
        rule = _single(benefit, figure, words)
    if benefit.each and not words.pack.facts[benefit.each].jointly:
        rule = words("每{unit}{rule}", unit=_measure(benefit, words), rule=rule)
    if benefit.cap is not None:
        ceiling = words("最高{figure}", figure=words.token(benefit.cap))
        rule = words.join(
            [rule, words.own(benefit.cap_note) + (" " if words.english and benefit.cap_note else "") + ceiling], "，"
        )
    return rule


def _single(benefit: Benefit, figure: str, words: Wording) -> str:
    base = words.own(benefit.of)
    if benefit.mode == "deduction":
        return words("{base}加计{figure}扣除", base=base, figure=figure)
    if benefit.of and benefit.above:
        return words("{base}超过{above}部分的{figure}", base=base, above=words.token(benefit.above), figure=figure)
    if benefit.of:
        return words("{base}的{figure}", base=base, figure=figure)
    return words("每1{unit}{figure}", unit=_measure(benefit, words), figure=figure) if benefit.times else figure


def _measure(benefit: Benefit, words: Wording) -> str:
    return words.own(words.pack.facts[benefit.times or benefit.each].unit)


def total_name(total: Total, words: Wording) -> str:
    """What an amount is of."""
    name = words.own(total.name) or words.listed(outcome.benefit.name for outcome in total.outcomes)
    part = words("第{number}项", number=total.part) if total.part.isdigit() and len(total.part) < 4 else total.part
    return words("{name}（{part}）", name=name, part=part) if part else name


def result_text(total: Total, words: Wording) -> str:
    """The head line of one amount."""
    names = total_name(total, words)
    label = f"{words.own(total.amount.label)} " if total.amount.label else ""
    return words("{name}：{result}", name=names, result=label + amount_text(total.amount, words))


def condition_text(condition: Condition, words: Wording) -> str:
    """A condition in words, for reasons and open conditions."""
    name = words.own(condition.fact)
    if condition.op == "in":
        options = [words.own(option) for option in condition.options]
        return words("或").join(options)
    if condition.op in ("is", "not"):
        return name if condition.op == "is" else words("非{fact}", fact=name)
    assert condition.threshold is not None
    limits = {">=": "{fact}达到{limit}（含）", ">": "{fact}超过{limit}", "<=": "{fact}不超过{limit}", "<": "{fact}低于{limit}"}
    return words(limits[condition.op], fact=name, limit=words.token(condition.threshold))


def failure_text(condition: Condition, facts: Facts, outcome: Outcome, words: Wording) -> str:
    """Why a condition fails, with what the user said."""
    need = condition_text(condition, words)
    fact = words.pack.facts[condition.fact]
    if condition.threshold is not None:
        number = facts.number(condition.fact, tuple(o for c in outcome.benefit.when for o in c.options))
        if number is None or number.loose:
            return words("条文要求{need}", need=need)
        return words("条文要求{need}，您说的是{said}", need=need, said=_quantity(number.high, fact, words))
    chosen = words.listed(sorted(facts.chosen.get(condition.fact, ())))
    if chosen and fact.type == "choice":
        need = words("{fact}为{options}", fact=words.own(fact.name), options=need)
        return words("条文要求{need}，您说的是{said}", need=need, said=chosen)
    return words("条文要求“{need}”，您说的情况不满足", need=need)


def _quantity(value: Fraction, fact: Fact, words: Wording) -> str:
    return words("{count}{unit}", count=decimal_text(value), unit=words.own(fact.unit)) if fact.unit else words.money(value)


def open_text(outcome: Outcome, facts: Facts, words: Wording) -> str:
    """What stays open: conditions that the text does not spell out, and premises that the user did not state."""
    found = [words("“{condition}”（条文没有细列）", condition=words.own(text)) for text in outcome.benefit.open]
    known = words.pack.facts
    found += [condition_text(c, words) for c in outcome.assumed if judge(c, facts, known) is None]
    return words.join(dict.fromkeys(found))
