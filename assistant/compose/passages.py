"""Picks the passages of a clause that an answer quotes."""

from assistant.retrieve.lexical import lexical
from assistant.retrieve.units import units_of
from assistant.state import State
from corpus.schema import Clause, Quote
from corpus.text import fold, squeeze


def clause_quote(clause: Clause) -> Quote:
    """A whole clause."""
    return Quote(clause.id, clause.text, clause.start, clause.end)


def units_quote(clause: Clause) -> Quote | None:
    """The bracket of a clause that names the responsible units."""
    if not clause.units:
        return None
    at = max(clause.text.rfind("（"), clause.text.rfind("("))
    return Quote(clause.id, clause.text[at:], clause.start + at, clause.end)


def quoted_passages(state: State, clause_id: str) -> list[Quote]:
    """The sentences of a clause that hold a phrase which the question quotes from it, in the order of the text."""
    phrases = [state.read.text[start:end] for start, end in state.read.quotes]
    source = state.policy.document.source
    found = []
    for unit in units_of(state.policy):
        if unit.clause == clause_id and not unit.whole:
            text = source[unit.start : unit.end]
            plain = squeeze(fold(text)).text.lower()
            if any(squeeze(phrase).text in plain for phrase in phrases):
                found.append(Quote(clause_id, text, unit.start, unit.end))
    return found


def passages(state: State, clause_id: str, top: int) -> list[Quote]:
    """The sentences of a clause that are nearest to the question, in the order of the text."""
    pack = state.policy
    scores = lexical(pack).scores(state.read.text)
    units = units_of(pack)
    own = [(float(scores[i]), i) for i, unit in enumerate(units) if unit.clause == clause_id and not unit.whole]
    best = sorted(index for _, index in sorted(own, key=lambda pair: (-pair[0], pair[1]))[:top])
    source = pack.document.source
    found = [Quote(clause_id, source[units[i].start : units[i].end], units[i].start, units[i].end) for i in best]
    clause = pack.document.clause(clause_id)
    return found or ([clause_quote(clause)] if clause else [])
