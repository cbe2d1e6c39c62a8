"""Puts a model's checked words and the engine's own answer together: the result first, the words, then the proof."""

from dataclasses import replace

from assistant.calculate import calculate
from assistant.compose import compose
from assistant.compose.wording import Wording
from assistant.state import Answer, Ask, State
from assistant.talk.slots import VALUES, Slots, fill, names_in
from assistant.talk.talker import Reply
from assistant.talk.toolbox import Toolbox
from assistant.understand.topics import Match

FINAL = frozenset({"too_long", "manipulation", "unverified"})
OPEN = frozenset({"not_found", "greeting", "empty"})
_NEAR = 8  # among how many clauses that the question itself finds a model may point to one
_ALONE = frozenset({"greeting", "empty"})


def base_for(state: State, reply: Reply, box: Toolbox) -> tuple[State, Answer]:
    """The engine's answer that a reply goes with.

    Where the engine found no clause and the model did, among what the search finds, it is the engine's answer on that clause:
    its rules, marked as the nearest there is, and no amount.
    """
    assert state.answer is not None
    used = [slot for name in names_in(reply.words) if (slot := box.slots.get(name)) and slot.kind in VALUES]
    if state.answer.status != "not_found" or not used:
        return state, state.answer
    near = {hit.clause for hit in state.desk.retriever.search(state.policy, state.question, _NEAR)}
    wanted = {slot.clause for slot in used}
    topics = [finding.topic for finding in box.findings.values() if finding.topic.clause in wanted & near]
    if not topics:
        return state, state.answer
    matches = tuple(Match(topic, 1.0, frozenset(), True) for topic in topics)
    found = compose(calculate(replace(state, matches=matches)))
    assert found.answer is not None
    if found.answer.outcome == "decline":
        return state, state.answer
    words = Wording(state.policy, state.read.script == "english")
    note = words("原文没有直接对应的说法，以上是最接近的条款")
    answer = replace(found.answer, text=f"{found.answer.text}\n- {note}", totals=())
    return replace(found, answer=answer), answer


def kind_faults(reply: Reply, base: Answer) -> list[str]:
    """Where the kind of a reply contradicts the engine's answer."""
    if base.outcome == "answer" and reply.kind != "answer":
        return ["程序已能作答，kind 应为 answer"]
    if base.outcome == "ask" and base.status not in OPEN and reply.kind not in ("ask", "answer"):
        return ["程序要追问，kind 应为 ask"]
    if base.outcome == "decline" and base.status not in OPEN and reply.kind not in ("decline", "answer"):
        return ["文件里没有，kind 应为 decline"]
    return []


def put_together(state: State, base: Answer, reply: Reply, slots: Slots) -> Answer:
    """The answer with the model's words filled and marked as a machine's.

    Words of small talk stand alone.
    """
    words = Wording(state.policy, state.read.script == "english")
    filled = fill(reply.words, slots)
    said = words("AI 解读：{words}", words=filled)
    if base.status in _ALONE and reply.kind in ("chat", "ask") and not names_in(reply.words):
        return replace(base, text=said, asks=(Ask("", filled),))
    head, gap, rest = base.text.partition("\n\n")
    text = f"{head}\n\n{said}{gap}{rest}" if gap else f"{head}\n\n{said}"
    return replace(base, text=text)
