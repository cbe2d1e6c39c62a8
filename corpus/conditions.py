"""Reads conditions such as `级别 = 国家级`, `资质 in A|B`, `成交额 >= 300万元`, `not 已备案`."""

import re
from collections.abc import Mapping

from corpus.figures import Figure, scan
from corpus.schema import Condition, Fact, Operator, Token
from corpus.text import squeeze

_SHAPE = re.compile(r"^\s*(?P<fact>\S+)\s+(?P<op>>=|<=|>|<|=|in)\s+(?P<value>.+?)\s*$")
_SHAPES = "应为“事实”、“not 事实”、“事实 = 选项”、“事实 in 甲|乙”或“事实 >= 300万元”，且事实写在 facts.yaml 里"
_OPERATORS: dict[str, Operator] = {"=": "in", "in": "in", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}


def token_of(text: str) -> Token | None:
    """A figure written in data, such as 1.5‰ or 20-30（含）万元; None where it is not one whole figure."""
    plain = squeeze(text).text
    figures = scan(plain)
    if len(figures) != 1 or figures[0].text != plain or figures[0].vague:
        return None
    return as_token(figures[0])


def as_token(figure: Figure, start: int = -1, end: int = -1) -> Token:
    """A scanned figure as a token, with the offsets given."""
    return Token(figure.text, figure.low, figure.high, figure.kind, figure.unit, start, end)


def parse_condition(text: str, facts: Mapping[str, Fact]) -> Condition | str:
    """The condition, or a sentence in Chinese that says what is wrong with it."""
    match = _SHAPE.match(text)
    if not match:
        words = text.split()
        negated = len(words) == 2 and words[0] == "not"
        name = words[-1] if words else ""
        if name not in facts or len(words) > 2 or (len(words) == 2 and not negated):
            return f"条件“{text}”读不懂：{_SHAPES}"
        if facts[name].type != "flag":
            return f"条件“{text}”：{name} 不是是非题（flag），要写明选项或数目"
        return Condition(name, "not" if negated else "is", text=text)
    name, operator, value = match["fact"], _OPERATORS[match["op"]], match["value"]
    fact = facts.get(name)
    if fact is None:
        return f"条件“{text}”：facts.yaml 里没有“{name}”"
    if operator == "in":
        options = tuple(option.strip() for option in value.split("|"))
        if fact.type != "choice":
            return f"条件“{text}”：{name} 不是选择题（choice）"
        unknown = [option for option in options if option not in fact.options]
        if unknown:
            return f"条件“{text}”：{name} 没有选项 {'、'.join(unknown)}；可用：{'、'.join(fact.options)}"
        return Condition(name, "in", options, text=text)
    if fact.type not in ("money", "count"):
        return f"条件“{text}”：{name} 不是数目，不能比大小"
    threshold = token_of(value)
    if threshold is None:
        return f"条件“{text}”：“{value}”不是一个完整的数目"
    if threshold.kind != fact.type:
        return f"条件“{text}”：{name} 是 {fact.type}，门槛“{value}”却是 {threshold.kind}"
    return Condition(name, operator, threshold=threshold, text=text)
