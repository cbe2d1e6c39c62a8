"""The sums and counts of a conversation: new ones, corrections, additions, deductions, parts of a year."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from assistant.language import language
from assistant.understand.hints import before, is_net, is_part, is_taken_off
from assistant.understand.nearness import listed
from assistant.understand.reading import Reading
from assistant.understand.together import Said, in_breakdown
from calculators.facts import Facts, Number
from corpus.figures import Figure
from corpus.schema import Fact

_ALIKE, _ALIKE_COUNTS = 15.0, 3.0  # figures of one sum stand about equally near to its words
_CENT, _UNBOUNDED = Fraction(1, 100), Fraction(10**15)


@dataclass(slots=True)
class Ledger:
    """What the turns of a conversation have stated so far, in the making."""

    numbers: dict[tuple[str, str], Number] = field(default_factory=dict)
    chosen: dict[str, set[str]] = field(default_factory=dict)
    denied: dict[str, set[str]] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)
    parts: dict[tuple[str, str], dict[str, Number]] = field(default_factory=dict)

    def frozen(self) -> Facts:
        """The facts as they stand."""
        return Facts(
            numbers=dict(self.numbers),
            chosen={name: frozenset(options) for name, options in self.chosen.items() if options},
            denied={name: frozenset(options) for name, options in self.denied.items() if options},
            flags=dict(self.flags),
        )


def rekey(ledger: Ledger, switched: set[str], facts: Sequence[Fact], said: set[str]) -> None:
    """那如果是咨询合同呢: the sum that was said for another kind of contract now stands for this one.

    Where the turn has a sum of its own (`said`), the other kind's sum stays with its kind.
    """
    keyed = {fact.name for fact in facts if fact.by in switched and fact.name not in said}
    for name, option in [key for key in ledger.numbers if key[0] in keyed and key[1]]:
        ledger.numbers[(name, "")] = ledger.numbers.pop((name, option))


def numbers(ledger: Ledger, turn: Reading, said: Sequence[Said], *, summing: AbstractSet[str] = frozenset()) -> None:
    """Record the figures of a turn: new ones, corrections, additions, deductions, parts of a year, parts of a whole.

    `summing`: facts of which each turn tells one of several items that are asked for together.
    """
    correction = bool(language().speech["correction"].search(turn.text))
    fresh: dict[tuple[str, str], list[Said]] = {}
    for entry in said:
        fresh.setdefault((entry.fact, entry.option), []).append(entry)
    for name, option in [key for key in fresh if not key[1]]:
        named = [key for key in fresh if key[0] == name and key[1]]
        if len(named) == 1 and language().speech["sum"].search(turn.text):  # 买甲的成果120万，又买乙的260万，加起来
            both = fresh[named[0]] + fresh.pop((name, option))
            fresh[named[0]] = sorted(both, key=lambda entry: entry.figure.start)
    earlier = tuple(ledger.numbers)
    for said_key, entries in fresh.items():
        key = _same_sum(earlier, said_key)
        net = [entry for entry in entries if is_net(turn.text, entry.figure)]
        taken = [entry for entry in entries if is_taken_off(turn.text, entry.figure)]
        prior = _replaced(ledger, key, correction=correction or bool(net or taken))
        number = (
            _number(net[-1]) if net else _settled(turn, entries, taken, prior, correction=correction, summing=key[0] in summing)
        )
        ledger.numbers[key] = _by_period(ledger, key, turn, entries, number)
        _part_of_whole(ledger, key, turn, entries)


def _settled(
    turn: Reading, entries: Sequence[Said], taken: Sequence[Said], prior: Number | None, *, correction: bool, summing: bool
) -> Number:
    """What a fact comes to after a turn, given what it was before (`prior`) and what is to be `taken` off."""
    stated = [entry for entry in entries if entry not in taken]
    if not stated and prior is None:
        return _combine(turn, taken, correction)
    now = _combine(turn, stated, correction and not taken) if stated else None
    if now is None:
        assert prior is not None
        number = prior
    else:
        adds = (summing and not correction) or _adds(turn, stated, correction)
        number = prior.plus(now) if prior is not None and not taken and adds else now
    for entry in taken:
        of_whole = is_part(turn.text, entry.figure) and any(whole.figure.start < entry.figure.start for whole in stated)
        off = of_whole or language().speech["deduction"].search(_around(turn.text, entry.figure))
        if now is not None and not off:
            continue  # 16家评上，5家没评上: the five were never counted
        less = _number(entry)
        number = number.plus(Number(-less.high, -less.low, tuple(-part for part in less.parts)))
    return number


def _adds(turn: Reading, stated: Sequence[Said], correction: bool) -> bool:
    """Whether a turn's figures come on top of what was said: 又成了一单, 一并算进全年."""
    speech = language().speech
    if correction or speech["hypothesis"].search(turn.text):
        return False
    leading = speech["addition"].search(turn.text)
    leads = leading is not None and any(leading.start() < entry.figure.start for entry in stated)
    return leads or bool(speech["added_behind"].search(turn.text) or speech["together"].search(turn.text))


def _by_period(ledger: Ledger, key: tuple[str, str], turn: Reading, entries: Sequence[Said], number: Number) -> Number:
    """上半年830万, 下半年1050万: the parts of a year add up, and a part said again is corrected."""
    marks = [language().speech["part_of_year"].search(before(turn.text, entry.figure, 16)) for entry in entries]
    known = ledger.parts.setdefault(key, {})
    if not all(marks) or (not known and key in ledger.numbers):
        known.clear()
        return number
    for entry, mark in zip(entries, marks, strict=True):
        known[mark[0][:3] if mark else ""] = _number(entry)
    total, *others = known.values()
    for other in others:
        total = total.plus(other)
    speech = language().speech
    if len(known) == 1 and speech["half_open"].search(turn.text):
        return Number(total.low, _UNBOUNDED, (), loose=True)  # 上半年210万，下半年还没出数
    return total


def _part_of_whole(ledger: Ledger, key: tuple[str, str], turn: Reading, entries: Sequence[Said]) -> None:
    """里面700万其实是技术服务: what was said for the other kind shrinks by it."""
    others = [other for other in ledger.numbers if other[0] == key[0] and other != key]
    inside = any(language().speech["inside"].search(before(turn.text, entry.figure, 12)) for entry in entries)
    if not inside or len(others) != 1 or not key[1]:
        return
    whole, part = ledger.numbers[others[0]], ledger.numbers[key]
    if whole.low >= part.high:
        ledger.numbers[others[0]] = whole.plus(Number(-part.high, -part.low, tuple(-piece for piece in part.parts)))


def without_excluded(ledger: Ledger, turn: Reading, said: Sequence[Said], facts: Sequence[Fact]) -> None:
    """不良820万, 里头有120万是利息: what does not count is taken off the sum that it is said to be inside of."""
    speech = language().speech
    for fact in facts:
        keys = [key for key in ledger.numbers if key[0] == fact.name]
        for entry in said if len(keys) == 1 else ():
            lead = before(turn.text, entry.figure, 14)
            inside = speech["inside"].search(lead) or speech["including"].search(lead) or is_taken_off(turn.text, entry.figure)
            whole, part = ledger.numbers[keys[0]], _number(entry)
            if entry.fact in fact.excludes and inside and whole.low >= part.high:
                ledger.numbers[keys[0]] = whole.plus(Number(-part.high, -part.low, tuple(-piece for piece in part.parts)))


def _around(text: str, figure: Figure) -> str:
    """The sentence that holds a figure, from the figure's comma-free lead on."""
    stop = min((at for mark in "。；;！？!?\n" if (at := text.find(mark, figure.end)) >= 0), default=len(text))
    return text[max(text.rfind(mark, 0, figure.start) for mark in "，,。；;") + 1 : stop]


def _same_sum(earlier: Sequence[tuple[str, str]], key: tuple[str, str]) -> tuple[str, str]:
    """Where earlier turns gave one option's sum and another is said without an option, it is meant for that option."""
    others = [other for other in earlier if other[0] == key[0]]
    return others[0] if not key[1] and len(others) == 1 else key


def _replaced(ledger: Ledger, key: tuple[str, str], *, correction: bool) -> Number | None:
    """What was said before for a fact and option; a correction without an option means the only sum that was said."""
    name, option = key
    if key in ledger.numbers or not correction:
        return ledger.numbers.get(key)
    others = [other for other in ledger.numbers if other[0] == name]
    if len(others) == 1 and (not option or not others[0][1]):
        return ledger.numbers.pop(others[0])
    return None


def _combine(turn: Reading, entries: Sequence[Said], correction: bool) -> Number:
    firm = [entry for entry in entries if not entry.loose]
    entries = firm or entries  # 9996万(未到1亿): a bound beside a figure adds nothing
    if correction:
        return _number(entries[-1])
    best = min(
        entries,
        key=lambda entry: (entry.rank if entry.cost <= _ALIKE or entry.rank < 0 else len(entries) + entry.rank + 99, entry.cost),
    )
    first, last = entries[0].figure, entries[-1].figure
    speech = language().speech
    in_list = all(
        listed(turn.text, a.figure, b.figure) or in_breakdown(turn.text, a.figure, b.figure) for a, b in pairwise(entries)
    )
    if not in_list and not _added_up(turn, entries):
        reach = _ALIKE if best.figure.kind == "money" else _ALIKE_COUNTS
        entries = [entry for entry in entries if entry.cost <= best.cost + reach and entry.rank == best.rank]
        first, last = entries[0].figure, entries[-1].figure
    summed = in_list or speech["sum"].search(turn.text) or speech["addition"].search(turn.text[first.end : last.end])
    if len(entries) < 2 or not summed or any(is_part(turn.text, entry.figure) for entry in entries):
        return _number(best)
    total, seen = _number(entries[0]), {entries[0].figure.value}
    for entry in entries[1:]:
        if entry.figure.value in seen and not language().speech["addition"].search(turn.text):
            continue
        seen.add(entry.figure.value)
        total = total.plus(_number(entry))
    return total


def _added_up(turn: Reading, entries: Sequence[Said]) -> bool:
    """Whether sums told one after another are asked for together: 花了120万，又花了260万，加起来."""
    speech = language().speech
    told = all(speech["addition"].search(turn.text[a.figure.end : b.figure.start]) for a, b in pairwise(entries))
    further = all(speech["further_item"].search(turn.text[a.figure.end : b.figure.start]) for a, b in pairwise(entries))
    asked = bool(speech["together"].search(turn.text)) or further
    return told and asked and all(entry.figure.kind == "money" for entry in entries)


def _number(entry: Said) -> Number:
    figure = entry.figure
    if entry.loose == "below":
        return Number(Fraction(0), figure.low - _CENT, (), loose=True)
    if entry.loose == "above":
        return Number(figure.low, _UNBOUNDED, (), loose=True)
    return Number(figure.low, figure.high, (figure.low,)) if figure.low == figure.high else Number(figure.low, figure.high)


def differences(ledger: Ledger, facts: Sequence[Fact], *, remains: bool) -> None:
    """37 recognised against a target of 30 are 7 more; 23 against 25 leave the target unmet.

    Of money only where the rest is spoken of (`remains`): 放出800万，收回290万，其余划为不良.
    """
    for fact in facts:
        if not fact.minus or any(name == fact.name for name, _ in ledger.numbers):
            continue
        if fact.type == "money" and not remains:
            continue
        whole, part = (ledger.numbers.get((name, "")) for name in fact.minus)
        if whole is None or part is None or whole.is_range or part.is_range or whole.loose or part.loose:
            continue
        if whole.high >= part.high:
            ledger.numbers[(fact.name, "")] = Number(whole.low - part.low, whole.high - part.high, (whole.high, -part.high))
        elif fact.short:
            ledger.flags[fact.short] = False
