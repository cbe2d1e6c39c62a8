"""Runs: resumed after a kill, compared question by question, held to a baseline, reported."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from evals.cases import Case
from evals.diff import compare
from evals.gate import breaches, load_baseline, measured, move_baseline
from evals.library import QuestionSet, SetError, find_sets
from evals.report import html, junit, write_report
from evals.run import RESULTS, SPEC, Run, code_hash, load_run, start_run
from evals.stats import mcnemar, wilson
from evals.summary import summarise

ROOT = Path(__file__).resolve().parents[2]


def replies(run: Run) -> list[tuple[Any, ...]]:
    return [(*result.key, result.reply, result.verdict.faults) for result in run.results]


def spoilt(run: Run, *ids: str) -> Run:
    """The run with some replies declined, graded anew."""
    lines = []
    for line in (run.folder / RESULTS).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["id"] in ids:
            row["reply"].update(outcome="decline", amounts=[], text="文中未载明")
        lines.append(json.dumps(row, ensure_ascii=False))
    folder = run.folder.with_name("spoilt")
    folder.mkdir()
    (folder / SPEC).write_bytes((run.folder / SPEC).read_bytes())
    (folder / RESULTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_run(folder)


def test_a_run_has_every_case_in_the_order_of_the_set(finished: Run, small: QuestionSet) -> None:
    assert finished.complete
    assert [result.case.id for result in finished.results] == [case.id for case in small.cases]
    assert all(result.verdict.passed for result in finished.results)


def test_a_run_that_was_cut_off_in_mid_line_goes_on_and_ends_alike(finished: Run, small: QuestionSet) -> None:
    path = finished.folder / RESULTS
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    left = list(start_run([small], finished.folder, workers=1))
    assert 0 < len(left) < len(finished.results)
    assert replies(load_run(finished.folder)) == replies(finished)


def test_a_killed_run_goes_on_and_gives_the_same_report(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ui.cli", "eval", "run", "jinan-2023-2025", "--out"]
    environment = {**os.environ, "MINGCE_DATA": str(tmp_path / "data")}
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    subprocess.run([*command, str(whole)], cwd=ROOT, env=environment, check=True, capture_output=True)
    with subprocess.Popen([*command, str(cut)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        while not (cut / RESULTS).is_file() or (cut / RESULTS).read_bytes().count(b"\n") < 20:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert not load_run(cut).complete
    subprocess.run([*command, str(cut)], cwd=ROOT, env=environment, check=True, capture_output=True)
    assert replies(load_run(cut)) == replies(load_run(whole))
    assert summarise(load_run(cut)).by == summarise(load_run(whole)).by


def test_lines_that_are_no_results_are_run_again(finished: Run, small: QuestionSet) -> None:
    path = finished.folder / RESULTS
    first, _, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([first[:40], "5", '{"set": "small"}', *rest]) + "\n", encoding="utf-8")
    assert len(list(start_run([small], finished.folder, workers=1))) == 2
    assert replies(load_run(finished.folder)) == replies(finished)


def test_two_runs_do_not_share_a_folder(small: QuestionSet, tmp_path: Path) -> None:
    running = start_run([small], tmp_path / "run", workers=1)
    next(running)
    with pytest.raises(SetError, match="正有一次运行"):
        list(start_run([small], tmp_path / "run", workers=1))
    running.close()


def test_a_damaged_record_is_named(finished: Run) -> None:
    (finished.folder / SPEC).write_text("{", encoding="utf-8")
    with pytest.raises(SetError, match=r"run\.json 已损坏"):
        load_run(finished.folder)


def test_a_folder_of_another_run_is_refused(finished: Run) -> None:
    with pytest.raises(SetError, match="题集"):
        list(start_run(find_sets(["jinan-2023-2025-check"]), finished.folder, workers=1))


def test_an_unknown_engine_is_named_with_the_known_ones(small: QuestionSet, tmp_path: Path) -> None:
    with pytest.raises(SetError, match="builtin"):
        list(start_run([small], tmp_path / "x", engine="oracle", workers=1))


def test_workers_answer_as_one_process_does(finished: Run, small: QuestionSet, tmp_path: Path) -> None:
    list(start_run([small], tmp_path / "two", workers=2))
    assert replies(load_run(tmp_path / "two")) == replies(finished)


def test_repeats_are_counted_and_steady(small: QuestionSet, tmp_path: Path) -> None:
    list(start_run([small], tmp_path / "three", repeat=3, workers=1))
    summary = summarise(load_run(tmp_path / "three"))
    assert (summary.overall.total, summary.always.total) == (3 * len(small.cases), len(small.cases))
    assert summary.unsteady == []


def test_the_retrieval_stage_searches_only(small: QuestionSet, tmp_path: Path) -> None:
    list(start_run([small], tmp_path / "search", stage="retrieval", workers=1))
    run = load_run(tmp_path / "search")
    assert run.results
    assert all(set(result.reply) == {"hits"} for result in run.results)
    assert "recall_at_3" in summarise(run).measures


def test_what_broke_what_was_mended_and_what_reads_otherwise(finished: Run) -> None:
    bad = spoilt(finished, "own-001", "own-003")
    diff = compare(finished, bad)
    assert [c.result.case.id for c in diff.of("broken")] == ["own-001", "own-003"]
    assert [c.result.case.id for c in compare(bad, finished).of("fixed")] == ["own-001", "own-003"]
    assert diff.p == 0.5
    assert sum(counts["broken"] for counts in diff.by_category.values()) == 2
    shorter = replace(finished, results=finished.results[1:])
    assert [c.state for c in compare(finished, shorter).changes] == ["gone"]
    assert [c.state for c in compare(shorter, finished).changes] == ["added"]


def test_a_swap_that_leaves_the_total_is_seen(finished: Run) -> None:
    before = replace(finished, results=list(finished.results))
    bad = spoilt(finished, "own-001")
    swapped = replace(bad, results=[bad.results[0], *finished.results[1:]])
    other = replace(before, results=[*before.results[:1], *before.results[1:]])
    assert len(compare(other, swapped).of("broken")) == 1


def test_the_gate_names_what_broke(finished: Run, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    move_baseline(finished, "第一次记下基线", path)
    baseline = load_baseline(path)
    assert breaches(finished, baseline) == []
    (line, *more) = breaches(spoilt(finished, "own-002"), baseline)
    assert not more
    assert "own-002" in line
    assert "应为 answer，给出 decline" in line
    assert breaches(replace(finished, results=finished.results[1:]), baseline)
    assert breaches(replace(finished, results=[]), baseline) == ["small：没有运行"]


def test_the_tolerance_counts_cases(finished: Run, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    move_baseline(finished, "第一次记下基线", path)
    assert breaches(spoilt(finished, "own-002"), {**load_baseline(path), "tolerance_cases": 1}) == []


def test_a_case_known_to_fail_does_not_breach(finished: Run, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    bad = spoilt(finished, "own-002")
    move_baseline(bad, "这一题已知会错", path)
    assert load_baseline(path)["sets"]["small"]["failing"] == ["own-002"]
    assert breaches(bad, load_baseline(path)) == []


@pytest.mark.parametrize("why", ["", "  ", "改"])
def test_the_baseline_moves_only_with_a_reason(finished: Run, tmp_path: Path, why: str) -> None:
    with pytest.raises(SetError, match="--why"):
        move_baseline(finished, why, tmp_path / "baseline.json")


def test_a_broken_off_run_is_no_baseline(finished: Run, tmp_path: Path) -> None:
    with pytest.raises(SetError, match="没有跑完"):
        move_baseline(replace(finished, results=finished.results[1:]), "够长的理由在此", tmp_path / "baseline.json")


def test_the_committed_baseline_covers_the_fast_sets() -> None:
    fast = {found.name for found in find_sets() if found.card.fast}
    assert set(load_baseline()["sets"]) == fast
    assert measured(Run(Path(), {"sets": []}, [])) == {}


class Page(HTMLParser):
    """What a page loads and runs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value or "") for name, value in attrs if name in ("src", "href", "data", "action")]
        if tag in ("script", "iframe", "img", "form"):
            self.found.append((tag, ""))


def test_the_report_stands_alone_and_escapes_what_users_typed(finished: Run) -> None:
    bad = spoilt(finished, "own-001")
    evil = bad.results[0].case.model_copy(update={"turns": ["<script>alert(1)</script><img src=x onerror=1>"]})
    run = replace(bad, results=[replace(bad.results[0], case=evil), *bad.results[1:]])
    text = html(run, compare(finished, run))
    page = Page()
    page.feed(text)
    assert page.found == []
    assert "&lt;script&gt;alert(1)" in text
    assert "own-001" in text
    assert "弄坏" in text


def test_kept_questions_are_counted_and_not_shown(finished: Run, tmp_path: Path) -> None:
    bad = spoilt(finished, "own-001")
    run = replace(bad, spec={**bad.spec, "sets": [{**bad.spec["sets"][0], "kept": True}]})
    write_report(run, compare(finished, run), tmp_path / "out")
    case = run.results[0].case
    assert isinstance(case, Case)
    for name in ("report.html", "junit.xml", "results.csv"):
        assert case.turns[0] not in (tmp_path / "out" / name).read_text(encoding="utf-8-sig")
    assert f"{len(run.results) - 1}/{len(run.results)}" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_questions_that_an_earlier_run_kept_are_not_shown_as_gone(finished: Run) -> None:
    before = replace(finished, spec={**finished.spec, "sets": [{**finished.spec["sets"][0], "kept": True}]})
    case = finished.results[0].case
    assert isinstance(case, Case)
    after = replace(finished, results=[])
    assert case.turns[0] not in html(after, compare(before, after))


def test_a_failing_question_of_a_new_category_breaches(finished: Run, tmp_path: Path) -> None:
    move_baseline(finished, "第一次记下基线", tmp_path / "baseline.json")
    bad = spoilt(finished, "own-001")
    renamed = bad.results[0].case.model_copy(update={"category": "brand-new"})
    run = replace(bad, results=[*finished.results, replace(bad.results[0], case=renamed)])
    assert any("brand-new" in line for line in breaches(run, load_baseline(tmp_path / "baseline.json")))


@pytest.mark.parametrize("content", ["[]", '{"sets": {}}', '{"tolerance_cases": 0, "sets": {}, "history": []}'])
def test_an_empty_baseline_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "baseline.json").write_text(content, encoding="utf-8")
    with pytest.raises(SetError, match="mingce eval baseline"):
        load_baseline(tmp_path / "baseline.json")


def test_junit_counts_and_names_the_failures(finished: Run) -> None:
    root = ElementTree.fromstring(junit(spoilt(finished, "own-001")))
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures")) == (str(len(finished.results)), "1")
    (failure,) = suite.iter("failure")
    assert "应为 answer" in (failure.get("message") or "")


def test_tables_hold_every_result_and_no_formula(finished: Run, tmp_path: Path) -> None:
    case = finished.results[0].case.model_copy(update={"turns": ["=1+1"]})
    run = replace(finished, results=[replace(finished.results[0], case=case), *finished.results[1:]])
    write_report(run, folder=tmp_path)
    rows = list(load_workbook(tmp_path / "results.xlsx").worksheets[0].values)
    assert len(rows) == 1 + len(run.results)
    assert rows[1][5] == "'=1+1"


def test_intervals_and_the_paired_test_give_the_published_values() -> None:
    share, low, high = wilson(20, 20)
    assert (share, round(low, 2), high) == (1.0, 0.84, 1.0)
    assert [round(bound, 3) for bound in wilson(7, 10)[1:]] == [0.397, 0.892]
    assert (mcnemar(0, 0), mcnemar(5, 0), mcnemar(6, 0)) == (1.0, 0.0625, 0.03125)


def test_a_run_of_other_code_is_not_taken_for_this_one(finished: Run, small: QuestionSet) -> None:
    path = finished.folder / SPEC
    spec = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**spec, "code": "0" * 16}), encoding="utf-8")
    with pytest.raises(SetError, match="代码"):
        next(start_run([small], finished.folder, workers=1))


def test_what_the_engine_learned_is_part_of_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes
    before = code_hash()
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"" if path.name == "gap.tsv" else read(path))
    assert code_hash() != before


def test_asking_again_makes_nothing_surer(finished: Run) -> None:
    assert wilson(30, 40, questions=10) == (0.75, *wilson(8, 10)[1:])
    again = [replace(result, repeat=2) for result in finished.results]
    twice = replace(finished, results=[*finished.results, *again])
    assert summarise(twice).overall.interval == summarise(finished).overall.interval
    broken = replace(twice, results=[replace(r, verdict=replace(r.verdict, checks={"says": "x"})) for r in twice.results])
    assert compare(twice, broken).p == mcnemar(len(finished.results), 0)


def test_a_reply_from_another_state_of_the_policy_keeps_its_verdict(finished: Run) -> None:
    path = finished.folder / SPEC
    spec = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**spec, "packs": dict.fromkeys(spec["packs"], "0" * 64)}), encoding="utf-8")
    rows = [json.loads(line) for line in (finished.folder / RESULTS).read_text(encoding="utf-8").splitlines()]
    rows[0]["reply"]["text"] = "文中未载明"  # would fail today
    (finished.folder / RESULTS).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert all(result.verdict.passed for result in load_run(finished.folder).results)
