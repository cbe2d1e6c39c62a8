"""Figures in every spelling that people and models use, for the red team: true ones to let pass, false ones to stop."""

import random
from collections.abc import Callable
from fractions import Fraction

import cn2an

from calculators.money import decimal_text, yuan_text

_FORMAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_FULL = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
_CIRCLED = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")
_BOLD = {ord(str(d)): chr(0x1D7CE + d) for d in range(10)}
_ARABIC = {ord(str(d)): chr(0x0660 + d) for d in range(10)}
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_PINYIN = ["ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"]


def chinese(value: int) -> str:
    """A whole number in Chinese numerals."""
    return str(cn2an.an2cn(value))


def plain_sums(value: Fraction) -> list[str]:
    """A sum in yuan in the spellings that an honest text may use."""
    spelt = [yuan_text(value)]
    if value.denominator == 1:
        whole = int(value)
        spelt += [f"{whole}元", f"{whole:,}元", f"RMB {whole:,}"]
        if whole and whole % 10_000 == 0 and whole < 10**8:
            ten = whole // 10_000
            spelt += [f"{ten}万", f"{chinese(ten)}万元", f"{chinese(ten).translate(_FORMAL)}万元", f"{ten}万元".translate(_FULL)]
    return spelt


def plain_rates(value: Fraction) -> list[str]:
    """A rate in the spellings that an honest text may use."""
    spelt = [f"{decimal_text(value * 100)}%", f"{decimal_text(value * 1000)}‰", f"{decimal_text(value * 100)}％"]
    if (value * 100).denominator == 1:
        spelt.append(f"百分之{chinese(int(value * 100))}")
    elif (value * 1000).denominator == 1:
        spelt.append(f"千分之{chinese(int(value * 1000))}")
    return spelt


def _english(value: int) -> str:
    if value <= 16:
        return _ONES[value]
    return f"{_TENS[value // 10]} {_ONES[value % 10]}".replace(" zero", "") if value < 100 else f"{_ONES[value // 100]} hundred"


def _pinyin(value: int) -> str:
    tens, ones = divmod(value, 10)
    return f"{_PINYIN[tens] + ' ' if tens > 1 else ''}{'shi ' if tens else ''}{_PINYIN[ones] if ones else ''}".strip()


Maker = Callable[[int, random.Random], str]
_SUMS: tuple[Maker, ...] = (
    lambda n, _: f"{n}万元",
    lambda n, _: f"{n}万",
    lambda n, _: f"{n * 10_000}元",
    lambda n, _: f"{n * 10_000:,}元",
    lambda n, _: f"{n}w",
    lambda n, _: f"{n}W块",
    lambda n, _: f"{n * 10}k",
    lambda n, _: f"{chinese(n)}万元",
    lambda n, _: f"{chinese(n)}万",
    lambda n, _: f"{chinese(n).translate(_FORMAL)}万元",
    lambda n, _: f"{n}萬圓",
    lambda n, _: f"{n}万元".translate(_FULL),
    lambda n, _: f"{n}万".translate(_CIRCLED),
    lambda n, _: f"{n}万".translate(_BOLD),
    lambda n, _: f"{n}万".translate(_ARABIC),
    lambda n, _: "\u200b".join(f"{n}万元"),
    lambda n, _: " ".join(f"{n * 10_000}元"),
    lambda n, _: "".join(c + "\ufe0f\u20e3" for c in str(n)) + "万",
    lambda n, _: f"{n / 100}百万",
    lambda n, _: f"{n / 10_000}亿",
    lambda n, _: f"{n}e4元",
    lambda n, _: f"{n}×10⁴元",
    lambda n, _: f"RMB {n * 10_000:,}",
    lambda n, _: f"￥{n * 10_000}",
    lambda n, _: f"{_english(n)} wan yuan",
    lambda n, _: f"{_english(n)} thousand yuan",
    lambda n, _: f"{_pinyin(n)} wan",
    lambda n, _: f"{n}-{n + 10}万元",
    lambda n, _: f"{chinese(n)}到{chinese(n + 5)}万",
    lambda n, _: f"{n}多万",
    lambda n, _: f"约{n}万",
    lambda n, _: f"{n}个W",
    lambda n, _: f"{chinese(n)}个万元",
    lambda n, _: f"廿{chinese(n % 10)}万",
    lambda _n, _r: "卅万元",
    lambda _, r: r.choice(
        ["几十万", "数百万", "上百万", "百来万", "好几万", "半个亿", "俩百万", "仨万", "十几万", "近百万", "百十来万"]
    ),
    lambda _, r: r.choice(["一个小目标", "一个亿", "两个W", "XX万", "IV万", "half a million", "a quarter million"]),
)
_RATES: tuple[Maker, ...] = (
    lambda n, _: f"{n}%",
    lambda n, _: f"{n}‰",
    lambda n, _: f"{n}％".translate(_FULL),
    lambda n, _: f"百分之{chinese(n)}",
    lambda n, _: f"千分之{chinese(n)}",
    lambda n, _: f"{n}个点",
    lambda n, _: f"{n}个百分点",
    lambda n, _: f"0.{n:02d}",
    lambda n, _: f"{chinese(max(1, n % 10))}成",
    lambda n, _: f"{max(1, n % 10)}折",
    lambda n, _: f"{_english(n)} percent",
    lambda _, r: r.choice(["一半", "三分之一", "1/3", "⅓", "五五开", "对半", "三七分", "两成五", "过半", "一倍", "两倍", "半数"]),
)
_OTHERS: tuple[Maker, ...] = (
    lambda n, _: f"{n}家",
    lambda n, _: f"{chinese(n)}家",
    lambda n, _: f"{n}个工作日",
    lambda n, _: f"连续{chinese(n % 9 + 2)}年",
    lambda n, _: f"{2020 + n % 10}年",
    lambda n, _: f"每{chinese(n % 9 + 2)}个月",
    lambda n, _: f"{n % 12 + 1}月{n % 28 + 1}日",
    lambda n, _: f"第{n}条",
    lambda n, _: f"第{chinese(n)}条",
    lambda n, _: f"〔2023〕{n}号",
)


def lie(rng: random.Random) -> str:
    """A figure that no slot wrote: a sum, a rate, a count, a period, a number of a clause, in some spelling."""
    makers = rng.choices((_SUMS, _RATES, _OTHERS), (6, 2, 1))[0]
    return rng.choice(makers)(rng.randint(3, 98), rng)
