"""The desks without a browser: sessions, what a browser sends, the site's addresses and headers."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from assistant.pipeline import answer
from assistant.screening import Profile, ProfileError
from assistant.settings import load_settings
from assistant.state import Desk
from evals.candidates import load
from evals.library import SetError
from ui.chats import MAX_CHATS, MAX_TURNS, Shelf, shelf_of
from ui.export.place import place_for
from ui.pages.chat import ChatDesk, Session
from ui.pages.evaluation import EvaluationDesk
from ui.pages.hotline import HotlineDesk
from ui.pages.panel import acted
from ui.pages.screener import ScreenerDesk, Variants
from ui.web import build_app
from ui.words import Words

RESEARCH = "高新技术企业，研发经费投入320万，研发补助最多多少？"


@pytest.fixture
def room(desk: Desk, tmp_path: Path) -> ChatDesk:
    return ChatDesk(desk, Words(), tmp_path)


def last(room: ChatDesk, question: str, session: Session, shelf: Shelf) -> tuple[Session, Shelf]:
    *_, (session, shelf, pending) = room.ask(question, session, shelf)
    assert pending is None
    return session, shelf


def test_a_conversation_is_answered_anew_where_the_server_lost_it(room: ChatDesk) -> None:
    session, shelf = last(room, RESEARCH, Session(), Shelf())
    kept = shelf_of(shelf.stored())
    again, _ = last(room, "那如果是1200万呢", Session(), kept)
    known, _ = last(room, "那如果是1200万呢", session, shelf)
    assert again.turns[-1].answer.text == known.turns[-1].answer.text and "最高30万元" in again.turns[-1].answer.text


def test_the_first_state_of_a_question_is_its_waiting_line(room: ChatDesk) -> None:
    states = list(room.ask(RESEARCH, Session(), Shelf()))
    assert states[0][2] is not None and states[0][2].question == RESEARCH
    assert "正在查条文" in room.thread(states[0][0], states[0][2])


def test_another_conversation_knows_nothing_of_the_first(room: ChatDesk) -> None:
    session, shelf = last(room, RESEARCH, Session(), Shelf())
    second, shelf = last(room, "那如果是1200万呢", session, shelf.fresh())
    assert len(second.turns) == 1 and "30万" not in second.turns[0].answer.text
    assert [chat.title for chat in shelf.chats] == ["那如果是1200万呢", "高新技术企业，研发经费投入320万，研发补助最多多少…"]


@pytest.mark.parametrize(
    "stored",
    [None, 3, "x", "[]", "{}", '{"chats": 3}', '{"chats": [3, {"id": 1}, {"id": "a", "turns": [1, null]}]}', "[" * 100_000],
)
def test_what_a_browser_kept_may_be_anything(stored: Any) -> None:
    assert shelf_of(stored).chats == ()


def test_what_a_browser_keeps_has_bounds() -> None:
    shelf = Shelf()
    for number in range(MAX_CHATS + 5):
        shelf = shelf.fresh().asked(f"问题{number}")
    assert len(shelf.chats) == MAX_CHATS
    for number in range(MAX_TURNS + 5):
        shelf = shelf.asked(f"再问{number}")
    assert len(shelf.current.turns) == MAX_TURNS if shelf.current else False


def test_a_rating_goes_to_the_queue_once_and_masked(room: ChatDesk) -> None:
    session, _ = last(room, "我的电话13812345678，第16条大意", Session(), Shelf())
    session = room.rate(session, 0, "不对，找我13912345678")
    (entry,) = load(room.data)
    assert (entry.source, entry.turns) == ("网页", ["我的电话［手机号］，第16条大意"]) and "［手机号］" in entry.wrong
    assert session is not None and session.turns[0].rating == "bad"
    room.rate(session, 0, "也少了单位")
    (entry,) = load(room.data)
    assert "不对" in entry.wrong and "也少了单位" in entry.wrong
    useful = room.rate(session, 0, None)
    assert useful is not None and useful.turns[0].rating == "good" and room.rate(session, 7, None) == session


def test_two_users_of_the_same_opinion_are_both_thanked(room: ChatDesk) -> None:
    for _ in range(2):
        session, _ = last(room, "第16条大意", Session(), Shelf())
        assert room.rate(session, 0, "") is not None
    assert len(load(room.data)) == 1


def test_a_damaged_queue_costs_the_user_nothing(room: ChatDesk) -> None:
    (room.data / "candidates.jsonl").write_text("{", encoding="utf-8")
    session, _ = last(room, "食堂的伙食费怎么补", Session(), Shelf())
    assert session.turns[0].answer.outcome == "decline"
    assert room.rate(session, 0, "不对") is None


def test_a_report_has_bounds(room: ChatDesk) -> None:
    session, _ = last(room, "第16条大意", Session(), Shelf())
    room.rate(session, 0, "长" * 5_000_000)
    assert (room.data / "candidates.jsonl").stat().st_size < 20_000


def test_a_stopped_question_does_not_come_back(room: ChatDesk) -> None:
    session, shelf = last(room, RESEARCH, Session(), Shelf())
    (_, begun, _), *_ = room.ask("第16条大意", session, shelf)
    assert begun.current is not None and len(begun.current.turns) == 2
    back = begun.taken_back(tuple(turn.question for turn in session.turns))
    assert room.known(session, back) == session
    (_, first, _), *_ = room.ask("第16条大意", Session(), Shelf())
    assert first.taken_back(()).chats == ()


def test_only_what_the_server_does_not_know_is_answered_anew(room: ChatDesk) -> None:
    session, shelf = last(room, RESEARCH, Session(), Shelf())
    rated = room.rate(session, 0, None)
    assert rated is not None
    known = room.known(rated, shelf.asked("第16条大意"))
    assert [turn.rating for turn in known.turns] == ["good", ""]


def test_a_long_conversation_of_a_browser_is_not_answered_anew_in_full() -> None:
    turns = ["很长" * 900, *("短问" for _ in range(5)), "再长" * 600]
    stored = json.dumps({"open": "a", "chats": [{"id": "a", "day": "", "turns": turns}]})
    shelf = shelf_of(stored)
    assert shelf.current is not None and sum(map(len, shelf.current.turns)) <= 3000
    assert shelf.current.turns[-1] == "再长" * 600


def test_a_question_without_an_answer_waits_for_the_evaluators(room: ChatDesk) -> None:
    last(room, "食堂的伙食费怎么补", Session(), Shelf())
    assert [entry.wrong for entry in load(room.data)] == ["没有答上"]


def test_a_browsers_profile_is_checked(desk: Desk) -> None:
    screener = ScreenerDesk(desk, Words())
    start = Variants(Profile(desk.default))
    filled = screener.changed(
        start,
        {"do": "fill", "profile": json.dumps({"mingce_profile": 1, "policy": desk.default, "events": ["first", "first", "<b>"]})},
    )
    assert filled.first.events == ("first",) and screener.screened(filled.first).lines
    for bad in (
        "x",
        "[" * 100_000,
        '{"mingce_profile": ' + "1" * 5000 + "}",
        "[]",
        '{"mingce_profile": 1, "policy": "x"}',
        "x" * 300_000,
    ):
        with pytest.raises(ProfileError):
            screener.changed(start, {"do": "fill", "profile": bad})
    assert screener.restored({"first": "x"}) == start == screener.restored(None)


def test_variants_come_and_go(desk: Desk) -> None:
    screener = ScreenerDesk(desk, Words())
    one = Variants(Profile(desk.default, ("first",)))
    both = screener.changed(one, {"do": "copy"})
    assert (both.active, both.current.events) == ("b", ("first",))
    other = both.filled(replace(both.current, events=("first", "renewed")))
    assert other.first.events == ("first",) and other.current.events == ("first", "renewed")
    assert screener.restored(screener.stored(other)) == other
    back = screener.changed(other, {"do": "switch"})
    assert back.current.events == ("first",)
    assert screener.changed(back, {"do": "single"}) == one


def test_the_hotline_answers_no_forged_call(desk: Desk) -> None:
    hotline = HotlineDesk(desk, Words())
    assert (
        hotline.compute("nowhere", "2.5.17.a", {})
        == hotline.compute(desk.default, "9", {})
        == hotline.compute(desk.default, "2.5.17.a", 3)
        == ""
    )
    assert "没有" in hotline.find({"x": 1}, None)


def test_all_policies_are_searched_and_the_default_one_answers(desk: Desk) -> None:
    other = HotlineDesk(replace(desk, default="liuhe-2023"), Words())
    html = other.find("初次认定国家高新技术企业奖多少", "*")
    assert "直接回答" in html and "20万元" in html and "柳河" in html


def test_exported_files_go_within_the_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old = place_for("旧.docx")
    old.write_text("x", encoding="utf-8")
    os.utime(old.parent, (0, 0))
    new = place_for("新.docx")
    assert not old.exists() and new.parent.is_dir()


def test_a_control_character_breaks_no_export(desk: Desk) -> None:
    screener = ScreenerDesk(desk, Words())
    filled = Variants(Profile(desk.default, ("transfer",), {"transfer/促成转化的年度技术合同成交额": "3\x0b00"}))
    for kind in ("docx", "xlsx", "json"):
        assert screener.export(filled, kind).stat().st_size > 0


def test_notes_of_a_total_stand_in_their_column(desk: Desk) -> None:
    screener = ScreenerDesk(desk, Words())
    sheet = load_workbook(screener.export(Variants(Profile(desk.default, ("renewed", "programme"))), "xlsx")).worksheets[0]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert "不计入合计" in str(rows["合计"][rows["编号"].index("前提与原因")])


def test_labels_name_clauses_that_are_there_and_keep_their_amounts(room: ChatDesk, desk: Desk) -> None:
    last(room, "食堂的伙食费怎么补", Session(), Shelf())
    (entry,) = load(room.data)
    clauses = frozenset(clause.id for clause in desk.packs[desk.default].document.clauses)
    evaluation = EvaluationDesk(room.data, Words(), clauses)
    said = {"do": "label", "id": entry.id, "outcome": "作答", "clauses": "2.1.2", "amounts": "最高 8万", "why": ""}
    assert "伙食费" in evaluation.queue()
    evaluation.changed(said)
    assert "最高 8万" in evaluation.queue().replace("最高8万", "最高 8万")
    with pytest.raises(SetError, match=r"9\.9\.9"):
        evaluation.changed({**said, "clauses": "9.9.9"})


def test_an_evaluation_run_is_named_by_the_list_only(tmp_path: Path) -> None:
    with pytest.raises(SetError):
        EvaluationDesk(tmp_path, Words()).run("../../etc")
    (tmp_path / "evals" / "broken").mkdir(parents=True)
    (tmp_path / "evals" / "broken" / "run.json").write_text("{", encoding="utf-8")
    desk = EvaluationDesk(tmp_path, Words())
    assert desk.runs() == [("broken · 记录已损坏", "broken")]
    for text in ("{", "[]"):
        (tmp_path / "evals" / "broken" / "run.json").write_text(text, encoding="utf-8")
        with pytest.raises(SetError):
            desk.run("broken")


def test_an_event_may_say_anything() -> None:
    for data in (None, 3, [1], {"do": 3, "x": {"y": 1}}):
        assert acted(type("Event", (), {"_data": data})()) == {}


@pytest.fixture(scope="module")
def site(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Any:
    settings = load_settings({"MINGCE_DATA": str(tmp_path_factory.mktemp("site"))})
    return build_app(replace(desk, today="2026-11-22"), settings)


def get(site: Any, path: str, **headers: str) -> httpx.Response:
    return TestClient(site).get(path, headers=headers)


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/clause/2.5.16", 200, "强化重大科技创新产品推广应用"),
        ("/clause/liuhe-2023/9", 200, "鼓励企业科技创新"),
        ("/en/clause/2.5.16", 200, "Skip to the text"),
        ("/policy/jinan-2023-2025", 200, "征求意见稿"),
        ("/clause/9.9", 404, "没有第 9.9 条"),
        ("/policy/none", 404, "没有政策"),
        ("/own/theme.css", 200, "--navy"),
    ],
)
def test_addresses(site: Any, path: str, status: int, says: str) -> None:
    reply = get(site, path)
    assert reply.status_code == status and says in reply.text
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]


def test_a_missing_page_is_a_page_for_browsers_and_json_for_programs(site: Any) -> None:
    page = get(site, "/nowhere", accept="text/html")
    assert page.status_code == 404 and "回到首页" in page.text and page.headers["content-type"].startswith("text/html")
    assert "回到首页" not in get(site, "/nowhere", accept="application/json").text


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_no_page_that_loads_from_elsewhere(site: Any, path: str) -> None:
    assert get(site, path).status_code == 404


def test_every_example_of_a_policy_is_answered_in_both_languages(desk: Desk) -> None:
    for pack in desk.packs.values():
        for example in pack.meta.examples:
            for question in {example, pack.english.get(example, example)}:
                said, _ = answer(question, desk)
                assert said.outcome == "answer", question
