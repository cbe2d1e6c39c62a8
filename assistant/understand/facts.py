"""Puts the facts together that the turns of a conversation state about one asker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from assistant.language import language
from assistant.understand.hints import based_in, before, is_net, is_part, is_taken_off
from assistant.understand.nearness import listed
from assistant.understand.reading import Reading, sentences
from assistant.understand.roles import Roles, assign
from assistant.understand.terms import Mention
from assistant.understand.together import Said
from assistant.understand.topics import Match, phrase_spans
from calculators.facts import Facts, Number
from corpus.figures import Figure
from corpus.schema import Benefit, Fact, Pack, Topic

_MARKS = "，。！？；,!?;\n"
_ALIKE, _ALIKE_COUNTS = 15.0, 3.0  # figures of one sum stand about equally near to its words
_CENT, _UNBOUNDED = Fraction(1, 100), Fraction(10**15)
_SWITCH = re.compile(r"^那|(?:^|[，,。；;：:] ?)(?:要是|如果|假如|换成|改成|万一|what about|what if|how about)|呢[?？。]?$")


@dataclass(slots=True)
class _Ledger:
    numbers: dict[tuple[str, str], Number] = field(default_factory=dict)
    chosen: dict[str, set[str]] = field(default_factory=dict)
    denied: dict[str, set[str]] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)
    parts: dict[tuple[str, str], dict[str, Number]] = field(default_factory=dict)

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
    for name in list(names):
        names |= dict.fromkeys(pack.facts[name].minus)
    used = {name for benefit in pack.benefits.values() for name in _needs(benefit)}
    used |= {name for fact in pack.facts.values() for name in fact.minus}
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
    rates = frozenset(b.figure.high for t in topics for b in topic_benefits(pack, t) if b.of and b.figure)
    near: dict[str, set[str]] = {}
    for topic in topics:
        words = {part for phrase in topic.strong for part in phrase.split(" + ")}
        for benefit in topic_benefits(pack, topic):
            for name in (benefit.of, benefit.times):
                if name:
                    near.setdefault(name, set()).update(words)
    found: list[Roles] = []
    last_said = ""
    before: set[str] = set()
    for index, turn in enumerate(turns):
        wanted = asked[index] if index < len(asked) else ""
        prior = wanted if wanted and pack.facts[wanted].type in ("money", "count") else last_said
        roles = assign(turn, facts, bases, pack.facts, asked=prior, own_figures=own, rates=rates, near_words=near, before=before)
        before |= {entry.fact for entry in roles.said}
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
        listing = bool(language().speech["each_of"].search(turns[-1].text))
        switched = _choices(ledger, turn, mentions, mine, listing=listing)
        _flags(ledger, turn, mentions, mine, pack)
        _rekey(ledger, switched, mine, {entry.fact for entry in roles[index].said})
        _numbers(ledger, turn, roles[index].said)
    _differences(ledger, mine, remains=any(language().speech["remainder"].search(turn.text) for turn in turns))
    return ledger.frozen()


def _differences(ledger: _Ledger, facts: Sequence[Fact], *, remains: bool) -> None:
    """37 recognised against a target of 30 are 7 more; 23 against 25 leave the target unmet.

    Of money only where the rest is spoken of (`remains`): 放出800万，收回290万，其余划为不良.
    """
    for fact in facts:
        if not fact.minus or any(name == fact.name for name, _ in ledger.numbers):
            continue
        if fact.type == "money" and not remains:
            continue
        whole, part = (ledger.numbers.get((name, "")) for name in fact.minus)
        if whole is None or part is None or whole.is_range or part.is_range or whole.loose or part.loose:
            continue
        if whole.high >= part.high:
            ledger.numbers[(fact.name, "")] = Number(whole.low - part.low, whole.high - part.high, (whole.high, -part.high))
        elif fact.short:
            ledger.flags[fact.short] = False


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
    choices = (*fact.options.values(), *fact.fallback.values())
    return {*fact.words, *fact.denied, *(word for words in choices for word in words)}


def _choices(ledger: _Ledger, turn: Reading, mentions: Sequence[Mention], facts: Sequence[Fact], *, listing: bool) -> set[str]:
    """Record what a turn chooses; the names of choices that it replaced. `listing`: all that was said is asked for."""
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
        if not chosen and not ledger.chosen.get(fact.name) and not ledger.denied.get(fact.name):
            others = language().speech["counterparty"].search(turn.text)
            chosen = {o for o, words in fact.fallback.items() if not others and _affirmed(words, mentions)}
        if not chosen:
            continue
        ledger.denied.get(fact.name, set()).difference_update(chosen)
        before = ledger.chosen.get(fact.name, set())
        replace = (
            ((fact.exclusive or not (listing or fact.of_asker or turn.asks & {"recipient", "units"})) and not addition)
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
    whole = [m for m in mentions if not _of_a_part(turn, m, facts)]
    for fact in facts:
        if fact.type != "flag":
            continue
        mentions = whole
        for mention in mentions:
            if mention.term in fact.denied:
                ledger.flags[fact.name] = mention.negated
            elif mention.term in fact.words:
                ledger.flags[fact.name] = not mention.negated
        denials = [m.start for m in mentions if m.term in fact.denied and not m.negated]
        affirmed_at = max(_stated(turn, mentions, fact), default=-1)
        if (denials and max(denials) > affirmed_at) or _denied_together(turn, mentions, fact):
            ledger.flags[fact.name] = False  # what was said last holds
        affirmed = any(m.term in fact.words and not m.negated for m in mentions)
        if "@elsewhere" in fact.denied and elsewhere and not affirmed:
            ledger.flags[fact.name] = False
        if "@based_elsewhere" in fact.denied and any(based_in(turn.text, place) for place in elsewhere):
            ledger.flags[fact.name] = False
        if "@long_ago" in fact.denied and language().speech["long_ago"].search(turn.text) and not _stated(turn, mentions, fact):
            ledger.flags[fact.name] = False


def _denied_together(turn: Reading, mentions: Sequence[Mention], fact: Fact) -> bool:
    """Whether all words of a denial `a + b` stand in one sentence."""
    said = [mention for mention in mentions if not mention.negated]
    for start, end in sentences(turn.text):
        inside = [mention for mention in said if start <= mention.start < end]
        if any(" + " in phrase and phrase_spans(phrase, inside) for phrase in fact.denied):
            return True
    return False


def _of_a_part(turn: Reading, mention: Mention, facts: Sequence[Fact]) -> bool:
    """Whether a denial is said of a part of a sum only: 其中500万没登记."""
    if not any(mention.term in fact.denied for fact in facts):
        return False
    begin = max(turn.text.rfind(mark, 0, mention.start) for mark in _MARKS) + 1
    units = {fact.unit for fact in facts if fact.unit}
    counted = [f for f in turn.figures if f.kind == "money" or (f.kind == "count" and f.unit in units)]
    near = [f for f in counted if begin <= f.start < mention.start]
    return bool(near) and any(f.kind == near[-1].kind and f not in near for f in counted)


def _stated(turn: Reading, mentions: Sequence[Mention], fact: Fact) -> list[int]:
    """Where a flag is affirmed outside a question: 能不能按新备案算 affirms nothing."""
    question = language().speech["question"]
    found = []
    for mention in mentions:
        if mention.term in fact.words and not mention.negated:
            begin = max(turn.text.rfind(mark, 0, mention.start) for mark in _MARKS) + 1
            stop = min((at for mark in _MARKS if (at := turn.text.find(mark, mention.end)) >= 0), default=len(turn.text))
            if not question.search(turn.text[begin:stop]):
                found.append(mention.start)
    return found


def _rekey(ledger: _Ledger, switched: set[str], facts: Sequence[Fact], said: set[str]) -> None:
    """那如果是咨询合同呢: the sum that was said for another kind of contract now stands for this one.

    Where the turn has a sum of its own (`said`), the other kind's sum stays with its kind.
    """
    keyed = {fact.name for fact in facts if fact.by in switched and fact.name not in said}
    for name, option in [key for key in ledger.numbers if key[0] in keyed and key[1]]:
        ledger.numbers[(name, "")] = ledger.numbers.pop((name, option))


def _numbers(ledger: _Ledger, turn: Reading, said: Sequence[Said]) -> None:
    """Record the figures of a turn: new ones, corrections, additions, deductions, parts of a year, parts of a whole."""
    correction = bool(language().speech["correction"].search(turn.text))
    fresh: dict[tuple[str, str], list[Said]] = {}
    for entry in said:
        fresh.setdefault((entry.fact, entry.option), []).append(entry)
    earlier = tuple(ledger.numbers)
    for said_key, entries in fresh.items():
        key = _same_sum(earlier, said_key)
        net = [entry for entry in entries if is_net(turn.text, entry.figure)]
        taken = [entry for entry in entries if is_taken_off(turn.text, entry.figure)]
        prior = _replaced(ledger, key, correction=correction or bool(net or taken))
        number = _number(net[-1]) if net else _settled(turn, entries, taken, prior, correction=correction)
        ledger.numbers[key] = _by_period(ledger, key, turn, entries, number)
        _part_of_whole(ledger, key, turn, entries)


def _settled(turn: Reading, entries: Sequence[Said], taken: Sequence[Said], prior: Number | None, *, correction: bool) -> Number:
    """What a fact comes to after a turn, given what it was before (`prior`) and what is to be `taken` off."""
    stated = [entry for entry in entries if entry not in taken]
    if not stated and prior is None:
        return _combine(turn, taken, correction)
    now = _combine(turn, stated, correction and not taken) if stated else None
    if now is None:
        assert prior is not None
        number = prior
    else:
        number = prior.plus(now) if prior is not None and not taken and _adds(turn, stated, correction) else now
    for entry in taken:
        if now is not None and not language().speech["deduction"].search(_around(turn.text, entry.figure)):
            continue  # 16家评上，5家没评上: the five were never counted
        less = _number(entry)
        number = number.plus(Number(-less.high, -less.low, tuple(-part for part in less.parts)))
    return number


def _adds(turn: Reading, stated: Sequence[Said], correction: bool) -> bool:
    """Whether a turn's figures come on top of what was said: 又成了一单, 一并算进全年."""
    speech = language().speech
    if correction or speech["hypothesis"].search(turn.text):
        return False
    leading = speech["addition"].search(turn.text)
    leads = leading is not None and any(leading.start() < entry.figure.start for entry in stated)
    return leads or bool(speech["added_behind"].search(turn.text) or speech["together"].search(turn.text))


def _by_period(ledger: _Ledger, key: tuple[str, str], turn: Reading, entries: Sequence[Said], number: Number) -> Number:
    """上半年830万, 下半年1050万: the parts of a year add up, and a part said again is corrected."""
    marks = [language().speech["part_of_year"].search(before(turn.text, entry.figure, 16)) for entry in entries]
    known = ledger.parts.setdefault(key, {})
    if not all(marks) or (not known and key in ledger.numbers):
        known.clear()
        return number
    for entry, mark in zip(entries, marks, strict=True):
        known[mark[0][:3] if mark else ""] = _number(entry)
    total, *others = known.values()
    for other in others:
        total = total.plus(other)
    return total


def _part_of_whole(ledger: _Ledger, key: tuple[str, str], turn: Reading, entries: Sequence[Said]) -> None:
    """里面700万其实是技术服务: what was said for the other kind shrinks by it."""
    others = [other for other in ledger.numbers if other[0] == key[0] and other != key]
    inside = any(language().speech["inside"].search(before(turn.text, entry.figure, 12)) for entry in entries)
    if not inside or len(others) != 1 or not key[1]:
        return
    whole, part = ledger.numbers[others[0]], ledger.numbers[key]
    if whole.low >= part.high:
        ledger.numbers[others[0]] = whole.plus(Number(-part.high, -part.low, tuple(-piece for piece in part.parts)))


def _around(text: str, figure: Figure) -> str:
    """The sentence that holds a figure, from the figure's comma-free lead on."""
    stop = min((at for mark in "。；;！？!?\n" if (at := text.find(mark, figure.end)) >= 0), default=len(text))
    return text[max(text.rfind(mark, 0, figure.start) for mark in "，,。；;") + 1 : stop]


def _same_sum(earlier: Sequence[tuple[str, str]], key: tuple[str, str]) -> tuple[str, str]:
    """Where earlier turns gave one option's sum and another is said without an option, it is meant for that option."""
    others = [other for other in earlier if other[0] == key[0]]
    return others[0] if not key[1] and len(others) == 1 else key


def _replaced(ledger: _Ledger, key: tuple[str, str], *, correction: bool) -> Number | None:
    """What was said before for a fact and option; a correction without an option means the only sum that was said."""
    name, option = key
    if key in ledger.numbers or not correction:
        return ledger.numbers.get(key)
    others = [other for other in ledger.numbers if other[0] == name]
    if len(others) == 1 and (not option or not others[0][1]):
        return ledger.numbers.pop(others[0])
    return None


def _combine(turn: Reading, entries: Sequence[Said], correction: bool) -> Number:
    firm = [entry for entry in entries if not entry.loose]
    entries = firm or entries  # 9996万(未到1亿): a bound beside a figure adds nothing
    if correction:
        return _number(entries[-1])
    best = min(
        entries,
        key=lambda entry: (entry.rank if entry.cost <= _ALIKE or entry.rank < 0 else len(entries) + entry.rank + 99, entry.cost),
    )
    first, last = entries[0].figure, entries[-1].figure
    speech = language().speech
    in_list = all(listed(turn.text, a.figure, b.figure) for a, b in pairwise(entries))
    if not in_list:
        reach = _ALIKE if best.figure.kind == "money" else _ALIKE_COUNTS
        entries = [entry for entry in entries if entry.cost <= best.cost + reach and entry.rank == best.rank]
        first, last = entries[0].figure, entries[-1].figure
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
