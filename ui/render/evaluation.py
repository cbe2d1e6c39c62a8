"""Runs of question sets: scores with intervals, what failed, two runs compared; the queue of questions from use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.loader import PACKS, load_pack
from evals.candidates import Candidate
from evals.diff import STATES, Diff
from evals.report import Shown, asked, bar, show
from evals.run import Run
from evals.sheets import OUTCOMES, row_of
from evals.summary import summarise
from ui.render import page_html
from ui.words import Words

_FAILURES, _QUEUE = 60, 100
TABLES = ("类别", "题集", "用户", "应有结果", "条款")


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A question that differs between two runs."""

    state: str
    title: str
    id: str
    asked: str
    why: str


def run_html(run: Run, words: Words) -> str:
    """A run: its scores by category and set, and the questions that failed; of kept sets the totals only."""
    summary = summarise(run)
    failed = [result for result in run.results if not result.verdict.passed]
    readable = [result for result in failed if result.set_name not in run.kept]
    packs = {entry["name"]: entry["pack"] for entry in run.spec["sets"]}
    shown = [show(result, load_pack(PACKS / packs[result.set_name])) for result in readable[:_FAILURES]]
    return page_html(
        "run.html.j2",
        words,
        spec=run.spec,
        summary=summary,
        tables=[(title, f"按{title}", summary.by[title]) for title in TABLES if summary.by.get(title)],
        bar=bar,
        failures=[(entry, _why(entry)) for entry in shown],
        more=len(readable) - len(shown),
        hidden=len(failed) - len(readable),
        complete=run.complete,
    )


def _why(entry: Shown) -> str:
    return "；".join(entry.result.verdict.faults)


def diff_html(found: Diff, words: Words) -> str:
    """Two runs question by question; of kept sets the counts only."""
    kept = found.before.kept | found.after.kept
    changes = [
        ChangeView(
            change.state,
            STATES[change.state],
            change.result.case.id,
            " / ".join(asked(change.result.case)),
            "；".join(change.result.verdict.faults),
        )
        for state in ("broken", "fixed")
        for change in found.of(state)
        if change.result.set_name not in kept
    ]
    counts = [(title, len(found.of(state)), state) for state, title in STATES.items()]
    return page_html(
        "diff.html.j2",
        words,
        found=found,
        counts=counts,
        changes=changes[: 2 * _FAILURES],
        more=max(len(changes) - 2 * _FAILURES, 0),
    )


def queue_html(queue: Sequence[Candidate], words: Words) -> str:
    """The questions from use that wait for a label, the latest first."""
    ready = sum(entry.label is not None for entry in queue)
    shown = [(entry, row_of(entry.label) if entry.label else {}) for entry in reversed(queue)][:_QUEUE]
    return page_html("queue.html.j2", words, queue=shown, count=len(queue), ready=ready, outcomes=OUTCOMES)


def empty_html(text: str, words: Words) -> str:
    """A line where there is nothing to show."""
    return page_html("empty.html.j2", words, text=text)


def run_caption(folder: str, spec: dict[str, Any]) -> str:
    """A run in one line: when, what, how many."""
    names = [entry["name"] for entry in spec["sets"]]
    sets = names[0] if len(names) == 1 else f"{len(names)} 个题集"
    engine = spec.get("model") or spec["engine"]
    return f"{folder} · {sets} · {spec['jobs']} 题 · {engine}"
