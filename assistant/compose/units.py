"""Which clauses a responsible unit is named in."""

from assistant.compose.draft import Draft
from assistant.compose.passages import units_quote
from assistant.state import Answer, State


def add_unit_clauses(state: State) -> Answer | None:
    """The clauses that name a unit which the question names; None where it names none."""
    text = state.read.text
    draft = Draft(state)
    for clause in state.policy.document.clauses:
        named = [unit for unit in clause.units if unit in text or unit.removeprefix("市") in text]
        quote = units_quote(clause)
        if named and quote is not None:
            draft.result(f"{'、'.join(named)}：[{clause.id}] {clause.title}")
            draft.cite_silently(quote)
    return draft.answer("answer", "units") if draft.head else None
