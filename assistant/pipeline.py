"""The way of a question: five steps, each from a frozen state to a new one."""

from collections.abc import Callable
from dataclasses import replace

from assistant.calculate import calculate
from assistant.compose import compose
from assistant.retrieve.step import retrieve
from assistant.state import Answer, Conversation, Desk, Past, State
from assistant.understand.step import understand
from assistant.verify import verify

Step = Callable[[State], State]
STEPS: tuple[Step, ...] = (understand, retrieve, calculate, compose, verify)


def answer(question: str, desk: Desk, conversation: Conversation | None = None) -> tuple[Answer, Conversation]:
    """The reply to one turn and the conversation that holds it."""
    state = State(desk, question, conversation or Conversation())
    for step in STEPS:
        state = step(state)
    assert state.answer is not None
    return state.answer, remember(state)


def remember(state: State) -> Conversation:
    """The conversation with this turn added."""
    asked = state.answer.asks[0].fact if state.answer and state.answer.asks else ""
    topics = tuple(match.topic.id for match in state.matches)
    past = Past(state.read, topics, asked, state.starts_subject)
    same = state.conversation.pack_id in ("", state.policy.id)
    return replace(state.conversation, pack_id=state.policy.id, turns=(*(state.conversation.turns if same else ()), past))
