"""A small set and a finished run of it."""

from pathlib import Path

import pytest

from evals.library import Card, QuestionSet, find_sets, write_set
from evals.run import Run, load_run, start_run

IDS = {"own-001", "own-002", "own-003", "own-004", "own-005", "own-006", "own-007", "own-008"}


@pytest.fixture(autouse=True)
def data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder: Path = tmp_path_factory.getbasetemp() / "data"
    monkeypatch.setenv("MINGCE_DATA", str(folder))
    return folder


@pytest.fixture
def small(tmp_path: Path) -> QuestionSet:
    (own,) = find_sets(["jinan-2023-2025"])
    path = tmp_path / "small.jsonl"
    write_set(path, [case for case in own.cases if case.id in IDS])
    return QuestionSet("small", path, Card(pack="jinan-2023-2025"))


@pytest.fixture
def finished(small: QuestionSet, tmp_path: Path) -> Run:
    folder = tmp_path / "run"
    list(start_run([small], folder, workers=1))
    return load_run(folder)
