"""Puts the facts together that the turns of a conversation state about one asker."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from assistant.language import language
from assistant.understand.hints import based_in, is_part
from assistant.understand.ledger import Ledger, differences, numbers, rekey, without_excluded
from assistant.understand.reading import Reading, sentences
from assistant.understand.roles import Roles, assign
from assistant.understand.together import Said, Unsure
from assistant.understand.terms import Mention
from assistant.understand.topics import Match, phrase_spans
from calculators.facts import Facts
from corpus.figures import Figure
from corpus.numerals import read_numeral
from corpus.schema import Benefit, Fact, Pack, Topic

_ITEM_REACH = 40
_MARKS = "，。！？；,!?;\n"
_SWITCH = re.compile(r"^那|(?:^|[，,。；;：:] ?)(?:要是|如果|假如|换成|改成|万一|what about|what if|how about)|呢[?？。]?$")


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
    return (*found[:-1], _of_a_share(turns[-1], _still_unsure(found), bases, pack)) if found else ()


def _of_a_share(turn: Reading, roles: Roles, bases: Sequence[str], pack: Pack) -> Roles:
    """Where only a part of a loan went bad and nobody said how much, or one of two did not tell, the base is open."""
    speech = language().speech
    partly = speech["some_of_it"].search(turn.text)
    other = speech["other_unknown"].search(turn.text) and speech["sum_asked"].search(turn.text)
    many = speech["many_kinds"].search(turn.text)
    open_ones = [n for n in bases if (other and pack.facts[n].type == "money") or (partly and pack.facts[n].minus)]
    behind = partly.end() if partly else len(turn.text)
    told = {entry.fact for entry in roles.said if partly and entry.figure.start >= behind}
    doubts = [Unsure(name, (), "target") for name in open_ones if name not in told]
    if many is not None:
        counts = [fact for fact in pack.facts.values() if fact.type == "count" and fact.ask and fact.unit == many[0][-1]]
        stated = {entry.fact for entry in roles.said}
        doubts += [
            Unsure(f.name, (), "target") for f in counts if f.name not in stated and any(turn.has(word) for word in f.words)
        ]
    back = speech["retracted"].search(turn.text)
    factor = speech["changed_by_factor"].search(turn.text)
    if factor is not None and not roles.said:
        doubts += [Unsure(name, (), "target") for name in bases if pack.facts[name].type in ("money", "count")]
    if back is not None:
        anew = {entry.fact for entry in roles.said if entry.figure.start >= back.start()}
        doubts += [Unsure(name, (), "target") for name in bases if name not in anew and pack.facts[name].type == "money"]
    kept = tuple(entry for entry in roles.said if all(entry.fact != doubt.fact for doubt in doubts))
    return replace(roles, said=kept, unsure=(*roles.unsure, *doubts)) if doubts else roles


def _still_unsure(found: Sequence[Roles]) -> Roles:
    """The roles of the last turn with what earlier turns left without a unit and nobody said since."""
    waiting: dict[str, Unsure] = {}
    for roles in found:
        for entry in roles.said:
            waiting.pop(entry.fact, None)
        said = {entry.fact for entry in roles.said}
        waiting |= {entry.fact: entry for entry in roles.unsure if entry.why == "unit" and entry.fact not in said}
    own = {entry.fact for entry in found[-1].unsure}
    return replace(found[-1], unsure=(*found[-1].unsure, *(entry for name, entry in waiting.items() if name not in own)))


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
        turn, said = _without_shut_out(turn, roles[index].said, mine)
        last = index == len(turns) - 1
        mentions = _visible(turn, topic, matches, pack) if last and len(matches) > 1 else turn.mentions
        all_told = _all_told(turns[-1])
        listing = bool(language().speech["each_of"].search(turns[-1].text)) or all_told
        switched = _choices(ledger, turn, mentions, mine, listing=listing, all_told=all_told)
        _flags(ledger, turn, mentions, mine, pack)
        rekey(ledger, switched, mine, {entry.fact for entry in said})
        numbers(ledger, turn, said, summing=summing)
        without_excluded(ledger, turn, said, mine)
        _forget_doubted(ledger, roles[index])
    if language().speech["multi_year"].search(turns[-1].text) and not roles[-1].said:
        for key in [key for key in ledger.numbers if pack.facts[key[0]].annual]:
            del ledger.numbers[key]  # 去年3000万. 今年4000万. 两年一共: the rule counts one year, and which one is asked for
    differences(ledger, mine, remains=any(language().speech["remainder"].search(turn.text) for turn in turns))
    return ledger.frozen()


def _without_shut_out(turn: Reading, said: Sequence[Said], facts: Sequence[Fact]) -> tuple[Reading, Sequence[Said]]:
    """The turn without the sums, among several of one fact, beside which a condition is denied: 备案420万，未备案160万.

    What remains of a whole told beside its parts is the part that is left.
    """
    flags = [fact for fact in facts if fact.type == "flag"]
    for name in dict.fromkeys(entry.fact for entry in said):
        entries = [entry for entry in said if entry.fact == name and entry.figure.kind == "money" and not entry.loose]
        spans = {entry.figure.start: _own_part(turn.text, entry.figure) for entry in entries}
        shut = [
            entry
            for entry in entries
            for a, b in (spans[entry.figure.start],)
            if any(a <= m.start < b and _denies(m, flag) for m in turn.mentions for flag in flags)
        ]
        inside = any(is_part(turn.text, entry.figure) for entry in shut) and len(entries) - len(shut) == 1
        if not shut or len(shut) == len(entries) or inside:
            continue  # 一共540万，其中180万没备案: what is taken off a whole
        left = sum(entry.figure.value for entry in entries if entry not in shut)
        off = sum(entry.figure.value for entry in shut)
        whole = [e for e in entries if e not in shut and len(entries) - len(shut) > 1 and e.figure.value * 2 == left + off]
        gone = [*shut, *whole]
        blank = [spans[entry.figure.start] for entry in shut]
        kept = tuple(m for m in turn.mentions if not any(a <= m.start < b for a, b in blank))
        return replace(turn, mentions=kept), tuple(entry for entry in said if entry not in gone)
    return turn, said


def _denies(mention: Mention, flag: Fact) -> bool:
    return (mention.term in flag.denied and not mention.negated) or (mention.term in flag.words and mention.negated)


def _own_part(text: str, figure: Figure) -> tuple[int, int]:
    """The part of a message between commas that holds a figure, from the mark of a new item on: 另一笔当时忘了报备案，本金300万."""
    start = max(text.rfind(mark, 0, figure.start) for mark in _MARKS) + 1
    stop = min((at for mark in _MARKS if (at := text.find(mark, figure.end)) >= 0), default=len(text))
    item = list(language().speech["next_item"].finditer(text[: figure.start]))
    if item and figure.start - item[-1].start() <= _ITEM_REACH and not re.search(r"\d", text[item[-1].end() : start]):
        start = min(start, item[-1].start())
    return start, stop


def _all_told(last: Reading) -> bool:
    """Whether the last turn asks for what all that was told comes to: 同一家两样都中了，加起来多少."""
    speech = language().speech
    asked = speech["sum_asked"].search(last.text) or speech["each_asked"].search(last.text)
    told = speech["sum_of_told"].search(last.text) or re.search("[两三四]类", last.text)
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


def _choices(
    ledger: Ledger, turn: Reading, mentions: Sequence[Mention], facts: Sequence[Fact], *, listing: bool, all_told: bool = False
) -> set[str]:
    """Record what a turn chooses; the names of choices that it replaced. `listing`: all that was said is asked for."""
    replaced: set[str] = set()
    addition = bool(language().speech["addition"].search(turn.text)) and not _SWITCH.search(turn.text)
    for fact in facts:
        if fact.type != "choice":
            continue
        chosen = {o for o, words in fact.options.items() if _affirmed(words, mentions)}
        if len(chosen) > 1 and fact.exclusive:
            chosen = {o for o in chosen if _is_self(fact.options[o], turn, mentions)} or chosen
            if "comparison" not in turn.asks and not listing and not language().speech["hypothesis"].search(turn.text):
                stated = {o for o in chosen if _is_asserted(fact.options[o], turn, mentions)}
                chosen = stated if len(stated) == 1 else chosen
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
            (
                (not listing if fact.exclusive else not (listing or fact.of_asker or turn.asks & {"recipient", "units"}))
                and not addition
            )
            or (bool(_SWITCH.search(turn.text)) and not all_told)
            or bool(language().speech["correction"].search(turn.text))
        )
        if before and replace:
            replaced.add(fact.name)
            ledger.chosen[fact.name] = chosen
        else:
            ledger.chosen[fact.name] = before | chosen
    return replaced


def _is_asserted(words: Sequence[str], turn: Reading, mentions: Sequence[Mention]) -> bool:
    """Whether an option is said to be the case: 考核下来是良好，就差两分到优秀."""
    said, past = language().speech["asserted"], language().speech["past_denial"]
    for mention in mentions:
        begin = max(turn.text.rfind(mark, 0, mention.start) for mark in _MARKS) + 1
        lead = turn.text[begin : mention.start]
        if mention.term in words and not mention.negated and said.search(lead) and not past.search(lead):
            return True
    return False


def _is_self(words: Sequence[str], turn: Reading, mentions: Sequence[Mention]) -> bool:
    """Whether the speaker says to be it: 孵化器和众创空间都能拿吧？我们是众创空间."""
    own = language().speech["own_is"]
    return any(m.term in words and not m.negated and own.search(turn.text[: m.start]) for m in mentions)


def _affirmed(words: Sequence[str], mentions: Sequence[Mention]) -> bool:
    """Whether one of the words (or all words of `a + b`) is said and not denied."""
    said = [mention for mention in mentions if not mention.negated]
    return any(phrase_spans(word, said) for word in words)


def _flags(ledger: Ledger, turn: Reading, mentions: Sequence[Mention], facts: Sequence[Fact], pack: Pack) -> None:
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
    if not any(mention.term in (fact.words if mention.negated else fact.denied) for fact in facts):
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
