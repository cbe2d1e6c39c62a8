"""坐席台: clauses as one types, a calculator a benefit, one key to copy; nothing of a caller is kept."""

from dataclasses import dataclass, replace
from typing import Any

from assistant.desk import of_today
from assistant.lookup import look_up
from assistant.pipeline import answer
from assistant.state import Answer, Desk
from corpus.schema import Pack
from ui.pages.panel import panel
from ui.pages.screener import policy_choices
from ui.render import page_html
from ui.render.lookup import calculator_html, lookup_html
from ui.words import Words

ALL = "*"
_MIN_ASKED = 5  # a keyword of a few characters is looked up, not answered


@dataclass(frozen=True, slots=True)
class HotlineDesk:
    """What the desk's script calls; gradio apart."""

    desk: Desk
    words: Words

    def find(self, query: object, policy: object) -> str:
        """The clauses for what was typed so far, and the answer where the engine has one."""
        typed = str(query)[:200].strip()
        packs = self._packs(str(policy))
        home = self.desk.default if str(policy) == ALL else packs[0].id
        said, pack = self._answer(typed, home) if len(typed) >= _MIN_ASKED else (None, None)
        found = look_up(packs, typed, self.desk.retriever)
        return lookup_html(found, self.words, of_today(self.desk).today, typed, said, pack)

    def compute(self, policy: object, benefit: object, typed: object) -> str:
        """The result of one benefit; nothing for one that does not exist."""
        pack = self.desk.packs[str(policy)] if str(policy) in self.desk.metas else None
        rule = pack.benefits.get(str(benefit)) if pack else None
        if pack is None or rule is None or not isinstance(typed, dict):
            return ""
        return calculator_html(pack, rule, {str(key): str(value) for key, value in typed.items()}, self.words)

    def _packs(self, policy: str) -> list[Pack]:
        if policy == ALL:
            return [self.desk.packs[pack_id] for pack_id in self.desk.metas]
        return [self.desk.packs[policy if policy in self.desk.metas else self.desk.default]]

    def _answer(self, query: str, policy: str) -> tuple[Answer | None, Pack | None]:
        """The engine's answer to a whole question; a model is too slow for a caller who waits."""
        home = replace(of_today(self.desk), talker=None, report=None, default=policy)
        said, talk = answer(query, home)
        sure = said.outcome == "answer" and bool(said.citations)
        return (said, self.desk.packs[talk.pack_id]) if sure else (None, None)


def build_hotline(desk: Desk, words: Words) -> None:
    """Lay out the desk inside the open gradio Blocks."""
    room = HotlineDesk(desk, words)

    def find(said: Any) -> str:
        return room.find(said.get("query", ""), said.get("policy", "")) if isinstance(said, dict) else ""

    def compute(said: Any) -> str:
        return room.compute(said.get("policy"), said.get("benefit"), said.get("typed")) if isinstance(said, dict) else ""

    hits = lookup_html((), words, desk.today, "")
    html = page_html(
        "hotline.html.j2", words, policies=policy_choices(desk, words), default=desk.default, hits=hits, hint=hint_of(desk, words)
    )
    panel(html, "hotline", script="hotline.js", server=(find, compute))


def hint_of(desk: Desk, words: Words) -> str:
    """What can be typed, by examples of the default policy: a word, a number, a unit, a figure."""
    pack = desk.packs[desk.default]
    topic = next((topic for topic in pack.topics if topic.benefits), pack.topics[0])
    clause = pack.document.clause(topic.clause)
    figures = [token.text for b in pack.benefits.values() for token in (b.cap, b.figure) if token is not None]
    examples = [topic.strong[0], clause.number if clause else "", *(clause.units[:1] if clause else ()), *figures[:1]]
    return words("关键词、条款号、责任单位或金额，如：{examples}", examples="、".join(example for example in examples if example))
