"""Answers a turn in the background and tells what is being done meanwhile; nothing of the answer before it is checked."""

import queue
import threading
from collections.abc import Iterator

from assistant.pipeline import answer
from assistant.state import Answer, Conversation, Desk
from assistant.trace import Event
from corpus.errors import MingceError

_TOOLS = {
    "search_clauses": "查了条文：{query}",
    "read_clause": "读了第 {clause} 条",
    "list_benefits": "列了补助",
    "compute_benefit": "测算了 {benefit}",
    "ask_user": "在想要问什么",
}
_SHOWN = 30


def progress_text(event: Event) -> str:
    """What an event says to a user who waits; empty for what he need not know."""
    if event.kind == "tool":
        arguments = {key: str(value)[:_SHOWN] for key, value in event.detail["arguments"].items()}
        try:
            return _TOOLS.get(event.name, "").format(**arguments)
        except KeyError:
            return ""
    if event.kind == "check":
        return "核对了数字，改一下措辞" if event.detail.get("faults") else ""
    return "条文和数额已算好，正在组织语言" if event.kind == "step" and event.name == "verify" else ""


def answered(question: str, desk: Desk, talk: Conversation) -> Iterator[str | tuple[Answer, Conversation]]:
    """Texts on the progress, and last the answer with its conversation; raises MingceError as `answer` does."""
    events: queue.Queue[Event | None] = queue.Queue()
    found: list[tuple[Answer, Conversation]] = []
    failed: list[MingceError] = []

    def work() -> None:
        try:
            found.append(answer(question, desk, talk, events.put))
        except MingceError as error:
            failed.append(error)
        finally:
            events.put(None)

    threading.Thread(target=work, daemon=True).start()
    while (event := events.get()) is not None:
        if desk.talker is not None and (text := progress_text(event)):
            yield text
    if failed:
        raise failed[0]
    if found:
        yield found[0]
