"""What happened in a turn: steps, model calls, tools, the verdict of the check; for `mingce ask --trace` and evaluators."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

EventKind = Literal["step", "model", "tool", "check", "answer"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: how long it took (milliseconds), what there is to know of it (personal data masked), its end.

    `at` is in seconds since the epoch.
    """

    kind: EventKind
    name: str
    ms: float = 0.0
    detail: Mapping[str, Any] = field(default_factory=dict)
    at: float = field(default_factory=time.time)


Watch = Callable[[Event], None]


def unwatched(_event: Event) -> None:
    """The watch of a turn that nobody looks at."""


@dataclass(slots=True)
class Trace:
    """A watch that keeps what it saw."""

    events: list[Event] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Keep an event."""
        self.events.append(event)

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens read and written by the model."""
        calls = [event.detail for event in self.events if event.kind == "model"]
        return sum(int(c.get("input_tokens", 0)) for c in calls), sum(int(c.get("output_tokens", 0)) for c in calls)

    @property
    def engine(self) -> str:
        """Who wrote the answer: `model` or `builtin`."""
        return next((event.name for event in reversed(self.events) if event.kind == "answer"), "builtin")

    def cost(self, price: tuple[float, float] | None) -> float:
        """What the turn cost in yuan, for prices in yuan a million tokens (read, written); 0 where no price is set."""
        return sum(n * p for n, p in zip(self.tokens, price, strict=True)) / 1e6 if price else 0.0

    def as_object(self) -> list[dict[str, Any]]:
        """The events as plain data."""
        return [{"kind": e.kind, "name": e.name, "ms": round(e.ms, 2), **dict(e.detail)} for e in self.events]
