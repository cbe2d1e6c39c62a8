"""What a run comes to: shares with intervals, by set, category, persona, clause; measures; speed; repeats."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evals.cases import AnyCase, Case, RetrievalCase
from evals.run import Result, Run
from evals.stats import Interval, wilson

MEASURES = {
    "clause_recall": "条款召回",
    "clause_precision": "条款精确",
    "recall_at_1": "R@1",
    "recall_at_3": "R@3",
    "reciprocal_rank": "MRR",
}


@dataclass(frozen=True, slots=True)
class Group:
    """A group of results: how many of how many passed, with the interval of the share."""

    name: str
    passed: int
    total: int
    questions: int = 0

    @property
    def interval(self) -> Interval:
        """The share with its bounds, over the questions where they were asked several times."""
        return wilson(self.passed, self.total, self.questions)


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a run; latencies in milliseconds."""

    overall: Group
    by: dict[str, list[Group]]
    faults: dict[str, int]
    confusion: dict[tuple[str, str], int]
    measures: dict[str, float]
    unsupported: int
    asked: int
    median_ms: float
    p95_ms: float
    tokens: int
    cost_yuan: float
    unsteady: list[tuple[str, str]]
    always: Group


def clauses_of(case: AnyCase) -> Sequence[str]:
    """The clauses that a case is about."""
    return case.clauses if isinstance(case, Case | RetrievalCase) else []


_BY: dict[str, Callable[[Result], Iterable[str]]] = {
    "题集": lambda result: [result.set_name],
    "类别": lambda result: [result.case.category],
    "用户": lambda result: [result.case.persona] if isinstance(result.case, Case) else [],
    "应有结果": lambda result: [result.case.outcome] if isinstance(result.case, Case) else [],
}
_CLAUSE = "条款"


def summarise(run: Run) -> Summary:
    """The figures of a run's results."""
    results = run.results
    times = [result.elapsed_ms for result in results]
    repeats = defaultdict(list)
    for result in results:
        repeats[(result.set_name, result.case.id)].append(result.verdict.passed)
    faults: Counter[str] = Counter(name for r in results for name, detail in r.verdict.checks.items() if detail)
    told = [r for r in results if isinstance(r.case, Case) and "outcome" in r.reply]
    confusion: Counter[tuple[str, str]] = Counter((_outcome(r), str(r.reply["outcome"])) for r in told)
    return Summary(
        overall=group("全部", results),
        by={title: _groups(results, names) for title, names in {**_BY, _CLAUSE: _clause_names(run)}.items()},
        faults=dict(faults.most_common()),
        confusion=dict(confusion),
        measures={name: statistics.fmean(found) for name in MEASURES if (found := _measured(results, name))},
        unsupported=sum(bool(r.verdict.measures.get("unsupported")) for r in results),
        asked=sum(int(r.verdict.measures.get("asked", 0)) for r in results),
        median_ms=statistics.median(times) if times else 0.0,
        p95_ms=statistics.quantiles(times, n=20)[18] if len(times) > 1 else sum(times),
        tokens=sum(result.tokens for result in results),
        cost_yuan=sum(result.cost_yuan for result in results),
        unsteady=sorted(key for key, passed in repeats.items() if len(set(passed)) > 1),
        always=Group("每次都对", sum(all(passed) for passed in repeats.values()), len(repeats)),
    )


def _clause_names(run: Run) -> Callable[[Result], Iterable[str]]:
    """The clauses of a case, under the policy's name where the run has several."""
    packs = {entry["name"]: entry["pack"] for entry in run.spec["sets"]}
    several = len(set(packs.values())) > 1
    return lambda r: [f"{packs[r.set_name]} {c}" if several else c for c in clauses_of(r.case)]


def _outcome(result: Result) -> str:
    assert isinstance(result.case, Case)
    return result.case.outcome


def _measured(results: Sequence[Result], name: str) -> list[float]:
    return [r.verdict.measures[name] for r in results if name in r.verdict.measures]


def group(name: str, results: Sequence[Result]) -> Group:
    """How many of some results passed."""
    questions = len({result.key[:2] for result in results})
    return Group(name, sum(result.verdict.passed for result in results), len(results), questions)


def _groups(results: Sequence[Result], names: Callable[[Result], Iterable[str]]) -> list[Group]:
    found: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        for name in names(result):
            found[name].append(result)
    return [group(name, found[name]) for name in sorted(found)]
