from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.money import decimal_text, rate_text, yuan_text
from corpus.figures import scan


@pytest.mark.parametrize(
    ("value", "text"),
    [(80000, "8万元"), (2499500, "249.95万元"), (120_000_000, "1.2亿元"), (4500, "4500元"), (0, "0元"), (999900, "99.99万元")],
)
def test_yuan_in_the_spelling_people_read(value: int, text: str) -> None:
    assert yuan_text(Fraction(value)) == text


@pytest.mark.parametrize(("value", "text"), [("0.025", "2.5%"), ("0.0015", "1.5‰"), ("0.35", "35%"), ("0.001", "1‰")])
def test_rates(value: str, text: str) -> None:
    assert rate_text(Fraction(value)) == text


def test_an_endless_decimal_is_refused() -> None:
    with pytest.raises(ValueError, match="no finite decimal"):
        decimal_text(Fraction(1, 3))


@given(st.decimals(0, 10**12, places=4))
def test_what_is_written_is_read_back(value: object) -> None:
    exact = Fraction(str(value))
    (figure,) = scan(yuan_text(exact))
    assert figure.value == exact
