"""Which clauses a responsible unit is named in."""

from assistant.compose.draft import Draft
from assistant.compose.passages import units_quote
from assistant.state import Answer, State

_SHORT = 12  # a unit alone is a look-up


def add_unit_clauses(state: State) -> Answer | None:
    """The clauses that name a unit which the question names; None where it names none."""
    text = state.read.text
    if not state.read.asks & {"units", "claimable", "summary", "wording"} and len(text) > _SHORT:
        return None
    draft = Draft(state)
    for clause in state.policy.document.clauses:
        named = [unit for unit in clause.units if unit in text or unit.removeprefix("市") in text]
        quote = units_quote(clause)
        if named and quote is not None:
            own = draft.words.own
            draft.result(
                draft.words("{name}：{result}", name=draft.words.listed(named), result=f"[{clause.id}] {own(clause.title)}")
            )
            draft.cite_silently(quote)
    return draft.answer("answer", "units") if draft.head else None
