"""Clauses as sources: the whole text cut at the quotes, the headings above it, where it stands in the document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.compose.wording import Wording
from assistant.state import Answer
from corpus.schema import Clause, Pack


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `marked` where it is quoted or found."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A clause as it stands beside an answer."""

    clause: str
    title: str
    path: str
    pieces: tuple[Piece, ...]
    units: tuple[str, ...]
    quotes: tuple[str, ...]
    link: str


def cut(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """A text cut at spans (offsets in the text; overlapping ones are joined)."""
    pieces: list[Piece] = []
    at = 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if end <= start:
            continue
        if start > at:
            pieces.append(Piece(text[at:start], False))
        pieces.append(Piece(text[start:end], True))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:], False))
    return tuple(pieces)


def clause_link(words: Wording, clause_id: str, spans: Sequence[tuple[int, int]] = ()) -> str:
    """The address of a clause in the full document, in the language of the page; `spans` (offsets in the source) are marked."""
    marks = "&".join(f"mark={start}-{end}" for start, end in spans)
    return f"{'/en' if words.english else ''}/clause/{words.pack.id}/{clause_id}{'?' + marks if marks else ''}"


def heading_path(clause: Clause, words: Wording) -> str:
    """The headings above a clause, outermost first."""
    return " › ".join(words.own(part) for part in clause.path if part and part != clause.title)


def source_of(pack: Pack, clause: Clause, quoted: Sequence[tuple[int, int]], words: Wording) -> Source:
    """A clause with stretches of the source marked."""
    return Source(
        clause.id,
        words.own(clause.title),
        heading_path(clause, words),
        cut(clause.text, [(start - clause.start, end - clause.start) for start, end in quoted]),
        tuple(words.own(unit) for unit in clause.units),
        tuple(pack.document.source[start:end] for start, end in quoted),
        clause_link(words, clause.id, quoted),
    )


def sources_of(answer: Answer, pack: Pack, words: Wording) -> list[Source]:
    """The cited clauses in the order of the citations, each once with all of its quotes."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for citation in answer.citations:
        found = spans.setdefault(citation.clause, [])
        if (citation.start, citation.end) not in found:
            found.append((citation.start, citation.end))
    clauses = [(pack.document.clause(clause_id), quoted) for clause_id, quoted in spans.items()]
    return [source_of(pack, clause, quoted, words) for clause, quoted in clauses if clause is not None]
