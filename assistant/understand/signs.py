"""Two learned signs of what a message asks for, beside the rules.

`gap_share`: that it asks for what a policy text leaves open (how to apply, where, by when, what a term means).
`claim_share`: that it asks what comes of a rule for somebody, not for the rule itself.

Both are linear over character n-grams of the message with the pack's terms and the figures masked: they have learned
ways of asking, not subjects, and serve every pack. The weight of each n-gram stands in `language/gap.tsv` and
`claim.tsv`, so what decided can be read. Trained on the open question sets by `evals/train_signs.py`. Where they are
not sure, the rules decide alone.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from assistant.understand.reading import Reading

LONGEST = 4
TERM, FIGURE = "■", "#"
FOLDER = Path(__file__).parents[1] / "language"
GAP, CLAIM = "gap", "claim"
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


def gap_features(reading: Reading) -> set[str]:
    """The character n-grams of the masked message."""
    text = masked(reading)
    return {text[i : i + size] for size in range(1, LONGEST + 1) for i in range(len(text) - size + 1)}


def claim_features(turns: Iterable[Reading]) -> set[str]:
    """The n-grams of the last turn, its ways of asking, and whether a story of the asker's own was told."""
    *before, last = turns
    told = last.own or any(turn.own for turn in before)
    return gap_features(last) | {f"~{name}" for name in last.asks} | {f"~own {told}", f"~first {not before}"}


def gap_share(reading: Reading) -> float:
    """The estimated chance, in [0, 1], that the message asks for what the text leaves open; 0 for English."""
    return 0.0 if reading.script == "english" else _share(GAP, gap_features(reading))


def claim_share(turns: Iterable[Reading]) -> float:
    """The estimated chance, in [0, 1], that a conversation's last turn asks for somebody's sum; one half for English."""
    turns = tuple(turns)
    return 0.5 if turns[-1].script == "english" else _share(CLAIM, claim_features(turns))


def _share(name: str, features: set[str]) -> float:
    weights = _weights(name)
    score = sum(weights.get(feature, 0.0) for feature in features) / math.sqrt(max(len(features), 1)) + weights[_BIAS]
    return 1 / (1 + math.exp(-score))


@lru_cache(maxsize=2)
def _weights(name: str) -> dict[str, float]:
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    return {feature: float(weight) for feature, _, weight in (line.rpartition("\t") for line in lines if line)}
