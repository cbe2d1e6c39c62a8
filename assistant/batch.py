"""The batch contract: one JSON object a line in, one a line out, in order."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from assistant.pipeline import answer
from assistant.state import Answer, Conversation, Desk
from assistant.trace import Trace, Watch, unwatched
from calculators import Total
from calculators.money import decimal_text
from corpus.errors import MingceError

MAX_TURNS = 50


def run_batch(
    lines: Iterable[bytes | str], desk: Desk, *, trace: bool = False, watch: Watch = unwatched
) -> Iterator[dict[str, Any]]:
    """An answer object for each question line; `error` objects for lines that cannot be read.

    `trace` adds to each what happened; without it, `watch` is told.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            seen = Trace()
            reply = _run_line(line, number, replace(desk, notice_always=True), seen if trace else watch)
            yield {**reply, "trace": seen.as_object()} if trace else reply


def _run_line(line: bytes | str, number: int, desk: Desk, watch: Watch) -> dict[str, Any]:
    case_id = None
    try:
        case = json.loads(line if isinstance(line, str) else line.decode("utf-8-sig"), parse_constant=_refuse)
        if not isinstance(case, dict):
            raise ValueError("这一行不是 JSON 对象")
        case_id = case.get("id")
        turns = case.get("turns")
        if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
            raise ValueError("turns 须是至少一句话的列表")
        if len(turns) > MAX_TURNS:
            raise ValueError(f"turns 有 {len(turns)} 句，上限 {MAX_TURNS} 句")
        if case.get("as_of") is not None:
            desk = replace(desk, today=_day(str(case["as_of"])))
    except json.JSONDecodeError as error:
        return {"id": case_id, "line": number, "error": f"不是有效的 JSON：第 {error.colno} 个字符处有误"}
    except UnicodeDecodeError:
        return {"id": None, "line": number, "error": "这一行不是 UTF-8 编码"}
    except RecursionError:
        return {"id": None, "line": number, "error": "这一行的 JSON 嵌套太深"}
    except ValueError as error:
        return {"id": case_id, "line": number, "error": str(error)}
    started = time.perf_counter()
    conversation = Conversation()
    reply: Answer | None = None
    try:
        for turn in turns:
            reply, conversation = answer(turn, desk, conversation, watch)
    except MingceError as error:
        return {"id": case_id, "line": number, "error": str(error)}
    assert reply is not None
    return {"id": case_id, **as_object(reply), "elapsed_ms": round((time.perf_counter() - started) * 1000, 2)}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"as_of 是“{text[:20]}”，应为 年-月-日，如 YYYY-MM-DD") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"JSON 里不能有 {constant}")


def as_object(reply: Answer) -> dict[str, Any]:
    """An answer in the shape of the batch contract; amounts in yuan as decimal strings."""
    return {
        "outcome": reply.outcome,
        "status": reply.status,
        "text": reply.text,
        "citations": [
            {"policy": c.policy, "clause": c.clause, "quote": c.quote, "start": c.start, "end": c.end} for c in reply.citations
        ],
        "amounts": [_amount(total) for total in reply.totals],
        "asks": [{"fact": ask.fact, "question": ask.question} for ask in reply.asks],
    }


def _amount(total: Total) -> dict[str, Any]:
    return {
        "benefit": total.id,
        "clause": total.clause,
        "kind": total.amount.kind,
        "low_yuan": _decimal(total.amount.low),
        "high_yuan": _decimal(total.amount.high),
        "steps": [{"label": s.label, "value": decimal_text(s.value), "unit": s.unit} for s in total.steps],
    }


def _decimal(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)
