"""Recall of the right clause, and the fusion weight that suits an embedder."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.adapters.chroma import ChromaVectors
from assistant.adapters.embedders import MODEL
from assistant.retrieve import Retriever
from assistant.settings import STATIC, Settings, load_settings
from corpus.loader import PACKS, load_pack, pack_ids
from corpus.schema import Pack
from evals.library import SETS, read_set

WEIGHTS = tuple(round(step * 0.05, 2) for step in range(17))


@dataclass(frozen=True, slots=True)
class Probe:
    """A question and the clauses that answer it."""

    question: str
    clauses: frozenset[str]


class FixedWeight:
    """A vector side with another weight, its scores remembered, so that weights compare quickly."""

    def __init__(self, inner: ChromaVectors, weight: float) -> None:
        self._inner = inner
        self.weight = weight
        self._seen: dict[tuple[str, str], dict[str, float]] = {}

    def scores(self, pack: Pack, question: str) -> dict[str, float]:
        """Similarity by unit key."""
        key = (pack.id, question)
        if key not in self._seen:
            self._seen[key] = dict(self._inner.scores(pack, question))
        return self._seen[key]


def probes(pack_id: str) -> list[Probe]:
    """The single-turn questions of a pack's set that have one right clause."""
    cases = read_set(SETS / f"{pack_id}.jsonl")
    return [Probe(c.turns[0], frozenset(c.clauses)) for c in cases if len(c.turns) == 1 and len(c.clauses) == 1]


def recall_at(first: Callable[[str, int], Collection[str]], questions: Sequence[Probe], top: int) -> float:
    """The share of questions whose clause is among what a system finds with its first `top` hits."""
    return sum(bool(p.clauses & set(first(p.question, top))) for p in questions) / len(questions)


def ranking_of(retriever: Retriever, pack: Pack) -> Callable[[str, int], list[str]]:
    """A retriever as a function from question and count to clause ids."""
    return lambda question, top: [hit.clause for hit in retriever.search(pack, question, top)]


def report(*, calibrate: bool, settings: Settings | None = None) -> Iterator[str]:
    """Lines with recall@1 and @3 per pack; with `calibrate`, the best weight is measured and saved."""
    settings = settings or load_settings()
    vectors = ChromaVectors(settings)
    packs = [load_pack(PACKS / pack_id) for pack_id in pack_ids() if (SETS / f"{pack_id}.jsonl").is_file()]
    if calibrate:
        side = FixedWeight(vectors, 0.0)
        scored = []
        for weight in WEIGHTS:
            side.weight = weight
            scored.append((sum(_hits(side, pack) for pack in packs), -weight))
        gain, negative = max(scored)
        _save(vectors.embedder.name, -negative, settings)
        yield f"{vectors.embedder.name}：最合适的融合权重 {-negative}（前 1 与前 3 命中之和 {gain:.0f}），已保存"
    for pack in packs:
        questions = probes(pack.id)
        for label, retriever in (("词面", Retriever()), ("混合", Retriever(vectors))):
            rank = ranking_of(retriever, pack)
            first, third = recall_at(rank, questions, 1), recall_at(rank, questions, 3)
            yield f"{pack.id} {label}：R@1 {first:.1%}，R@3 {third:.1%}（{len(questions)} 题）"


def _hits(side: FixedWeight, pack: Pack) -> float:
    """Hits at 1 and at 3 over all questions, so that a large set counts for more."""
    questions = probes(pack.id)
    rank = ranking_of(Retriever(side), pack)
    return len(questions) * (recall_at(rank, questions, 1) + recall_at(rank, questions, 3))


def _save(embedder: str, weight: float, settings: Settings) -> None:
    shipped = settings.embedder == STATIC
    path = (MODEL if shipped else settings.data) / "weights.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() and not shipped else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**known, embedder: weight}, indent=1) + "\n", encoding="utf-8")
