"""Trains the learned signs of `assistant/understand/signs.py` on the open question sets: `make train`.

Needs the extra `embed` (scikit-learn comes with it). Kept sets and variants are never used. Deterministic: the same sets
and the same engine give the same weights.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.calculate import calculate
from assistant.desk import open_desk
from assistant.pipeline import STEPS, remember
from assistant.rule_asked import bases_of
from assistant.state import Conversation, Desk, State
from assistant.understand.signs import CLAIM, FOLDER, GAP, claim_features, gap_features
from evals.cases import Case
from evals.library import find_sets

_LEFT_OUT = frozenset({"other_scope", "injection"})  # declined for another reason than a gap of the text
_STRENGTH = {GAP: 100.0, CLAIM: 30.0}
_SEEN, _NEGLIGIBLE = 2, 0.25


class Example(NamedTuple):
    """What a model sees of a message, and whether it has the sign."""

    features: set[str]
    sign: bool


def _asked(case: Case, desk: Desk) -> State:
    """The state of a case's last turn after the rules were met."""
    conversation = Conversation()
    state = State(desk, case.turns[0])
    for turn in case.turns:
        state = State(desk, turn, conversation)
        for step in STEPS:
            state = step(state)
            if turn is case.turns[-1] and step is calculate:
                return state
        conversation = remember(state)
    return state


def _wants_base(state: State) -> bool:
    """Whether every finding rests on a base that was not said, so that only asking or showing the rule is left."""
    for finding in state.findings:
        bases = bases_of(finding.topic, state.policy)
        if finding.roles.unsure or any(name in bases for name, _ in finding.facts.numbers):
            return False
    return any(o.status == "missing" for finding in state.findings for o in finding.outcomes)


def examples() -> Iterator[tuple[str, Example]]:
    """The examples of both signs from the open sets, by the sign's name."""
    shelf = open_desk()
    for question_set in find_sets():
        desk = replace(shelf, default=question_set.card.pack, notice_always=True)
        for case in question_set.cases:
            if not isinstance(case, Case) or case.variant_of:
                continue
            state = _asked(case, desk)
            if state.read.script == "english" or not state.read.text.strip():
                continue
            if case.category not in _LEFT_OUT:
                yield GAP, Example(gap_features(state.read), case.outcome == "decline")
            if case.outcome != "decline" and _wants_base(state):
                yield CLAIM, Example(claim_features(state.turns), case.outcome == "ask")


def weights(seen: Sequence[Example], strength: float) -> dict[str, float]:
    """The weight of each feature that is seen often enough to tell; "" is the bias."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import Normalizer

    counted = CountVectorizer(analyzer=sorted, binary=True, min_df=_SEEN)
    table = Normalizer().fit_transform(counted.fit_transform([example.features for example in seen]))
    model = LogisticRegression(C=strength, max_iter=4000).fit(table, [example.sign for example in seen])
    names = counted.get_feature_names_out()
    found = {str(name): float(weight) for name, weight in zip(names, model.coef_[0], strict=True)}
    plain = {name: weight for name, weight in sorted(found.items()) if not set("\t\n") & set(name)}
    return {"": float(model.intercept_[0]), **{n: w for n, w in plain.items() if abs(w) >= _NEGLIGIBLE}}


def main() -> None:
    """Write the weights where the engine reads them."""
    seen: dict[str, list[Example]] = {GAP: [], CLAIM: []}
    for name, example in examples():
        seen[name].append(example)
    for name, found in seen.items():
        lines = [f"{feature}\t{weight:.2f}" for feature, weight in weights(found, _STRENGTH[name]).items()]
        (FOLDER / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}: {len(found)} examples, {len(lines)} features\n")


if __name__ == "__main__":
    main()
