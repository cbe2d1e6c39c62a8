"""Reads the figure that a form field holds: money in 万元 where no unit is given, counts whole."""

import re
import unicodedata
from fractions import Fraction

from calculators import Number
from corpus.figures import scan
from corpus.schema import Fact

_BARE = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_TEN_THOUSAND = 10_000
_MAX_CHARS = 40
_MAX = Fraction(10) ** 14


def read_number(text: str, fact: Fact) -> Number | str:
    """The number of a money or count field, or a sentence in Chinese that says what is wrong with it.

    320, 320万, 3,200,000元 and 三百二十万元 are the same sum; 10万到20万 is a range. Rounded figures (约, 多) are refused:
    nothing exact follows from them.
    """
    plain = unicodedata.normalize("NFKC", text).replace("，", ",").strip()
    example = "320万、3,200,000元或 10万到20万" if fact.type == "money" else "3"
    if len(plain) > _MAX_CHARS:
        return f"太长了；请只填数目，如 {example}"
    if _BARE.fullmatch(plain):
        value = Fraction(plain.replace(",", ""))
        number = Number.of(value * _TEN_THOUSAND if fact.type == "money" else value)
    else:
        figures = scan(plain)
        kinds = ("money",) if fact.type == "money" else ("count", "bare")
        if len(figures) != 1 or figures[0].kind not in kinds or figures[0].text.strip() != plain or figures[0].vague:
            return f"读不懂“{plain}”；请填数目，如 {example}"
        if figures[0].approx:
            return f"“{plain}”是约数，算不出确切的结果；请填确切的数，或填范围"
        low, high = figures[0].low, figures[0].high
        number = Number.of(high) if low == high else Number(low, high)
    if number.low < 0:
        return "不能是负数"
    if number.high < number.low:
        return "范围的前一个数应小于后一个数"
    if number.high > _MAX:
        return "数目太大，请核对单位"
    whole = number.low.denominator == 1 and number.high.denominator == 1
    if fact.type == "count" and not fact.fractional and not whole:
        return f"应是整数{f'，单位是{fact.unit}' if fact.unit else ''}"
    return number
