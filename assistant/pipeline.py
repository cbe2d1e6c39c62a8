"""The way of a question: six steps, each from a frozen state to a new one; the last only where a model is configured."""

import time
from collections.abc import Callable
from dataclasses import replace

from assistant.calculate import calculate
from assistant.compose import compose
from assistant.retrieve.step import retrieve
from assistant.state import Answer, Conversation, Desk, Past, State
from assistant.talk.step import converse
from assistant.trace import Event, Trace, Watch, unwatched
from assistant.understand.step import understand
from assistant.verify import verify

Step = Callable[[State], State]
STEPS: tuple[Step, ...] = (understand, retrieve, calculate, compose, verify, converse)


def answer(
    question: str, desk: Desk, conversation: Conversation | None = None, watch: Watch = unwatched
) -> tuple[Answer, Conversation]:
    """The reply to one turn and the conversation that holds it; `watch` is told of each step as it happens."""
    seen = Trace()

    def tell(event: Event) -> None:
        seen(event)
        watch(event)

    state = State(desk, question, conversation or Conversation(), watch=tell)
    for step in STEPS:
        started = time.perf_counter()
        state = step(state)
        tell(Event("step", step.__name__, (time.perf_counter() - started) * 1000))
    if desk.report is not None:
        desk.report(seen)
    assert state.answer is not None
    return state.answer, remember(state)


def remember(state: State) -> Conversation:
    """The conversation with this turn added."""
    asked = state.answer.asks[0].fact if state.answer and state.answer.asks else ""
    topics = tuple(match.topic.id for match in state.matches)
    past = Past(state.read, topics, asked, state.starts_subject, state.answer.text if state.answer else "")
    same = state.conversation.pack_id in ("", state.policy.id)
    return replace(state.conversation, pack_id=state.policy.id, turns=(*(state.conversation.turns if same else ()), past))
