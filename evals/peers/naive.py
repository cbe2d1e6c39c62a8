"""The naive peer: blind 500-character windows with 50 overlap in Chroma, the same embedder, no rules."""

import re
import tempfile
from collections.abc import Sequence
from typing import Any

from assistant.adapters.embedders import Embedder
from corpus.schema import Pack

CHUNK, OVERLAP, TOP = 500, 50, 4
_SENTENCES, _SHORT = 2, 8


class NaivePeer:
    """langchain's recursive splitter and Chroma; a chunk stands for the clauses that it overlaps."""

    def __init__(self, pack: Pack, embedder: Embedder) -> None:
        from langchain_chroma import Chroma
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
        chunks = splitter.create_documents([pack.document.source])
        for chunk in chunks:
            start = chunk.metadata["start_index"]
            chunk.metadata["clauses"] = ",".join(_overlapping(pack, start, start + len(chunk.page_content)))
        self._folder = tempfile.TemporaryDirectory()
        self._store: Any = Chroma.from_documents(
            chunks,
            _Adapter(embedder),
            collection_name="naive-peer",
            persist_directory=self._folder.name,
            collection_metadata={"hnsw:space": "cosine"},
        )

    def answer(self, question: str) -> str:
        """The sentences of the best chunks that share most characters with the question: extraction, nothing computed."""
        chunks = [chunk.page_content for chunk in self._store.similarity_search(question, k=TOP)]
        sentences = list(dict.fromkeys(s for chunk in chunks for s in re.split(r"(?<=[。；])", chunk) if len(s) > _SHORT))
        words = set(question)
        best = sorted(sentences, key=lambda s: -len(words & set(s)) / len(set(s)) ** 0.5)[:_SENTENCES]
        return "".join(s for s in sentences if s in best)

    def clauses(self, question: str, top: int) -> set[str]:
        """Every clause that one of the best `top` chunks touches: generous, for a chunk touches one or two."""
        chunks = self._store.similarity_search(question, k=top)
        return {clause for chunk in chunks for clause in chunk.metadata["clauses"].split(",")}


class _Adapter:
    """An embedder as langchain wants it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        rows: list[list[float]] = self._embedder.embed(list(texts)).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def _overlapping(pack: Pack, start: int, end: int) -> list[str]:
    """The clauses that share characters with a window, the largest share first."""
    shares = [(min(end, c.end) - max(start, c.start), c.id) for c in pack.document.clauses]
    return [clause for share, clause in sorted(shares, reverse=True) if share > 0]
