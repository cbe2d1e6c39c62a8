import json

from assistant.batch import run_batch
from assistant.state import Desk

KEYS = {"id", "outcome", "status", "text", "citations", "amounts", "asks", "elapsed_ms"}


def test_answers_come_in_order_with_the_contract_s_fields(desk: Desk) -> None:
    lines = [json.dumps({"id": name, "turns": ["高企复审给多少"]}) for name in ("b", "a")]
    replies = list(run_batch(lines, desk))
    assert [reply["id"] for reply in replies] == ["b", "a"]
    assert all(set(reply) == KEYS for reply in replies)


def test_amounts_are_yuan_strings_with_steps(desk: Desk) -> None:
    question = "重大科技创新产品，首次购买合同800万，研发单位能补多少"
    (reply,) = run_batch([json.dumps({"id": "x", "turns": [question]})], desk)
    (amount,) = reply["amounts"]
    assert (amount["benefit"], amount["kind"], amount["low_yuan"], amount["high_yuan"]) == (
        "2.5.16.a",
        "exact",
        "800000",
        "800000",
    )
    assert [(s["value"], s["unit"]) for s in amount["steps"]][:3] == [("8000000", "元"), ("0.1", ""), ("800000", "元")]


def test_broken_lines_are_named_and_the_rest_goes_on(desk: Desk) -> None:
    lines = [
        b"{oops",
        b'{"id": "t", "turns": []}',
        b"\xff\xfe",
        b"[1]",
        b'{"id": 5, "turns": ["x"], "as_of": "soon"}',
        b'{"id": "ok", "turns": ["a"]}',
    ]
    replies = list(run_batch(lines, desk))
    assert [reply.get("line") for reply in replies] == [1, 2, 3, 4, 5, None]
    assert [reply["id"] for reply in replies] == [None, "t", None, None, 5, "ok"]
    assert all("error" in reply for reply in replies[:5])


def test_a_blank_line_is_no_question(desk: Desk) -> None:
    assert list(run_batch(["", "  \n"], desk)) == []


def test_as_of_moves_today(desk: Desk) -> None:
    line = json.dumps({"id": "x", "turns": ["高企复审给多少"], "as_of": "2024-05-01"})
    (reply,) = run_batch([line], desk)
    assert "期限已过" not in reply["text"]
