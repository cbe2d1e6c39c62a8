"""What pages show, without a browser: cuts at exact places, sums, badges, nothing of a user as markup."""

import json
import re
from dataclasses import replace
from fractions import Fraction

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose.wording import Wording
from assistant.lookup import look_up
from assistant.pipeline import answer
from assistant.screening import Profile, screen
from assistant.state import Desk
from calculators import Amount
from corpus.schema import Pack
from ui.render.amounts import bar_of, span_parts, sum_view
from ui.render.answers import answer_html, answer_view
from ui.render.frame import notice_of
from ui.render.library import document_html, error_page
from ui.render.lookup import calculator_html, lookup_html
from ui.render.screening import form_html, results_html
from ui.render.sources import cut, sources_of
from ui.render.thread import Pending, Turn, thread_html
from ui.words import Words

ZH, EN = Words(), Words("en")
ATTACK = "<img src=x onerror=alert(1)> [a](javascript:x) {{7*7}} ${1} **粗**"


def turn(desk: Desk, question: str) -> Turn:
    said, talk = answer(question, desk)
    return Turn(question, said, desk.packs[talk.pack_id], script=talk.turns[-1].reading.script)


def wan(value: int) -> Fraction:
    return Fraction(value) * 10_000


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_a_cut_text_is_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = cut(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    marked = {i for start, end in spans for i in range(start, min(end, len(text)))}
    at = 0
    for piece in pieces:
        assert all((i in marked) == piece.marked for i in range(at, at + len(piece.text)))
        at += len(piece.text)


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (wan(20), wan(30), ("20 – 30", "万元")),
        (wan(8), wan(8), ("8", "万元")),
        (Fraction(5000), wan(3), ("5000元 – 3", "万元")),
        (Fraction(0), wan(280), ("0 – 280", "万元")),
        (Fraction(0), Fraction(120_000_000), ("0 – 1.2", "亿元")),
    ],
)
def test_a_sum_is_cut_into_figure_and_unit(jinan: Pack, low: Fraction, high: Fraction, shown: tuple[str, str]) -> None:
    assert span_parts(low, high, Wording(jinan)) == shown


def test_a_ceiling_keeps_its_word(jinan: Pack) -> None:
    ceiling = sum_view(Amount("upper_bound", None, wan(8)), Wording(jinan))
    assert (ceiling.before, ceiling.figure, ceiling.title) == ("最高", "8", "上限")
    average = sum_view(Amount("average", None, wan(50)), Wording(jinan, True))
    assert average.before == "on average no more than" and average.figure == "RMB 500,000"


def test_a_bar_never_shows_more_floor_than_ceiling() -> None:
    bar = bar_of(wan(1), wan(1000), wan(1000))
    assert bar.floor <= bar.ceiling == 100
    assert bar_of(Fraction(1), Fraction(1), wan(1000)).ceiling >= 1
    assert bar_of(Fraction(0), Fraction(0), wan(10)).ceiling == 0


def test_an_answer_shows_its_sum_once_and_its_sources_beside(desk: Desk, jinan: Pack) -> None:
    said, _ = answer("重大科技创新产品首次购买合同800万，研发单位补多少", desk)
    view = answer_view(said, jinan, ZH)
    (card,) = view.cards
    assert (card.sum.figure, card.sum.unit, card.sum.kind, card.to) == ("80", "万元", "exact", "研发单位")
    assert [(s.label, s.value) for s in card.steps][:3] == [("首次购买合同金额", "800万元"), ("比例", "10%"), ("乘积", "80万元")]
    assert not any(row.kind == "lead" for row in view.rows)
    assert {row.label for row in view.rows}.isdisjoint({"依据", "给谁"}) and "责任单位" in {row.label for row in view.rows}
    (source,) = view.sources
    assert [piece.text for piece in source.pieces if piece.marked] == [said.citations[0].quote]
    clause = jinan.document.clause("2.5.16")
    assert clause is not None and "".join(piece.text for piece in source.pieces) == clause.text
    assert source.link == f"/clause/{jinan.id}/2.5.16?mark={said.citations[0].start}-{said.citations[0].end}"


def test_quotes_of_one_clause_stand_in_one_source(desk: Desk, jinan: Pack) -> None:
    said, _ = answer("技术合同补助多少", desk)
    (source,) = sources_of(said, jinan, Wording(jinan))
    assert len(source.quotes) == 3 and sum(piece.marked for piece in source.pieces) == 3


def test_a_question_back_offers_choices_or_a_field_with_its_unit(desk: Desk, jinan: Pack) -> None:
    said, talk = answer("我们首次通过高新技术企业认定，能拿多少？", desk)
    view = answer_view(said, jinan, ZH)
    assert view.ask is not None and [c.says for c in view.ask.choices] == ["规模以上工业企业", "未达规模工业企业", "非工业企业"]
    for choice in view.ask.choices:
        after, _ = answer(choice.says, desk, talk)
        assert after.outcome == "answer", choice
    said, _ = answer("备案的重大科技创新产品，我们是研发单位，能补多少？", desk)
    view = answer_view(said, jinan, ZH)
    assert view.ask is not None and (view.ask.choices, view.ask.unit) == ((), "万元")


def test_every_fact_that_can_be_asked_takes_its_own_buttons(desk: Desk, jinan: Pack) -> None:
    """A choice's caption, said back, must answer the question that it stands under."""
    said, talk = answer("技术转移机构有什么补助，我能拿多少钱", desk)
    for _ in range(3):
        view = answer_view(said, jinan, ZH)
        if view.ask is None or not view.ask.choices:
            break
        fact = view.ask.fact
        said, talk = answer(view.ask.choices[0].says, desk, talk)
        assert not said.asks or said.asks[0].fact != fact, fact


@pytest.mark.parametrize("words", [ZH, EN])
def test_words_of_a_user_are_never_markup(desk: Desk, jinan: Pack, words: Words) -> None:
    turns = [turn(desk, ATTACK), turn(desk, f"《{ATTACK}》第16条大意")]
    pages = [
        thread_html(turns, words, Pending(ATTACK, "……"), (ATTACK,)),
        lookup_html(look_up([jinan], ATTACK, desk.retriever), words, desk.today, ATTACK),
        form_html(screen(jinan, Profile(jinan.id, ("transfer",), {"transfer/促成转化的年度技术合同成交额": ATTACK})), words),
        calculator_html(jinan, jinan.benefits["2.5.17.a"], {"促成转化的年度技术合同成交额": ATTACK}, words),
        error_page(words, notice_of(jinan, desk.today, words), 404, ATTACK, ATTACK, [(ATTACK, "/")]),
    ]
    for page in pages:
        soup = BeautifulSoup(page, "html.parser")
        assert not soup.find_all(["img", "script", "iframe"], src="x") and not soup.find_all(attrs={"onerror": True})
        assert not [a for a in soup.find_all("a") if a.get("href", "").startswith("javascript")]
    assert ATTACK in BeautifulSoup(pages[0], "html.parser").get_text()


def test_only_the_last_open_question_has_its_buttons(desk: Desk) -> None:
    one = turn(desk, "我们首次通过高新技术企业认定，能拿多少？")
    assert thread_html([one, one], ZH).count('class="choices"') == 1
    assert thread_html([one], ZH, Pending("x", "y")).count('class="choices"') == 0


def test_english_sums_stand_in_english_answers_and_traditional_ones_in_theirs(desk: Desk) -> None:
    english = turn(desk, "How much can a high-tech enterprise with R&D spending of 3.2 million yuan get?")
    html = answer_html(english.answer, english.pack, ZH, script=english.script)
    assert "RMB 80,000" in html and "Fiscal subsidy for R&amp;D" in html and "Source:" not in html
    traditional = turn(desk, "規上工業企業首次認定高企能拿多少")
    html = answer_html(traditional.answer, traditional.pack, ZH, script=traditional.script)
    assert "首次通過高新技術企業認定獎補" in html and "首次通過高新技術企業認定獎補：20" not in html


def test_the_form_holds_the_profile_and_asks_only_what_matters(jinan: Pack) -> None:
    found = screen(jinan, Profile(jinan.id, ("transfer",), {"transfer/促成转化的年度技术合同成交额": "200"}))
    soup = BeautifulSoup(form_html(found, ZH), "html.parser")
    form = soup.find("form")
    assert form is not None and json.loads(str(form["data-profile"]))["answers"] == {
        "transfer/促成转化的年度技术合同成交额": "200"
    }
    assert [field["data-type"] for field in soup.select("[data-key]")] == ["number"]
    assert soup.select_one(".read") is not None and "读作 200万元" in soup.get_text()
    labels = {box["id"] for box in soup.find_all("input")}
    assert len(labels) == len(soup.find_all("input"))


def test_results_say_why_not_in_the_clauses_words(jinan: Pack) -> None:
    found = screen(jinan, Profile(jinan.id, ("transfer",), {"transfer/促成转化的年度技术合同成交额": "200"}))
    text = BeautifulSoup(results_html(found, ZH), "html.parser").get_text()
    assert "达到300万元（含），您说的是200万元" in text and "对促成科技成果在市内转化且年度技术合同成交额300万元以上" in text


def test_the_full_text_is_whole_and_its_rules_stand_by_their_sentences(desk: Desk, jinan: Pack, liuhe: Pack) -> None:
    for pack in (jinan, liuhe):
        soup = BeautifulSoup(document_html(pack, desk.today, ZH), "html.parser")
        for clause in pack.document.clauses:
            block = soup.find(id=f"c-{clause.id}")
            assert block is not None and block.select_one(".clause").get_text() == clause.text
            rules = [rule for rule in pack.benefits.values() if rule.clause == clause.id]
            assert len(block.select(".rule")) == len(rules)
        ids = {str(item["id"]) for item in soup.find_all(id=True)}
        assert {str(link["href"]).partition("#")[2] for link in soup.select(".contents a")} <= ids
    start, end = jinan.benefits["2.5.16.a"].quote.start, jinan.benefits["2.5.16.a"].quote.end
    soup = BeautifulSoup(document_html(jinan, desk.today, ZH, clause="2.5.16", marks=[(start, end)]), "html.parser")
    assert "".join(mark.get_text() for mark in soup.find_all("mark")) == jinan.benefits["2.5.16.a"].quote.text


def test_marks_outside_of_the_clause_are_no_fault(desk: Desk, jinan: Pack) -> None:
    html = document_html(jinan, desk.today, ZH, clause="2.5.16", marks=[(0, 10), (99999, 5), (10**9, 10**10)])
    assert "<mark>" not in html


def test_the_english_interface_leaves_no_chinese_label(desk: Desk, jinan: Pack) -> None:
    found = screen(jinan, Profile(jinan.id, ("renewed", "research")))
    for html in (thread_html([], EN), form_html(found, EN), results_html(found, EN), lookup_html((), EN, desk.today, "")):
        text = BeautifulSoup(html, "html.parser")
        for quote in text.select('[lang="zh-CN"]'):
            quote.decompose()
        plain = re.sub(r"\([^)]*[\u4e00-\u9fff][^)]*\)|“[^”]*”", "", text.get_text())
        assert re.findall("[\u4e00-\u9fff]+", plain) == []


def test_a_conversation_of_nothing_shows_the_examples(desk: Desk) -> None:
    examples = desk.metas[desk.default].examples
    shown = BeautifulSoup(thread_html([], ZH, None, examples), "html.parser").select("[data-says]")
    assert tuple(button["data-says"] for button in shown) == examples


def test_the_working_is_english_on_the_english_page(jinan: Pack) -> None:
    found = screen(jinan, Profile(jinan.id, ("product-maker",), {"product-maker/首次购买合同金额": "3000"}))
    labels = [row.th.get_text() for row in BeautifulSoup(results_html(found, EN), "html.parser").select(".steps tr")]
    assert labels == ["first-purchase contract value", "rate", "product", "Ceiling"]


def test_nought_is_shown_as_nought(jinan: Pack) -> None:
    found = screen(jinan, Profile(jinan.id, ("carrier-firms",), {"carrier-firms/培育高新技术企业数": "0"}))
    assert BeautifulSoup(results_html(found, ZH), "html.parser").select_one(".total .sum").get_text() == "0元"


@pytest.mark.parametrize(("prefix", "english"), [("AI 解读：", False), ("AI note: ", True)])
def test_every_line_of_a_models_words_is_marked_as_a_machines(desk: Desk, jinan: Pack, prefix: str, english: bool) -> None:
    said, _ = answer("高新技术企业，研发经费投入320万，研发补助最多多少？", desk)
    head, _, rest = said.text.partition("\n\n")
    spoken = replace(said, text=f"{head}\n\n{prefix}第一行。\n\n第二行。\n\n{rest}")
    rows = answer_view(spoken, jinan, EN if english else ZH).rows
    (machine,) = [row for row in rows if row.kind == "machine"]
    assert "".join(part.text for part in machine.parts) == "第一行。\n第二行。"
    assert not any(row.kind == "lead" for row in rows) and any(row.kind == "detail" for row in rows)
