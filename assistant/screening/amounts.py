"""Reads the figure that a form field holds: money in 万元 where no unit is given, counts whole."""

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from assistant.language import language
from calculators import Number
from corpus.figures import scan
from corpus.schema import Fact

_BARE = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_TEN_THOUSAND = 10_000
_MAX_CHARS, _MAX_DECIMALS = 40, 6
_MAX = Fraction(10) ** 14


class Fault(NamedTuple):
    """What is wrong with a field: a template in Chinese and its values."""

    template: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        """The sentence in Chinese."""
        return self.template.format(**self.values)


def read_number(text: str, fact: Fact) -> Number | Fault:
    """The number of a money or count field, or what is wrong with it.

    320, 320万, 3,200,000元 and 三百二十万元 are the same sum; 10万到20万 is a range. Rounded figures (约, 多) are refused:
    nothing exact follows from them.
    """
    plain = unicodedata.normalize("NFKC", text).replace("，", ",").strip()
    example = "320万、3,200,000元或 10万到20万" if fact.type == "money" else "3"
    if len(plain) > _MAX_CHARS:
        return Fault("太长了；请只填数目，如 {example}", {"example": example})
    if language().speech["foreign"].search(plain.lower()) or any(sign in plain for sign in "$€£"):
        return Fault("请换算成人民币再填", {})
    if len(plain.partition(".")[2].rstrip("0")) > _MAX_DECIMALS and _BARE.fullmatch(plain):
        return Fault("小数太长，请核对", {})
    if _BARE.fullmatch(plain):
        value = Fraction(plain.replace(",", ""))
        number = Number.of(value * _TEN_THOUSAND if fact.type == "money" else value)
    else:
        figures = scan(plain)
        kinds = ("money",) if fact.type == "money" else ("count", "bare")
        if len(figures) != 1 or figures[0].kind not in kinds or figures[0].text.strip() != plain or figures[0].vague:
            return Fault("读不懂“{typed}”；请填数目，如 {example}", {"typed": plain, "example": example})
        if fact.type == "count" and figures[0].unit not in ("", "个", fact.unit):
            return Fault("单位是{unit}，不是{other}", {"unit": fact.unit, "other": figures[0].unit})
        if figures[0].approx:
            return Fault("“{typed}”是约数，算不出确切的结果；请填确切的数，或填范围", {"typed": plain})
        low, high = figures[0].low, figures[0].high
        number = Number.of(high) if low == high else Number(low, high)
    if number.low < 0:
        return Fault("不能是负数", {})
    if number.high < number.low:
        return Fault("范围的前一个数应小于后一个数", {})
    if number.high > _MAX:
        return Fault("数目太大，请核对单位", {})
    whole = number.low.denominator == 1 and number.high.denominator == 1
    if fact.type == "count" and not fact.fractional and not whole:
        return Fault("应是整数", {})
    return number
