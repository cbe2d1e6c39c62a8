"""What a turn leaves open of the sums that it or an earlier turn told, and which of them a denied condition shuts out."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.language import language
from assistant.understand.chosen import MARKS
from assistant.understand.hints import is_part, year_of
from assistant.understand.reading import Reading
from assistant.understand.roles import Roles
from assistant.understand.terms import Mention
from assistant.understand.together import PAST_YEARS, Said, Unsure
from corpus.figures import Figure
from corpus.schema import Fact, Pack

_ITEM_REACH = 40


def leave_open(turn: Reading, roles: Roles, bases: Sequence[str], pack: Pack) -> Roles:
    """The roles without the sums that the turn leaves open: what is asked for again instead of being computed."""
    doubts = [*_told_in_part(turn, roles, bases, pack), *_not_counted(turn, roles, pack), *_taken_back(turn, roles, bases, pack)]
    if not doubts:
        return roles
    names = {doubt.fact for doubt in doubts}
    return replace(roles, said=tuple(e for e in roles.said if e.fact not in names), unsure=(*roles.unsure, *doubts))


def _told_in_part(turn: Reading, roles: Roles, bases: Sequence[str], pack: Pack) -> list[Unsure]:
    """A part of a loan went bad and nobody said how much; half is registered and half is not; one of two did not tell."""
    speech = language().speech
    partly = speech["some_of_it"].search(turn.text)
    other = speech["other_unknown"].search(turn.text) and speech["sum_asked"].search(turn.text)
    halves = speech["half_and_half"].search(turn.text)
    sums = [name for name in bases if pack.facts[name].type == "money" and (other or halves)]
    rests = [name for name in bases if pack.facts[name].minus and partly]
    behind = partly.end() if partly else len(turn.text)
    told = {entry.fact for entry in roles.said if partly and entry.figure.start >= behind}
    return [Unsure(name, (), "target") for name in dict.fromkeys([*sums, *rests]) if name not in told]


def _not_counted(turn: Reading, roles: Roles, pack: Pack) -> list[Unsure]:
    """好几种券: a number of kinds or firms that was named and not told."""
    many = language().speech["many_kinds"].search(turn.text)
    if many is None:
        return []
    stated = {entry.fact for entry in roles.said}
    counts = [fact for fact in pack.facts.values() if fact.type == "count" and fact.ask and fact.unit == many[0][-1]]
    return [Unsure(f.name, (), "target") for f in counts if f.name not in stated and any(turn.has(word) for word in f.words)]


def _taken_back(turn: Reading, roles: Roles, bases: Sequence[str], pack: Pack) -> list[Unsure]:
    """这数记错了, with no other in its place; 翻了一番, 去年300万: last year's sum is not this year's."""
    speech = language().speech
    factor = speech["changed_by_factor"].search(turn.text)
    past = all(year_of(turn.text, entry.figure) in PAST_YEARS for entry in roles.said)
    open_ones = [n for n in bases if factor and past and pack.facts[n].type in ("money", "count")]
    back = speech["retracted"].search(turn.text)
    if back is not None:
        anew = {entry.fact for entry in roles.said if entry.figure.start >= back.start()}
        open_ones += [name for name in bases if name not in anew and pack.facts[name].type == "money"]
    return [Unsure(name, (), "target") for name in dict.fromkeys(open_ones)]


def still_unsure(found: Sequence[Roles]) -> Roles:
    """The roles of the last turn with what earlier turns left without a unit and nobody said since."""
    waiting: dict[str, Unsure] = {}
    for roles in found:
        for entry in roles.said:
            waiting.pop(entry.fact, None)
        said = {entry.fact for entry in roles.said}
        waiting |= {entry.fact: entry for entry in roles.unsure if entry.why == "unit" and entry.fact not in said}
    own = {entry.fact for entry in found[-1].unsure}
    return replace(found[-1], unsure=(*found[-1].unsure, *(entry for name, entry in waiting.items() if name not in own)))


def without_shut_out(turn: Reading, said: Sequence[Said], facts: Sequence[Fact]) -> tuple[Reading, Sequence[Said]]:
    """The turn without the sums, among several of one fact, beside which a condition is denied: 备案420万，未备案160万.

    What remains of a whole told beside its parts is the part that is left.
    """
    flags = [fact for fact in facts if fact.type == "flag"]
    for name in dict.fromkeys(entry.fact for entry in said):
        entries = [entry for entry in said if entry.fact == name and entry.figure.kind == "money" and not entry.loose]
        spans = {entry.figure.start: _own_part(turn.text, entry.figure) for entry in entries}
        shut = [
            entry
            for entry in entries
            for a, b in (spans[entry.figure.start],)
            if any(a <= m.start < b and _denies(m, flag) for m in turn.mentions for flag in flags)
        ]
        inside = any(is_part(turn.text, entry.figure) for entry in shut) and len(entries) - len(shut) == 1
        if not shut or len(shut) == len(entries) or inside:
            continue  # 一共540万，其中180万没备案: what is taken off a whole
        left = sum(entry.figure.value for entry in entries if entry not in shut)
        off = sum(entry.figure.value for entry in shut)
        whole = [e for e in entries if e not in shut and len(entries) - len(shut) > 1 and e.figure.value * 2 == left + off]
        gone = [*shut, *whole]
        blank = [spans[entry.figure.start] for entry in shut]
        kept = tuple(m for m in turn.mentions if not any(a <= m.start < b for a, b in blank))
        return replace(turn, mentions=kept), tuple(entry for entry in said if entry not in gone)
    return turn, said


def _denies(mention: Mention, flag: Fact) -> bool:
    return (mention.term in flag.denied and not mention.negated) or (mention.term in flag.words and mention.negated)


def _own_part(text: str, figure: Figure) -> tuple[int, int]:
    """The part of a message between commas that holds a figure, from the mark of a new item on."""
    start = max(text.rfind(mark, 0, figure.start) for mark in MARKS) + 1
    stop = min((at for mark in MARKS if (at := text.find(mark, figure.end)) >= 0), default=len(text))
    item = list(language().speech["next_item"].finditer(text[: figure.start]))
    if item and figure.start - item[-1].start() <= _ITEM_REACH and not re.search(r"\d", text[item[-1].end() : start]):
        start = min(start, item[-1].start())
    return start, stop
