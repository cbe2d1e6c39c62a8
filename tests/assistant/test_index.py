"""The vector index: atomic, idempotent, locked, checked; exact up to 10,000 vectors."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from assistant.adapters.chroma import _INDEX, ChromaVectors, IndexFault, index_name
from assistant.adapters.embedders import EmbedderError, StaticEmbedder, load_embedder
from assistant.retrieve import Retriever
from assistant.retrieve.units import units_of
from assistant.settings import Settings
from corpus.schema import Pack

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, policy="jinan-2023-2025")


def index_folder(settings: Settings, pack: Pack) -> Path:
    return settings.data / "index" / index_name(pack, StaticEmbedder())


def test_building_twice_makes_it_once(settings: Settings, jinan: Pack) -> None:
    assert ChromaVectors(settings).build(jinan)
    assert not ChromaVectors(settings).build(jinan)


def test_scores_are_cosines_of_all_units(settings: Settings, jinan: Pack) -> None:
    vectors = ChromaVectors(settings)
    unit = units_of(jinan)[10]
    scores = vectors.scores(jinan, unit.text)
    assert len(scores) == len(units_of(jinan))
    assert scores[unit.key] == pytest.approx(1, abs=1e-4)
    assert max(scores.values()) <= 1 + 1e-4


@pytest.mark.parametrize("damage", ["manifest", "vectors", "count", "probe"])
def test_a_damaged_index_is_rebuilt_not_read(settings: Settings, jinan: Pack, damage: str) -> None:
    ChromaVectors(settings).build(jinan)
    folder = index_folder(settings, jinan)
    if damage == "manifest":
        (folder / "manifest.json").write_text("{", encoding="utf-8")
    elif damage in ("count", "probe"):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        wrong = {"count": 3} if damage == "count" else {"probe": "另一段没有收进索引的话"}
        (folder / "manifest.json").write_text(json.dumps({**manifest, **wrong}), encoding="utf-8")
    else:
        (folder / "chroma.sqlite3").write_bytes(b"not a database")
    again = ChromaVectors(settings)
    assert again.build(jinan)
    assert len(again.scores(jinan, "高新技术企业")) == len(units_of(jinan))


def test_a_lost_vector_folder_is_noticed(settings: Settings, jinan: Pack) -> None:
    ChromaVectors(settings).build(jinan)
    folder = index_folder(settings, jinan)
    for part in folder.iterdir():
        if part.is_dir():
            shutil.rmtree(part)
    again = ChromaVectors(settings)
    again.build(jinan)
    assert len(again.scores(jinan, "高新技术企业")) == len(units_of(jinan))


def test_two_builds_at_once_the_second_is_told(settings: Settings, jinan: Pack) -> None:
    (settings.data / "index").mkdir(parents=True)
    with FileLock(str(settings.data / "index" / ".lock")), pytest.raises(IndexFault, match="正在建索引"):
        ChromaVectors(settings).build(jinan, wait_seconds=0)


def test_an_unwritable_folder_is_named(tmp_path: Path, jinan: Pack) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    with pytest.raises(IndexFault, match="MINGCE_DATA"):
        ChromaVectors(Settings(data=blocked, policy="jinan-2023-2025")).build(jinan)


@pytest.mark.parametrize("after_ms", [0, 150, 400, 700, 900, 1200])
def test_killing_a_build_leaves_the_last_good_index(settings: Settings, jinan: Pack, liuhe: Pack, after_ms: int) -> None:
    ChromaVectors(settings).build(jinan)
    before = sorted(path.name for path in index_folder(settings, jinan).iterdir())
    env = {**os.environ, "MINGCE_DATA": str(settings.data)}
    process = subprocess.Popen([sys.executable, "-m", "ui.cli", "index"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    time.sleep(after_ms / 1000)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert sorted(path.name for path in index_folder(settings, jinan).iterdir()) == before
    fresh = ChromaVectors(settings)
    assert not fresh.build(jinan)
    assert len(fresh.scores(liuhe, "总部经济")) == len(units_of(liuhe))
    assert not list((settings.data / "index").glob(".building-*"))


def test_chroma_returns_what_brute_force_returns_up_to_10000_vectors(tmp_path: Path) -> None:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    random = np.random.default_rng(5)
    rows = random.normal(size=(10_000, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    client = chromadb.PersistentClient(path=str(tmp_path), settings=ChromaSettings(anonymized_telemetry=False))
    collection = client.create_collection("exactness", configuration=_INDEX, embedding_function=None)
    for start in range(0, len(rows), 5000):
        ids = [str(i) for i in range(start, start + 5000)]
        collection.add(ids=ids, embeddings=rows[start : start + 5000].tolist())
    queries = rows[:20] + random.normal(scale=0.2, size=(20, 64)).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    found = collection.query(query_embeddings=queries.tolist(), n_results=10, include=["distances"])
    client.close()
    exact = np.argsort(-(queries @ rows.T), axis=1)[:, :10]
    assert [list(map(int, ids)) for ids in found["ids"]] == exact.tolist()


def test_without_vectors_the_search_is_lexical(jinan: Pack) -> None:
    hits = Retriever().search(jinan, "首购 补助 比例")
    assert hits[0].clause == "2.5.16"
    assert jinan.document.source[hits[0].start : hits[0].end]


def test_the_shipped_embedder_reads_as_sentence_transformers_writes() -> None:
    transformers = pytest.importorskip("sentence_transformers")
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    from assistant.adapters.embedders import MODEL, unit_rows

    ours = StaticEmbedder()
    static = StaticEmbedding(Tokenizer.from_file(str(MODEL / "tokenizer.json")), embedding_weights=ours.weights)
    model = transformers.SentenceTransformer(modules=[static], device="cpu")
    texts = ["首次通过高新技术企业认定", "创新券", "R&D subsidy for chip companies"]
    theirs = unit_rows(model.encode(texts))
    assert np.abs(theirs - ours.embed(texts)).max() < 1e-6


def test_a_text_without_known_tokens_is_zero() -> None:
    assert not StaticEmbedder().embed(["……！"]).any()


def test_a_model_that_is_not_there_is_named() -> None:
    pytest.importorskip("sentence_transformers")
    with pytest.raises(EmbedderError, match="nowhere/such-model"):
        load_embedder("nowhere/such-model")
