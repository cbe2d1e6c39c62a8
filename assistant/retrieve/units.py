"""What is searched: each clause as a whole and each of its sentences."""

import re
from dataclasses import dataclass

from corpus.schema import Clause, Pack

_SENTENCE = re.compile(r"[^。；;！？\n]+[。；;！？]?")
_MIN_CHARS = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A searchable piece: a clause with its headings, or one sentence; offsets into the source."""

    clause: str
    text: str
    start: int
    end: int
    whole: bool

    @property
    def key(self) -> str:
        """A stable id within the pack."""
        return f"{self.clause}:{'*' if self.whole else self.start}"


def sentence_spans(clause: Clause) -> list[tuple[int, int]]:
    """Offsets in the source of a clause's sentences, blanks trimmed."""
    spans = []
    for match in _SENTENCE.finditer(clause.text):
        raw = match[0]
        start = match.start() + len(raw) - len(raw.lstrip())
        end = match.end() - (len(raw) - len(raw.rstrip()))
        if end - start >= _MIN_CHARS:
            spans.append((clause.start + start, clause.start + end))
    return spans


_CACHE: dict[tuple[str, str], tuple[Unit, ...]] = {}


def units_of(pack: Pack) -> tuple[Unit, ...]:
    """All searchable pieces of a pack in order, made once for its content."""
    key = (pack.id, pack.content_hash)
    if key not in _CACHE:
        _CACHE[key] = tuple(_units(pack))
    return _CACHE[key]


def _units(pack: Pack) -> list[Unit]:
    units = []
    for clause in pack.document.clauses:
        heading = " ".join((*clause.path, clause.title))
        units.append(Unit(clause.id, f"{heading}\n{clause.text}", clause.start, clause.end, True))
        for start, end in sentence_spans(clause):
            units.append(Unit(clause.id, pack.document.source[start:end], start, end, False))
    return units
