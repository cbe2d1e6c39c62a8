"""Reads one Chinese, Arabic or mixed numeral to an exact fraction.

The reader fails closed: what it does not understand is None, never a guess. Tested against cn2an.
"""

from fractions import Fraction

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
DIGITS |= {char: value for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")}
DIGITS |= {"两": 2, "俩": 2}
SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000, "K": 1000}
LARGE_UNITS = {"万": 10**4, "w": 10**4, "W": 10**4, "亿": 10**8}
NUMERAL_CHARS = "".join(DIGITS) + "".join(SMALL_UNITS) + "".join(LARGE_UNITS) + "点"
MAX_DIGITS = 20  # longer runs of digits are no amount, and cost time
MAX_CHARS = 30
MAX_VALUE = 10**16


def read_numeral(text: str) -> Fraction | None:
    """Value of a numeral such as 1.2亿, 一亿二千万, 贰仟伍佰万, 350w, 49,990,000 or 3.2e7; None where it is not one."""
    plain = text.replace(",", "").replace(" ", "")
    tokens = _tokens(plain) if len(plain) <= MAX_CHARS else []
    if not tokens:
        return None
    positional = len(tokens) > 1 and all(isinstance(token, Fraction) for token in tokens)
    value = _positional(tokens) if positional else _combine(tokens)
    return value if value is not None and value <= MAX_VALUE and (value * 10**10).denominator == 1 else None


def _tokens(text: str) -> list[Fraction | str]:
    """Digits (with decimals) as fractions and units as they stand; empty where anything else occurs."""
    tokens: list[Fraction | str] = []
    index = 0
    while index < len(text):
        char = text[index]
        if char.isascii() and char.isdigit():
            end = index
            if index and char == "0" and text[index : index + 2].isdigit() and "." not in text[index : index + 2]:
                return []  # 10万05 is no number
            while end < len(text) and text[end].isascii() and (text[end].isdigit() or text[end] == "."):
                end += 1
            value = _arabic(text[index:end])
            if end < len(text) and text[end] in "eE":
                stop = end + 1
                while stop < len(text) and text[stop].isascii() and text[stop].isdigit():
                    stop += 1
                exponent = text[end + 1 : stop]
                if value is None or not exponent or int(exponent) > 12:
                    return []
                value, end = value * 10 ** int(exponent), stop
            if value is None:
                return []
            tokens.append(value)
            index = end
        elif char in DIGITS:
            end = index
            while end < len(text) and text[end] in DIGITS:
                end += 1
            if end < len(text) and text[end] == "点":
                stop = end + 1
                while stop < len(text) and text[stop] in DIGITS:
                    stop += 1
                decimals = [DIGITS[c] for c in text[end + 1 : stop]]
                if not decimals:
                    return []
                whole = int("".join(str(DIGITS[c]) for c in text[index:end]))
                tokens.append(whole + Fraction(int("".join(map(str, decimals))), 10 ** len(decimals)))
                index = stop
            else:
                tokens.extend(Fraction(DIGITS[c]) if c not in "零〇" else Fraction(0) for c in text[index:end])
                index = end
        elif char in SMALL_UNITS or char in LARGE_UNITS:
            tokens.append(char)
            index += 1
        else:
            return []
    return tokens


def _arabic(text: str) -> Fraction | None:
    if len(text) > MAX_DIGITS or text.count(".") > 1 or text.endswith("."):
        return None
    return Fraction(text)


def _positional(tokens: list[Fraction | str]) -> Fraction | None:
    """Digits without units, such as 二〇二三."""
    digits = [token for token in tokens if isinstance(token, Fraction)]
    if len(digits) > MAX_DIGITS or any(d.denominator != 1 or d > 9 for d in digits):
        return None
    return Fraction(int("".join(str(int(d)) for d in digits)))


def _combine(tokens: list[Fraction | str]) -> Fraction | None:
    total, section = Fraction(0), Fraction(0)
    digit: Fraction | None = None
    last_unit, after_zero = 0, False
    for token in tokens:
        if isinstance(token, Fraction):
            if digit is not None and digit != 0:
                return None
            after_zero = token == 0
            digit = token if digit is None or token != 0 else digit
            continue
        if token in SMALL_UNITS:
            unit = SMALL_UNITS[token]
            if digit is None and section:
                if unit >= last_unit:
                    return None
                section += unit  # 一百十 is 110
            else:
                section += (digit if digit else Fraction(1)) * unit
            last_unit = unit
        else:
            unit = LARGE_UNITS[token]
            part = section + (digit or 0)
            if part == 0 and total == 0:
                part = Fraction(1) if digit is None else Fraction(0)
            if unit == 10**8:
                total = (total + part) * unit
            else:
                total += part * unit
            section, last_unit = Fraction(0), unit
        digit, after_zero = None, False
    if digit is None:
        return total + section
    # 三万五 is 35,000 and 一亿二 is 120,000,000, but 三百零五 is 305 and 1亿2000 stays 100,002,000
    if last_unit > 10 and not _has_zero_before_last(tokens) and not after_zero and 0 < digit < 10 and digit.denominator == 1:
        return total + section + digit * last_unit / 10
    return total + section + digit


def _has_zero_before_last(tokens: list[Fraction | str]) -> bool:
    return len(tokens) >= 2 and tokens[-2] == Fraction(0)
