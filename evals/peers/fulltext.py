"""A model that has the whole policy in its prompt and nothing else: what a team builds first."""

import json
import re
from typing import Any

from assistant.adapters.agent import Agent
from assistant.settings import ModelSettings
from assistant.talk.talker import TalkError
from corpus.schema import Pack
from corpus.text import find_all
from evals.cases import Case

_SYSTEM = """你依据下面的政策全文回答问题。只输出一个 JSON 对象：
{{"outcome": "answer|ask|decline", "text": "给用户的话", "citations": [{{"clause": "条款号", "quote": "原文"}}],
"amounts": [{{"clause": "条款号", "kind": "exact|range|upper_bound|average|deduction", "low_yuan": "数或 null",
"high_yuan": "数"}}]}}
outcome：能作答为 answer，缺事实要追问为 ask，文件没有涉及为 decline。金额以元计，是封顶之后的结果。

政策全文：
{source}"""


class FullText:
    """Asks the model and takes what it says as it stands; only the shape is settled, for the graders."""

    def __init__(self, agent: Agent, pack: Pack, settings: ModelSettings) -> None:
        self._agent, self._pack, self._settings = agent, pack, settings

    def reply(self, case: Case) -> dict[str, Any]:
        """The reply to a conversation, told as one message."""
        question = "\n".join(f"用户：{turn}" for turn in case.turns)
        try:
            text, read, written = self._agent.complete(
                _SYSTEM.format(source=self._pack.document.source), question, self._settings.seconds
            )
        except TalkError as error:
            return {"error": str(error)}
        price = self._settings.price
        cost = (read * price[0] + written * price[1]) / 1e6 if price else 0.0
        return {**shaped(text, self._pack), "cost_yuan": cost}


def shaped(text: str, pack: Pack) -> dict[str, Any]:
    """A model's JSON in the shape of the batch contract; its quotes get the offsets where they stand, if they do."""
    match = re.search(r"\{.*\}", text, re.DOTALL)
    try:
        said = json.loads(match[0]) if match else {}
    except (json.JSONDecodeError, RecursionError):
        said = {}
    if not isinstance(said, dict) or said.get("outcome") not in ("answer", "ask", "decline"):
        return {"outcome": "answer", "status": "text", "text": text, "citations": [], "amounts": [], "asks": []}
    citations = [_citation(entry, pack) for entry in _objects(said.get("citations"))]
    amounts = [_amount(entry) for entry in _objects(said.get("amounts"))]
    return {
        "outcome": said["outcome"],
        "status": "model",
        "text": str(said.get("text", "")),
        "citations": citations,
        "amounts": [amount for amount in amounts if amount],
        "asks": [],
    }


def _objects(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _citation(entry: dict[str, Any], pack: Pack) -> dict[str, Any]:
    quote = str(entry.get("quote", ""))
    spans = find_all(pack.document.source, quote)
    start, end = spans[0] if spans else (0, 0)
    shown = pack.document.source[start:end] if spans else quote
    return {"policy": pack.id, "clause": str(entry.get("clause", "")), "quote": shown, "start": start, "end": end}


def _amount(entry: dict[str, Any]) -> dict[str, Any]:
    """An amount with plain decimal ends; empty where they are no numbers."""
    ends: dict[str, str | None] = {}
    for name in ("low_yuan", "high_yuan"):
        value = entry.get(name)
        digits = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*元?\s*", str(value))
        ends[name] = digits[1] if digits else None
    if ends["high_yuan"] is None:
        return {}
    return {"clause": str(entry.get("clause", "")), "kind": str(entry.get("kind", "exact")), **ends, "steps": []}
