"""The measures and the naive peer."""

from pathlib import Path

from assistant.adapters.embedders import StaticEmbedder
from assistant.retrieve import Retriever
from assistant.settings import Settings
from corpus.schema import Pack
from evals.peers.naive import NaivePeer
from evals.recall import Probe, probes, ranking_of, recall_at, report


def test_recall_counts_the_first_hits_only() -> None:
    found = {"a": ["1", "2"], "b": ["3", "4"]}
    questions = [Probe("a", frozenset({"2"})), Probe("b", frozenset({"3"}))]
    assert recall_at(lambda q, top: found[q][:top], questions, 1) == 0.5
    assert recall_at(lambda q, top: found[q][:top], questions, 2) == 1.0


def test_clauses_beat_blind_windows(jinan: Pack) -> None:
    questions = probes("jinan-2023-2025")
    peer = NaivePeer(jinan, StaticEmbedder())
    assert recall_at(ranking_of(Retriever(), jinan), questions, 1) > recall_at(peer.clauses, questions, 1)


def test_report_has_a_line_a_pack_and_side(tmp_path: Path) -> None:
    lines = list(report(calibrate=False, settings=Settings(tmp_path, "jinan-2023-2025")))
    assert len(lines) == 4
    assert all("R@1" in line for line in lines)
