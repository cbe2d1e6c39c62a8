"""The cases of question sets, checked as they are read: conversations, look-ups, rules with facts, texts to check."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

AmountKind = Literal["exact", "range", "upper_bound", "average", "deduction"]
FactValue = bool | int | float | str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldAmount(_Strict):
    """An amount that a reply must state as its result, in yuan after caps."""

    kind: AmountKind
    low_yuan: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    high_yuan: float = Field(ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _bounds(self) -> GoldAmount:
        if self.kind in ("upper_bound", "average") and self.low_yuan is not None:
            raise ValueError(f"{self.kind} 没有下限，low_yuan 应为 null")
        if self.kind in ("exact", "deduction") and self.low_yuan != self.high_yuan:
            raise ValueError(f"{self.kind} 的 low_yuan 与 high_yuan 应相等")
        if self.kind == "range" and (self.low_yuan is None or self.low_yuan >= self.high_yuan):
            raise ValueError("range 的 low_yuan 应小于 high_yuan")
        return self

    @property
    def key(self) -> tuple[str, Fraction | None, Fraction]:
        """Kind and bounds, exact."""
        low = None if self.low_yuan is None else Fraction(str(self.low_yuan))
        return self.kind, low, Fraction(str(self.high_yuan))


class Case(_Strict):
    """A conversation and what the reply to its last turn must be."""

    id: str = Field(min_length=1)
    persona: Literal["enterprise", "hotline", "evaluator"]
    category: str = Field(min_length=1)
    turns: list[str] = Field(min_length=1)
    outcome: Literal["answer", "ask", "decline"]
    clauses: list[str] = []
    amounts: list[GoldAmount] = []
    must_say: list[list[str]] = []
    must_not_say: list[str] = []
    why: str = ""
    amounts_free: bool = False
    variant_of: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Case:
        if self.outcome != "answer" and self.amounts:
            raise ValueError("只有 outcome 为 answer 时才有 amounts")
        if self.outcome == "decline" and self.clauses:
            raise ValueError("outcome 为 decline 时不写 clauses")
        if any(not turn.strip() for turn in self.turns[:-1]):
            raise ValueError("turns 里只有最后一句可以是空的")
        return self


class RetrievalCase(_Strict):
    """A question and the clauses that a search must find for it."""

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    clauses: list[str] = Field(min_length=1)
    category: str = "retrieval"


class CalculatorCase(_Strict):
    """A rule with explicit facts and what must come of it; money in yuan."""

    id: str = Field(min_length=1)
    benefit: str
    facts: dict[str, FactValue] = {}
    status: Literal["calculated", "zero", "unstated", "not_eligible", "missing", "invalid"] = "calculated"
    amounts: list[GoldAmount] = []
    category: str = "calculator"

    @model_validator(mode="after")
    def _consistent(self) -> CalculatorCase:
        if (self.status == "calculated") != bool(self.amounts):
            raise ValueError("status 为 calculated 时要写 amounts，其他 status 不写")
        return self


class CheckCase(_Strict):
    """A text put in the place of the answer to `turns`, and whether the check must let it pass."""

    id: str = Field(min_length=1)
    turns: list[str] = Field(min_length=1)
    text: str = Field(min_length=1)
    sound: bool
    category: str = "check"
    why: str = ""


AnyCase = Case | RetrievalCase | CalculatorCase | CheckCase
KINDS: dict[str, type[AnyCase]] = {
    "questions": Case,
    "retrieval": RetrievalCase,
    "calculators": CalculatorCase,
    "check": CheckCase,
}
