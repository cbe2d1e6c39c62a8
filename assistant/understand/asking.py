"""How likely a message asks for what a policy text does not say (how to apply, where, by when, what a term means).

A linear model over character n-grams of the message with the pack's terms and the figures masked: it has learned ways
of asking, not subjects, and serves every pack. Each n-gram's weight is in `language/asking.tsv`, so what decided can be
read. Trained on the open question sets by `evals/train_asking.py`; where it is not sure, the rules decide alone.
"""

import math
from functools import lru_cache
from pathlib import Path

from assistant.understand.reading import Reading

LONGEST = 4
TERM, FIGURE = "■", "#"
WEIGHTS = Path(__file__).parents[1] / "language" / "asking.tsv"
_BIAS = ""


def masked(reading: Reading) -> str:
    """The text of a message with a mark for each run of terms and for each figure."""
    chars = list(reading.text)
    spans = [(m.start, m.end, TERM) for m in (*reading.mentions, *reading.unsaid) if not m.fuzzy]
    spans += [(figure.start, figure.end, FIGURE) for figure in reading.figures]
    for start, end, mark in spans:
        chars[start:end] = [mark, *[""] * (end - start - 1)]
    found: list[str] = []
    for char in chars:
        if char and not (char == TERM and found and found[-1] == TERM):
            found.append(char)
    return "".join(found)


def grams(text: str) -> set[str]:
    """The n-grams that the model looks at."""
    return {text[i : i + size] for size in range(1, LONGEST + 1) for i in range(len(text) - size + 1)}


def gap_share(reading: Reading) -> float:
    """The estimated chance, in [0, 1], that the message asks for what the text leaves open; 0 for English."""
    if reading.script == "english":
        return 0.0
    found = grams(masked(reading))
    if not found:
        return 0.0
    weights = _weights()
    score = sum(weights.get(gram, 0.0) for gram in found) / math.sqrt(len(found)) + weights[_BIAS]
    return 1 / (1 + math.exp(-score))


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    lines = WEIGHTS.read_text(encoding="utf-8").split("\n")
    return {gram: float(weight) for gram, _, weight in (line.rpartition("\t") for line in lines if line)}
