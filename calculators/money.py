"""Exact amounts in the spelling that people read: 8万元, 249.95万元, 1.2亿元, 4500元, 2.5%, 1.5‰."""

from fractions import Fraction


def decimal_text(value: Fraction) -> str:
    """A terminating decimal without trailing zeros.

    Raises ValueError where the decimal does not end, for no rule of ours yields one.
    """
    numerator, denominator = value.numerator, value.denominator
    places = 0
    while denominator != 1:
        if places > 30:
            raise ValueError(f"{value} has no finite decimal")
        numerator, places = numerator * 10, places + 1
        shared = Fraction(numerator, denominator)
        numerator, denominator = shared.numerator, shared.denominator
    digits = str(abs(numerator)).rjust(places + 1, "0")
    whole, decimals = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    sign = "-" if numerator < 0 else ""
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def yuan_text(value: Fraction) -> str:
    """An amount in yuan as 亿元, 万元 or 元, exactly."""
    if abs(value) >= 10**8 and (value / 10**8 * 10**4).denominator == 1:
        return f"{decimal_text(value / 10**8)}亿元"
    if abs(value) >= 10**4:
        return f"{decimal_text(value / 10**4)}万元"
    return f"{decimal_text(value)}元"


def rate_text(value: Fraction) -> str:
    """A rate as percent, or per mille where it is less than one in a hundred and that is shorter."""
    percent, mille = decimal_text(value * 100), decimal_text(value * 1000)
    return f"{mille}‰" if value < Fraction(1, 100) and len(mille) <= len(percent) else f"{percent}%"
