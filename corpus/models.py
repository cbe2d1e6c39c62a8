"""The shapes of a pack's YAML files; an unknown key is an error."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Word = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PackFile(_Strict):
    """pack.yaml."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    source: str
    title: str
    name: str
    place: str
    selects: list[str] = Field(min_length=1)
    status: Literal["draft", "in_force", "expired", "trial"]
    status_text: str
    period: str
    valid_from: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    valid_to: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    inferred: list[str] = []
    examples: list[str] = []


class FactFile(_Strict):
    """One entry of facts.yaml."""

    type: Literal["money", "count", "flag", "choice"]
    ask: str = ""
    words: list[Word] = []
    denied: list[Word] = []
    options: dict[str, list[Word]] = {}
    exclusive: bool = False
    by: str = ""
    unit: str = ""
    group: str = ""
    of_asker: bool = False
    opposite: dict[str, str] = {}
    fractional: bool = False
    first: str = ""
    counts: list[Word] = []
    beware: list[Word] = []
    minus: list[str] = Field(default=[], max_length=2)
    short: str = ""
    jointly: bool = False
    annual: bool = False
    same_as: list[str] = []
    excludes: list[str] = []
    gross: list[Word] = []
    split: list[str] = []
    fallback: dict[str, list[Word]] = {}


class PeriodFile(_Strict):
    """One stretch of a schedule."""

    label: str
    figure: Word


class BenefitFile(_Strict):
    """One benefit of rules.yaml."""

    id: Word
    clause: Word = ""
    name: str
    to: str
    quote: str
    also: list[str] = []
    nth: int = 0
    item: str = ""
    when: list[str] = []
    premises: list[str] = []
    exact: Word = ""
    range: Word = ""
    at_most: Word = ""
    average: Word = ""
    deduction: Word = ""
    unstated: str = ""
    of: str = ""
    above: Word = ""
    times: str = ""
    per: Word = ""
    each: str = ""
    cap: Word = ""
    cap_note: str = ""
    schedule: list[PeriodFile] = []
    once: bool = False
    payee: Literal["asker", "other", "unstated"] | None = None
    open: list[str] = []
    unsure: list[str] = []
    notes: list[str] = []
    cues: list[Word] = []


class JointCapFile(_Strict):
    """A ceiling over several benefits."""

    id: Word
    clause: Word = ""
    over: list[Word] = Field(min_length=1)
    cap: Word
    per: str
    quote: str
    unsure: list[str] = []


class WaiverFile(_Strict):
    """A figure of the text that no rule takes, and why."""

    clause: Word
    figure: Word
    reason: str = Field(min_length=2)


class RulesFile(_Strict):
    """rules.yaml."""

    benefits: list[BenefitFile] = []
    joint_caps: list[JointCapFile] = []
    waived: list[WaiverFile] = []


class GapFile(_Strict):
    """Something that a topic's clause leaves open."""

    say: str
    words: list[list[Word]] = []
    when: list[str] = []
    settles: bool = False


class TopicFile(_Strict):
    """A subject of one clause."""

    id: str
    clause: Word
    strong: list[Word] = Field(min_length=1)
    weak: list[Word] = []
    benefits: list[Word] | None = None
    gaps: list[GapFile] = []


class TopicsFile(_Strict):
    """topics.yaml."""

    topics: list[TopicFile]


class GateOptionFile(_Strict):
    """One thing that may have happened, as the screener offers it."""

    id: str = Field(pattern=r"^[^\s,]+$")
    say: str
    benefits: list[Word] = Field(min_length=1)
    sets: list[str] = []
    excludes: list[str] = []
    gaps: list[GapFile] = []


class GateFile(_Strict):
    """gate.yaml."""

    options: list[GateOptionFile]


def explain(error: Any) -> list[str]:
    """Pydantic's faults in Chinese, a line each: field, what was found, what is valid."""
    lines = []
    for fault in error.errors():
        field = ".".join(str(part) for part in fault["loc"])
        found = repr(fault.get("input"))[:60]
        kind = fault["type"]
        if kind == "extra_forbidden":
            lines.append(f"{field}：不认识的键，请删去或改正拼写")
        elif kind == "missing":
            lines.append(f"{field}：缺少这个键")
        else:
            lines.append(f"{field}：{found} 不合要求（{fault['msg']}）")
    return lines
