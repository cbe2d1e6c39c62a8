"""Finds the clause whose own words a question quotes: a run of characters that stands in one clause only."""

from collections import defaultdict
from functools import lru_cache

from corpus.schema import Pack
from corpus.text import squeeze

_SIZE = 4  # the shortest run that is looked at
_SURE = 6  # a run this long in one clause only is a quotation


@lru_cache(maxsize=8)
def _runs(_pack: str, _content: str, clauses: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for clause, text in clauses:
        plain = squeeze(text).text.lower()
        for start in range(len(plain) - _SIZE + 1):
            found[plain[start : start + _SIZE]].add(clause)
    return {run: next(iter(holders)) for run, holders in found.items() if len(holders) == 1}


def quoted_clause(pack: Pack, question: str) -> str | None:
    """The clause that a normalised question quotes by its longest run; None where no run is long enough."""
    runs = _runs(pack.id, pack.content_hash, tuple((clause.id, clause.text) for clause in pack.document.clauses))
    plain = squeeze(question).text
    best, at = ("", 0), 0
    while at <= len(plain) - _SIZE:
        clause = runs.get(plain[at : at + _SIZE])
        end = at
        while clause is not None and runs.get(plain[end : end + _SIZE]) == clause:
            end += 1
        length = end - at + _SIZE - 1 if clause is not None else 0
        if clause is not None and length > best[1]:
            best = (clause, length)
        at = max(end, at + 1)
    return best[0] if best[1] >= _SURE else None
