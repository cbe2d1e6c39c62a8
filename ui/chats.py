"""Conversations as the browser keeps them: the questions only, so that every answer is the engine's own.

What comes back from a browser may be anything: it is read into these types, and what does not fit is left out.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from assistant.desk import today
from assistant.understand.script import MAX_CHARS

MAX_CHATS, MAX_TURNS = 20, 40
MAX_ANEW = 3000  # characters of a conversation that are answered anew
_TITLE = 26


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation: its questions in order."""

    id: str
    day: str
    turns: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The first question, cut."""
        first = self.turns[0] if self.turns else ""
        return first if len(first) <= _TITLE else first[:_TITLE] + "…"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The conversations of one browser, the latest first, which of them is open in this tab, and which was just deleted."""

    chats: tuple[Chat, ...] = ()
    open: str = ""
    gone: str = ""

    @property
    def current(self) -> Chat | None:
        """The open conversation; None where a new one is about to begin."""
        return next((chat for chat in self.chats if chat.id == self.open), None)

    def asked(self, question: str) -> Shelf:
        """The shelf after a question: it continues the open conversation or begins one."""
        chat = self.current or Chat(secrets.token_hex(6), today())
        longer = replace(chat, turns=(*chat.turns, cut(question))[-MAX_TURNS:])
        return Shelf((longer, *(other for other in self.chats if other.id != chat.id))[:MAX_CHATS], chat.id)

    def taken_back(self, answered: tuple[str, ...]) -> Shelf:
        """The shelf after a question was stopped: the open conversation has only what was answered."""
        chat = self.current
        if chat is None or chat.turns == answered:
            return self
        if not answered:
            return self.dropped(chat.id)
        return Shelf(tuple(replace(c, turns=answered) if c is chat else c for c in self.chats), self.open)

    def fresh(self) -> Shelf:
        """The shelf with no conversation open."""
        return replace(self, open="")

    def opened(self, chat_id: str) -> Shelf:
        """The shelf with a conversation open."""
        return replace(self, open=chat_id if any(chat.id == chat_id for chat in self.chats) else "")

    def dropped(self, chat_id: str) -> Shelf:
        """The shelf without a conversation."""
        chats = tuple(chat for chat in self.chats if chat.id != chat_id)
        return Shelf(chats, "" if chat_id == self.open else self.open, chat_id)

    def stored(self) -> str:
        """The shelf as the browser stores it, JSON."""
        chats = [{"id": chat.id, "day": chat.day, "turns": list(chat.turns)} for chat in self.chats]
        return json.dumps({"open": self.open, "chats": chats, "dropped": self.gone}, ensure_ascii=False)


def cut(question: str) -> str:
    """A question as it is kept; one that is too long to be answered stays too long."""
    return question[: MAX_CHARS + 1]


def _bounded(turns: list[str]) -> tuple[str, ...]:
    """The last turns that can be answered anew in a moment: a browser may send anything."""
    room, kept = MAX_ANEW, 0
    for turn in reversed(turns):
        room -= len(turn)
        if room < 0 and kept:
            break
        kept += 1
    return tuple(turns[len(turns) - kept :])


def shelf_of(stored: Any) -> Shelf:
    """The shelf of what a browser sent."""
    try:
        stored = json.loads(str(stored or "null"))
    except (ValueError, RecursionError):
        return Shelf()
    if not isinstance(stored, dict) or not isinstance(stored.get("chats"), list):
        return Shelf()
    chats = [chat for entry in stored["chats"][:MAX_CHATS] if (chat := _chat(entry)) is not None]
    return Shelf(tuple(chats)).opened(str(stored.get("open", "")))


def _chat(entry: Any) -> Chat | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("turns"), list):
        return None
    turns = _bounded([cut(turn) for turn in entry["turns"][-MAX_TURNS:] if isinstance(turn, str) and turn.strip()])
    chat_id = str(entry.get("id", ""))[:24]
    return Chat(chat_id, str(entry.get("day", ""))[:10], turns) if chat_id and turns else None
