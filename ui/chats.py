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
        longer = replace(chat, turns=(*chat.turns, question[:MAX_CHARS])[-MAX_TURNS:])
        return Shelf((longer, *(other for other in self.chats if other.id != chat.id))[:MAX_CHATS], chat.id)

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
    turns = tuple(str(turn)[:MAX_CHARS] for turn in entry["turns"][-MAX_TURNS:] if isinstance(turn, str) and turn.strip())
    chat_id = str(entry.get("id", ""))[:24]
    return Chat(chat_id, str(entry.get("day", ""))[:10], turns) if chat_id and turns else None
