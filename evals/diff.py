"""Compares two runs question by question: what broke, what was mended, what reads otherwise, and whether it means anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from evals.run import Result, Run
from evals.stats import mcnemar

Key = tuple[str, str, int]
STATES = {"broken": "弄坏", "fixed": "修好", "changed": "答案有变", "added": "新增", "gone": "没有了"}


@dataclass(frozen=True, slots=True)
class Change:
    """One question that differs: `state` is a key of STATES; the results before and after where there are any."""

    state: str
    before: Result | None
    after: Result | None

    @property
    def result(self) -> Result:
        """The later result, else the earlier."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Diff:
    """The differences of two runs; `p` is McNemar's exact two-sided p over what broke and what was mended."""

    before: Run
    after: Run
    changes: list[Change]
    shared: int
    flipped: tuple[int, int] = (0, 0)  # questions that broke and were mended, however often each was asked

    def of(self, state: str) -> list[Change]:
        """The changes of one state."""
        return [change for change in self.changes if change.state == state]

    @property
    def p(self) -> float:
        """The chance of so uneven a split where nothing really changed."""
        return mcnemar(*self.flipped)

    @property
    def by_category(self) -> dict[str, dict[str, int]]:
        """Counts of states by the question's category."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STATES, 0))
        for change in self.changes:
            found[change.result.case.category][change.state] += 1
        return dict(sorted(found.items()))


def compare(before: Run, after: Run) -> Diff:
    """What changed from one run to another, in the order of the later one."""
    old = {result.key: result for result in before.results}
    new = {result.key: result for result in after.results}
    changes = []
    for key, result in new.items():
        earlier = old.get(key)
        if earlier is None:
            changes.append(Change("added", None, result))
        elif earlier.verdict.passed and not result.verdict.passed:
            changes.append(Change("broken", earlier, result))
        elif result.verdict.passed and not earlier.verdict.passed:
            changes.append(Change("fixed", earlier, result))
        elif earlier.reply != result.reply:
            changes.append(Change("changed", earlier, result))
    changes += [Change("gone", result, None) for key, result in old.items() if key not in new]
    rank = list(STATES)
    shared = old.keys() & new.keys()
    return Diff(before, after, sorted(changes, key=lambda c: rank.index(c.state)), len(shared), _flipped(old, new, shared))


def _flipped(old: Mapping[Key, Result], new: Mapping[Key, Result], shared: AbstractSet[Key]) -> tuple[int, int]:
    """Of the questions of both runs those right every time before and not after, and the reverse."""
    was: dict[tuple[str, str], bool] = {}
    now: dict[tuple[str, str], bool] = {}
    for key in shared:
        was[key[:2]] = was.get(key[:2], True) and old[key].verdict.passed
        now[key[:2]] = now.get(key[:2], True) and new[key].verdict.passed
    return sum(was[q] and not now[q] for q in was), sum(now[q] and not was[q] for q in was)
