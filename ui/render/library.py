"""The policies: what they are, the full text with its anchors, each rule beside its sentence and what it leaves unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.compose.wording import Wording
from assistant.compose.words import condition_text, rule_text
from corpus.schema import Benefit, Clause, Heading, Pack
from ui.render import page_html
from ui.render.frame import Notice, notice_of
from ui.words import Words


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a clause: `rules` are the numbers of the rules whose sentence it is in, `marked` what a link points at."""

    text: str
    rules: tuple[int, ...]
    marked: bool


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule beside its sentence."""

    number: int
    id: str
    name: str
    rule: str
    to: str
    conditions: tuple[str, ...]
    open: tuple[str, ...]
    unsure: tuple[str, ...]
    notes: tuple[str, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause or a heading of the full text."""

    id: str
    title: str
    level: int
    heading: bool
    stretches: tuple[Stretch, ...]
    units: tuple[str, ...]
    rules: tuple[RuleView, ...]
    current: bool


@dataclass(frozen=True, slots=True)
class PackView:
    """A policy in the list."""

    notice: Notice
    place: str
    valid: str
    clauses: int
    benefits: int
    changed: int
    unsure: int
    inferred: tuple[str, ...]


def pack_view(pack: Pack, today: str, words: Words) -> PackView:
    """What is known of a policy's document and rules."""
    wording = Wording(pack, words.language == "en")
    meta = pack.meta
    return PackView(
        notice_of(pack, today, words),
        wording.own(meta.place),
        f"{meta.valid_from} – {meta.valid_to}",
        len(pack.document.clauses),
        len(pack.benefits),
        len(pack.withdrawn),
        sum(bool(benefit.unsure or benefit.open) for benefit in pack.benefits.values()),
        tuple(wording.own(text) for text in meta.inferred),
    )


def packs_html(packs: Sequence[Pack], today: str, words: Words) -> str:
    """The list of policies."""
    return page_html("packs.html.j2", words, packs=[pack_view(pack, today, words) for pack in packs])


def document_html(
    pack: Pack, today: str, words: Words, *, clause: str = "", marks: Sequence[tuple[int, int]] = (), anchors: bool = True
) -> str:
    """The full text; `clause` is pointed at, `marks` (offsets in the source) are highlighted."""
    wording = Wording(pack, words.language == "en")
    places: list[Clause | Heading] = [*pack.document.clauses, *pack.document.headings]
    places.sort(key=lambda place: place.start)
    views = [_place(pack, place, wording, clause, marks) for place in places]
    return page_html("document.html.j2", words, pack=pack_view(pack, today, words), clauses=views, anchors=anchors)


def policy_page(pack: Pack, today: str, words: Words, clause: str = "", marks: Sequence[tuple[int, int]] = ()) -> str:
    """The page of a policy's full text."""
    body = document_html(pack, today, words, clause=clause, marks=marks)
    return page_html("page.html.j2", words, title=pack.meta.name, body=body, notice=notice_of(pack, today, words), machine="")


def error_page(words: Words, notice: Notice, status: int, what: str, remedy: str, links: Sequence[tuple[str, str]] = ()) -> str:
    """A page that says what went wrong and what to do."""
    body = page_html("error.html.j2", words, status=status, what=what, remedy=remedy, links=links)
    return page_html("page.html.j2", words, title=what, body=body, notice=notice, machine="")


def _place(pack: Pack, place: Clause | Heading, wording: Wording, current: str, marks: Sequence[tuple[int, int]]) -> ClauseView:
    if isinstance(place, Heading):
        return ClauseView(place.id, wording.own(place.title), place.id.count(".") + 2, True, (), (), (), False)
    rules = [benefit for benefit in pack.benefits.values() if benefit.clause == place.id]
    return ClauseView(
        place.id,
        wording.own(place.title),
        min(place.id.count(".") + 2, 4),
        False,
        tuple(_stretches(pack, place, rules, marks if place.id == current else ())),
        tuple(wording.own(unit) for unit in place.units),
        tuple(_rule(pack, benefit, number, wording) for number, benefit in enumerate(rules, 1)),
        place.id == current,
    )


def _stretches(pack: Pack, clause: Clause, rules: Sequence[Benefit], marks: Sequence[tuple[int, int]]) -> list[Stretch]:
    """The clause cut wherever a rule's sentence or a mark begins or ends."""
    quoted = [(number, q) for number, b in enumerate(rules, 1) for q in (b.quote, *b.also) if q.clause == clause.id]
    spans = [(max(start, clause.start), min(end, clause.end)) for start, end in marks]
    cuts = {clause.start, clause.end, *(x for _, q in quoted for x in (q.start, q.end)), *(x for span in spans for x in span)}
    edges = sorted(x for x in cuts if clause.start <= x <= clause.end)
    return [
        Stretch(
            pack.document.source[start:end],
            tuple(dict.fromkeys(number for number, q in quoted if q.start <= start and end <= q.end)),
            any(first <= start and end <= last for first, last in spans),
        )
        for start, end in pairwise(edges)
        if end > start
    ]


def _rule(pack: Pack, benefit: Benefit, number: int, wording: Wording) -> RuleView:
    return RuleView(
        number,
        benefit.id,
        wording.own(benefit.name),
        rule_text(benefit, wording),
        wording.own(benefit.to),
        tuple(condition_text(c, wording) for c in (*benefit.when, *benefit.premises)),
        tuple(wording.own(text) for text in benefit.open),
        tuple(wording.own(text) for text in benefit.unsure),
        tuple(wording.own(text) for text in benefit.notes),
        benefit.id in pack.withdrawn,
    )
