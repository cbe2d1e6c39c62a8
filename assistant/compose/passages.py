"""Picks the passages of a clause that an answer quotes."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from assistant.retrieve.lexical import lexical
from assistant.retrieve.units import Unit, units_of
from assistant.state import State
from corpus.schema import Clause, Quote, Topic
from corpus.text import fold, squeeze

_GRAMMAR = frozenset(
    "的了在是有和与及或等个条第哪几什么怎样谁吗呢吧啊这那里中上下把被对为以到从要会能可就也都不没很请问一二三四五六七八九十写说讲"
)
_TELLING = 1.0


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


def asked_passage(state: State, topic: Topic, rules: Sequence[Quote]) -> Quote | None:
    """The sentence of a topic's clause that has most of the question's words beside the topic's own; None where none has.

    A word counts the more the fewer sentences of the clause have it; words of the rules do not count. The title and the
    responsible units are no answer.
    """
    reading, source = state.read, state.policy.document.source
    names = {*topic.weak, *(part for phrase in topic.strong for part in phrase.split(" + "))}
    chars = list(reading.text)
    for mention in reading.mentions:
        if mention.term in names:
            chars[mention.start : mention.end] = " " * (mention.end - mention.start)
    asked = _grams("".join(chars))
    units = [u for u in units_of(state.policy) if u.clause == topic.clause and not u.whole and not _is_frame(state, u)]
    spoken = [_grams(fold(_beside(source, u, rules)).lower()) for u in units]
    common = Counter(gram for grams in spoken for gram in grams)
    weights = [sum(len(gram) ** 2 / common[gram] for gram in asked & grams) for grams in spoken]
    best = max(range(len(units)), key=lambda i: (weights[i], -i), default=None)
    if best is None or weights[best] < _TELLING:
        return None
    unit = units[best]
    return Quote(topic.clause, source[unit.start : unit.end], unit.start, unit.end)


def _grams(text: str) -> set[str]:
    """The pairs of characters of a text, and the single ones that are no words of grammar."""
    han = [char if "\u4e00" <= char <= "\u9fff" else " " for char in text]
    pairs = {a + b for a, b in pairwise(han) if " " not in (a, b) and not {a, b} & _GRAMMAR}
    return pairs | {char for char in han if char != " " and char not in _GRAMMAR}


def _is_frame(state: State, unit: Unit) -> bool:
    """Whether a sentence is the title of its clause or names its responsible units."""
    clause = state.policy.document.clause(unit.clause)
    assert clause is not None
    bracket = units_quote(clause)
    title = unit.start == clause.start and clause.title in clause.text[: unit.end - unit.start]
    return title or (bracket is not None and unit.end > bracket.start)


def _beside(source: str, unit: Unit, rules: Sequence[Quote]) -> str:
    """The text of a sentence without the rules in it."""
    chars = list(source[unit.start : unit.end])
    for rule in rules:
        start, end = max(rule.start - unit.start, 0), max(rule.end - unit.start, 0)
        chars[start:end] = " " * len(chars[start:end])
    return "".join(chars)


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
