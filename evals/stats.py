"""Whether a number means anything: intervals of a share, and the exact test of two runs on the same questions."""

from typing import NamedTuple

from scipy.stats import binomtest


class Interval(NamedTuple):
    """A share with its 95 % bounds."""

    share: float
    low: float
    high: float


def wilson(passed: int, total: int) -> Interval:
    """The share with Wilson's 95 % score interval (Wilson 1927); all noughts where nothing was counted."""
    if not total:
        return Interval(0.0, 0.0, 0.0)
    bounds = binomtest(passed, total).proportion_ci(confidence_level=0.95, method="wilson")
    return Interval(passed / total, float(bounds.low), float(bounds.high))


def mcnemar(broken: int, fixed: int) -> float:
    """The two-sided p of McNemar's exact test: would as many of the changed cases break by chance? 1 where none changed."""
    changed = broken + fixed
    return float(binomtest(broken, changed, 0.5).pvalue) if changed else 1.0
