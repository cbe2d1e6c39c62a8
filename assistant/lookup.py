"""Looks clauses up as one types: by number, responsible unit, figure or words, with the places to highlight."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.retrieve import Retriever
from assistant.understand.script import normalise
from assistant.understand.terms import find_terms
from assistant.understand.topics import resolve_clause
from corpus.figures import Figure, scan
from corpus.schema import Clause, Pack

_NUMBER = re.compile(r"第?\s*(\d+(?:\.\d+)*)\s*条?")
_SPLIT = re.compile(r"[\s,，。；;、：:?？!！（）()“”\"《》]+")
_LITERAL, _UNIT, _FIGURE, _NEAR = 2.0, 3.0, 1.5, 0.35
_PAYS = 0.3  # callers ask for money: a clause with a benefit comes before one that mentions the word
_MAX_QUERY = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A clause that a query finds; `marks` are the spans of its text to highlight, `units` the units that were named."""

    pack: Pack
    clause: Clause
    score: float
    marks: tuple[tuple[int, int], ...]
    units: tuple[str, ...] = ()


def look_up(packs: Sequence[Pack], query: str, retriever: Retriever, top: int = 8) -> tuple[Found, ...]:
    """The clauses that a query means, best first; none for an empty query or for words that no clause has."""
    plain = unicodedata.normalize("NFKC", query).strip()[:_MAX_QUERY]
    if not plain:
        return ()
    found = [hit for pack in packs for hit in _in_pack(pack, plain, retriever)]
    return tuple(sorted(found, key=lambda hit: -hit.score)[:top])


def _in_pack(pack: Pack, query: str, retriever: Retriever) -> Iterable[Found]:
    numbered = _NUMBER.fullmatch(query)
    wanted = resolve_clause(pack, numbered[1]) if numbered else None
    if wanted is not None:
        clause = pack.document.clause(wanted)
        assert clause is not None
        yield Found(pack, clause, 100.0, ())
        return
    terms = [term for term in _SPLIT.split(query) if term]
    figures = [figure for figure in scan(query) if figure.kind in ("money", "rate", "count") and not figure.vague]
    told = {mention.term for mention in find_terms(pack, normalise(query)) if not mention.negated}
    scores = {hit.clause: hit.score for hit in retriever.search(pack, query, len(pack.document.clauses), words_only=True)}
    paying = {benefit.clause for benefit in pack.benefits.values()}
    for clause in pack.document.clauses:
        literal = [term for term in terms if _has(clause, term)]
        units = tuple(unit for unit in clause.units if any(len(term) > 1 and (term in unit or unit in term) for term in terms))
        same = [span for figure in figures for span in _same_figures(pack, clause, figure)]
        marks = [span for word in (*literal, *told) for span in _places(clause.text, word)] + same
        score = scores.get(clause.id, 0.0)
        if not (literal or units or same or (marks and score > _NEAR)):
            continue
        score += _PAYS if clause.id in paying else 0.0
        score += _LITERAL * len(literal) / len(terms) + (_UNIT if units and not literal else 0.0) + (_FIGURE if same else 0.0)
        yield Found(pack, clause, score, _merged(marks), units)


def _has(clause: Clause, term: str) -> bool:
    return len(term) > 1 and (term in clause.text or term in clause.title)


def _places(text: str, word: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(word), text)]


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in order, those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _same_figures(pack: Pack, clause: Clause, figure: Figure) -> list[tuple[int, int]]:
    """Where a clause states the figure, in whatever spelling; either end of a range counts."""
    own = _figures(pack.id, pack.content_hash, clause.id, clause.text)
    return [(f.start, f.end) for f in own if f.kind == figure.kind and figure.value in (f.low, f.high)]


@lru_cache(maxsize=4096)
def _figures(_pack: str, _content: str, _clause: str, text: str) -> tuple[Figure, ...]:
    return scan(text)
