"""What figures that were said together make of one another: lists, parts and wholes, past and present, targets."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from assistant.language import language
from assistant.understand.hints import (
    Doubt,
    after,
    is_net,
    is_new_level,
    is_old_level,
    is_part,
    is_price,
    is_taken_off,
    is_whole,
    year_of,
)
from assistant.understand.hints import before as before_words
from assistant.understand.nearness import listed
from assistant.understand.reading import Reading
from corpus.figures import Figure
from corpus.schema import Fact

NEAR = 1.5  # a word this near says what the figure is, whatever else stands around
THIS_YEAR = ("今年", "本年", "当年")
PAST_YEARS = ("去年", "前年", "上年", "上一年")
_ITEM_GLUE = re.compile("元?[、和及与][\u4e00-\u9fff]{1,6}")
_TOTAL = re.compile("一共|总共|总计|共|总额|累计")


@dataclass(frozen=True, slots=True)
class Said:
    """A figure with the fact it states and the choice option it belongs to.

    `cost` tells how near the words stand, `rank` which of the fact's words it was (the first says it best), `loose`
    that it only bounds the fact.
    """

    fact: str
    option: str
    figure: Figure
    cost: float
    rank: int = 0
    loose: str = ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """Figures that may state a fact but cannot be taken for it without asking, and why."""

    fact: str
    figures: tuple[Figure, ...]
    why: Doubt


def listed_with(reading: Reading, said: list[Said], expected: Sequence[Figure]) -> list[Said]:
    """With the figures that no word claims but that stand in one list, or in a row of quarters, with one that is said."""
    text, found = reading.text, list(said)
    period = language().speech["part_of_year"]
    for figure in (*reading.figures, *reversed(reading.figures)):
        taken = any(entry.figure.start == figure.start for entry in found) or any(f.start == figure.start for f in expected)
        if taken or figure.kind not in ("money", "count") or figure.vague or is_price(text, figure):
            continue
        like = [e for e in found if e.figure.kind == figure.kind and e.figure.unit == figure.unit]
        peer = next((e for e in like if listed(text, e.figure, figure) or in_breakdown(text, e.figure, figure)), None)
        if peer is None and period.search(before_words(text, figure, 16)):
            peer = next((e for e in like if period.search(before_words(text, e.figure, 16))), None)
        lead = re.split("[，,。；;]", before_words(text, figure, 10))[-1]
        if peer is None and year_of(text, figure) and not language().speech["bystanders"].search(lead):
            peer = next((e for e in like if year_of(text, e.figure)), None)  # 上一年2100万，当年2750万
        if peer is not None:
            found.append(replace(peer, figure=figure))
    return sorted(found, key=lambda entry: entry.figure.start)


def in_breakdown(text: str, first: Figure, second: Figure) -> bool:
    """Whether two sums are items of one whole that is told by its items: 人工210万、材料95万、折旧40万，都算研发."""
    if first.kind != "money" or second.kind != "money":
        return False
    speech = language().speech
    earlier, later = sorted((first, second), key=lambda figure: figure.start)
    lead = re.split("[，,、。；;：:]", before_words(text, earlier, 10))[-1]
    between = text[earlier.end : later.start]
    items = bool(_ITEM_GLUE.fullmatch(between)) and bool(re.search("[\u4e00-\u9fff]{1,6}$", lead))
    return items and bool(speech["made_up_of"].search(text))


def without_parts(text: str, said: list[Said]) -> list[Said]:
    """Without the parts of a whole that is said as well: 人工600万、设备400万，一共1000万."""
    for entry in said:
        others = [o for o in said if o.fact == entry.fact and o is not entry]
        if is_whole(text, entry.figure) and len(others) > 1 and sum(o.figure.value for o in others) == entry.figure.value:
            return [o for o in said if o not in others]
    return said


def own_before_same(said: list[Said], known: Mapping[str, Fact]) -> list[Said]:
    """A figure that was lent from another fact (`same_as`) gives way to the fact's own."""
    own = {
        entry.fact for entry in said if not any(o.figure is entry.figure and entry.fact in known[o.fact].same_as for o in said)
    }
    return [
        entry
        for entry in said
        if entry.fact not in own
        or not any(o.figure is entry.figure and o is not entry and entry.fact in known[o.fact].same_as for o in said)
    ]


def current(text: str, said: list[Said]) -> list[Said]:
    """Of a past and a present figure of one fact, the present one: 去年500万，今年700万."""
    kept = []
    for entry in said:
        rivals = [o for o in said if o.fact == entry.fact and o.option == entry.option and o is not entry]
        newer = any(is_new_level(text, o.figure) or year_of(text, o.figure) in THIS_YEAR for o in rivals)
        summed = bool(language().speech["sum"].search(text))
        levelled = any(is_new_level(text, o.figure) for o in rivals)
        if is_old_level(text, entry.figure) and newer and (levelled or not summed):
            continue
        if newer and not summed and year_of(text, entry.figure) in PAST_YEARS:
            continue
        kept.append(entry)
    return kept


def against_target(text: str, said: list[Said], known: Mapping[str, Fact], earlier: AbstractSet[str]) -> list[Said]:
    """Where a target is said, a count without a word of excess is the whole, not what exceeds: 任务25家，认定了23家."""
    names = {entry.fact for entry in said} | earlier
    return [
        replace(entry, fact=known[entry.fact].minus[0])
        if known[entry.fact].beware
        and known[entry.fact].minus
        and known[entry.fact].minus[1] in names
        and (known[entry.fact].minus[0] not in names or known[entry.fact].minus[0] in earlier)
        and (known[entry.fact].minus[0] in earlier or not language().speech["excess"].search(before_words(text, entry.figure, 6)))
        else entry
        for entry in said
    ]


def adjusted(reading: Reading, said: Sequence[Said]) -> list[Unsure]:
    """Facts whose sum an auditor, a return or a missing filing changes by a figure that was not understood."""
    speech, text = language().speech, reading.text
    if speech["multi_year"].search(text):
        return [Unsure(entry.fact, (entry.figure,), "several") for entry in said[:1]]
    found = []
    for entry in said:
        others = [f for f in reading.figures if f.kind == entry.figure.kind and f.value != entry.figure.value]
        loose = [
            f
            for f in others
            if speech["adjusted"].search(before_words(text, f, 12)) or speech["adjusted_behind"].search(after(text, f, 10))
        ]
        if others and speech["adjusted_behind"].search(after(text, entry.figure, 10)) and entry.rank < 0:
            found.append(Unsure(entry.fact, (entry.figure, *others[:1]), "several"))
            continue
        if is_net(text, entry.figure) or any(is_taken_off(text, f) for f in loose):
            continue
        loose = [f for f in loose if not any(o.figure is f and o.fact != entry.fact for o in said)]
        if loose and not any(o.figure in loose and o.rank < entry.rank for o in said):
            found.append(Unsure(entry.fact, (entry.figure, *loose), "several"))
    return found[:1]


def several(text: str, said: Sequence[Said]) -> list[Unsure]:
    """Facts for which several sums were said and nothing tells which one, or whether to add them."""
    found = []
    for name in dict.fromkeys(entry.fact for entry in said):
        for option in dict.fromkeys(entry.option for entry in said if entry.fact == name):
            entries = [entry for entry in said if entry.fact == name and entry.option == option]
            sums = [entry for entry in entries if entry.figure.kind == "money"]
            if any(is_net(text, entry.figure) for entry in sums):
                continue
            if all(language().speech["part_of_year"].search(before_words(text, entry.figure, 16)) for entry in sums):
                continue  # the quarters add up
            sums = [entry for entry in sums if not is_taken_off(text, entry.figure)]
            if len({entry.figure.value for entry in sums}) < 2 or any(is_part(text, entry.figure) for entry in sums):
                continue
            years = {year_of(text, entry.figure) for entry in sums} - {""}
            ranks, costs = {entry.rank for entry in sums}, [entry.cost for entry in sums]
            in_list = all(listed(text, a.figure, b.figure) or in_breakdown(text, a.figure, b.figure) for a, b in pairwise(sums))
            apart = language().speech["each_apart"].search(text) and not language().speech["together"].search(text)
            if apart and not _TOTAL.search(text):
                found.append(Unsure(name, tuple(entry.figure for entry in sums), "several"))
                continue
            added = (bool(language().speech["sum"].search(text)) or in_list) and len(years) < 2
            if added or (len(ranks) > 1 and len(years) < 2) or (max(costs) - min(costs) > NEAR * 4 and len(years) < 2):
                continue
            if language().speech["correction"].search(text):
                continue
            found.append(Unsure(name, tuple(entry.figure for entry in sums), "several"))
    return found


def prune(text: str, said: list[Said], own_figures: frozenset[Fraction]) -> list[Said]:
    """Drop figures that repeat a rule's own cap or threshold where the fact has another figure."""
    kept = []
    for entry in said:
        rivals = [other for other in said if other.fact == entry.fact and other is not entry]
        in_row = any(listed(text, entry.figure, o.figure) or in_breakdown(text, entry.figure, o.figure) for o in rivals)
        if (
            entry.figure.value in own_figures
            and not in_row
            and any(r.figure.value not in own_figures and r.cost <= entry.cost + 4 for r in rivals)
        ):
            continue
        kept.append(entry)
    return kept
