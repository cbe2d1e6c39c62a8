"""Puts the facts together that the turns of a conversation state about one asker."""

from collections.abc import Sequence
from fractions import Fraction

from assistant.language import language
from assistant.understand.chosen import choices, flags
from assistant.understand.ledger import Ledger, differences, numbers, rekey, without_excluded
from assistant.understand.left_open import leave_open, still_unsure, without_shut_out
from assistant.understand.reading import Reading
from assistant.understand.roles import Roles, assign
from assistant.understand.terms import Mention
from assistant.understand.topics import Match
from calculators.facts import Facts
from corpus.numerals import read_numeral
from corpus.schema import Benefit, Fact, Pack, Topic

_MARKS = "，。！？；,!?;\n"


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


def assign_turns(
    turns: Sequence[Reading],
    matches: Sequence[Match],
    pack: Pack,
    asked: Sequence[str] = (),
    told_of: Sequence[Sequence[str]] = (),
) -> tuple[Roles, ...]:
    """The roles of each turn's figures in the light of the current topics.

    `asked[i]` is what we asked before turn i, `told_of[i]` the topics that it was about: a sum told of another subject
    only (2000万 of technology contracts) states no fact that this subject alone needs.
    """
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
    last_said = last_named = ""
    before: set[str] = set()
    for index, turn in enumerate(turns):
        wanted = asked[index] if index < len(asked) else ""
        prior = wanted if wanted and pack.facts[wanted].type in ("money", "count") else last_said or last_named
        mine, own_bases = _shared_facts(facts, bases, told_of[index : index + 1], topics, pack)
        roles = assign(
            turn,
            mine,
            own_bases,
            pack.facts,
            asked=prior,
            own_figures=own,
            rates=rates,
            near_words=near,
            before=before,
            earlier=[figure for past in turns[:index] for figure in past.figures],
        )
        before |= {entry.fact for entry in roles.said}
        last_said = roles.said[-1].fact if roles.said else last_said
        named = [name for name in bases if any(turn.has(word) for word in pack.facts[name].words)]
        last_named = named[0] if len(named) == 1 else last_named
        found.append(roles)
    return (*found[:-1], leave_open(turns[-1], still_unsure(found), bases, pack)) if found else ()


def _shared_facts(
    facts: Sequence[Fact], bases: Sequence[str], told_of: Sequence[Sequence[str]], topics: Sequence[Topic], pack: Pack
) -> tuple[Sequence[Fact], Sequence[str]]:
    """The facts and bases that a turn about other topics shares with the current ones; all of them where it was about these."""
    earlier = [topic for topic in pack.topics if told_of and topic.id in told_of[0] and topic.benefits]
    if not earlier or any(topic in topics for topic in earlier):
        return facts, bases
    names = {fact.name for fact in relevant_facts(pack, earlier)}
    shared = [fact for fact in facts if fact.name in names or set(fact.same_as) & names or fact.of_asker]
    return shared, [name for name in bases if name in {fact.name for fact in shared}]


def assemble(turns: Sequence[Reading], roles: Sequence[Roles], matches: Sequence[Match], topic: Topic, pack: Pack) -> Facts:
    """The facts of a conversation as one of its current topics sees them.

    With several topics at hand a choice belongs to the topic whose words stand nearest to it.
    """
    ledger = Ledger()
    mine = relevant_facts(pack, [topic])
    several = _sums_items(turns, roles)
    summing = frozenset(fact.name for fact in mine if several and not fact.annual)
    for index, turn in enumerate(turns):
        turn, said = without_shut_out(turn, roles[index].said, mine)
        last = index == len(turns) - 1
        mentions = _visible(turn, topic, matches, pack) if last and len(matches) > 1 else turn.mentions
        all_told = _all_told(turns[-1])
        listing = bool(language().speech["each_of"].search(turns[-1].text)) or all_told
        switched = choices(ledger, turn, mentions, mine, listing=listing, all_told=all_told)
        flags(ledger, turn, mentions, mine, pack)
        rekey(ledger, switched, mine, {entry.fact for entry in said})
        numbers(ledger, turn, said, summing=summing)
        without_excluded(ledger, turn, said, mine)
        _forget_doubted(ledger, roles[index])
    if language().speech["multi_year"].search(turns[-1].text) and not roles[-1].said:
        for key in [key for key in ledger.numbers if pack.facts[key[0]].annual]:
            del ledger.numbers[key]  # 去年3000万. 今年4000万. 两年一共: the rule counts one year, and which one is asked for
    differences(ledger, mine, remains=any(language().speech["remainder"].search(turn.text) for turn in turns))
    return ledger.frozen()


def _all_told(last: Reading) -> bool:
    """Whether the last turn asks for what all that was told comes to: 同一家两样都中了，加起来多少."""
    speech = language().speech
    asked = speech["sum_asked"].search(last.text) or speech["each_asked"].search(last.text)
    told = speech["sum_of_told"].search(last.text) or speech["kinds_of_it"].search(last.text)
    return bool(asked and told) and not any(figure.kind == "money" for figure in last.figures)


def _sums_items(turns: Sequence[Reading], roles: Sequence[Roles]) -> bool:
    """Whether the last turn asks for all the items that the turns before told one by one: A款1200万. B款1100万. 两款合一块儿."""
    last = turns[-1]
    speech = language().speech
    match = speech["all_items"].search(last.text)
    told = sum(bool(turn.said) for turn in roles[:-1])
    if match and not roles[-1].said and told > 1 and read_numeral(match["count"]) in (told, None):
        return True
    if not speech["sum_asked"].search(last.text) or told + bool(roles[-1].said) < 2:
        return False
    items = [speech["item_mark"].search(turn.text) for turn, role in zip(turns, roles, strict=True) if role.said]
    return all(items)  # 第一家900万. 第二家1300万. 合起来


def _forget_doubted(ledger: Ledger, roles: Roles) -> None:
    """What was said before no longer holds where the turn changes it in a way that is not understood: it is asked for."""
    said = {entry.fact for entry in roles.said}
    doubted = {entry.fact for entry in roles.unsure if entry.why != "target" or not entry.figures} - said
    for key in [key for key in ledger.numbers if key[0] in doubted]:
        del ledger.numbers[key]


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
