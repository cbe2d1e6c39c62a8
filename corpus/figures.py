"""Finds the figures of a text: money, rates, counts, years; with their place and exact value.

One scanner reads policies, users and our own answers, so that the number check compares like with like.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from corpus.numerals import NUMERAL_CHARS, read_numeral

Kind = Literal["money", "rate", "count", "bare", "year", "ordinal"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at [start, end) of the scanned text.

    Values: money in yuan, rates as fractions of one, counts in `unit`. `low == high` but for ranges.
    `approx` marks 来, 多, 余, 约; `vague` marks 几十万, whose value is not known (low = high = 0).
    """

    kind: Kind
    low: Fraction
    high: Fraction
    unit: str
    text: str
    start: int
    end: int
    approx: bool = False
    vague: bool = False

    @property
    def value(self) -> Fraction:
        """The figure itself; the upper end of a range."""
        return self.high

    @property
    def is_range(self) -> bool:
        """Whether both ends were given."""
        return self.low != self.high


_CN = "零〇一二三四五六七八九两俩壹贰叁肆伍陆柒捌玖"
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE]\+?\d{1,2}(?!\d))?"
_INCLUSIVE = r"(?:[(（]含[)）])?"
_SCALE = rf"{_INCLUSIVE}\s?(?:个(?=[亿万]))?[十百千万亿拾佰仟wWkK]"
_NUMERAL = (
    rf"(?:{_ARABIC}(?:[多余来]?{_SCALE}(?!(?!rmb|cny|yuan)[a-zA-Z])(?:{_ARABIC}|[{_CN}]+(?=$|[^{_CN}\u4e00-\u9fff]|元|块|的|左右|来|呢|吧|吗))?)*"
    rf"|[{NUMERAL_CHARS}](?:个(?=[亿万])|[多余来几](?=[十百千万亿])|[{NUMERAL_CHARS}])*)"
)
_COUNTERS = "家个种项台件人亩次年套款笔份户条名所位只期批天月岁度倍间张级类步轮届层"
_UNIT = (
    r"(?P<money>元|块钱?|圆|人民币|yuan\b|RMB\b|CNY\b)|(?P<million>million|billion|thousand|(?:mn?|mil|bn|wan)(?![a-z]))"
    rf"|(?P<rate>%|‰|个点|个百分点|percent\b|per cent\b)|(?P<count>(?:平方米|公里|[{_COUNTERS}])(?!性))"
)
_SPAN = r"(?P<span>\s*(?:-|—|–|~|至|到|to)+\s*)"
_PREFIX = r"(?:(?P<prefix>RMB|CNY|USD|HKD|EUR|[¥￥$€£])\s*)"
_PATTERN = re.compile(
    rf"{_PREFIX}?(?P<sign>(?<![A-Za-z0-9%）)_.元万亿千百-])-|负)?(?P<first>{_NUMERAL})(?P<few>[多余来])?{_INCLUSIVE}(?P<mid>%|‰|元|块|million|m(?![a-z]))?"
    rf"(?:{_SPAN}(?P<second>{_NUMERAL}))?(?P<more>[多余来])?{_INCLUSIVE}\s*(?:{_UNIT}(?P<half>半(?![年月天价成数]))?)?",
    re.IGNORECASE,
)
_WORD_RATE = re.compile(rf"(?P<base>百分之|千分之|万分之)(?P<value>[{NUMERAL_CHARS}]+|\d+(?:\.\d+)?)(?!分之)")
_TENTHS = re.compile(
    r"(?P<value>[一二两三四五六七八九]|\d(?:\.\d)?)成(?P<half>半|[一二三四五六七八九])?(?![了果为功交员立长熟本品])"
)
_VAGUE = re.compile(r"[几数好](?:十|百|千)?(?:十|百|千)?(?:多)?[万亿千百](?:元|块)?")
_ORDINAL = re.compile(rf"第\s*(?:\d[\d ]*|[{_CN}十百]+)(?:、\d+)*\s*(?P<what>[条章节款项点]|部分)?")
_YEAR = re.compile(
    r"(?:19|20)\d\d(?:\s*[-—–~至到]\s*(?:19|20)\d\d)?\s*年(?:度)?(?:\d{1,2}月(?:\d{1,2}日)?)?|(?<!\d)(?:19|20)\d\d(?=[-—–](?:19|20)\d\d)"
)
_EITHER = re.compile(
    rf"(?<![{_CN}十百千万亿\d点第])(?P<a>[一二两三四五六七八])(?P<b>[二三四五六七八九])(?P<scale>[十百千]?[万亿]?)"
    rf"(?P<unit>[{_COUNTERS}]|元)?(?![{_CN}十百千万亿\d零〇])"
)
_REPEATED = re.compile(  # 十万二十万: either, never their sum
    rf"(?<![{_CN}十百千万亿\d点.第])(?P<a>[{_CN}十百千]+|\d+)(?P<scale>[万亿])(?P<b>[{_CN}十百千]+|\d+)(?P=scale)(?:元|块)?"
    rf"(?![{_CN}十百千万亿\d])"
)
_NOUGHT = re.compile("(?<=[为是])零(?=蛋?(?:[，,。；;!！?？ ]|$))")
_BARE_YEAR = re.compile(
    r"(?<=\b(?:in|by|of) )20[0-4]\d(?!\d|[.,]\d|\s*(?:million|billion|yuan|rmb|firms|companies))|(?<=during )20[0-4]\d(?!\d)",
    re.IGNORECASE,
)
_DOCUMENT_NUMBER = re.compile(r"〔\d{4}〕\d+号?")
_CLAUSE_ID = re.compile(r"(?<![\d.])\d{1,2}(?:\.\d{1,2}){2,}(?:\.[a-z*]\d?)?(?![\d%‰万元亿])|(?<![\d.])\d\.\d(?=条|款|项)")
_BASES = {"百分之": 100, "千分之": 1000, "万分之": 10_000}
_LONGEST = 9
_PAIRS = {Fraction(b, b - 1) for b in range(2, 10)} | {Fraction(5, 3)}
_HALVES = {"半": Fraction(5)}


def scan(text: str) -> tuple[Figure, ...]:
    """All figures of a text from left to right, none overlapping another."""
    found: list[Figure] = []
    taken: list[tuple[int, int]] = []
    for figure in _special(text):
        if not any(start < figure.end and figure.start < end for start, end in taken):
            found.append(figure)
            taken.append((figure.start, figure.end))
    blocked = taken + [m.span() for pattern in (_DOCUMENT_NUMBER, _CLAUSE_ID) for m in pattern.finditer(text)]
    position = 0
    while match := _PATTERN.search(text, position):
        start, end = match.span()
        clash = next((stop for begin, stop in blocked if begin < end and start < stop), None)
        if clash is not None:
            position = max(clash, start + 1)
            continue
        read = _read(match)
        if read is None:
            # 一次 and 统一 hold numerals that are no figures: go on behind the first character
            position = start + 1 if match["second"] is None else match.end("first")
            position = max(position, start + 1)
            while position < len(text) and text[position - 1].isdigit() and text[position].isdigit():
                position += 1
            continue
        found.append(read)
        position = read.end
    return tuple(sorted(found, key=lambda figure: figure.start))


def _special(text: str) -> Iterator[Figure]:
    for match in _ORDINAL.finditer(text):
        yield Figure("ordinal", Fraction(0), Fraction(0), match["what"] or "", match[0], *match.span())
    for match in _YEAR.finditer(text):
        year = Fraction(int(match[0][:4]))
        yield Figure("year", year, year, "年", match[0], *match.span())
    for match in _BARE_YEAR.finditer(text):
        year = Fraction(int(match[0]))
        yield Figure("year", year, year, "年", match[0], *match.span())
    for match in _EITHER.finditer(text):
        low, high = (read_numeral(match[side] + match["scale"]) for side in "ab")
        neighbours = low is not None and high is not None and (high / low in _PAIRS)
        if neighbours and low is not None and high is not None and (match["scale"] or match["unit"]):
            money = match["unit"] == "元" or match["scale"][-1:] in ("万", "亿")
            kind: Kind = "money" if money else "count" if match["unit"] else "bare"
            unit = "元" if money else match["unit"] or ""
            yield Figure(kind, low, high, unit, match[0], *match.span(), approx=True)
    for match in _REPEATED.finditer(text):
        low, high = (read_numeral(match[side] + match["scale"]) for side in "ab")
        if low is not None and high is not None:
            yield Figure("money", min(low, high), max(low, high), "元", match[0], *match.span(), approx=True)
    for match in _NOUGHT.finditer(text):
        yield Figure("bare", Fraction(0), Fraction(0), "", match[0], *match.span())
    for match in _WORD_RATE.finditer(text):
        value = _decimal(match["value"])
        if value is not None:
            rate = value / _BASES[match["base"]]
            yield Figure("rate", rate, rate, "", match[0], *match.span())
    for match in _TENTHS.finditer(text):
        value = _decimal(match["value"])
        if value is not None:
            half = _HALVES.get(match["half"], _decimal(match["half"]) or Fraction(0)) if match["half"] else Fraction(0)
            rate = value / 10 + half / 100
            yield Figure("rate", rate, rate, "", match[0], *match.span())
    for match in _VAGUE.finditer(text):
        if not (match.start() and text[match.start() - 1] in f"{_CN}十百千0123456789"):
            yield Figure("money", Fraction(0), Fraction(0), "元", match[0], *match.span(), vague=True)


def _decimal(text: str) -> Fraction | None:
    if text.endswith("点"):
        return None
    return read_numeral(text)


def _read(match: re.Match[str]) -> Figure | None:
    first, second = match["first"], match["second"]
    first, few = _plain(first, match["few"])
    low = read_numeral(first)
    if low is None:
        return None
    high, tail, few_too = low, first, False
    if second is not None:
        tail, few_too = _plain(second, match["more"])
        upper = read_numeral(tail)
        if upper is None:
            return None
        high = upper
    approx = few or few_too or bool(match["more"])
    kind, unit, factor = _kind(match, tail)
    if kind is None:
        return None
    if kind == "money" and second is not None and not _scaled(first) and not match["mid"] and low * 10 < high:
        low *= _trailing_scale(tail)  # 20-30万元: the first number borrows the unit of the second
    low, high = low * factor, high * factor
    if match["half"] and kind == "count":
        low, high = low + Fraction(1, 2), high + Fraction(1, 2)
    if match["sign"]:
        low, high = -low, -high
    if high < low and second is not None:
        return None
    end = match.end()
    text = match[0].rstrip()
    return Figure(kind, low, high, unit, text, match.start(), end - (len(match[0]) - len(text)), approx=approx)


def _plain(numeral: str, few: str | None) -> tuple[str, bool]:
    exact = re.sub(r"[(（]含[)）]|个|\s", "", numeral)
    cleaned = re.sub(r"[多余来](?=[十百千万亿])", "", exact)
    return cleaned, bool(few) or cleaned != exact


def _scaled(numeral: str) -> bool:
    return bool(re.search(r"[万亿wWkK千百]", numeral))


def _trailing_scale(numeral: str) -> Fraction:
    match = re.search(r"[十百千万亿拾佰仟wWkK]+$", numeral)
    return (read_numeral("1" + match[0]) or Fraction(1)) if match else Fraction(1)


def _kind(match: re.Match[str], numeral: str) -> tuple[Kind | None, str, Fraction]:
    """Kind, unit and factor of a figure by what stands around it; None where a numeral is just part of a word."""
    one = Fraction(1)
    arabic = bool(re.search(r"\d", numeral))
    if match["rate"] or match["mid"] in ("%", "‰"):
        sign = match["rate"] or match["mid"]
        return "rate", "", Fraction(1, 1000 if sign == "‰" else 100)
    if match["million"]:
        word = match["million"].lower()
        known = bool(match["prefix"] or match["mid"]) or word in ("million", "billion")
        if word in ("thousand", "wan"):
            return "money", "元", Fraction(1000 if word == "thousand" else 10_000)
        return ("money", "元", Fraction(10**9 if word.startswith("b") else 10**6)) if known else (None, "", one)
    if not arabic and not re.match(rf"[{_CN}十拾]", numeral):
        return None, "", one  # 万一, 千万不要, 百分
    if not arabic and len(numeral) == 1 and "块" in (match["money"], match["mid"]):
        return None, "", one  # 一块儿算, 两块各是多少
    if match["mid"] and match["mid"].lower() in ("million", "m"):
        return "money", "元", Fraction(10**6)
    if match["money"] or match["prefix"] or match["mid"]:
        return "money", "元", one
    if match["count"]:
        if not arabic and numeral == "一" and match["count"] in "年月天":
            return None, "", one
        return "count", match["count"], one
    if re.search(r"[万亿wW]|\d[kK]", numeral):
        return "money", "元", one
    if arabic and len(re.sub(r"\D", "", numeral.split(".")[0])) > _LONGEST:
        return None, "", one  # a contract's or a telephone's number
    if arabic or (len(numeral) >= 2 and re.search(r"[十百千]", numeral)):
        return "bare", "", one
    return None, "", one
