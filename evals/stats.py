"""Whether a number means anything: intervals of a share, and the exact test of two runs on the same questions."""

from typing import NamedTuple

from scipy.stats import binomtest


class Interval(NamedTuple):
    """A share with its 95 % bounds."""

    share: float
    low: float
    high: float


def wilson(passed: int, total: int, questions: int = 0) -> Interval:
    """The share with Wilson's 95 % score interval (Wilson 1927); all noughts where nothing was counted.

    Where questions were asked several times, `questions` tells how many there were: asking again narrows no interval.
    """
    if not total:
        return Interval(0.0, 0.0, 0.0)
    counted = questions or total
    bounds = binomtest(round(passed * counted / total), counted).proportion_ci(confidence_level=0.95, method="wilson")
    return Interval(passed / total, float(bounds.low), float(bounds.high))


def mcnemar(broken: int, fixed: int) -> float:
    """The two-sided p of McNemar's exact test: would as many of the changed cases break by chance? 1 where none changed."""
    changed = broken + fixed
    return float(binomtest(broken, changed, 0.5).pvalue) if changed else 1.0
