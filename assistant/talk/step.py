"""The last step where a model is configured: its words, checked, beside the engine's answer; else the engine's answer alone."""

import time
from dataclasses import replace

from assistant.privacy import mask
from assistant.state import Answer, State
from assistant.talk.assemble import FINAL, base_for, kind_faults, put_together
from assistant.talk.brief import messages, repair, system_prompt
from assistant.talk.guard import sentences_of, tidy, word_faults
from assistant.talk.slots import Slots
from assistant.talk.talker import Message, Reply, Talker, TalkError
from assistant.talk.toolbox import Toolbox
from assistant.trace import Event
from assistant.verify import faults

_SHOWN = 500


def converse(state: State) -> State:
    """The state with the model's words in its answer where they pass the check; unchanged where anything goes wrong."""
    talker = state.desk.talker
    assert state.answer is not None
    if talker is None or state.answer.status in FINAL or state.read.manipulated or not state.question.strip():
        return state
    if not talker.ready:
        state.watch(Event("answer", "builtin", detail={"why": "模型刚才连续出错，暂不询问"}))
        return state
    answer, why = _asked(state, state.answer, talker)
    state.watch(Event("answer", "model" if answer else "builtin", detail={"why": why} if why else {}))
    return replace(state, answer=answer) if answer else state


def _asked(state: State, base: Answer, talker: Talker) -> tuple[Answer | None, str]:
    """The answer with the model's words, or None and why not: two tries under one deadline."""
    until = time.monotonic() + talker.seconds
    box = open_box(state)
    said = list(messages(state, box.slots, base))
    reply: Reply | None = None
    for _ in range(2):
        left = until - time.monotonic()
        if left <= 0:
            return None, "超过总时限"
        try:
            reply = talker.run(system_prompt(state), said, box.tools(), left, state.watch)
        except TalkError as error:
            return None, mask(str(error))
        started = time.perf_counter()
        answer, found = checked(state, reply, box)
        took = (time.perf_counter() - started) * 1000
        state.watch(Event("check", "放行" if answer else "拦下", took, {"faults": [mask(fault) for fault in found]}))
        if answer is not None:
            return answer, ""
        said += [Message("assistant", mask(reply.words[:_SHOWN])), repair(found, box.slots)]
    assert reply is not None
    answer, _ = salvaged(state, reply, box)
    if answer is not None:
        state.watch(Event("check", "剪去没通过的句子"))
        return answer, ""
    return None, "改后仍未通过核对"


def open_box(state: State) -> Toolbox:
    """The tools of a turn, with slots for what the engine found."""
    slots = Slots(state)
    for finding in state.findings:
        clause = state.policy.document.clause(finding.topic.clause)
        if state.answer and state.answer.outcome != "decline":
            slots.add(finding if state.answer.totals else replace(finding, totals=()))
        elif clause is not None:
            slots.add_clause(clause)
    for total in state.answer.totals if state.answer else ():
        if total.name:
            slots.add_sum(total)
    for ask in state.answer.asks if state.answer else ():
        if ask.question:
            slots.add_text("a", ask.question)
    return Toolbox(state, slots)


def salvaged(state: State, reply: Reply, box: Toolbox) -> tuple[Answer | None, str]:
    """The answer with the sentences of a reply that pass by themselves, and these; None where they are less than half of it."""
    parts = sentences_of(tidy(reply.words))
    placed, base = base_for(state, reply, box)
    slots = replace(box.slots, state=placed)
    kept = [part for part in parts if not word_faults(part, slots, base)]
    left = "".join(kept)
    if len(kept) * 2 < len(parts):
        return None, ""
    return checked(state, reply.model_copy(update={"words": left}), box)[0], left


def checked(state: State, reply: Reply, box: Toolbox) -> tuple[Answer | None, list[str]]:
    """The finished answer where the reply passes, else None and its faults."""
    reply = reply.model_copy(update={"words": tidy(reply.words)})
    placed, base = base_for(state, reply, box)
    found = [*kind_faults(reply, base), *word_faults(reply.words, replace(box.slots, state=placed), base)]
    if found:
        return None, found
    answer = put_together(placed, base, reply, box.slots)
    found = faults(placed, answer)
    return (None, found) if found else (answer, [])
