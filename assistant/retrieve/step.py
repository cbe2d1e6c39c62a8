"""The second step: the clauses for the question; and the subjects, where words alone named none."""

from dataclasses import replace

from assistant.retrieve.lexical import lexical
from assistant.state import State
from assistant.understand.step import carried_topics
from assistant.understand.topics import Match, figure_topics, match_topics, weak_topics

_COVERAGE = 0.5  # a question of whose character pairs the text has fewer is about something else
_MARGIN = 1.15


def retrieve(state: State) -> State:
    """Search the pack and settle the topics.

    Where the words name a subject outright, the vector side (a slower start, no gain) is not asked.
    """
    hits = state.desk.retriever.search(state.policy, _query(state), words_only=bool(state.matches))
    state = replace(state, hits=hits)
    if state.matches and not state.inherited:
        boosts = {hit.clause: hit.score for hit in hits}
        past = () if state.starts_subject else state.conversation.turns
        carried = carried_topics(past, state.policy)
        return replace(state, matches=match_topics(state.read, state.policy, boosts, carried))
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
    return replace(state, matches=_by_search(state))


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
