"""The graders themselves: every kind of known-wrong answer fails, and the right one passes."""

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from assistant.batch import run_batch
from assistant.state import Desk
from corpus.loader import PACKS, load_pack
from corpus.schema import Pack
from evals.cases import CalculatorCase, Case, CheckCase, RetrievalCase
from evals.figures import read_figures, spoken_figures
from evals.score import grade

Reply = dict[str, Any]
YEARLY = Case(
    id="s-1",
    persona="evaluator",
    category="calc",
    turns=["技术开发合同经认定登记，年度成交额6000万，补多少"],
    outcome="answer",
    clauses=["2.5.18"],
    amounts=[{"kind": "upper_bound", "high_yuan": 90000}],
    must_say=[["上限", "最高"]],
    must_not_say=["100万"],
)


@pytest.fixture
def right(desk: Desk) -> Reply:
    (reply,) = run_batch([json.dumps({"id": YEARLY.id, "turns": YEARLY.turns})], desk)
    return reply


def test_the_right_answer_passes(right: Reply, jinan: Pack) -> None:
    assert grade(YEARLY, right, jinan).faults == []


def amount(reply: Reply, **fields: Any) -> None:
    reply["amounts"][0].update(fields)


def put(old: str, new: str) -> Callable[[Reply], None]:
    def change(reply: Reply) -> None:
        assert old in reply["text"]
        reply["text"] = reply["text"].replace(old, new)

    return change


def wrong_clause(reply: Reply) -> None:
    for citation in reply["citations"]:
        citation["clause"] = "2.5.17"


def second_sum(reply: Reply) -> None:
    reply["amounts"].append({**reply["amounts"][0], "kind": "exact", "low_yuan": "1", "high_yuan": "1"})


def other_sentence(reply: Reply) -> None:
    source = load_pack(PACKS / "jinan-2023-2025").document.source
    quote = "单个企业年度最高补助250万元"
    reply["citations"][0].update(quote=quote, start=source.index(quote), end=source.index(quote) + len(quote))


WRONG: dict[str, tuple[str, Callable[[Reply], Any]]] = {
    "ten times the sum": ("amounts", lambda r: amount(r, high_yuan="900000")),
    "the sum in the text only": ("amounts", put("9万元", "90万元")),
    "a per cent for a per mille": ("figures", put("1.5‰", "2.5%")),
    "an upper bound given as exact": ("amounts", lambda r: amount(r, kind="exact", low_yuan="90000")),
    "an upper bound worded as a fixed sum": ("kind", lambda r: r.update(text="- 补助 9万元\n\n- 上限见条文")),
    "a right amount on a wrong clause": ("amounts", lambda r: amount(r, clause="2.5.17")),
    "a wrong citation": ("clauses", wrong_clause),
    "a forged quote": ("quotes", lambda r: r["citations"][0].update(quote="按1.5%给予补助")),
    "a quote of another policy": ("quotes", lambda r: r["citations"][0].update(policy="liuhe-2023")),
    "no citation": ("clauses", lambda r: r.update(citations=[])),
    "many other clauses": (
        "clauses",
        lambda r: r["citations"].extend({**r["citations"][0], "clause": c} for c in ("2.1.1", "2.1.2", "2.1.3")),
    ),
    "asked back": ("outcome", lambda r: r.update(outcome="ask")),
    "declined": ("outcome", lambda r: r.update(outcome="decline")),
    "an empty text": ("outcome", lambda r: r.update(text="  ")),
    "a figure from nowhere": ("figures", lambda r: r.update(text=r["text"] + "\n另有配套12万元")),
    "a figure from nowhere in words": ("figures", lambda r: r.update(text=r["text"] + "\n另有配套十二万元")),
    "a rate from nowhere in words": ("figures", lambda r: r.update(text=r["text"] + "\n按百分之三十三补助")),
    "a step from nowhere": ("figures", lambda r: r["amounts"][0]["steps"][0].update(value="61234567")),
    "a second sum": (
        "amounts",
        second_sum,
    ),
    "what must be said is not": ("says", lambda r: r.update(text=r["text"].replace("上限", "").replace("最高", "不超过"))),
    "what must not be said is": ("says", lambda r: r.update(text=r["text"] + "\n100万")),
    "a second sum in the headline": ("headline", lambda r: r.update(text="**也可以拿80万元**\n" + r["text"])),
    "the cap in the place of the result": ("headline", lambda r: r.update(text="可以拿80万元\n\n" + r["text"])),
    "a denied result": ("headline", put("最高9万元**", "不符合条件，拿不到最高9万元**")),
    "a bound that is promised": ("headline", put("最高9万元**", "固定发放，最高9万元**")),
    "a floor made of a ceiling": ("headline", put("最高9万元**", "至少9万元**")),
    "a fixed sum made of a ceiling in the headline only": ("headline", put("最高9万元**", "9万元**")),
    "the sum of the headline in the working only": ("headline", put("：最高9万元**", "：见下**")),
    "the user's own number as the result": ("headline", lambda r: r.update(text="可以拿6000万元\n\n" + r["text"])),
    "an empty quote": ("quotes", lambda r: r["citations"][0].update(quote="", start=0, end=0)),
    "a sentence of another clause": ("quotes", other_sentence),
    "a forged quote in other marks": ("quotes", lambda r: r.update(text=r["text"] + "\n[2.5.18]「一律补助」")),
    "a further amount of no rule": (
        "amounts",
        lambda r: r["amounts"].append({**r["amounts"][0], "benefit": "2.9.9.z", "high_yuan": "800000"}),
    ),
    "a forged quote in the text": ("quotes", put("不超过1.5‰给予补助", "不超过1.5‰给予奖励")),
    "a forged quote of nobody": ("quotes", lambda r: r.update(text=r["text"] + "\n文件写着“一律补助80万元”")),
    "a clause that does not exist": ("quotes", lambda r: r.update(text=r["text"] + "\n另见 [2.5.99]")),
    "an article that does not exist": ("quotes", lambda r: r.update(text=r["text"] + "\n另见第99条")),
    "tenths from nowhere": ("figures", lambda r: r.update(text=r["text"] + "\n相当于给三成")),
    "another currency from nowhere": ("figures", lambda r: r.update(text=r["text"] + "\n折合12万美元")),
    "an upper bound that its clause does not have": (
        "amounts",
        lambda r: r["amounts"].append(
            {**r["amounts"][0], "high_yuan": "6000000", "steps": [{"label": "上限", "value": "6000000"}]}
        ),
    ),
    "no amount": ("amounts", lambda r: r.update(amounts=[])),
    "an error": ("error", lambda r: r.update(error="坏了")),
}


@pytest.mark.parametrize(("check", "spoil"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_fails_for_its_reason(check: str, spoil: Callable[[Reply], Any], right: Reply, jinan: Pack) -> None:
    spoil(right)
    assert grade(YEARLY, right, jinan).checks[check]


def test_a_tenth_of_the_cap_is_no_cap(desk: Desk, jinan: Pack) -> None:
    case = YEARLY.model_copy(update={"amounts": [YEARLY.amounts[0].model_copy(update={"high_yuan": 2_500_000})]})
    (reply,) = run_batch([json.dumps({"id": "x", "turns": case.turns})], desk)
    assert "250万元" in grade(case, reply, jinan).checks["amounts"]


@pytest.mark.parametrize("outcome", ["ask", "decline"])
def test_asking_and_declining_carry_no_amount(outcome: str, right: Reply, jinan: Pack) -> None:
    case = YEARLY.model_copy(update={"outcome": outcome, "amounts": [], "clauses": []})
    right["outcome"] = outcome
    verdict = grade(case, right, jinan)
    assert verdict.checks["amounts"]
    assert bool(verdict.checks["asks"]) == (outcome == "ask")


def test_a_search_must_find_all_clauses_in_three(jinan: Pack) -> None:
    case = RetrievalCase(id="r", question="x", clauses=["2.1.1", "2.1.2"])
    assert grade(case, {"hits": ["2.1.2", "2.1.3", "2.1.1"]}, jinan).passed
    verdict = grade(case, {"hits": ["2.1.2", "2.1.3", "2.1.4", "2.1.1"]}, jinan)
    assert not verdict.passed
    assert verdict.measures == {"recall_at_1": 1.0, "recall_at_3": 0.5, "reciprocal_rank": 1.0}


def test_a_rule_must_give_status_and_amount(jinan: Pack) -> None:
    case = CalculatorCase(id="c", benefit="2.2.8.d", amounts=[{"kind": "exact", "low_yuan": 1, "high_yuan": 1}])
    given = [{"kind": "exact", "low_yuan": "1", "high_yuan": "1"}]
    assert grade(case, {"status": "calculated", "amounts": given}, jinan).passed
    assert not grade(case, {"status": "missing", "amounts": given}, jinan).passed
    assert not grade(case, {"status": "calculated", "amounts": []}, jinan).passed


@pytest.mark.parametrize(
    ("sound", "faults", "passed"), [(True, [], True), (True, ["x"], False), (False, ["x"], True), (False, [], False)]
)
def test_a_check_must_tell_sound_from_forged(sound: bool, faults: list[str], passed: bool, jinan: Pack) -> None:
    case = CheckCase(id="k", turns=["x"], text="y", sound=sound)
    assert grade(case, {"faults": faults}, jinan).passed == passed


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("30万", "yuan", 300_000),
        ("300,000元", "yuan", 300_000),
        ("三十万元", "yuan", 300_000),
        ("叁拾万元", "yuan", 300_000),
        ("３０万", "yuan", 300_000),
        ("RMB 0.3 million", "yuan", 300_000),
        ("20-30（含）万元", "yuan", 200_000),
        ("1.2億元", "yuan", 120_000_000),
        ("2.5%", "rate", Fraction(25, 1000)),
        ("二百五十万", "yuan", 2_500_000),
        ("贰佰伍拾余万", "yuan", 2_500_000),
        ("250多万", "yuan", 2_500_000),
        ("250\u200b万", "yuan", 2_500_000),
        ("千分之二十五", "rate", Fraction(25, 1000)),
        ("百分之二点五", "rate", Fraction(25, 1000)),
        ("25‰", "rate", Fraction(25, 1000)),
        ("三成", "rate", Fraction(3, 10)),
        ("5折", "rate", Fraction(1, 2)),
        ("30个百分点", "rate", Fraction(3, 10)),
        ("12万美元", "foreign", 120_000),
    ],
)
def test_the_graders_own_reader_reads_every_spelling(text: str, kind: str, value: Fraction) -> None:
    assert (kind, Fraction(value)) in read_figures(text)


def test_counts_and_years_are_no_money() -> None:
    assert read_figures("3万家企业，2023-2025年，第16条，5项") == set()


@pytest.mark.parametrize(("text", "yuan"), [("七亿五", 750_000_000), ("3万5", 35_000), ("320", 3_200_000), ("3.2e7", 32_000_000)])
def test_what_a_user_may_have_meant_is_read_generously(text: str, yuan: int) -> None:
    assert ("yuan", Fraction(yuan)) in spoken_figures(text)


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        ("补助10元", "0元", False),
        ("按12.5%", "2.5%", False),
        ("共0元", "0元", True),
        ("[2.3.12] 院企", "12", True),
        ("1200万", "200万", False),
    ],
)
def test_a_figure_is_said_as_a_whole(text: str, word: str, says: bool, right: Reply, jinan: Pack) -> None:
    case = YEARLY.model_copy(update={"must_say": [[word]], "must_not_say": []})
    right["text"] = text
    assert bool(grade(case, right, jinan).checks["says"]) != says


def test_made_of_and_completed_are_no_tenths() -> None:
    assert read_figures("一成立就申报，完成二成员单位，促成三折扣") == set()


INELIGIBLE = Case(
    id="s-2",
    persona="enterprise",
    category="eligibility",
    turns=["促成的成果都在市内转化，年度技术合同成交额200万元，能补多少"],
    outcome="answer",
    clauses=["2.5.17"],
)


def test_a_refusal_must_not_open_with_a_sum(desk: Desk, jinan: Pack) -> None:
    (reply,) = run_batch([json.dumps({"id": INELIGIBLE.id, "turns": INELIGIBLE.turns})], desk)
    assert grade(INELIGIBLE, reply, jinan).passed
    reply["text"] = "**符合条件，可得50万元**\n\n" + reply["text"]
    assert grade(INELIGIBLE, reply, jinan).checks["headline"]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("研发花了半个亿", 50_000_000),
        ("培育出廿三家", 23),
        ("登记了5亿3千4百万", 534_000_000),
        ("成交3千6百5十万", 36_500_000),
        ("299万9千9", 2_999_900),
        ("俩百六十万", 2_600_000),
        ("研发经费一点三五亿", 135_000_000),
    ],
)
def test_a_rare_spelling_of_the_users_is_a_source(said: str, value: int) -> None:
    assert ("yuan", Fraction(value)) in spoken_figures(said)
