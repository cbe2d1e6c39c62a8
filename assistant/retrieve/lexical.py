"""BM25 over characters and character pairs, with the pack's glossary on the question's side."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieve.units import units_of
from assistant.understand.script import normalise
from assistant.understand.terms import find_terms
from corpus.schema import Pack

_SKIP = set("，。！？；：、“”‘’（）()《》【】,.!?;: \n\t-—…·\"'[]")


def grams(text: str) -> list[str]:
    """Single characters and adjacent pairs; punctuation splits."""
    tokens = []
    previous = ""
    for char in text:
        if char in _SKIP:
            previous = ""
            continue
        tokens.append(char)
        if previous:
            tokens.append(previous + char)
        previous = char
    return tokens


class Lexical:
    """The lexical index of one pack, in memory."""

    def __init__(self, pack: Pack) -> None:
        import bm25s

        self._pack = pack
        self._units = units_of(pack)
        self._index: Any = bm25s.BM25(k1=1.2, b=0.75)
        self._index.index([grams(normalise(unit.text)) for unit in self._units], show_progress=False)

    def scores(self, question: str) -> NDArray[np.float64]:
        """A score for each unit of the pack, in the order of `units_of`."""
        tokens = [token for token in self.expand(question) if token in self._index.vocab_dict]
        if not tokens:
            return np.zeros(len(self._units))
        return np.asarray(self._index.get_scores(tokens), dtype=np.float64)

    def expand(self, question: str) -> list[str]:
        """The question's grams and those of the terms that its words stand for."""
        text = normalise(question)
        terms = {mention.term for mention in find_terms(self._pack, text) if not (mention.negated or mention.unsaid)}
        return grams(text) + [token for term in sorted(terms) for token in grams(normalise(term))]

    def coverage(self, question: str) -> float:
        """The share of the question's character pairs that the whole text has, unexpanded: low for a strange subject."""
        pairs = [token for token in grams(normalise(question)) if len(token) == 2]
        return sum(pair in self._index.vocab_dict for pair in pairs) / len(pairs) if pairs else 0.0


_CACHE: dict[tuple[str, str], Lexical] = {}


def lexical(pack: Pack) -> Lexical:
    """The lexical index of a pack, built once for its content."""
    key = (pack.id, pack.content_hash)
    if key not in _CACHE:
        _CACHE[key] = Lexical(pack)
    return _CACHE[key]
