"""Trains the model of `assistant/understand/asking.py` on the open question sets: `make train`.

Needs the extra `embed` (scikit-learn comes with it). Kept sets are never used. Deterministic: the same sets give the
same weights.
"""

from __future__ import annotations

import sys

from assistant.understand.asking import grams, masked
from assistant.understand.reading import read_turn
from corpus.loader import PACKS, load_pack
from evals.cases import Case
from evals.library import find_sets

_LEFT_OUT = frozenset({"other_scope", "injection"})  # declined for another reason than a gap of the text
_STRENGTH, _SEEN, _NEGLIGIBLE = 100.0, 2, 0.25


def examples() -> tuple[list[str], list[bool]]:
    """The masked last turns of the open sets, and whether the text leaves open what they ask."""
    texts, gaps = [], []
    for question_set in find_sets():
        pack = load_pack(PACKS / question_set.card.pack)
        for case in question_set.cases:
            if not isinstance(case, Case) or case.category in _LEFT_OUT or case.variant_of:
                continue
            reading = read_turn(case.turns[-1], pack)
            if reading.script != "english" and reading.text.strip():
                texts.append(masked(reading))
                gaps.append(case.outcome == "decline")
    return texts, gaps


def weights() -> dict[str, float]:
    """The weight of each n-gram that is seen often enough to tell; "" is the bias."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import Normalizer

    texts, gaps = examples()
    counted = CountVectorizer(analyzer=grams, binary=True, min_df=_SEEN)
    table = Normalizer().fit_transform(counted.fit_transform(texts))
    model = LogisticRegression(C=_STRENGTH, max_iter=4000).fit(table, gaps)
    names = counted.get_feature_names_out()
    found = {str(name): float(weight) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {"": float(model.intercept_[0]), **{g: w for g, w in sorted(found.items()) if abs(w) >= _NEGLIGIBLE and "\t" not in g}}


def main() -> None:
    """Write the weights where the engine reads them."""
    from assistant.understand.asking import WEIGHTS

    found = weights()
    lines = [f"{gram}\t{weight:.2f}" for gram, weight in found.items() if "\n" not in gram]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(lines)} n-grams\n")


if __name__ == "__main__":
    main()
