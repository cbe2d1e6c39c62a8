"""The first step: what is asked, about which policy and subjects, by whom."""

import re
from dataclasses import replace
from fractions import Fraction

from assistant.language import Pattern, language
from assistant.state import Conversation, Past, State
from assistant.understand.facts import topic_benefits
from assistant.understand.reading import Reading, read_turn
from assistant.understand.scope import SEGMENT, choose_pack, find_scope, outside_words
from assistant.understand.script import MAX_CHARS
from assistant.understand.topics import Match, match_topics
from corpus.figures import Figure
from corpus.numerals import read_numeral
from corpus.schema import Pack, Topic

_SHORT_NUMBER = re.compile("[一二两三四五六七八九]千[一二两三四五六七八九百零]*|[一二两三四五六七八九]百[一二三四五六七八九十]*")
_SHORT = 30  # a question this short without a subject of its own asks on


def understand(state: State) -> State:
    """Read the question in the light of the conversation."""
    question = state.question[:MAX_CHARS]
    pack_id = choose_pack(question, state.desk.metas, state.desk.default, state.conversation)
    pack = state.desk.packs[pack_id]
    reading = read_turn(question, pack)
    same = state.conversation.pack_id in ("", pack_id)
    past = state.conversation.turns if same else _in_other_pack(state.conversation, pack)
    another = _of_another(state.conversation.turns, reading)
    starts = bool(another) or not past
    past, label = _labelled(past, reading, pack)
    past, reading = _in_given_unit(past, reading)
    reading = _in_scale(past, reading)
    reading = _beside_last(past, reading, pack)
    reading = _asking_on(past, reading)
    turns = _subject(past, reading, starts and not label)
    reading = _without_outside(reading, pack)
    matches = match_topics(reading, pack, carried=() if starts or _whole(reading, pack) else carried_topics(past, pack))
    inherited = False
    if not matches and past and not carried_topics(past, pack):
        matches = _of_all_turns(turns, reading, pack)
        inherited = bool(matches)
    if past and not any(match.strong for match in matches) and (back := _back_to(past, reading, pack)):
        matches, inherited = back, True
    if not matches and past:
        matches = _inherit(past, reading, pack)
        inherited = bool(matches)
    if matches and language().speech["with_before"].search(reading.text):
        named = {match.topic.id for match in matches}
        matches += tuple(Match(t, 1.0, frozenset(), False) for t in carried_topics(past, pack) if t.id not in named)
    both = language().speech["each_asked"].search(reading.text) and language().speech["sum_of_told"].search(reading.text)
    if not starts and (both or language().speech["sum_asked"].search(reading.text)):
        matches += _told_before(turns, past, reading, pack, matches)
    return replace(
        state,
        pack=pack,
        reading=reading,
        turns=(*(p.reading for p in turns), reading),
        asked=("", *(p.asked for p in turns)),
        told_of=tuple(p.topics for p in turns),
        starts_subject=starts,
        matches=matches,
        inherited=inherited,
        scope=find_scope(reading, pack, matches),
    )


def _whole(reading: Reading, pack: Pack) -> bool:
    """Whether a turn asks for an amount of a described firm and tells its base: it speaks of no earlier subject."""
    of_asker = {w for fact in pack.facts.values() if fact.of_asker for words in fact.options.values() for w in words}
    asks = reading.asks & {"amount", "highest", "cap", "rate"}
    return bool(asks) and any(reading.has(word) for word in of_asker) and any(f.kind == "money" for f in reading.figures)


def _of_another(past: tuple[Past, ...], reading: Reading) -> bool:
    """Whether a turn turns to another company; 他们公司 is the same one where nobody spoke of himself before."""
    speech = language().speech
    found = speech["new_subject"].search(reading.text)
    if found is None or speech["same_otherwise"].search(reading.text):
        return False
    spoken = any(speech["speaker"].search(p.reading.text) for p in past)
    return spoken or not found[0].startswith(("他", "她"))


def _asking_on(past: tuple[Past, ...], reading: Reading) -> Reading:
    """A turn that asks nothing by itself asks what the last one asked: an answer to our question, 隔壁那家没到规模，他们呢."""
    if not past or reading.asks:
        return reading
    if not (past[-1].asked or language().speech["asks_on"].search(reading.text)):
        return reading
    last = past[-1].reading
    return replace(reading, asks=last.asks, own=reading.own or last.own)


def _in_given_unit(past: tuple[Past, ...], reading: Reading) -> tuple[tuple[Past, ...], Reading]:
    """Where a turn only tells the unit of a bare number of the turn before (忘说单位了，万元), that number in the unit."""
    unit = language().speech["only_unit"].match(reading.text)
    if unit is None or reading.figures or not past:
        return past, reading
    last = past[-1]
    bare = [figure for figure in last.reading.figures if figure.kind == "bare"]
    if len(bare) != 1:
        return past, reading
    scale = read_numeral("1" + unit["scale"]) if unit["scale"] else Fraction(1)
    assert scale is not None
    told = replace(bare[0], kind="money", unit="元", low=bare[0].low * scale, high=bare[0].high * scale)
    figures = tuple(told if figure is bare[0] else figure for figure in last.reading.figures)
    restated = replace(last, reading=replace(last.reading, figures=figures))
    asks = reading.asks | last.reading.asks
    return (*past[:-1], restated), replace(reading, asks=asks, own=reading.own or last.reading.own)


def _in_scale(past: tuple[Past, ...], reading: Reading) -> Reading:
    """The reading with bare numbers in words in the 万 of a like sum told before: 两千三百万……按两千二算."""
    figures: list[Figure] = []
    before = [figure for p in past for figure in p.reading.figures]
    for figure in reading.figures:
        if figure.kind == "bare" and _SHORT_NUMBER.fullmatch(figure.text):
            sums = [f for f in (*before, *figures) if f.kind == "money" and "万" in f.text]
            if sums and Fraction(1, 2) <= figure.value * 10_000 / (sums[-1].value or 1) <= 2:
                figure = replace(figure, kind="money", unit="元", low=figure.low * 10_000, high=figure.high * 10_000)
        figures.append(figure)
    return replace(reading, figures=tuple(figures))


def _beside_last(past: tuple[Past, ...], reading: Reading, pack: Pack) -> Reading:
    """The reading with the clause after or before that of the last turn, where 下一条 or 上一条 is asked for."""
    move = language().speech["clause_beside"].search(reading.text)
    topics = carried_topics(past, pack)
    if move is None or reading.clause_refs or not topics:
        return reading
    order = [clause.id for clause in pack.document.clauses]
    at = order.index(topics[0].clause) + (-1 if move["back"] else 1)
    return replace(reading, clause_refs=(order[at],)) if 0 <= at < len(order) else reading


def _without_outside(reading: Reading, pack: Pack) -> Reading:
    """The reading without the terms of parts that ask for an outside subject, where other parts have terms."""
    strange = [
        segment for word in outside_words(reading, pack) for segment in SEGMENT.finditer(reading.text) if word in segment[0]
    ]
    kept = tuple(m for m in reading.mentions if not any(s.start() <= m.start < s.end() for s in strange))
    return (
        replace(reading, mentions=kept) if strange and kept and match_topics(replace(reading, mentions=kept), pack) else reading
    )


def _labelled(past: tuple[Past, ...], reading: Reading, pack: Pack) -> tuple[tuple[Past, ...], str]:
    """Where companies were told apart by 甲 and 乙, only what was said of the one that this turn names."""
    pattern = language().speech["label"]
    now = set(pattern.findall(reading.text))
    known = {name for p in past for name in pattern.findall(p.reading.text)}
    if len(now) != 1 or len(known) < 2 or not now <= known:
        return past, ""
    (label,) = now
    kept = []
    for turn in past:
        text = _of_label(turn.reading.text, label, pattern)
        if text.strip():
            kept.append(replace(turn, reading=read_turn(text, pack), starts_subject=False))
    return tuple(kept), label


def _of_label(text: str, label: str, pattern: Pattern) -> str:
    """The parts of a text that speak of one label, and what stands before any label."""
    marks = list(pattern.finditer(text))
    if not marks:
        return text
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    parts = [text[mark.start() : end] for mark, end in zip(marks, ends, strict=True) if mark[0] == label]
    return text[: marks[0].start()] + "".join(parts)


def _in_other_pack(conversation: Conversation, pack: Pack) -> tuple[Past, ...]:
    """The last turn read anew in the terms of a pack that was just selected: 那柳河呢."""
    if not conversation.turns:
        return ()
    last = read_turn(conversation.turns[-1].reading.raw[:MAX_CHARS], pack)
    topics = tuple(match.topic.id for match in match_topics(last, pack))
    return (Past(last, topics, "", True),)


def _subject(past: tuple[Past, ...], reading: Reading, starts: bool) -> tuple[Past, ...]:
    """The earlier turns about the company that this turn is about."""
    if starts:
        return ()
    if language().speech["first_subject"].search(reading.text):
        following = next((i for i, p in enumerate(past) if i and p.starts_subject), len(past))
        return past[:following]
    begin = max((i for i, p in enumerate(past) if p.starts_subject), default=0)
    return past[begin:]


def _of_all_turns(turns: tuple[Past, ...], reading: Reading, pack: Pack) -> tuple[Match, ...]:
    """The topics that all turns bring up together, where none does alone: 两家都是高企. 研发5000万，顶格多少."""
    joined = "。".join([*(p.reading.text for p in turns), reading.text])[-MAX_CHARS:]
    return tuple(Match(m.topic, m.score, frozenset(), False) for m in match_topics(read_turn(joined, pack), pack))


def _back_to(past: tuple[Past, ...], reading: Reading, pack: Pack) -> tuple[Match, ...]:
    """The earlier subject that a turn goes back to by a word of it: 回到前面那个中心, 前面那个合同少打了一个零."""
    back = language().speech["back_to"].search(reading.text)
    told = list(dict.fromkeys(name for p in reversed(past) for name in p.topics))
    if back is None or len(told) < 2:
        return ()
    ahead = reading.text[back.end() : back.end() + _SHORT]
    said = {m.term for m in reading.mentions if m.start >= back.start()}
    best, most = None, 0
    for name in told:
        topic = next((t for t in pack.topics if t.id == name), None)
        if topic is None:
            continue
        words = {*topic.weak, *(part for phrase in topic.strong for part in phrase.split(" + "))}
        bases = {word for b in topic_benefits(pack, topic) for f in (b.of, b.times) if f for word in pack.facts[f].words}
        named = sum(topic.id[i : i + 2] in ahead for i in range(len(topic.id) - 1))
        weight = 2 * len(said & words) + 2 * len(said & bases) + named
        if weight > most:
            best, most = topic, weight
    return (Match(best, 1.0, frozenset(), False),) if best is not None else ()


def _told_before(
    turns: tuple[Past, ...], past: tuple[Past, ...], reading: Reading, pack: Pack, matches: tuple[Match, ...]
) -> tuple[Match, ...]:
    """The topics that the turns before were about, where a sum over all of them is asked for: 这三项加起来多少."""
    told = list(dict.fromkeys(name for p in turns or past for name in p.topics))
    own = {match.topic.id for match in matches}
    if len({*told, *own}) < 2 or not (own <= set(told) or language().speech["told_besides"].search(reading.text)):
        return ()
    return tuple(Match(t, 1.0, frozenset(), False) for t in pack.topics if t.id in told and t.id not in own and t.benefits)


def _inherit(past: tuple[Past, ...], reading: Reading, pack: Pack) -> tuple[Match, ...]:
    """The topics of the last turn that had any, where this turn reads as a follow-up."""
    topics = carried_topics(past, pack)
    follows = bool(language().speech["follow_up"].search(reading.text)) or bool(reading.figures) or bool(reading.mentions)
    follows = follows or (bool(reading.asks) and len(reading.text) <= _SHORT)
    if not follows or not topics:
        return ()
    return tuple(Match(topic, 1.0, frozenset(), False) for topic in topics)


def carried_topics(past: tuple[Past, ...], pack: Pack) -> tuple[Topic, ...]:
    """The topics of the last turn that had any."""
    names = next((p.topics for p in reversed(past) if p.topics), ())
    return tuple(topic for topic in pack.topics if topic.id in names)
