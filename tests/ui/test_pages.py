"""The desks without a browser: sessions, what a browser sends, the site's addresses and headers."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.pipeline import answer
from assistant.screening import Profile, ProfileError
from assistant.settings import load_settings
from assistant.state import Desk
from evals.candidates import load
from evals.library import SetError
from ui.chats import MAX_CHATS, MAX_TURNS, Shelf, shelf_of
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
    assert session.turns[0].rating == "bad"
    assert room.rate(session, 0, None).turns[0].rating == "good" and room.rate(session, 7, None) == session


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
    other = both.filled(both.current.with_event("renewed", True))
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


def test_an_evaluation_run_is_named_by_the_list_only(tmp_path: Path) -> None:
    with pytest.raises(SetError):
        EvaluationDesk(tmp_path, Words()).run("../../etc")
    (tmp_path / "evals" / "broken").mkdir(parents=True)
    (tmp_path / "evals" / "broken" / "run.json").write_text("{", encoding="utf-8")
    assert EvaluationDesk(tmp_path, Words()).runs() == []


def test_an_event_may_say_anything() -> None:
    for data in (None, 3, [1], {"do": 3, "x": {"y": 1}}):
        assert acted(type("Event", (), {"_data": data})()) == {}


@pytest.fixture(scope="module")
def site(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Any:
    settings = load_settings({"MINGCE_DATA": str(tmp_path_factory.mktemp("site"))})
    return build_app(replace(desk, today="2026-11-22"), settings)


async def fetch(site: Any, path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=site)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        return await client.get(path, headers=headers)


def get(site: Any, path: str, **headers: str) -> httpx.Response:
    import asyncio

    return asyncio.run(fetch(site, path, **headers))


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
