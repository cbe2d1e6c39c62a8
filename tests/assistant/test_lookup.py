"""The hotline's search: number, unit, figure, words; and its quick calculators."""

import pytest

from assistant.lookup import look_up
from assistant.retrieve import Retriever
from assistant.screening import quick, quick_fields
from corpus.schema import Pack


def first(pack: Pack, query: str) -> str:
    hits = look_up([pack], query, Retriever())
    return hits[0].clause.id if hits else ""


@pytest.mark.parametrize(
    ("query", "clause"),
    [
        ("16", "2.5.16"),
        ("第16条", "2.5.16"),
        ("2.5.18", "2.5.18"),
        ("孵化器", "2.1.1"),
        ("创新券", "2.1.3"),
        ("揭榜挂帅", "2.4.14"),
        ("高企", "2.2.8"),
        ("人民银行", "2.1.4"),
        ("加计扣除 5%", "2.1.2"),
    ],
)
def test_finds_the_clause(jinan: Pack, query: str, clause: str) -> None:
    assert first(jinan, query) == clause


def test_a_figure_is_found_in_any_spelling(jinan: Pack) -> None:
    for query in ("1.5‰", "千分之一点五"):
        (hit, *_) = look_up([jinan], query, Retriever())
        assert hit.clause.id == "2.5.18"
        assert "1.5‰" in [hit.clause.text[start:end] for start, end in hit.marks]
    assert "2.3.11" in [hit.clause.id for hit in look_up([jinan], "五百万", Retriever())]


def test_a_unit_finds_its_clauses(jinan: Pack) -> None:
    hits = look_up([jinan], "市统计局", Retriever(), top=20)
    assert hits and all(hit.units == ("市统计局",) or hit.marks for hit in hits)
    assert {c.id for c in jinan.document.clauses if "市统计局" in c.units} <= {hit.clause.id for hit in hits}


@pytest.mark.parametrize("query", ["", "   ", "养老金", "<script>"])
def test_nothing_is_found_for_nothing(jinan: Pack, query: str) -> None:
    assert look_up([jinan], query, Retriever()) == ()


def test_marks_lie_in_the_clause_and_do_not_overlap(jinan: Pack) -> None:
    for hit in look_up([jinan], "技术合同 最高 50万元 补助", Retriever(), top=20):
        ends = [0]
        for start, end in hit.marks:
            assert ends[-1] <= start < end <= len(hit.clause.text)
            ends.append(end)


def test_several_policies_are_searched_together(jinan: Pack, liuhe: Pack) -> None:
    packs = {hit.pack.id for hit in look_up([jinan, liuhe], "高新技术企业", Retriever(), top=20)}
    assert packs == {jinan.id, liuhe.id}


def test_the_quick_calculator_takes_choices_as_met_and_checks_the_threshold(jinan: Pack) -> None:
    benefit = jinan.benefits["2.5.17.a"]
    (fact,) = quick_fields(jinan, benefit)
    line, faults = quick(jinan, benefit, {fact.name: "4000"})
    assert (line.standing, line.outcome.amounts[0].high, faults) == ("computed", 500_000, {})
    assert quick(jinan, benefit, {fact.name: "299.9999"})[0].standing == "not_eligible"
    line, faults = quick(jinan, benefit, {fact.name: "x"})
    assert line.standing == "missing" and fact.name in faults
