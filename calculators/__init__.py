"""Exact arithmetic over the rules of a policy: facts in, outcomes with every step and its source out."""

from calculators.facts import Facts, Number
from calculators.joint import Total, sum_of, totals
from calculators.outcome import Amount, Outcome, Step
from calculators.rule import evaluate

__all__ = ["Amount", "Facts", "Number", "Outcome", "Step", "Total", "evaluate", "sum_of", "totals"]
