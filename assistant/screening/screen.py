"""Meets a profile with every rule that it may bear on: questions that still matter, results, totals per recipient.

Facts belong to the option of the gate that brought them up (a national incubator says nothing of the level of a technology
centre), but for what holds for the asker whatever the subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from assistant.screening.amounts import read_number
from assistant.screening.gate import gate_of
from assistant.screening.payees import Payee, payee_of
from assistant.screening.profile import Answer, Profile
from calculators import Facts, Number, Outcome, Total, evaluate, totals
from calculators.logic import all_of, judge
from corpus.schema import Benefit, Condition, Fact, GateOption, JointCap, Pack

Standing = Literal["computed", "ceiling", "missing", "not_eligible", "not_stated"]
Left = Literal["average", "deduction", "period"]
_ASKER = ""  # the scope of what holds for the asker


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
    fault: str = ""
    option: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What comes of one benefit."""

    benefit: Benefit
    standing: Standing
    outcome: Outcome
    facts: Facts
    gap: str = ""


@dataclass(frozen=True, slots=True)
class PayeeTotal:
    """What one recipient gets, in yuan: the text promises no less than `floor` and no more than `ceiling`.

    A ceiling without a floor counts as nought in `floor`; `left_out` holds what cannot be added up and why; `caps` are the
    joint ceilings that bind.
    """

    payee: Payee
    to: str
    floor: Fraction
    ceiling: Fraction
    counted: tuple[Total, ...]
    left_out: tuple[tuple[Total, Left], ...]
    caps: tuple[JointCap, ...]


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
        return sum(q.required and (q.answer is None or bool(q.fault)) for q in self.questions)


@dataclass(slots=True)
class _Read:
    """Answers as facts, by scope; faults by key."""

    facts: dict[str, Facts] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)


def screen(pack: Pack, profile: Profile) -> Screening:
    """The results of a profile; unknown events and answers of another state of the pack are passed over."""
    gate = gate_of(pack)
    chosen = [option for option in gate if option.id in profile.events]
    read = _read(pack, profile, chosen)
    lines: list[Line] = []
    questions: dict[str, Question] = {}
    for option in chosen:
        facts = read.facts[option.id]
        done = {line.benefit.id for line in lines}
        fresh = [pack.benefits[b] for b in option.benefits if b in pack.benefits and b not in done]
        found = [line_of(pack, benefit, facts) for benefit in fresh]
        lines += found
        for line in found:
            for question in _questions(pack, option, line, read, profile):
                known = questions.get(question.key)
                questions[question.key] = question if known is None else _merged(known, question)
    order = {benefit: number for number, benefit in enumerate(pack.benefits)}
    lines.sort(key=lambda line: order[line.benefit.id])
    results = totals([line.outcome for line in lines if not line.gap], pack.joint_caps)
    return Screening(pack, profile, gate, tuple(questions.values()), tuple(lines), _by_payee(results))


def _merged(known: Question, more: Question) -> Question:
    clauses = tuple(dict.fromkeys((*known.clauses, *more.clauses)))
    return Question(
        known.key,
        known.fact,
        known.options,
        known.of_options,
        clauses,
        known.required or more.required,
        known.answer,
        known.number,
        known.fault,
        known.option,
    )


def line_of(pack: Pack, benefit: Benefit, facts: Facts) -> Line:
    """What comes of one benefit for some facts; what the text leaves open is not stated, rather than refused."""
    outcome = evaluate(benefit, facts, pack.facts, withdrawn=benefit.id in pack.withdrawn)
    if outcome.status == "not_eligible":
        for topic in pack.topics:
            for gap in topic.gaps if benefit.id in topic.benefits else ():
                if gap.when and all_of(judge(condition, facts, pack.facts) for condition in gap.when) is True:
                    return Line(benefit, "not_stated", outcome, facts, gap.say)
    return Line(benefit, _standing(outcome), outcome, facts)


def _standing(outcome: Outcome) -> Standing:
    if outcome.status in ("calculated", "zero"):
        bounded = any(amount.kind in ("upper_bound", "average") for amount in outcome.amounts)
        return "ceiling" if bounded else "computed"
    if outcome.status in ("missing", "invalid"):
        return "missing"
    return "not_eligible" if outcome.status == "not_eligible" else "not_stated"


def _key(pack: Pack, option: GateOption, name: str, group: tuple[str, ...] = ()) -> str:
    scope = _ASKER if pack.facts[name].of_asker else option.id
    return f"{scope}/{name}" + (f"@{group[0]}" if group else "")


def _group(pack: Pack, benefit: Benefit, name: str) -> tuple[str, ...]:
    """For which options of its `by` choice a benefit counts a fact; empty where the fact is not told apart."""
    by = pack.facts[name].by
    return next((c.options for c in benefit.when if c.fact == by), ()) if by else ()


def _fields(pack: Pack, benefit: Benefit) -> list[tuple[str, tuple[str, ...]]]:
    """Every fact that a rule looks at, with the options that it is counted for: conditions first, then what it multiplies."""
    names = [c.fact for c in benefit.when]
    names += [name for name in (benefit.of, benefit.times) if name]
    names += [benefit.each] if benefit.each and pack.facts[benefit.each].ask else []
    names += [c.fact for c in benefit.premises]
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
            read.faults.get(key, ""),
            "" if fact.of_asker else option.id,
        )


def _read(pack: Pack, profile: Profile, chosen: Sequence[GateOption]) -> _Read:
    read = _Read()
    shared = _facts(pack, profile, _ASKER, read)
    for option in chosen:
        own = _facts(pack, profile, option.id, read)
        said = _said(option.sets)
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


def _said(conditions: Iterable[Condition]) -> Facts:
    """What an option of the gate says by itself."""
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
            chosen[name] = frozenset(answer) & frozenset(fact.options)
            denied[name] = frozenset(fact.options) - chosen[name]
        elif fact.type in ("money", "count") and isinstance(answer, str):
            number = read_number(answer, fact)
            if isinstance(number, str):
                read.faults[key] = number
            else:
                numbers[(name, option)] = read.numbers[key] = number
    return Facts(numbers, chosen, denied, flags)


def _by_payee(results: Sequence[Total]) -> tuple[PayeeTotal, ...]:
    """Totals of one recipient each: the asker first, then others by name, then what names nobody."""
    groups: dict[tuple[Payee, str], list[Total]] = {}
    for total in results:
        benefit = total.outcomes[0].benefit
        payee = payee_of(benefit)
        groups.setdefault((payee, "" if payee == "asker" else benefit.to), []).append(total)
    order = {"asker": 0, "other": 1, "unstated": 2}
    return tuple(_payee_total(*key, groups[key]) for key in sorted(groups, key=lambda key: order[key[0]]))


def _payee_total(payee: Payee, to: str, results: Sequence[Total]) -> PayeeTotal:
    left_out = [(total, why) for total in results if (why := _cannot_be_added(total))]
    out = [total for total, _ in left_out]
    counted = [total for total in results if total not in out]
    floor = sum((total.amount.low or Fraction(0) for total in counted), Fraction(0))
    ceiling = sum((total.amount.high for total in counted), Fraction(0))
    caps = tuple(total.cap for total in counted if total.cap is not None)
    return PayeeTotal(payee, to, floor, ceiling, tuple(counted), tuple(left_out), caps)


def _cannot_be_added(total: Total) -> Left | None:
    """An average is no ceiling of one project, a deduction is no cash, and a yearly amount is none for all years."""
    if total.amount.kind == "average":
        return "average"
    if total.amount.kind == "deduction":
        return "deduction"
    return "period" if total.amount.label else None
