"""An answer in the making: lines, citations, amounts."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.compose.wording import Wording
from assistant.state import Answer, Ask, Citation, OutcomeKind, State
from calculators import Total
from corpus.schema import Quote

_NOT_WORDS = re.compile(r"[^\w\u3400-\u9fff，。？！、：；（）《》“”%‰.+ -]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=1)
def replies() -> dict[str, dict[str, Any]]:
    """The fixed replies by status."""
    text = (Path(__file__).parent / "replies.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=_Loader))


@dataclass(slots=True)
class Draft:
    """Collects what the answer shows; a quote is cited once."""

    state: State
    head: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    section_start: int = 0
    words: Wording = field(init=False)

    def __post_init__(self) -> None:
        self.words = Wording(self.state.policy, self.state.read.script == "english")

    @property
    def first(self) -> bool:
        """Whether standing explanations are due: at the first turn, and in each line of a batch."""
        return self.state.desk.notice_always or not self.state.conversation.turns

    def section(self, title: str) -> None:
        """Open the part of one of several subjects."""
        self.lines.append(f"\n**{title}**\n")
        self.section_start = len(self.lines)

    def result(self, text: str) -> None:
        """A line of the result, which comes first and in bold."""
        line = f"**{text}**"
        if line not in self.head:
            self.head.append(line)

    def say(self, label: str, text: str) -> None:
        """A line of detail."""
        line = self.words("- {label}：{text}", label=self.words(label), text=text) if label else f"- {text}"
        if text and line not in self.lines[self.section_start :]:
            self.lines.append(line)

    def cite(self, quote: Quote) -> None:
        """A quote with its clause, as a line and as a citation."""
        citation = Citation(self.state.policy.id, quote.clause, quote.text, quote.start, quote.end)
        if citation in self.citations:
            return
        again = any(cited.clause == quote.clause for cited in self.citations)
        self.citations.append(citation)
        clause = self.state.policy.document.clause(quote.clause)
        title = self.words.own(clause.title) if clause and not again else ""
        shown = " ".join(quote.text.split())
        self.say("依据", f"[{quote.clause}] {title}“{shown}”" if title else f"[{quote.clause}]“{shown}”")

    def cite_silently(self, quote: Quote) -> None:
        """A citation whose words already stand in the text."""
        citation = Citation(self.state.policy.id, quote.clause, quote.text, quote.start, quote.end)
        if citation not in self.citations:
            self.citations.append(citation)

    def answer(self, outcome: OutcomeKind, status: str) -> Answer:
        """The finished answer."""
        text = "\n\n".join(part for part in ("\n".join(self.head), "\n".join(self.lines)) if part)
        text = re.sub(r"\n{3,}", "\n\n", text).strip()
        keep = outcome == "answer"
        return Answer(outcome, status, text, tuple(self.citations), tuple(self.totals) if keep else (), tuple(self.asks))


def plain_words(text: str) -> str:
    """Words of a user for an answer: letters, digits and punctuation, never markup."""
    return _NOT_WORDS.sub("", text)


def fixed(state: State, status: str, **words: str) -> Draft:
    """A draft that opens with a fixed reply."""
    draft = Draft(state)
    meta = state.policy.meta
    plain = {key: plain_words(word) for key, word in words.items()}
    own = {"name": draft.words.own(meta.name), "place": draft.words.own(meta.place)}
    reply = replies()[status]
    if draft.words.english:
        draft.head.append(reply["english"].format(**{**own, **plain}))
        return draft
    filled = reply["text"].format(**{**own, **plain})
    draft.head.append(filled if filled.endswith(("”", "。")) else filled + "。")
    return draft
