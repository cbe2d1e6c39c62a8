"""Masks personal data before a model or a log sees it; nothing unmasks it.

Numbers with a check digit are only masked where it fits, so that sums and counts stay what they are.
"""

import re
from collections.abc import Callable

_EDGE = r"(?<![0-9A-Za-z])"
_END = r"(?![0-9A-Za-z])"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_MONEY_NEXT = re.compile(r"\s*(?:元|块|万|亿|人民币|家|户|人|%|‰)")


def _id_number(text: str) -> bool:
    """Resident identity number: 18 characters, ISO 7064 MOD 11-2."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def _credit_code(text: str) -> bool:
    """统一社会信用代码: 18 characters, MOD 31 (GB 32100-2015)."""
    text = text.upper()
    if any(char not in _USCC for char in text):
        return False
    total = sum(_USCC.index(char) * weight for char, weight in zip(text[:17], _USCC_WEIGHTS, strict=True))
    return _USCC[(31 - total % 31) % 31] == text[17]


def _card(text: str) -> bool:
    """A bank card by the Luhn sum; an account of 16 to 19 digits that is no round sum."""
    digits = [int(char) for char in re.sub(r"\D", "", text)]
    doubled = [d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0 or not text.endswith("0000")


_RULES: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("邮箱", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), lambda _: True),
    ("身份证号", re.compile(rf"{_EDGE}\d{{17}}[\dXx]{_END}"), _id_number),
    ("信用代码", re.compile(rf"{_EDGE}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{{18}}{_END}"), _credit_code),
    ("银行账号", re.compile(rf"{_EDGE}\d{{4}}(?:[ -]?\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?{_END}"), _card),
    ("手机号", re.compile(rf"{_EDGE}(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{{4}}){{2}}{_END}"), lambda _: True),
    ("电话", re.compile(rf"{_EDGE}(?:\(0\d{{2,3}}\)|0\d{{2,3}})[- ]?[2-9]\d{{6,7}}{_END}"), lambda _: True),
)


def mask(text: str) -> str:
    """A text with mail addresses, identity numbers, credit codes, bank accounts and telephone numbers replaced by their kind."""
    for name, pattern, holds in _RULES:
        spans = [m.span() for m in pattern.finditer(text) if holds(m[0]) and not _MONEY_NEXT.match(text, m.end())]
        for start, end in reversed(spans):
            text = f"{text[:start]}［{name}］{text[end:]}"
    return text
