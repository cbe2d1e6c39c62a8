"""The second step: the clauses for the question; and the subjects, where words alone named none."""

import re
from dataclasses import replace

from assistant.language import language
from assistant.retrieve.fragments import quoted_clause
from assistant.retrieve.lexical import lexical
from assistant.retrieve.phrases import BEYOND, phrases
from assistant.state import State
from assistant.understand.scope import SEGMENT, touches
from assistant.understand.step import carried_topics
from assistant.understand.topics import Match, compared_topics, figure_topics, is_named, match_topics, weak_topics
from corpus.text import fold, squeeze

_COVERAGE = 0.5  # a question of whose character pairs the text has fewer is about something else
_MARGIN = 1.15
_MIN_CONTENT = 3
_ASKS = ("amount", "money", "rate", "cap", "highest", "eligibility", "claimable")
_BEYOND_NEAR, _BEYOND_SHARE = 0.3, 0.6
_QUOTE = 6  # shorter quotes may be anybody's
_STRANGE = 0.5  # a second question of whose character pairs the text has fewer is about something else
_NEAR, _SHARE = 0.2, 0.4  # how near the nearest example question must be, and how many of the five must agree


def retrieve(state: State) -> State:
    """Search the pack and settle the topics.

    Where the words name a subject outright, the vector side (a slower start, no gain) is not asked.
    """
    pointed = _by_quotes(state)
    if pointed:
        return replace(state, matches=pointed)
    if state.matches:
        state = replace(state, matches=state.matches + compared_topics(state.read, state.policy, state.matches))
    named = sum(is_named(topic, state.read) for topic in state.policy.topics)
    if named == 1 and len(state.matches) == 1 and state.matches[0].strong:
        return replace(state, beyond=_beyond(state))  # the words name one subject: there is nothing to rank
    hits = state.desk.retriever.search(state.policy, _query(state), words_only=bool(state.matches))
    state = replace(state, hits=hits, beyond=_beyond(state))
    if state.inherited and state.beyond and not (state.read.figures or state.read.mentions):
        return replace(state, matches=(), inherited=False)
    if state.matches and not state.inherited:
        boosts = {hit.clause: hit.score for hit in hits}
        past = () if state.starts_subject else state.conversation.turns
        carried = carried_topics(past, state.policy)
        ranked = match_topics(state.read, state.policy, boosts, carried)
        named_before = tuple(m for m in state.matches if not m.spans and all(m.topic is not r.topic for r in ranked))
        return replace(state, matches=ranked + named_before)
    if state.matches:
        return state
    quoted = figure_topics(state.read, state.policy)
    if quoted:
        return replace(state, matches=quoted)
    weak = sorted(weak_topics(state.read, state.policy), key=lambda match: -match.score)
    scores = {hit.clause: hit.score for hit in hits}
    weak = [match for match in weak if scores.get(match.topic.clause, 0.0) >= (hits[0].score / _MARGIN if hits else 1.0)]
    if weak and weak[0].score >= 3:
        return replace(state, matches=(weak[0],))
    quoted_by = quoted_clause(state.policy, state.read.text)
    if quoted_by is not None:
        topics = [topic for topic in state.policy.topics if topic.clause == quoted_by]
        return replace(state, matches=tuple(Match(topic, 1.0, frozenset(), False) for topic in topics[:1]))
    return replace(state, matches=_by_phrases(state))


def _by_quotes(state: State) -> tuple[Match, ...]:
    """The topic of the clause that alone has a quoted phrase with a figure, where no topic of that clause was named."""
    clauses = state.policy.document.clauses
    for start, end in state.read.quotes:
        words = squeeze(state.read.text[start:end]).text
        holders = (
            [c.id for c in clauses if words in squeeze(fold(c.text)).text.lower()]
            if len(words) >= _QUOTE and re.search(r"\d", words)
            else []
        )
        if len(holders) == 1 and all(match.topic.clause != holders[0] for match in state.matches):
            topics = [t for t in state.policy.topics if t.clause == holders[0]]
            named = [t for t in topics if is_named(t, state.read)] or topics[:1]
            return tuple(Match(topic, 1.0, frozenset(), False) for topic in named)
    return ()


def _beyond(state: State) -> tuple[str, ...]:
    """The parts of a message that ask for what the text does not answer, by the nearest example questions."""
    index = phrases(state.policy)
    if index is None or not state.matches or state.read.script == "english":
        return ()
    found = []
    own_words = [(m.start, m.end) for m in (*state.read.mentions, *state.read.unsaid)]
    for segment in SEGMENT.finditer(state.read.text):
        words = segment[0].strip("，。！？；,!?;\n ")
        spans = [span for match in state.matches for span in match.spans]
        if touches(segment, spans) or len(_content(words)) < _MIN_CONTENT or not language().speech["question"].search(words):
            continue
        if touches(segment, ((figure.start, figure.end) for figure in state.read.figures)):
            continue
        strange = _asks_besides(words) and not touches(segment, own_words)
        if strange and lexical(state.policy).coverage(_content(words)) < _STRANGE:
            found.append(words)  # 再帮我推荐家靠谱的审计所
            continue
        near = index.nearest(words)
        if near is not None and near.topic == BEYOND and near.score >= _BEYOND_NEAR and near.share >= _BEYOND_SHARE:
            found.append(words)
    return tuple(found)


def _asks_besides(words: str) -> bool:
    """Whether a part opens a question beside the main one: 还想问, 另外, 顺便."""
    return bool(language().speech["second_ask"].search(words)) and len(_content(words)) > _MIN_CONTENT


def _content(words: str) -> str:
    """What a question speaks of, without the words that ask."""
    for pattern in (*(language().intents[name] for name in _ASKS), language().speech["question"], language().speech["filler"]):
        words = pattern.blank(words)
    return words.replace(" ", "")


def _by_phrases(state: State) -> tuple[Match, ...]:
    """The topic of the nearest example questions; none where the nearest ask for what the text does not answer."""
    index = phrases(state.policy)
    near = index.nearest(state.read.text) if index is not None else None
    if near is None or near.score < _NEAR or near.share < _SHARE:
        return _by_search(state)
    return tuple(Match(topic, 1.0, frozenset(), False) for topic in state.policy.topics if topic.id == near.topic)


def _by_search(state: State) -> tuple[Match, ...]:
    """The topic of a clause that the search finds clearly first and that has the question's own words."""
    hits = state.hits
    if not hits or lexical(state.policy).coverage(state.read.text) < _COVERAGE:
        return ()
    if len(hits) > 1 and hits[0].score < hits[1].score * _MARGIN:
        return ()
    topic = next((topic for topic in state.policy.topics if topic.clause == hits[0].clause), None)
    return (Match(topic, 1.0, frozenset(), False),) if topic else ()


def _query(state: State) -> str:
    if state.inherited:
        return " ".join(turn.text for turn in state.turns[-2:])
    return state.read.text
