"""Reads money and rates out of a text for the graders, apart from the engine's own scanner.

A grader that reads with the engine's eyes would miss what the engine misses; so this one is a plain reader of its own,
with `cn2an` for Chinese numerals.
"""

import re
import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from itertools import product
from typing import Literal

import cn2an

Value = tuple[Literal["yuan", "rate", "foreign"], Fraction]

_SCALES = {"": 1, "十": 10, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "十万": 100_000, "百万": 10**6}
_SCALES |= {
    "million": 10**6,
    "m": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "billion": 10**9,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
_TRADITIONAL = str.maketrans("億萬圓塊貳參陸兩點", "亿万元块贰叁陆两点")
_NUMBER = r"\d+(?:\.\d+)?"
_SCALE = "(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百|w|k|million|billion)"
_MONEY = re.compile(rf"(?P<n>{_NUMBER})[多余来]?(?:\([^)]*\))?(?P<s>{_SCALE})?(?P<u>元|块|yuan|rmb|cny)?", re.I)
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})(?:-|—|–|~|至|到)(?P<high>{_NUMBER})(?:\([^)]*\))?(?P<s>{_SCALE}|(?=[%‰]))(?P<u>[%‰])?", re.I
)
_RATE = re.compile(rf"(?P<n>{_NUMBER})(?P<u>%|‰|个点|percent)", re.I)
_PREFIXED = re.compile(rf"(?:rmb|cny|[¥￥])(?P<n>{_NUMBER})(?P<s>million|billion|万|亿)?", re.I)
_CHINESE = "[零〇一二三四五六七八九两壹贰叁肆伍陆柒捌玖十拾百佰千仟万亿点]"
_CHINESE_MONEY = re.compile(rf"({_CHINESE}*[一二三四五六七八九两壹贰叁肆伍陆柒捌玖十拾百佰千仟]{_CHINESE}*)(元|块)")
_CHINESE_SCALED = re.compile(
    rf"({_CHINESE}*[一二三四五六七八九两壹贰叁肆伍陆柒捌玖十拾百佰千仟])[多余来]?(万|亿)(?![家个户条亩名件次人项倍])"
)
_CHINESE_RATE = re.compile(rf"(百|千)分之({_CHINESE}+|{_NUMBER})")
_TENTHS = re.compile(rf"({_CHINESE}|{_NUMBER})(?:成|折)(?![立功果交本员为长就都品熟人份型套扣])")
_POINTS = re.compile(rf"({_NUMBER})个?百分点")
_FOREIGN = re.compile("美元|美金|港元|港币|欧元|日元|英镑|韩元|usd|hkd|eur|dollars?|euros?", re.I)
_CLIPPED = re.compile(
    r"([零一二三四五六七八九两壹贰叁肆伍陆柒捌玖十拾百佰千仟]+|\d+)(亿|万|千|百)([一二三四五六七八九]|[1-9])(?![\d十百千万亿家个])"
)


_RARE = {"廿": "二十", "卅": "三十", "俩": "两", "仨": "三", "半个亿": "5000万"}
_MIXED = re.compile(r"(?:\d{1,4}|[零一二三四五六七八九两十百千万亿])+")
_DECIMAL = re.compile("([零一二三四五六七八九十百千两]+)点([零一二三四五六七八九]+)(万|亿)")


def plain(text: str) -> str:
    """The text with half-width characters, simplified units, no thousands marks, blanks or Markdown."""
    text = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL)
    text = re.sub(r"[*`\\]", "", text)
    text = re.sub(r"(?<=\d)[,](?=\d{3}(?!\d))", "", text)
    return re.sub(r"[ \t\u3000\u200b-\u200d\u2060\ufeff_]+", "", text)


def chinese_number(word: str) -> Fraction | None:
    """The value of a Chinese numeral such as 一亿二千万 or 贰仟伍佰万; None where it is none."""
    try:
        return Fraction(str(cn2an.cn2an(word.replace("〇", "零").replace("俩", "两"), "smart")))
    except (ValueError, KeyError):  # KeyError: cn2an on units out of order
        return None


def read_figures(text: str) -> set[Value]:
    """Money in yuan and rates as fractions that a text states with a unit; both ends of a range."""
    text = plain(text)
    found: set[Value] = set()
    for match in _MONEY.finditer(text):
        scale, unit = (match["s"] or "").lower(), match["u"]
        if _FOREIGN.match(text, match.end()):
            found.add(("foreign", Fraction(match["n"]) * _SCALES[scale]))
            continue
        thing = re.match(r"[家个户条亩名件次人项倍]", text[match.end() :])
        if (unit or (_SCALES[scale] >= 1_000 and scale != "k")) and not (thing and not unit):
            found.add(("yuan", Fraction(match["n"]) * _SCALES[scale]))
    for match in _RANGE.finditer(text):
        for end in ("low", "high"):
            if match["u"]:
                found.add(("rate", Fraction(match[end]) / (100 if match["u"] == "%" else 1000)))
            elif match["s"]:
                found.add(("yuan", Fraction(match[end]) * _SCALES[match["s"].lower()]))
    for match in _RATE.finditer(text):
        found.add(("rate", Fraction(match["n"]) / (1000 if match["u"] == "‰" else 100)))
    for match in _POINTS.finditer(text):
        found.add(("rate", Fraction(match[1]) / 100))
    for match in _TENTHS.finditer(text):
        tenth = Fraction(match[1]) if match[1][0].isdigit() else chinese_number(match[1])
        if tenth is not None and tenth <= 10:
            found.add(("rate", tenth / 10))
    for match in _PREFIXED.finditer(text):
        found.add(("yuan", Fraction(match["n"]) * _SCALES[(match["s"] or "").lower()]))
    for match in _CHINESE_MONEY.finditer(text):
        value = chinese_number(match[1])
        if value is not None:
            found.add(("yuan", value))
    for match in _CHINESE_SCALED.finditer(text):
        value = chinese_number(match[1] + match[2])
        if value is not None:
            found.add(("yuan", value))
    for match in _CHINESE_RATE.finditer(text):
        value = Fraction(match[2]) if match[2][0].isdigit() else chinese_number(match[2])
        if value is not None:
            found.add(("rate", value / (100 if match[1] == "百" else 1000)))
    return found


def _clipped(text: str) -> set[Fraction]:
    """Sums whose last unit is left out: 七亿五 is 7.5 亿, 3万5 is 3.5 万."""
    found = set()
    for head, scale, tail in _CLIPPED.findall(text):
        whole = Fraction(head) if head[0].isdigit() else chinese_number(head)
        digit = Fraction(tail) if tail.isdigit() else chinese_number(tail)
        if whole is not None and digit is not None:
            found.add((whole + digit / 10) * _SCALES[scale])
    return found


def _rare(text: str) -> set[Fraction]:
    """Sums in rare spellings: 廿三, 半个亿, 一点三五亿, 1千2百50万, 299万9千9."""
    for old, new in _RARE.items():
        text = text.replace(old, new)
    found = set()
    for word in _MIXED.findall(text):
        spelt = re.sub(r"\d+", lambda match: str(cn2an.an2cn(match[0])), word)
        spelt = re.sub("([万千])([一二三四五六七八九])$", lambda m: m[1] + m[2] + {"万": "千", "千": "百"}[m[1]], spelt)
        value = chinese_number(spelt)
        if value is not None:
            found.add(value)
    for whole, part, scale in _DECIMAL.findall(text):
        value = chinese_number(whole)
        if value is not None:
            digits = "".join(str(chinese_number(digit)) for digit in part)
            found.add((value + Fraction(int(digits), 10 ** len(digits))) * _SCALES[scale])
    return found


def spoken_figures(text: str) -> set[Value]:
    """What a user may have meant: the figures with units, and every bare number at the usual scales."""
    found = read_figures(text)
    text = plain(text)
    numbers = {Fraction(n) for n in re.findall(_NUMBER, text)}
    numbers |= {Fraction(float(n)).limit_denominator() for n in re.findall(r"\d+(?:\.\d+)?e\+?\d{1,2}", text)}
    numbers |= {v for word in re.findall(f"{_CHINESE}+", text) if (v := chinese_number(word.strip("点"))) is not None}
    numbers |= _clipped(text) | _rare(text)
    for word in re.findall("[零一二三四五六七八九两壹贰叁肆伍陆柒捌玖十拾百佰千仟]+[万亿]", text):  # 十万二十万, 一两百万
        numbers |= {v for piece in (word, word[1:]) if (v := chinese_number(piece)) is not None}
    for number, scale in product(numbers, (1, 1_000, 10_000, 10**6, 10**7, 10**8)):
        found.add(("yuan", number * scale))
    for number in numbers:
        found |= {("rate", number / 100), ("rate", number / 1000)}
    return found


def reached(value: Fraction, known: Iterable[Fraction]) -> bool:
    """Whether a value stands in the known ones or is a product, sum or difference of two of them."""
    known = set(known)
    return value in known or any(a * b == value or a + b == value or a - b == value for a in known for b in known)


def yuan_text(value: Fraction) -> str:
    """A sum as a message shows it."""
    return f"{float(value / 10_000):g}万元" if value >= 10_000 else f"{float(value):g}元"
