"""The frozen state that the steps of the pipeline hand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from assistant.trace import Trace, Watch, unwatched
from assistant.understand.reading import Reading
from assistant.understand.roles import Roles
from assistant.understand.topics import Match
from calculators import Facts, Outcome, Total
from corpus.figures import Figure
from corpus.schema import Gap, Meta, Pack, Topic

if TYPE_CHECKING:
    from assistant.retrieve import Hit, Retriever
    from assistant.talk.talker import Talker

OutcomeKind = Literal["answer", "ask", "decline"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every question needs: packs and what they say of themselves, the retriever, the default pack, the date.

    `talker` is a language model, `report` takes the trace of each turn, where they are configured.
    """

    packs: Mapping[str, Pack]
    metas: Mapping[str, Meta]
    default: str
    retriever: Retriever
    today: str
    notice_always: bool = False
    talker: Talker | None = None
    report: Callable[[Trace], None] | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A turn that was answered: as read, with the topics it was about, the fact that we asked for and what we said."""

    reading: Reading
    topics: tuple[str, ...] = ()
    asked: str = ""
    starts_subject: bool = False
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said so far, in order; nothing else is remembered."""

    pack_id: str = ""
    turns: tuple[Past, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What keeps a message, or a part of it, outside the document."""

    elsewhere: str = ""
    outside: tuple[str, ...] = ()
    procedure: bool = False
    definition: bool = False
    manipulated: bool = False
    gap: float = 0.0  # the chance that the message asks for what the text leaves open


@dataclass(frozen=True, slots=True)
class Finding:
    """What one topic comes to: the outcomes that count, those that fell away, the gap that applies, the fact to ask."""

    topic: Topic
    facts: Facts = field(default_factory=Facts)
    roles: Roles = field(default_factory=Roles)
    outcomes: tuple[Outcome, ...] = ()
    totals: tuple[Total, ...] = ()
    gap: Gap | None = None
    ask: str = ""
    lookup: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote of a clause; `source[start:end] == quote`."""

    policy: str
    clause: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact that is missing and the question that asks for it."""

    fact: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets; `text` is Markdown."""

    outcome: OutcomeKind
    status: str
    text: str
    citations: tuple[Citation, ...] = ()
    totals: tuple[Total, ...] = ()
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """One question on its way."""

    desk: Desk
    question: str
    conversation: Conversation = Conversation()
    pack: Pack | None = None
    reading: Reading | None = None
    turns: tuple[Reading, ...] = ()
    asked: tuple[str, ...] = ()
    told_of: tuple[tuple[str, ...], ...] = ()
    starts_subject: bool = False
    matches: tuple[Match, ...] = ()
    inherited: bool = False
    scope: Scope = field(default_factory=Scope)
    hits: tuple[Hit, ...] = ()
    beyond: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    answer: Answer | None = None
    watch: Watch = unwatched

    @property
    def read(self) -> Reading:
        """The reading of the question; only after the first step."""
        assert self.reading is not None
        return self.reading

    @property
    def policy(self) -> Pack:
        """The pack that the question is about; only after the first step."""
        assert self.pack is not None
        return self.pack

    @property
    def told(self) -> str:
        """All that the user has said in this conversation, as typed."""
        return "\n".join([*(past.reading.raw for past in self.conversation.turns), self.question])

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure that the user has said in this conversation."""
        return tuple(figure for past in self.conversation.turns for figure in past.reading.figures) + self.read.figures
