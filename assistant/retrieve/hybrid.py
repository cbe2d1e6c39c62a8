"""Fuses lexical and vector scores per clause; the best sentence counts beside the whole clause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.retrieve.lexical import lexical
from assistant.retrieve.units import units_of
from corpus.schema import Pack

SENTENCE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause with its fused score in [0, 1] and its best sentence (offsets into the source)."""

    clause: str
    score: float
    start: int
    end: int


class VectorSide(Protocol):
    """A vector index of one or more packs."""

    @property
    def weight(self) -> float:
        """The share of this side in the fused score, in [0, 1]."""
        ...

    def scores(self, pack: Pack, question: str) -> Mapping[str, float]:
        """Cosine similarity by unit key; units that the index did not return are absent."""
        ...


class Retriever:
    """Hybrid search over a pack; without a vector side it is lexical alone."""

    def __init__(self, vectors: VectorSide | None = None) -> None:
        self._vectors = vectors

    def search(self, pack: Pack, question: str, top: int = 5, *, words_only: bool = False) -> tuple[Hit, ...]:
        """The best clauses for a question, best first; `words_only` leaves the vector side out."""
        units = units_of(pack)
        words = [float(score) for score in lexical(pack).scores(question)]
        fused = _per_clause([unit.clause for unit in units], [unit.whole for unit in units], words)
        if self._vectors is not None and not words_only and self._vectors.weight > 0:
            near = self._vectors.scores(pack, question)
            floor = min(near.values(), default=0.0)
            similar = _per_clause(
                [unit.clause for unit in units], [unit.whole for unit in units], [near.get(unit.key, floor) for unit in units]
            )
            weight = self._vectors.weight
            fused = {clause: (1 - weight) * fused[clause] + weight * similar[clause] for clause in fused}
        ranked = sorted(fused, key=lambda clause: -fused[clause])[:top]
        best = {clause: _best_sentence(pack, clause, words) for clause in ranked}
        return tuple(Hit(clause, fused[clause], *best[clause]) for clause in ranked)


def _per_clause(clauses: Sequence[str], whole: Sequence[bool], scores: Sequence[float]) -> dict[str, float]:
    """Clause scores scaled to [0, 1]: the clause's own plus a share of its best sentence's."""
    own: dict[str, float] = {}
    sentence: dict[str, float] = {}
    for clause, is_whole, score in zip(clauses, whole, scores, strict=True):
        target = own if is_whole else sentence
        target[clause] = max(target.get(clause, 0.0), score)
    top_own, top_sentence = max(own.values(), default=0.0) or 1.0, max(sentence.values(), default=0.0) or 1.0
    total = 1 + SENTENCE_SHARE
    return {c: (own[c] / top_own + SENTENCE_SHARE * sentence.get(c, 0.0) / top_sentence) / total for c in own}


def _best_sentence(pack: Pack, clause: str, scores: Sequence[float]) -> tuple[int, int]:
    units = units_of(pack)
    own = [(scores[i], -i) for i, unit in enumerate(units) if unit.clause == clause and not unit.whole]
    if not own:
        found = pack.document.clause(clause)
        assert found is not None
        return found.start, found.end
    unit = units[-max(own)[1]]
    return unit.start, unit.end
