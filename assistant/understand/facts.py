"""Puts the facts together that the turns of a conversation state about one asker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from assistant.language import language
from assistant.understand.hints import is_part
from assistant.understand.nearness import listed
from assistant.understand.reading import Reading
from assistant.understand.roles import Roles, Said, assign
from assistant.understand.terms import Mention
from assistant.understand.topics import Match, phrase_spans
from calculators.facts import Facts, Number
from corpus.schema import Benefit, Fact, Pack, Topic

_CENT, _UNBOUNDED = Fraction(1, 100), Fraction(10**15)
_SWITCH = re.compile(r"^(?:那|要是|如果|假如|换成|改成|what about|what if|how about)|呢[?？。]?$")


@dataclass(slots=True)
class _Ledger:
    numbers: dict[tuple[str, str], Number] = field(default_factory=dict)
    chosen: dict[str, set[str]] = field(default_factory=dict)
    denied: dict[str, set[str]] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)

    def frozen(self) -> Facts:
        return Facts(
            numbers=dict(self.numbers),
            chosen={name: frozenset(options) for name, options in self.chosen.items() if options},
            denied={name: frozenset(options) for name, options in self.denied.items() if options},
            flags=dict(self.flags),
        )


def relevant_facts(pack: Pack, topics: Sequence[Topic]) -> list[Fact]:
    """The facts that the topics' rules need, and those that no rule needs but that figures may state."""
    names: dict[str, None] = {}
    for topic in topics:
        for benefit in topic_benefits(pack, topic):
            names |= dict.fromkeys(_needs(benefit))
        for gap in topic.gaps:
            names |= dict.fromkeys(condition.fact for condition in gap.when)
    used = {name for benefit in pack.benefits.values() for name in _needs(benefit)}
    names |= dict.fromkeys(name for name, fact in pack.facts.items() if name not in used and fact.type in ("money", "count"))
    return [pack.facts[name] for name in names]


def topic_benefits(pack: Pack, topic: Topic) -> list[Benefit]:
    """The benefits of a topic in order."""
    return [pack.benefits[benefit_id] for benefit_id in topic.benefits]


def _needs(benefit: Benefit) -> list[str]:
    names = [condition.fact for condition in (*benefit.when, *benefit.premises)]
    return [*names, *(name for name in (benefit.of, benefit.times, benefit.each) if name)]


def assign_turns(turns: Sequence[Reading], matches: Sequence[Match], pack: Pack, asked: Sequence[str] = ()) -> tuple[Roles, ...]:
    """The roles of each turn's figures in the light of the current topics; `asked[i]` is what we asked before turn i."""
    topics = [match.topic for match in matches]
    facts = relevant_facts(pack, topics)
    bases = list(dict.fromkeys(b.of or b.times for t in topics for b in topic_benefits(pack, t) if b.of or b.times))
    own = _own_figures(pack, topics)
    found: list[Roles] = []
    last_said = ""
    for index, turn in enumerate(turns):
        prior = (asked[index] if index < len(asked) else "") or last_said
        roles = assign(turn, facts, bases, pack.facts, asked=prior, own_figures=own)
        last_said = roles.said[-1].fact if roles.said else last_said
        found.append(roles)
    return tuple(found)


def assemble(turns: Sequence[Reading], roles: Sequence[Roles], matches: Sequence[Match], topic: Topic, pack: Pack) -> Facts:
    """The facts of a conversation as one of its current topics sees them.

    With several topics at hand a choice belongs to the topic whose words stand nearest to it.
    """
    ledger = _Ledger()
    mine = relevant_facts(pack, [topic])
    for index, turn in enumerate(turns):
        last = index == len(turns) - 1
        mentions = _visible(turn, topic, matches, pack) if last and len(matches) > 1 else turn.mentions
        switched = _choices(ledger, turn, mentions, mine)
        _flags(ledger, turn, mentions, mine, pack)
        _rekey(ledger, switched, mine)
        _numbers(ledger, turn, roles[index].said)
    return ledger.frozen()


def _own_figures(pack: Pack, topics: Sequence[Topic]) -> frozenset[Fraction]:
    found: set[Fraction] = set()
    for topic in topics:
        for benefit in topic_benefits(pack, topic):
            tokens = [benefit.figure, benefit.cap, *(c.threshold for c in (*benefit.when, *benefit.premises))]
            found |= {end for token in tokens if token for end in (token.low, token.high)}
    found |= {cap.cap.high for cap in pack.joint_caps if any(cap.quote.clause == topic.clause for topic in topics)}
    return frozenset(found)


def _visible(turn: Reading, topic: Topic, matches: Sequence[Match], pack: Pack) -> tuple[Mention, ...]:
    """The mentions that this topic may use: those nearest to its words among the topics that could use them."""
    users = {m.topic.id: {w for fact in relevant_facts(pack, [m.topic]) for w in _words(fact)} for m in matches}
    of_asker = {word for fact in pack.facts.values() if fact.of_asker for word in _words(fact)}
    visible = []
    for mention in turn.mentions:
        if mention.term in of_asker:
            visible.append(mention)
            continue
        rivals = [match for match in matches if mention.term in users[match.topic.id]]
        if len(rivals) < 2:
            visible.append(mention)
            continue
        gaps = {match.topic.id: _gap(turn.text, mention, match) for match in rivals}
        if topic.id in gaps and gaps[topic.id] <= min(gaps.values()):
            visible.append(mention)
    return tuple(visible)


def _gap(text: str, mention: Mention, match: Match) -> int:
    def distance(start: int, end: int) -> int:
        lo, hi = min(mention.end, end), max(mention.start, start)
        between = text[lo:hi] if lo < hi else ""
        return len(between) + 8 * sum(between.count(char) for char in "，,。；;！？!?")

    own_words = [span for span in match.spans if span != (mention.start, mention.end)]
    if not own_words:
        return 0
    return min(distance(start, end) for start, end in own_words)


def _words(fact: Fact) -> set[str]:
    return {*fact.words, *fact.denied, *(word for words in fact.options.values() for word in words)}


def _choices(ledger: _Ledger, turn: Reading, mentions: Sequence[Mention], facts: Sequence[Fact]) -> set[str]:
    """Record what a turn chooses; the names of choices that it replaced."""
    replaced: set[str] = set()
    addition = bool(language().speech["addition"].search(turn.text)) and not _SWITCH.search(turn.text)
    for fact in facts:
        if fact.type != "choice":
            continue
        chosen = {o for o, words in fact.options.items() if _affirmed(words, mentions)}
        denied = {o for o, words in fact.options.items() if any(m.term in words and m.negated for m in mentions)} - chosen
        if not chosen:
            chosen = {fact.opposite[option] for option in denied if option in fact.opposite}
        withdrawn = denied & ledger.chosen.get(fact.name, set())
        if withdrawn:
            replaced.add(fact.name)
        if denied:
            ledger.denied.setdefault(fact.name, set()).update(denied)
            ledger.chosen.get(fact.name, set()).difference_update(denied)
        if not chosen:
            continue
        ledger.denied.get(fact.name, set()).difference_update(chosen)
        before = ledger.chosen.get(fact.name, set())
        replace = (
            (fact.exclusive and not addition)
            or bool(_SWITCH.search(turn.text))
            or bool(language().speech["correction"].search(turn.text))
        )
        if before and replace:
            replaced.add(fact.name)
            ledger.chosen[fact.name] = chosen
        else:
            ledger.chosen[fact.name] = before | chosen
    return replaced


def _affirmed(words: Sequence[str], mentions: Sequence[Mention]) -> bool:
    """Whether one of the words (or all words of `a + b`) is said and not denied."""
    said = [mention for mention in mentions if not mention.negated]
    return any(phrase_spans(word, said) for word in words)


def _flags(ledger: _Ledger, turn: Reading, mentions: Sequence[Mention], facts: Sequence[Fact], pack: Pack) -> None:
    elsewhere = [place for place in turn.places if place not in pack.meta.selects]
    for fact in facts:
        if fact.type != "flag":
            continue
        for mention in mentions:
            if mention.term in fact.denied:
                ledger.flags[fact.name] = mention.negated
            elif mention.term in fact.words:
                ledger.flags[fact.name] = not mention.negated
        if any(m.term in fact.denied and not m.negated for m in mentions):
            ledger.flags[fact.name] = False
        affirmed = any(m.term in fact.words and not m.negated for m in mentions)
        if "@elsewhere" in fact.denied and elsewhere and not affirmed:
            ledger.flags[fact.name] = False


def _rekey(ledger: _Ledger, switched: set[str], facts: Sequence[Fact]) -> None:
    """那如果是咨询合同呢: the sum that was said for another kind of contract now stands for this one."""
    keyed = {fact.name for fact in facts if fact.by in switched}
    for name, option in [key for key in ledger.numbers if key[0] in keyed and key[1]]:
        ledger.numbers[(name, "")] = ledger.numbers.pop((name, option))


def _numbers(ledger: _Ledger, turn: Reading, said: Sequence[Said]) -> None:
    speech = language().speech
    correction = bool(speech["correction"].search(turn.text))
    adds = bool(speech["addition"].search(turn.text)) and not correction
    fresh: dict[tuple[str, str], list[Said]] = {}
    for entry in said:
        fresh.setdefault((entry.fact, entry.option), []).append(entry)
    for key, entries in fresh.items():
        number = _combine(turn, entries, correction)
        before = ledger.numbers.get(key)
        taken = any(speech["less_after"].search(turn.text[entry.figure.end :]) for entry in entries)
        if before is not None and (taken or speech["deduction"].search(turn.text)):
            number = before.plus(Number(-number.high, -number.low, tuple(-part for part in number.parts)))
        elif before is not None and adds:
            number = before.plus(number)
        elif key[1] and correction:
            ledger.numbers.pop((key[0], ""), None)
        ledger.numbers[key] = number


def _combine(turn: Reading, entries: Sequence[Said], correction: bool) -> Number:
    if correction:
        return _number(entries[-1])
    best = min(entries, key=lambda entry: (entry.rank, entry.cost))
    first, last = entries[0].figure, entries[-1].figure
    speech = language().speech
    in_list = all(listed(turn.text, a.figure, b.figure) for a, b in pairwise(entries))
    summed = in_list or speech["sum"].search(turn.text) or speech["addition"].search(turn.text[first.end : last.end])
    if len(entries) < 2 or not summed or any(is_part(turn.text, entry.figure) for entry in entries):
        return _number(best)
    total, seen = _number(entries[0]), {entries[0].figure.value}
    for entry in entries[1:]:
        if entry.figure.value in seen and not language().speech["addition"].search(turn.text):
            continue
        seen.add(entry.figure.value)
        total = total.plus(_number(entry))
    return total


def _number(entry: Said) -> Number:
    figure = entry.figure
    if entry.loose == "below":
        return Number(Fraction(0), figure.low - _CENT, (), loose=True)
    if entry.loose == "above":
        return Number(figure.low, _UNBOUNDED, (), loose=True)
    return Number(figure.low, figure.high, (figure.low,)) if figure.low == figure.high else Number(figure.low, figure.high)
