"""Question sets: JSONL files of cases with their golds, checked as they are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from corpus.errors import MingceError
from corpus.models import explain

SETS = Path(__file__).parent / "sets"


class GoldAmount(BaseModel):
    """An amount that a reply must state as its result, in yuan after caps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["exact", "range", "upper_bound", "average", "deduction"]
    low_yuan: float | None = None
    high_yuan: float = Field(ge=0)

    @model_validator(mode="after")
    def _bounds(self) -> GoldAmount:
        if self.kind in ("upper_bound", "average") and self.low_yuan is not None:
            raise ValueError(f"{self.kind} 没有下限，low_yuan 应为 null")
        if self.kind in ("exact", "deduction") and self.low_yuan != self.high_yuan:
            raise ValueError(f"{self.kind} 的 low_yuan 与 high_yuan 应相等")
        if self.kind == "range" and (self.low_yuan is None or self.low_yuan >= self.high_yuan):
            raise ValueError("range 的 low_yuan 应小于 high_yuan")
        return self


class Case(BaseModel):
    """A conversation and what the reply to its last turn must be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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
        return self


def read_set(path: Path) -> list[Case]:
    """The cases of a JSONL file.

    Raises MingceError naming each fault: line, field, found, what is valid.
    """
    cases, faults, seen = [], [], set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            faults.append(f"{path.name} 第 {number} 行：不是有效的 JSON（第 {error.colno} 个字符处）")
        except ValidationError as error:
            faults += [f"{path.name} 第 {number} 行 {fault}" for fault in explain(error)]
        else:
            if case.id in seen:
                faults.append(f"{path.name} 第 {number} 行 id：“{case.id}”重复")
            seen.add(case.id)
            cases.append(case)
    if faults:
        raise MingceError("\n".join(faults))
    return cases


def write_set(path: Path, cases: list[Case]) -> None:
    """Write cases as JSONL, one a line, empty optional fields left out."""
    lines = [json.dumps(_plain(case), ensure_ascii=False) for case in cases]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def _plain(case: Case) -> dict[str, object]:
    fields = case.model_dump()
    for amount in fields["amounts"]:
        for key in ("low_yuan", "high_yuan"):
            if amount[key] is not None and float(amount[key]).is_integer():
                amount[key] = int(amount[key])
    for name in ("amounts_free", "variant_of"):
        if not fields[name]:
            del fields[name]
    return fields
