"""The fifth step: no figure without a source, no citation that does not exist. What fails is not shown."""

from dataclasses import replace
from fractions import Fraction

from assistant.compose.draft import fixed
from assistant.state import Answer, State
from assistant.understand.script import to_simplified
from calculators import Step
from corpus.figures import Figure, scan
from corpus.text import fold, squeeze


def verify(state: State) -> State:
    """The state with its answer if every figure and citation has a source, else with the safe reply."""
    assert state.answer is not None
    if faults(state, state.answer):
        return replace(state, answer=fixed(state, "unverified").answer("decline", "unverified"))
    return state


def faults(state: State, answer: Answer) -> list[str]:
    """What an answer says that no source bears out; empty for a sound one."""
    found = []
    source = state.policy.document.source
    for citation in answer.citations:
        clause = state.policy.document.clause(citation.clause)
        if clause is None or source[citation.start : citation.end] != citation.quote:
            found.append(f"citation of {citation.clause} does not stand at {citation.start}")
        elif not clause.start <= citation.start <= citation.end <= clause.end:
            found.append(f"citation of {citation.clause} lies outside the clause")
    if answer.outcome == "answer" and not answer.citations:
        found.append("an answer without a source")
    allowed = _sources(state, answer)
    for figure in figures_of(answer.text):
        for value in (figure.low, figure.high):
            if figure.vague or (figure.kind, value) not in allowed:
                found.append(f"{figure.text} has no source")
    return found


def figures_of(text: str) -> list[Figure]:
    """The figures of a text that need a source: money, rates and counts; a vague one always fails."""
    figures = scan(squeeze(to_simplified(fold(text))).text)
    return [f for f in figures if f.kind in ("money", "rate") or (f.kind == "count" and f.text[0].isdigit())]


def _sources(state: State, answer: Answer) -> set[tuple[str, Fraction]]:
    allowed: set[tuple[str, Fraction]] = {("money", Fraction(0))}
    document = state.policy.document
    cited = {citation.clause for citation in answer.citations} | {total.clause for total in answer.totals}
    cited |= {finding.topic.clause for finding in state.findings}
    for clause_id in cited:
        clause = document.clause(clause_id)
        if clause is not None:
            allowed |= _values(figures_of(clause.text))
    for figure in state.figures:
        allowed |= {(figure.kind, end) for end in (figure.low, figure.high)}
        if figure.kind == "bare":
            allowed |= {("money", figure.high), ("money", figure.high * 10_000)}
    outcomes = [o for finding in state.findings for o in finding.outcomes] + [o for t in answer.totals for o in t.outcomes]
    steps = [s for o in outcomes for s in o.steps] + [s for t in answer.totals for s in t.steps]
    for step in steps:
        allowed.add((_kind_of(step), step.value))
    amounts = [a for o in outcomes for a in o.amounts] + [t.amount for t in answer.totals]
    for amount in amounts:
        allowed |= {("money", end) for end in (amount.low, amount.high) if end is not None}
    for text in (*state.policy.meta.inferred, state.policy.meta.name, state.policy.meta.title, state.policy.meta.status_text):
        allowed |= _values(figures_of(text))
    return allowed


def _kind_of(step: Step) -> str:
    if step.unit == "元":
        return "money"
    return "rate" if step.token is not None and step.token.kind == "rate" else "count"


def _values(figures: list[Figure]) -> set[tuple[str, Fraction]]:
    return {(figure.kind, end) for figure in figures for end in (figure.low, figure.high)}
