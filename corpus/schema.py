"""What a policy is made of: clauses with places in the source, benefits bound to quotes, facts, topics, words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

BEYOND = "beyond"  # the key of example questions that a text does not answer
AmountMode = Literal["exact", "range", "upper_bound", "average", "unstated", "deduction"]
FactType = Literal["money", "count", "flag", "choice"]
Payee = Literal["asker", "other", "unstated"]
Operator = Literal["is", "not", "in", ">=", ">", "<=", "<"]


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered piece of a policy; `source[start:end] == text`, offsets in code points."""

    id: str
    number: str
    path: tuple[str, ...]
    title: str
    text: str
    start: int
    end: int
    units: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The clause's id and title as users see them."""
        return f"{self.id} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered line that only groups clauses."""

    id: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A source text and its clauses in order; clauses never overlap, what lies between them is headings and blanks."""

    source: str
    clauses: tuple[Clause, ...]
    headings: tuple[Heading, ...] = ()

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of an id; None where there is none."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim piece of a clause with its offsets in the source: `source[start:end] == text`."""

    clause: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """A figure of the policy in its own spelling, with its exact ends (yuan, fractions of one, or a count)."""

    text: str
    low: Fraction
    high: Fraction
    kind: str
    unit: str = ""
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a fact: `fact op operands`; thresholds are yuan or counts."""

    fact: str
    op: Operator
    options: tuple[str, ...] = ()
    threshold: Token | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of a schedule, such as the first two years at 80%."""

    label: str
    figure: Token


@dataclass(frozen=True, slots=True)
class Benefit:
    """Who gets what under which conditions, bound to the sentence that says so."""

    id: str
    clause: str
    name: str
    to: str
    quote: Quote
    mode: AmountMode
    also: tuple[Quote, ...] = ()
    figure: Token | None = None
    of: str = ""
    above: Token | None = None
    times: str = ""
    each: str = ""
    cap: Token | None = None
    cap_note: str = ""
    periods: tuple[Period, ...] = ()
    when: tuple[Condition, ...] = ()
    premises: tuple[Condition, ...] = ()
    open: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    once: bool = False
    payee: Payee | None = None
    ceiling: Fraction | None = None  # the least of its own cap and those that it shares, in yuan


@dataclass(frozen=True, slots=True)
class JointCap:
    """A ceiling over several benefits of one recipient."""

    id: str
    over: tuple[str, ...]
    cap: Token
    per: str
    quote: Quote
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about the asker that a rule needs, with the question and the words people use for it.

    `words` point to a figure or affirm a flag; `denied` words deny a flag; `options` give a choice's values and their
    words; `by` names the choice that tells several figures of this fact apart; `of_asker` marks what holds for the
    asker whatever the subject; `fractional` that a count need not be whole;
    `opposite` says which option follows when another is denied;
    `first` the `by` option that a single sum belongs to wherever it is said;
    `minus` names two facts whose difference this one is where it is not said itself, `short` the flag that is denied where
    the difference is negative; `jointly` that a count is only meant where the message speaks of all of them;
    `annual` that sums of several years are never added up; `same_as` facts of other subjects that the same words state;
    `fallback` gives words that choose an option only where nothing else did and no counterparty is spoken of;
    `split` gives options of choices, the more telling first, and their words: a count beside one is of that option alone
    (两家规上，一家规下);
    `excludes` names facts that do not count where they are said to be inside this one (利息 inside what is owed),
    `gross` words for a sum with them;
    `counts` names the things that a count counts, `beware` the words before a figure that make it another (a target).
    """

    name: str
    type: FactType
    ask: str = ""
    words: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclusive: bool = False
    by: str = ""
    unit: str = ""
    group: str = ""
    of_asker: bool = False
    opposite: Mapping[str, str] = field(default_factory=dict)
    fractional: bool = False
    first: str = ""
    counts: tuple[str, ...] = ()
    beware: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    short: str = ""
    jointly: bool = False
    annual: bool = False
    same_as: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    gross: tuple[str, ...] = ()
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fallback: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """What people ask of a topic that the text does not settle, and how to say so."""

    say: str
    words: tuple[tuple[str, ...], ...] = ()
    when: tuple[Condition, ...] = ()
    settles: bool = False  # nothing else of the topic is due then


@dataclass(frozen=True, slots=True)
class GateOption:
    """Something that may have happened to a firm, the benefits that it bears on, and what it says of the facts.

    `excludes` are options that cannot have happened in the same year; `gaps` what the text leaves open of this one.
    """

    id: str
    say: str
    benefits: tuple[str, ...]
    sets: tuple[Condition, ...] = ()
    excludes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of one clause with the words that bring it up: one strong word, or several weak ones."""

    id: str
    clause: str
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    benefits: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Meta:
    """What a pack says of its document; `inferred` lists what is not in the text itself."""

    id: str
    title: str
    name: str
    place: str
    selects: tuple[str, ...]
    status: str
    status_text: str
    period: str
    valid_from: str
    valid_to: str
    inferred: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """A policy as data: everything that the engine knows of it."""

    meta: Meta
    document: Document
    facts: Mapping[str, Fact]
    topics: tuple[Topic, ...]
    benefits: Mapping[str, Benefit]
    joint_caps: tuple[JointCap, ...]
    glossary: Mapping[str, tuple[str, ...]]
    withdrawn: frozenset[str]
    content_hash: str
    gate: tuple[GateOption, ...] = ()
    english: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    english_glossary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The pack's id, as it stands in citations."""
        return self.meta.id
