"""Embedders: the shipped static one, which needs no torch, and any sentence-transformers model by name."""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.settings import STATIC
from corpus.errors import MingceError

MODEL = Path(__file__).parent / "static_model"
Vectors = NDArray[np.float32]


class EmbedderError(MingceError):
    """An embedder cannot be loaded."""


class Embedder(Protocol):
    """Texts to unit vectors."""

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, float32, length 1 (0 for a text without known tokens)."""
        ...


def unit_rows(matrix: NDArray[Any]) -> Vectors:
    """The rows scaled to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths == 0, 1, lengths), dtype=np.float32)


class StaticEmbedder:
    """The mean of token vectors, read from the files that `mingce train-embedder` writes."""

    def __init__(self, folder: Path = MODEL) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
            weights = load_file(str(folder / "model.safetensors"))
            self.weights: Vectors = np.asarray(weights["embedding.weight"], dtype=np.float32)
        except Exception as error:  # both libraries raise bare exceptions for a missing or broken file
            raise EmbedderError(
                f"自带的向量模型读不了（{folder.name}）：{error}。请重新安装，或运行 mingce train-embedder"
            ) from error
        digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        self.name = f"{STATIC}-{digest[:8]}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text."""
        rows = np.zeros((len(texts), self.weights.shape[1]), dtype=np.float32)
        for index, encoding in enumerate(self._tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            if encoding.ids:
                rows[index] = self.weights[encoding.ids].mean(axis=0)
        return unit_rows(rows)


class SentenceTransformerEmbedder:
    """A sentence-transformers model by hub name or local path; needs the extra `embed`."""

    def __init__(self, model: str) -> None:
        if not Path(model).exists():
            os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EmbedderError(f"向量模型 {model} 需要 sentence-transformers：请运行 pip install 'mingce[embed]'") from error
        try:
            self._model: Any = SentenceTransformer(model, local_files_only=not _may_download())
        except (OSError, ValueError) as error:
            raise EmbedderError(
                f"向量模型 {model} 打不开：{str(error)[:120]}。请给出本地路径；要联网下载，请设 MINGCE_ALLOW_DOWNLOAD=1"
            ) from error
        self.name = re.sub(r"[^a-zA-Z0-9]+", "-", model).strip("-").lower()[-40:]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text."""
        return unit_rows(np.asarray(self._model.encode(list(texts), show_progress_bar=False)))


def _may_download() -> bool:
    return os.environ.get("MINGCE_ALLOW_DOWNLOAD") == "1"


def load_embedder(name: str) -> Embedder:
    """The embedder of a setting: `static`, or a sentence-transformers model.

    Raises EmbedderError saying what is missing and what to do.
    """
    return StaticEmbedder() if name == STATIC else SentenceTransformerEmbedder(name)


def calibrated_weight(embedder: str, data: Path) -> float:
    """The fusion weight that `mingce recall --calibrate` measured for an embedder; 0.1 where none was."""
    for path in (data / "weights.json", MODEL / "weights.json"):
        if path.is_file():
            weights = json.loads(path.read_text(encoding="utf-8"))
            if embedder in weights:
                return float(weights[embedder])
    return 0.1
