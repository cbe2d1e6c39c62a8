"""Three-valued conditions: true, false, or unknown (None)."""

from collections.abc import Iterable, Mapping

from calculators.facts import Facts, Number
from corpus.schema import Condition, Fact

Truth = bool | None


def judge(condition: Condition, facts: Facts, known: Mapping[str, Fact], options: tuple[str, ...] = ()) -> Truth:
    """Whether a condition holds; None where a fact that it needs is unknown.

    `options` says for which values of the fact's `by` choice a number is meant. A threshold with >= includes the
    figure (“以上” includes it).
    """
    if condition.op in ("is", "not"):
        flag = facts.flags.get(condition.fact)
        return flag if flag is None or condition.op == "is" else not flag
    if condition.op == "in":
        return _member(condition, facts, known[condition.fact])
    number = facts.number(condition.fact, options)
    return None if number is None or condition.threshold is None else _compare(number, condition)


def _member(condition: Condition, facts: Facts, fact: Fact) -> Truth:
    wanted = set(condition.options)
    chosen = facts.chosen.get(fact.name, frozenset())
    if chosen & wanted:
        return True
    if chosen and fact.exclusive:
        return False
    if wanted <= facts.denied.get(fact.name, frozenset()):
        return False
    return None


def _compare(number: Number, condition: Condition) -> Truth:
    assert condition.threshold is not None
    limit = condition.threshold.high
    if condition.op == ">=":
        return True if number.low >= limit else False if number.high < limit else None
    if condition.op == ">":
        return True if number.low > limit else False if number.high <= limit else None
    if condition.op == "<=":
        return True if number.high <= limit else False if number.low > limit else None
    return True if number.high < limit else False if number.low >= limit else None


def all_of(truths: Iterable[Truth]) -> Truth:
    """Conjunction: false beats unknown beats true, in any order."""
    values = list(truths)
    if False in values:
        return False
    return None if None in values else True
