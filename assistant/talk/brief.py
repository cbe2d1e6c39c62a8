"""What a model is told: its rules, the bounded conversation, and what the engine found, with personal data masked."""

from functools import lru_cache
from pathlib import Path

from assistant.privacy import mask
from assistant.state import Answer, State
from assistant.talk.slots import Slots, listing
from assistant.talk.talker import Message

MAX_TURNS = 6
MAX_CHARS = 600
_KINDS = {"answer": "已能作答", "ask": "缺事实，要追问", "decline": "文件里没有"}
_LANGUAGES = {"english": "英文", "traditional": "繁体中文", "simplified": "简体中文"}


@lru_cache(maxsize=1)
def _rules() -> str:
    return Path(__file__).with_name("rules.md").read_text(encoding="utf-8")


def system_prompt(state: State) -> str:
    """The standing rules, in the words of this policy and the language of the question."""
    return _rules().format(name=state.policy.meta.name, language=_LANGUAGES[state.read.script])


def messages(state: State, slots: Slots, base: Answer) -> tuple[Message, ...]:
    """The last turns, bounded, and the question with what the engine found."""
    past = state.conversation.turns[-MAX_TURNS:]
    earlier = []
    for turn in past:
        earlier.append(Message("user", mask(turn.reading.raw[:MAX_CHARS])))
        if turn.reply:
            earlier.append(Message("assistant", mask(turn.reply[:MAX_CHARS])))
    lines = [
        f"用户的问题：{mask(state.question[: MAX_CHARS * 3])}",
        f"程序的结论：{_KINDS[base.outcome]}（{base.status}）",
        f"程序的回答：{mask(base.text[: MAX_CHARS * 3])}",
        f"槽：\n{mask(listing(slots))}" if slots.found else "槽：暂无，可用工具查",
    ]
    return (*earlier, Message("user", "\n".join(lines)))


def repair(faults: list[str], slots: Slots) -> Message:
    """The one request to mend a reply, with the slots that there are by now."""
    wrong = "\n".join(f"- {fault}" for fault in faults[:8])
    return Message("user", mask(f"这段话不能给用户看：\n{wrong}\n请改好，再用 Reply 交一次。槽：\n{listing(slots)}"))
