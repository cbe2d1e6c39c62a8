"""The numeral reader against cn2an and against what people write."""

from fractions import Fraction

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.numerals import read_numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一亿二千万", 120_000_000),
        ("1亿两千万", 120_000_000),
        ("2亿5000万", 250_000_000),
        ("贰仟伍佰万", 25_000_000),
        ("三百二十万零五千", 3_205_000),
        ("二百零六", 206),
        ("三万五", 35_000),
        ("两万五", 25_000),
        ("一亿二", 120_000_000),
        ("三百五", 350),
        ("三百零五", 305),
        ("十二", 12),
        ("二点五", "2.5"),
        ("1.2亿", 120_000_000),
        ("350w", 3_500_000),
        ("3000k", 3_000_000),
        ("49,990,000", 49_990_000),
        ("3.2e7", 32_000_000),
        ("二〇二三", 2023),
    ],
)
def test_reads_what_people_write(text: str, value: int | str) -> None:
    assert read_numeral(text) == Fraction(str(value))


@pytest.mark.parametrize("text", ["", "元", "三千千万", "1.2.3", "9" * 30, "1e99", "五点", "12x"])
def test_fails_closed(text: str) -> None:
    assert read_numeral(text) is None


@given(st.integers(1, 10**12 - 1))
def test_agrees_with_cn2an_on_whole_numbers(number: int) -> None:
    assert read_numeral(cn2an.an2cn(number, "low")) == number


@given(st.integers(1, 10**12 - 1))
def test_agrees_with_cn2an_on_capital_numerals(number: int) -> None:
    assert read_numeral(cn2an.an2cn(number, "up")) == number
