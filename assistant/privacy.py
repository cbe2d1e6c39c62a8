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
_MONEY_NEXT = re.compile(r"(?:\.\d+)?\s*(?:[多余]?[元块圆]|万元|亿元?|人民币|美元|左右|%|‰)")
_PLAIN = {0xFF01 + i: 0x21 + i for i in range(94)} | dict.fromkeys(map(ord, "–—－−‐"), ord("-")) | {0xA0: 0x20, 0x3000: 0x20}
_GAP = r"[-. ·]{0,2}"


def _id_number(text: str) -> bool:
    """Resident identity number: 18 characters, ISO 7064 MOD 11-2."""
    text = re.sub(r"[-. ·]", "", text)
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
    """A bank card by the Luhn sum; an account of 16 to 19 digits in one piece that is no round sum."""
    digits = [int(char) for char in re.sub(r"\D", "", text)]
    doubled = [d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0 if " " in text or "-" in text else not text.endswith("0000")


_RULES: tuple[tuple[str, re.Pattern[str], Callable[[str], bool], bool], ...] = (  # the last: may be a sum
    ("邮箱", re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"), lambda _: True, False),
    ("身份证号", re.compile(rf"(?<!\d)\d{{6}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{3}}[\dXx]{_END}"), _id_number, False),
    ("信用代码", re.compile(rf"{_EDGE}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{{18}}{_END}"), _credit_code, False),
    ("银行账号", re.compile(rf"(?<!\d)\d{{4}}(?:[ -]?\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?{_END}"), _card, True),
    ("手机号", re.compile(rf"(?<!\d)(?:\+?(?:00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"), lambda _: True, True),
    ("电话", re.compile(rf"(?<!\d)(?:\(0\d{{2,3}}\)|0\d{{2,3}}){_GAP}[2-9]\d{{2,3}}{_GAP}\d{{4}}(?!\d)"), lambda _: True, True),
    ("电话", re.compile(r"(?<!\d)[48]00[- ]\d{3}[- ]?\d{4}(?!\d)"), lambda _: True, True),
)


def mask(text: str) -> str:
    """A text with mail addresses, identity numbers, credit codes, bank accounts and telephone numbers replaced by their kind."""
    for name, pattern, holds, sum_like in _RULES:
        plain = text.translate(_PLAIN)  # the same length: full width and dashes are read, the text stays
        spans = [m.span() for m in pattern.finditer(plain) if holds(m[0])]
        spans = [span for span in spans if not (sum_like and _MONEY_NEXT.match(plain, span[1]))]
        for start, end in reversed(spans):
            text = f"{text[:start]}［{name}］{text[end:]}"
    return text
