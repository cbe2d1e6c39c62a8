"""The vector side: clauses and sentences in Chroma, embedded here or on a server, with explicit vectors.

An index is named by pack, content and embedder and carries a manifest. It is built aside and renamed, so a reader sees
a whole index or none; what a manifest does not bear out is not read.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import urlparse

import numpy as np

from assistant.adapters.embedders import Embedder, calibrated_weight, load_embedder
from assistant.retrieve.units import units_of
from assistant.settings import Settings
from corpus.errors import MingceError
from corpus.schema import Pack

_BUILDING = ".building-"
_NEAREST = 200
_BATCH = 2000
# ef well above the count of neighbours: returns what brute force returns up to 10,000 vectors (tested)
_INDEX = {"hnsw": {"space": "cosine", "ef_construction": 400, "ef_search": 1200, "max_neighbors": 48}}


class IndexFault(MingceError):
    """An index cannot be built, opened or trusted."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index must hold: checked whenever it is opened."""

    name: str
    count: int
    content_hash: str
    embedder: str
    probe: str
    nearest: str


def index_name(pack: Pack, embedder: Embedder) -> str:
    """The name of a pack's index: ASCII, as Chroma wants it."""
    return f"{pack.id}-{pack.content_hash[:12]}-{embedder.name}"[:120].strip("-")


class ChromaVectors:
    """Cosine similarity of a question to the units of a pack, through Chroma."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._embedder: Embedder | None = None
        self._collections: dict[str, Any] = {}
        self._clients: dict[str, Any] = {}
        self._lock = RLock()

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded when first needed."""
        if self._embedder is None:
            self._embedder = load_embedder(self._settings.embedder)
        return self._embedder

    @property
    def weight(self) -> float:
        """The share of the vector side in the fused score; it belongs to the embedder."""
        if self._settings.weight is not None:
            return self._settings.weight
        return calibrated_weight(self.embedder.name, self._settings.data)

    def scores(self, pack: Pack, question: str) -> Mapping[str, float]:
        """Similarity by unit key for the nearest units."""
        collection = self._collection(pack)
        vector = self.embedder.embed([question])
        if not vector.any():
            return {}
        wanted = min(_NEAREST, len(units_of(pack)))
        try:
            found = collection.query(query_embeddings=vector.tolist(), n_results=wanted, include=["distances"])
        except Exception as error:  # Chroma, its bindings and httpx each raise their own
            self._close(index_name(pack, self.embedder))
            raise IndexFault(
                f"向量检索出错（{type(error).__name__}）：请重试；仍不行请运行 mingce index，或检查 Chroma 服务"
            ) from error
        return {key: 1 - distance for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)}

    def _collection(self, pack: Pack) -> Any:
        name = index_name(pack, self.embedder)
        with self._lock:
            if name not in self._collections:
                self.build(pack)
                self._collections[name] = self._open(name)
            return self._collections[name]

    def build(self, pack: Pack, wait_seconds: float = 30.0) -> bool:
        """Make the index of a pack unless a sound one is there; True where one was made.

        Raises IndexFault where the folder cannot be written or another build holds the lock.
        """
        name = index_name(pack, self.embedder)
        root = self._root()
        if self._sound(pack, name):
            return False
        from filelock import FileLock, Timeout

        try:
            root.mkdir(parents=True, exist_ok=True)
            with FileLock(str(root / ".lock"), timeout=wait_seconds):
                if self._sound(pack, name):
                    return False
                self._sweep(root)
                with self._lock:
                    self._make(pack, name)
                return True
        except Timeout:
            raise IndexFault("另一个 mingce index 正在建索引：请等它结束再试。现有索引不受影响") from None
        except OSError as error:
            raise IndexFault(
                f"写不了数据目录 {self._settings.data}：{error.strerror or error}。请检查权限和磁盘空间，"
                "或用 MINGCE_DATA 换一个目录"
            ) from error

    def _root(self) -> Path:
        return self._settings.data / "index"

    def _sweep(self, root: Path) -> None:
        """Remove what killed builds left behind."""
        for leftover in root.glob(f"{_BUILDING}*"):
            shutil.rmtree(leftover)

    def _make(self, pack: Pack, name: str) -> None:
        units = units_of(pack)
        texts = [unit.text for unit in units]
        vectors = self.embedder.embed(texts)
        keys = [unit.key for unit in units]
        probe = texts[len(texts) // 2]
        nearest = keys[int(np.argmax(vectors @ vectors[len(texts) // 2]))]
        manifest = Manifest(name, len(keys), pack.content_hash, self.embedder.name, probe, nearest)
        aside = self._root() / f"{_BUILDING}{os.getpid()}-{name}"
        aside.mkdir(parents=True)
        client = self._client(aside)
        if self._settings.chroma_url and name in {collection.name for collection in client.list_collections()}:
            client.delete_collection(name)  # half-written, or of a manifest that was lost
        collection = client.create_collection(name, configuration=_INDEX, embedding_function=None)
        for start in range(0, len(keys), _BATCH):
            collection.add(ids=keys[start : start + _BATCH], embeddings=vectors[start : start + _BATCH].tolist())
        if not self._settings.chroma_url:
            client.close()
        (aside / "manifest.json").write_text(json.dumps(asdict(manifest), ensure_ascii=False), encoding="utf-8")
        self._close(name)
        old = self._root() / name
        if old.is_dir():  # a damaged one: it gives way only now that the new one is whole
            shutil.rmtree(old)
        aside.replace(old)

    def _client(self, folder: Path) -> Any:
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        settings = ChromaSettings(anonymized_telemetry=False)
        url = self._settings.chroma_url
        if not url:
            return chromadb.PersistentClient(path=str(folder), settings=settings)
        parts = urlparse(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise IndexFault(f"MINGCE_CHROMA_URL 是“{url}”，应为 http://主机:端口")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 8000)
            return chromadb.HttpClient(host=parts.hostname, port=port, ssl=parts.scheme == "https", settings=settings)
        except ValueError as error:
            raise IndexFault(f"连不上 Chroma 服务 {url}：{error}。请检查地址，或去掉 MINGCE_CHROMA_URL") from error

    def _sound(self, pack: Pack, name: str) -> bool:
        """Whether a whole index of this name is there: manifest, count and probe agree."""
        if name in self._collections:
            return True
        path = self._root() / name / "manifest.json"
        try:
            manifest = Manifest(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return False
        if manifest.content_hash != pack.content_hash or manifest.embedder != self.embedder.name:
            return False
        try:
            collection = self._open(name)
            if collection.count() != manifest.count:
                return False
            vector = self.embedder.embed([manifest.probe]).tolist()
            found = collection.query(query_embeddings=vector, n_results=manifest.count, include=["distances"])
        except Exception:  # noqa: BLE001  # Chroma raises its own, sqlite's and bare exceptions for a damaged index
            self._close(name)
            return False
        whole = len(found["ids"][0]) == manifest.count and found["distances"][0][0] < 1e-3
        if whole:
            self._collections[name] = collection
        else:
            self._close(name)
        return whole

    def _open(self, name: str) -> Any:
        if name not in self._clients:
            self._clients[name] = self._client(self._root() / name)
        return self._clients[name].get_collection(name, embedding_function=None)

    def _close(self, name: str) -> None:
        self._collections.pop(name, None)
        client = self._clients.pop(name, None)
        if client is not None:
            client.close()
