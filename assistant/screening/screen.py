"""Meets a profile with every rule that it may bear on: questions that still matter, results, totals per recipient.

Facts belong to the option of the gate that brought them up (a national incubator says nothing of the level of a technology
centre), but for what holds for the asker whatever the subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.screening.amounts import Fault, read_number
from assistant.screening.gate import gate_of
from assistant.screening.profile import Answer, Profile
from assistant.screening.totals import PayeeTotal, by_payee
from calculators import Facts, Number, Outcome, evaluate, totals
from calculators.logic import all_of, judge
from calculators.money import yuan_text
from corpus.schema import Benefit, Condition, Fact, Gap, GateOption, JointCap, Pack

Standing = Literal["computed", "ceiling", "average", "missing", "not_eligible", "not_stated", "changed"]
_ASKER = ""  # the scope of what holds for the asker
NOT_WRITTEN = "条文没有写这种情况，属于文中未规定"


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the form: the fact, its answer as typed, which clauses need it, and what is wrong with the answer."""

    key: str
    fact: Fact
    options: tuple[str, ...]
    of_options: tuple[str, ...]
    clauses: tuple[str, ...]
    required: bool
    answer: Answer | None = None
    number: Number | None = None
    fault: Fault | None = None
    option: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What comes of one benefit; amounts are within the joint ceilings, `caps` are those that the benefit shares.

    `gap` says what the text leaves open, `clash` names the option that cannot have happened in the same year.
    """

    benefit: Benefit
    standing: Standing
    outcome: Outcome
    facts: Facts
    gap: str = ""
    clash: str = ""
    caps: tuple[JointCap, ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    """A screened profile."""

    pack: Pack
    profile: Profile
    gate: tuple[GateOption, ...]
    questions: tuple[Question, ...]
    lines: tuple[Line, ...]
    payees: tuple[PayeeTotal, ...]

    @property
    def open_questions(self) -> int:
        """How many necessary questions have no usable answer."""
        return sum(q.required and (q.answer is None or q.fault is not None) for q in self.questions)


@dataclass(slots=True)
class _Read:
    """Answers as facts, by scope; faults by key."""

    facts: dict[str, Facts] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)


def screen(pack: Pack, profile: Profile) -> Screening:
    """The results of a profile; unknown events and answers of another state of the pack are passed over."""
    gate = gate_of(pack)
    chosen = [option for option in gate if option.id in profile.events]
    read = _read(pack, profile, chosen)
    lines: list[Line] = []
    results: list[Outcome] = []
    questions: dict[str, Question] = {}
    for option in chosen:
        facts = read.facts[option.id]
        clash = next((other.say for other in chosen if other.id in option.excludes or option.id in other.excludes), "")
        done = {line.benefit.id for line in lines}
        for benefit in [pack.benefits[b] for b in option.benefits if b in pack.benefits and b not in done]:
            outcome = _result(pack, benefit, facts)
            line = _line(pack, outcome, facts, option.gaps)
            if clash:
                line = Line(benefit, "missing", Outcome(benefit, "missing"), facts, clash=clash)
            elif not line.gap:
                results.append(outcome)
            lines.append(line)
            for question in _questions(pack, option, line, read, profile) if not clash else ():
                known = questions.get(question.key)
                questions[question.key] = question if known is None else _merged(known, question)
    order = {benefit: number for number, benefit in enumerate(pack.benefits)}
    lines.sort(key=lambda line: order[line.benefit.id])
    results.sort(key=lambda outcome: order[outcome.benefit.id])
    return Screening(pack, profile, gate, tuple(questions.values()), tuple(lines), by_payee(pack, results, _pending(lines)))


def _pending(lines: Iterable[Line]) -> list[Benefit]:
    """The benefits without a result so far."""
    return [line.benefit for line in lines if line.standing in ("missing", "not_stated", "changed")]


def _merged(known: Question, more: Question) -> Question:
    clauses = tuple(dict.fromkeys((*known.clauses, *more.clauses)))
    return replace(known, clauses=clauses, required=known.required or more.required)


def line_of(pack: Pack, benefit: Benefit, facts: Facts) -> Line:
    """What comes of one benefit for some facts; what the text leaves open is not stated, rather than refused."""
    return _line(pack, _result(pack, benefit, facts), facts)


def _result(pack: Pack, benefit: Benefit, facts: Facts) -> Outcome:
    """The outcome of a rule; one that names no sum waits for its conditions like any other."""
    outcome = evaluate(benefit, facts, pack.facts, withdrawn=benefit.id in pack.withdrawn)
    if outcome.status == "unstated":
        open_ = tuple(dict.fromkeys(c.fact for c in benefit.when if judge(c, facts, pack.facts) is None))
        return replace(outcome, status="missing", missing=open_) if open_ else outcome
    return outcome


def _line(pack: Pack, outcome: Outcome, facts: Facts, gaps: Sequence[Gap] = ()) -> Line:
    benefit = outcome.benefit
    caps = tuple(cap for cap in pack.joint_caps if benefit.id in cap.over)
    if outcome.status != "not_eligible":
        return Line(benefit, _standing(outcome), _within(outcome, caps), facts, caps=caps)
    topics = [topic for topic in pack.topics if benefit.id in topic.benefits]
    for gap in (*gaps, *(gap for topic in topics for gap in topic.gaps)):
        if gap.when and all_of(judge(condition, facts, pack.facts) for condition in gap.when) is True:
            return Line(benefit, "not_stated", outcome, facts, gap.say)
    if all(c.op == "in" and not facts.chosen.get(c.fact) for c in outcome.failed):
        # 都不是: of what is none of its cases a text says nothing
        return Line(benefit, "not_stated", outcome, facts, NOT_WRITTEN)
    return Line(benefit, "not_eligible", outcome, facts)


def _within(outcome: Outcome, caps: Sequence[JointCap]) -> Outcome:
    """The outcome with a joint ceiling that binds on this benefit alone."""
    for total in totals([outcome], caps):
        if total.cap is not None:
            ceiling = f"{outcome.formula}，超过上限，按上限 {yuan_text(total.amount.high)}"
            return replace(outcome, amounts=(total.amount,), steps=total.steps, formula=ceiling)
    return outcome


def _standing(outcome: Outcome) -> Standing:
    if outcome.status in ("calculated", "zero"):
        kinds = {amount.kind for amount in outcome.amounts}
        return "average" if "average" in kinds else "ceiling" if "upper_bound" in kinds else "computed"
    if outcome.status in ("missing", "invalid"):
        return "missing"
    return outcome.status if outcome.status in ("not_eligible", "changed") else "not_stated"


def _key(pack: Pack, option: GateOption, name: str, group: tuple[str, ...] = ()) -> str:
    scope = _ASKER if pack.facts[name].of_asker else option.id
    return f"{scope}/{name}" + (f"@{group[0]}" if group else "")


def _group(pack: Pack, benefit: Benefit, name: str) -> tuple[str, ...]:
    """For which options of its `by` choice a benefit counts a fact; empty where the fact is not told apart."""
    by = pack.facts[name].by
    return next((c.options for c in benefit.when if c.fact == by), ()) if by else ()


def multiplied(pack: Pack, benefit: Benefit) -> list[str]:
    """The facts that a rule multiplies; a number of awards only where it can be asked for."""
    names = [name for name in (benefit.of, benefit.times) if name]
    return names + ([benefit.each] if benefit.each and pack.facts[benefit.each].ask else [])


def _fields(pack: Pack, benefit: Benefit) -> list[tuple[str, tuple[str, ...]]]:
    """Every fact that a rule looks at, with the options that it is counted for: conditions first, then what it multiplies."""
    names = [c.fact for c in benefit.when] + multiplied(pack, benefit) + [c.fact for c in benefit.premises]
    return [(name, _group(pack, benefit, name)) for name in dict.fromkeys(names)]


def _questions(pack: Pack, option: GateOption, line: Line, read: _Read, profile: Profile) -> Iterable[Question]:
    """The fields of one benefit: those that it waits for, those that were answered, those that stay open as premises."""
    benefit, outcome = line.benefit, line.outcome
    said = {c.fact for c in option.sets}
    waiting = [name for name in outcome.missing if name not in said]
    conditions = [name for name in waiting if pack.facts[name].type in ("choice", "flag")]
    needed = set(conditions or waiting)  # a sum is not asked for before it is sure that it counts
    settled = outcome.status in ("calculated", "zero", "unstated")
    optional = {c.fact for c in outcome.assumed} | {benefit.each} if settled else set()
    for name, group in _fields(pack, benefit):
        key = _key(pack, option, name, group)
        answer = profile.answers.get(key)
        if name in said or not (answer is not None or name in needed or name in optional):
            continue
        fact = pack.facts[name]
        required = name in needed or (answer is not None and any(c.fact == name for c in benefit.when))
        yield Question(
            key,
            fact,
            tuple(fact.options),
            group,
            (benefit.clause,),
            required or name in (benefit.of, benefit.times),
            answer,
            read.numbers.get(key),
            read.faults.get(key),
            "" if fact.of_asker else option.id,
        )


def _read(pack: Pack, profile: Profile, chosen: Sequence[GateOption]) -> _Read:
    read = _Read()
    known = {
        _key(pack, option, name, group)
        for option in chosen
        for benefit in option.benefits
        if benefit in pack.benefits
        for name, group in _fields(pack, pack.benefits[benefit])
    }
    # an answer that no field of the form shows must not count
    profile = replace(profile, answers={key: answer for key, answer in profile.answers.items() if key in known})
    shared = _facts(pack, profile, _ASKER, read)
    for option in chosen:
        own = _facts(pack, profile, option.id, read)
        said = said_by(option.sets)
        read.facts[option.id] = Facts(
            {**shared.numbers, **own.numbers},
            _joined(shared.chosen, own.chosen, said.chosen),
            _joined(shared.denied, own.denied),
            {**shared.flags, **own.flags, **said.flags},
        )
    return read


def _joined(*sides: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for side in sides:
        for name, options in side.items():
            found[name] = found.get(name, frozenset()) | options
    return found


def said_by(conditions: Iterable[Condition]) -> Facts:
    """The facts that hold where choices and yes-or-no conditions are met; thresholds say nothing."""
    chosen = {c.fact: frozenset(c.options) for c in conditions if c.op == "in"}
    return Facts(chosen=chosen, flags={c.fact: c.op == "is" for c in conditions if c.op in ("is", "not")})


def _facts(pack: Pack, profile: Profile, scope: str, read: _Read) -> Facts:
    """The answers of one scope; what cannot be read is a fault and no fact."""
    numbers: dict[tuple[str, str], Number] = {}
    chosen: dict[str, frozenset[str]] = {}
    denied: dict[str, frozenset[str]] = {}
    flags: dict[str, bool] = {}
    for key, answer in profile.answers.items():
        prefix, _, rest = key.partition("/")
        name, _, option = rest.partition("@")
        fact = pack.facts.get(name)
        if prefix != scope or fact is None:
            continue
        if fact.type == "flag" and isinstance(answer, bool):
            flags[name] = answer
        elif fact.type == "choice" and isinstance(answer, tuple):
            picked = frozenset(answer) & frozenset(fact.options)
            if fact.exclusive and len(picked) > 1:
                read.faults[key] = Fault("只能选一项", {})
                continue
            chosen[name], denied[name] = picked, frozenset(fact.options) - picked
        elif fact.type in ("money", "count") and isinstance(answer, str):
            number = read_number(answer, fact)
            if isinstance(number, Fault):
                read.faults[key] = number
            else:
                numbers[(name, option)] = read.numbers[key] = number
    return Facts(numbers, chosen, denied, flags)
