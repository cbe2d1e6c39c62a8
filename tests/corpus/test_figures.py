from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.figures import scan
from corpus.text import fold

CASES = yaml.safe_load(Path(__file__).with_name("figures.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["text"]))
def test_figures_of_a_text(case: dict[str, Any]) -> None:
    found = [[f.kind, f.low, f.high] for f in scan(fold(str(case["text"])))]
    assert found == [[kind, Fraction(str(low)), Fraction(str(high))] for kind, low, high in case["figures"]]


def test_a_vague_sum_has_no_value() -> None:
    (figure,) = scan("大概几十万")
    assert figure.vague
    assert figure.value == 0


@given(st.text(alphabet="0123456789.,%‰万亿千百十元家个一二三零两几多第条年-至到（含）eEwk 的补", max_size=60))
def test_any_text_is_scanned_and_figures_stand_where_they_say(text: str) -> None:
    found = scan(text)
    for figure in found:
        assert text[figure.start : figure.end] == figure.text
    for before, after in pairwise(found):
        assert before.end <= after.start
