"""Several of one kind told in one message, each worked out by itself: three firms, two years, loans asked about apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.language import language
from assistant.state import State
from assistant.understand.hints import before, is_net, is_part, is_taken_off, is_whole, year_of
from assistant.understand.nearness import listed
from assistant.understand.reading import Reading
from assistant.understand.roles import Roles
from assistant.understand.together import Said
from calculators import Facts, Number, Outcome, Total, evaluate, totals
from corpus.figures import Figure
from corpus.numerals import read_numeral
from corpus.schema import Pack

_REACH = 24  # characters between two figures of one series


@dataclass(frozen=True, slots=True)
class Split:
    """What a rule comes to for each of several: the outcomes in order, and the amounts with what tells them apart."""

    outcomes: tuple[Outcome, ...]
    totals: tuple[Total, ...]


def split(state: State, facts: Facts, roles: Roles, kept: Sequence[Outcome], pack: Pack) -> Split | None:
    """The results one by one, where several were told and may not be thrown together; None where they may, or are one.

    Firms and years have ceilings of their own; items of one firm are told apart only where that is asked for and no ceiling
    binds over them.
    """
    for base in dict.fromkeys(o.benefit.of or o.benefit.times for o in kept if o.benefit.of or o.benefit.times):
        told = [
            e for e in roles.told if e.fact == base and not e.loose and not before(state.read.text, e.figure, 4).endswith("the ")
        ]
        if len(told) < 2 or len({entry.option for entry in told} - {""}) > 1 or _is_one(state.read, told):
            continue
        kind = _kind(state.read, told, pack, annual=pack.facts[base].annual)
        if not kind:
            continue
        mine = [o for o in kept if base in (o.benefit.of, o.benefit.times)]
        found = _work_out(state.read, base, told, facts, mine, pack)
        if found is not None and (kind != "items" or (not any(total.amount.capped for total in found.totals) and _fits(found))):
            others = [o for o in kept if o not in mine]
            return Split((*found.outcomes, *others), (*found.totals, *totals(others, pack.joint_caps)))
    return _every_year(state, kept, pack)


def _every_year(state: State, kept: Sequence[Outcome], pack: Pack) -> Split | None:
    """The same for each of several years, where their sum is asked for: 连续两年、每年使用两种券."""
    match = language().speech["every_year"].search(state.read.text)
    if match is None or not language().speech["sum_asked"].search(state.read.text):
        return None
    count = read_numeral((match["count"] or match["years"]).replace("俩", "两"))
    yearly = [o for o in kept if o.status == "calculated" and not o.benefit.once and (o.benefit.each or o.benefit.of)]
    if count is None or len(yearly) != len(kept) or not yearly:
        return None
    rounds = [totals(yearly, pack.joint_caps) for _ in range(int(count))]
    found = tuple(replace(total, part=str(year)) for year, results in enumerate(rounds, 1) for total in results)
    return Split(tuple(yearly), found)


def _is_one(reading: Reading, told: Sequence[Said]) -> bool:
    """Whether the figures make up one sum: a whole and its parts, what is taken off, what it comes to."""
    text = reading.text
    values = [entry.figure.value for entry in told]
    if any(value * 2 == sum(values) for value in values if len(values) > 2):
        return True
    return any(
        is_whole(text, e.figure) or is_part(text, e.figure) or is_taken_off(text, e.figure) or is_net(text, e.figure)
        for e in told
    )


def _kind(reading: Reading, told: Sequence[Said], pack: Pack, *, annual: bool) -> str:
    """What the figures are told of: `parties`, `years`, `items` that are asked about apart; empty where of one thing."""
    speech, text = language().speech, reading.text
    if not all(_goes_on(text, a.figure, b.figure) for a, b in pairwise(told)):
        return ""
    each = speech["each_asked"].search(text)
    together = speech["sum_asked"].search(text)
    if (speech["parties"].search(text) and not speech["buyers"].search(text)) or _of_kinds(reading, told, pack):
        return "parties"
    years = [year_of(text, entry.figure) for entry in told]
    span = speech["span_of_years"].search(text)
    counted = span is not None and read_numeral(span["count"].replace("俩", "两")) == len(told)
    in_row = all(listed(text, a.figure, b.figure) for a, b in pairwise(told))
    if (all(years) and len(set(years)) == len(years)) or (counted and in_row):
        return "years" if each or together or not annual else ""
    return "items" if each is not None and (together is None or together.start() > each.start()) else ""


def _goes_on(text: str, first: Figure, second: Figure) -> bool:
    """Whether a figure goes on a series: 一家8000万，另一家1.1亿; 2023年3200万，2024年5800万."""
    between = text[first.end : second.start]
    if listed(text, first, second):
        return True
    if len(between) > _REACH or re.search("[。！？!?\n]", between):
        return False
    return bool(language().speech["series"].search(between) or year_of(text, second) or second.kind == "count")


def _of_kinds(reading: Reading, told: Sequence[Said], pack: Pack) -> bool:
    """Whether each figure is told of another kind of recipient: 孵化器4家，加速器2家，众创空间1家."""
    for fact in pack.facts.values():
        if fact.type != "choice" or not fact.exclusive:
            continue
        kinds = []
        for entry in told:
            begin = max(reading.text.rfind(mark, 0, entry.figure.start) for mark in "，,、。；;：:!！?？") + 1
            here = {m.term for m in reading.mentions if begin <= m.start < entry.figure.start and not m.negated}
            kinds.append(next((option for option, words in fact.options.items() if here & set(words)), ""))
        if all(kinds) and len(set(kinds)) == len(kinds):
            return True
    return False


def _work_out(
    reading: Reading, base: str, told: Sequence[Said], facts: Facts, kept: Sequence[Outcome], pack: Pack
) -> Split | None:
    outcomes: list[Outcome] = []
    found: list[Total] = []
    years = [year_of(reading.text, entry.figure) for entry in told]
    by_year = all(years) and len(set(years)) == len(years)
    others = {key: number for key, number in facts.numbers.items() if key[0] != base}
    for place, entry in enumerate(told, 1):
        figure = entry.figure
        number = Number(figure.low, figure.high, (figure.low,) if figure.low == figure.high else ())
        alone = replace(facts, numbers={**others, (base, ""): number})
        results = [evaluate(o.benefit, alone, pack.facts, withdrawn=o.benefit.id in pack.withdrawn) for o in kept]
        if not all(result.status in ("calculated", "zero", "not_eligible") for result in results):
            return None
        outcomes += results
        label = years[place - 1] if by_year else f"{place}"
        found += [replace(total, part=label) for total in totals(results, pack.joint_caps)]
    return Split(tuple(outcomes), tuple(found)) if found else None


def _fits(found: Split) -> bool:
    """Whether no ceiling of one recipient binds over the items together."""
    for outcome in found.outcomes:
        cap = outcome.benefit.cap
        whole = sum(total.amount.high for total in found.totals if total.outcomes[0].benefit is outcome.benefit)
        if cap is not None and whole > cap.high:
            return False
    return True
