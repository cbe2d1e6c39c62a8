"""The first step: what is asked, about which policy and subjects, by whom."""

from dataclasses import replace

from assistant.language import language
from assistant.state import Conversation, Past, State
from assistant.understand.reading import Reading, read_turn
from assistant.understand.scope import choose_pack, find_scope
from assistant.understand.script import MAX_CHARS
from assistant.understand.topics import Match, match_topics
from corpus.schema import Pack, Topic


def understand(state: State) -> State:
    """Read the question in the light of the conversation."""
    question = state.question[:MAX_CHARS]
    pack_id = choose_pack(question, state.desk.metas, state.desk.default, state.conversation)
    pack = state.desk.packs[pack_id]
    reading = read_turn(question, pack)
    same = state.conversation.pack_id in ("", pack_id)
    past = state.conversation.turns if same else _in_other_pack(state.conversation, pack)
    starts = bool(language().speech["new_subject"].search(reading.text)) or not past
    turns = _subject(past, reading, starts)
    matches = match_topics(reading, pack, carried=() if starts else carried_topics(past, pack))
    inherited = False
    if not matches and past:
        matches = _inherit(past, reading, pack)
        inherited = bool(matches)
    return replace(
        state,
        pack=pack,
        reading=reading,
        turns=(*(p.reading for p in turns), reading),
        asked=("", *(p.asked for p in turns)),
        starts_subject=starts,
        matches=matches,
        inherited=inherited,
        scope=find_scope(reading, pack, matches),
    )


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


def _inherit(past: tuple[Past, ...], reading: Reading, pack: Pack) -> tuple[Match, ...]:
    """The topics of the last turn that had any, where this turn reads as a follow-up."""
    topics = carried_topics(past, pack)
    follows = bool(language().speech["follow_up"].search(reading.text)) or bool(reading.figures) or bool(reading.mentions)
    if not follows or not topics:
        return ()
    return tuple(Match(topic, 1.0, frozenset(), False) for topic in topics)


def carried_topics(past: tuple[Past, ...], pack: Pack) -> tuple[Topic, ...]:
    """The topics of the last turn that had any."""
    names = next((p.topics for p in reversed(past) if p.topics), ())
    return tuple(topic for topic in pack.topics if topic.id in names)
