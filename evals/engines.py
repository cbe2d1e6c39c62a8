"""What the runner can ask: whole answers of an engine, or one stage of the pipeline alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Protocol

from assistant.batch import run_batch
from assistant.calculate import calculate
from assistant.compose import compose
from assistant.desk import open_desk
from assistant.pipeline import answer
from assistant.retrieve.step import retrieve
from assistant.settings import load_settings
from assistant.state import Conversation, Desk, State
from assistant.trace import Trace
from assistant.understand.step import understand
from assistant.verify import faults
from calculators import Facts, Number, evaluate
from calculators.money import decimal_text
from corpus.schema import Pack
from evals.cases import AnyCase, CalculatorCase, Case, CheckCase, RetrievalCase
from evals.library import SetError

BUILTIN, MODEL = "builtin", "model"
ENGINES = (BUILTIN, MODEL)
STAGES = ("answers", "retrieval")
HITS = 10


class Engine(Protocol):
    """Answers cases; a reply is a mapping that `evals.score.grade` reads.

    For a conversation the object of the batch contract; for a search {"hits": clause ids}; for a rule {"status",
    "amounts"}; for a text to check {"faults"}. What goes wrong is {"error": text}.
    """

    def reply(self, case: AnyCase) -> dict[str, Any]:
        """The reply to one case."""
        ...


class BuiltinEngine:
    """The production pipeline with its default engine; one stage of it for sets of a stage."""

    def __init__(self, pack: str, as_of: str, stage: str = "answers") -> None:
        settings = replace(load_settings(), policy=pack, model=None)
        self._desk: Desk = replace(open_desk(settings), today=as_of, notice_always=True)
        self._stage = stage
        for question in self._desk.metas[pack].examples[:1]:
            # the index is opened now, or the first case would be charged for it
            self._desk.retriever.search(self._desk.packs[pack], question, 1)

    def reply(self, case: AnyCase) -> dict[str, Any]:
        """The reply to one case; see Engine."""
        if isinstance(case, CalculatorCase):
            return _outcome(case, self._desk.packs[self._desk.default])
        if isinstance(case, CheckCase):
            return {"faults": _checked(case, self._desk)}
        if isinstance(case, RetrievalCase) or self._stage == "retrieval":
            question = case.question if isinstance(case, RetrievalCase) else case.turns[-1]
            pack = self._desk.packs[self._desk.default]
            return {"hits": [hit.clause for hit in self._desk.retriever.search(pack, question, HITS)]}
        assert isinstance(case, Case)
        (reply,) = run_batch([json.dumps({"id": case.id, "turns": case.turns})], self._desk)
        reply.pop("elapsed_ms", None)
        return reply


class ModelEngine:
    """The production pipeline with the configured language model; raises SetError where none is configured."""

    def __init__(self, pack: str, as_of: str) -> None:
        settings = replace(load_settings(), policy=pack)
        if settings.model is None:
            raise SetError("还没有配置语言模型：先设 MINGCE_MODEL，见 .env.example")
        self._price = settings.model.price
        self._desk: Desk = replace(open_desk(settings), today=as_of, notice_always=True)

    def reply(self, case: AnyCase) -> dict[str, Any]:
        """The reply to one conversation with its trace, tokens and cost; other cases are none of a model's."""
        if not isinstance(case, Case):
            return {"error": "这类题只问内置引擎"}
        seen = Trace()
        (reply,) = run_batch([json.dumps({"id": case.id, "turns": case.turns})], self._desk, watch=seen)
        reply.pop("elapsed_ms", None)
        return {
            **reply,
            "engine": seen.engine,
            "trace": seen.as_object(),
            "tokens": sum(seen.tokens),
            "cost_yuan": seen.cost(self._price),
        }


def open_engine(name: str, pack: str, as_of: str, stage: str = "answers") -> Engine:
    """The engine of a name for a pack and a day; raises SetError for an unknown one."""
    if name == MODEL and stage == "answers":
        return ModelEngine(pack, as_of)
    if name != BUILTIN:
        raise SetError(f"没有引擎“{name}”；可用：{'、'.join(ENGINES)}")
    return BuiltinEngine(pack, as_of, stage)


def facts_of(raw: Mapping[str, Any], pack: Pack) -> Facts:
    """Facts by name as a calculator set gives them; raises SetError for a fact or option that the pack does not have."""
    numbers: dict[tuple[str, str], Number] = {}
    chosen: dict[str, frozenset[str]] = {}
    flags: dict[str, bool] = {}
    for name, value in raw.items():
        fact = pack.facts.get(name)
        if fact is None:
            raise SetError(f"facts.{name}：政策包 {pack.id} 没有这个事实")
        if fact.type == "flag":
            flags[name] = bool(value)
        elif fact.type == "choice":
            if value not in fact.options:
                raise SetError(f"facts.{name}：“{value}”不是选项；可用：{'、'.join(fact.options)}")
            chosen[name] = frozenset({str(value)})
        else:
            numbers[(name, "")] = Number.of(Fraction(str(value)))
    return Facts(numbers, chosen, {}, flags)


def _outcome(case: CalculatorCase, pack: Pack) -> dict[str, Any]:
    if case.benefit not in pack.benefits:
        return {"error": f"政策包 {pack.id} 没有补助 {case.benefit}"}
    try:
        facts = facts_of(case.facts, pack)
    except SetError as error:
        return {"error": str(error)}
    outcome = evaluate(pack.benefits[case.benefit], facts, pack.facts, withdrawn=case.benefit in pack.withdrawn)
    amounts = [
        {"kind": a.kind, "low_yuan": None if a.low is None else decimal_text(a.low), "high_yuan": decimal_text(a.high)}
        for a in outcome.amounts
    ]
    return {"status": outcome.status, "amounts": amounts}


def _checked(case: CheckCase, desk: Desk) -> list[str]:
    """What the check says of a text in the place of the built-in answer, citations and findings unchanged."""
    conversation = Conversation()
    for turn in case.turns[:-1]:
        _, conversation = answer(turn, desk, conversation)
    state = State(desk, case.turns[-1], conversation)
    for step in (understand, retrieve, calculate, compose):
        state = step(state)
    assert state.answer is not None
    return faults(state, replace(state.answer, text=case.text))
