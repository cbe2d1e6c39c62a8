"""The conversation: turns with their answers, and what is being done while one is pending."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.compose.wording import Wording
from assistant.state import Answer
from corpus.schema import Pack
from ui.render import page_html
from ui.render.answers import answer_html
from ui.render.sources import sources_of
from ui.words import Words

Rating = Literal["", "good", "bad"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, its answer, the policy that it is from, what the user thought of it, and the script of the question."""

    question: str
    answer: Answer
    pack: Pack
    rating: Rating = ""
    script: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that is being answered."""

    question: str
    progress: str


@dataclass(frozen=True, slots=True)
class _Shown:
    question: str
    html: str
    copy: str
    rating: Rating


def thread_html(turns: Sequence[Turn], words: Words, pending: Pending | None = None, examples: Sequence[str] = ()) -> str:
    """The whole conversation; only the last question's form is open."""
    last = len(turns) - 1
    shown = [
        _Shown(
            turn.question,
            answer_html(
                turn.answer, turn.pack, words, script=turn.script, open_form=number == last and pending is None, turn=number
            ),
            plain_text(turn.answer, turn.pack),
            turn.rating,
        )
        for number, turn in enumerate(turns)
    ]
    return page_html("thread.html.j2", words, turns=shown, pending=pending, examples=examples)


def plain_text(answer: Answer, pack: Pack) -> str:
    """An answer as it is copied: its own text with its sources, and where it is from."""
    return f"{answer.text.replace('**', '')}\n——《{pack.meta.name}》"


def sources_html(turn: Turn | None, words: Words) -> str:
    """The cited clauses of a turn."""
    if turn is None:
        return page_html("sources.html.j2", words, sources=[])
    wording = Wording(turn.pack, words.language == "en")
    return page_html("sources.html.j2", words, sources=sources_of(turn.answer, turn.pack, wording))
