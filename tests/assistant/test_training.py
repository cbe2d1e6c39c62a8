from pathlib import Path

import pytest

from assistant.adapters.training import train
from corpus.schema import Pack


def test_training_gives_the_same_files_each_time(tmp_path: Path, liuhe: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sentence_transformers")
    monkeypatch.setattr("assistant.adapters.training.EPOCHS", 1)
    for name in ("one", "two"):
        train([liuhe], tmp_path / name)
    for file in ("tokenizer.json", "model.safetensors"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
