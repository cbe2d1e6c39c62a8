"""Finds the topic of a question by the nearest example questions of the pack (doc2query).

Cosine of character n-grams (TF-IDF, lengths 1 to 3; Latin words whole), the five nearest vote. Used where a question has
no word that names a subject.
"""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from assistant.understand.script import normalise
from corpus.schema import BEYOND, Pack

_NEAREST = 5
_NOT_WORDS = re.compile(r"[\d\s,.%‰，。？！?!、：:；;“”‘’\"'《》()（）\[\]{}<>|/\\_+=*&^$#@~`-]+")
_LATIN = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True)
class Near:
    """A topic id (or BEYOND), the cosine of its nearest phrase and its share of the vote, both in [0, 1]."""

    topic: str
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class Phrases:
    """The example questions of a pack, indexed by n-gram."""

    topics: tuple[str, ...]
    weights: dict[str, float]
    postings: dict[str, list[tuple[int, float]]]

    def nearest(self, question: str) -> Near | None:
        """The topic of the nearest phrases to a normalised question; None where no n-gram is shared."""
        unseen = math.log(1 + len(self.topics))
        vector = {gram: (1 + math.log(n)) * self.weights.get(gram, unseen) for gram, n in _grams(question).items()}
        length = math.sqrt(sum(weight * weight for weight in vector.values()))
        scores: dict[int, float] = defaultdict(float)
        for gram, weight in vector.items():
            for index, other in self.postings.get(gram, ()):
                scores[index] += weight * other / length
        top = sorted(scores, key=lambda index: (-scores[index], index))[:_NEAREST]
        if not top:
            return None
        votes: dict[str, float] = defaultdict(float)
        for index in top:
            votes[self.topics[index]] += scores[index]
        best = max(votes, key=lambda topic: votes[topic])
        score = max(scores[index] for index in top if self.topics[index] == best)
        return Near(best, score, votes[best] / sum(votes.values()))


def phrases(pack: Pack) -> Phrases | None:
    """The index of a pack's example questions, built once; None for a pack without."""
    return _index(pack.id, pack.content_hash, tuple(pack.phrases.items())) if pack.phrases else None


@lru_cache(maxsize=8)
def _index(_pack: str, _content: str, groups: tuple[tuple[str, tuple[str, ...]], ...]) -> Phrases:
    examples = [(topic, _grams(normalise(text))) for topic, texts in groups for text in texts]
    frequency = Counter(gram for _, grams in examples for gram in grams)
    weights = {gram: math.log(1 + len(examples) / n) for gram, n in frequency.items()}
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for index, (_, grams) in enumerate(examples):
        vector = {gram: (1 + math.log(n)) * weights[gram] for gram, n in grams.items()}
        length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        for gram, weight in vector.items():
            postings[gram].append((index, weight / length))
    return Phrases(tuple(topic for topic, _ in examples), weights, dict(postings))


def _grams(text: str) -> Counter[str]:
    grams: Counter[str] = Counter()
    for part in _NOT_WORDS.sub(" ", text).split():
        if _LATIN.fullmatch(part):
            grams[part] += 1
        else:
            grams.update(part[i : i + size] for size in (1, 2, 3) for i in range(len(part) - size + 1))
    return grams


__all__ = ["BEYOND", "Near", "Phrases", "phrases"]
