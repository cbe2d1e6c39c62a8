"""The hotline's results: clauses with highlights, units, a calculator a benefit, and the text that one key copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.compose.notice import notice_text
from assistant.compose.wording import Wording
from assistant.compose.words import condition_text
from assistant.lookup import Found
from assistant.screening import quick, quick_fields
from assistant.state import Answer
from corpus.schema import Benefit, Pack
from ui.render import page_html
from ui.render.answers import AnswerView, answer_view
from ui.render.screening import LineView, line_view
from ui.render.sources import Piece, clause_link, cut, heading_path
from ui.render.thread import plain_text
from ui.words import Words


@dataclass(frozen=True, slots=True)
class CalculatorView:
    """A benefit with its fields and, where there is one already, its result."""

    id: str
    policy: str
    line: LineView
    fields: tuple[tuple[str, str, str], ...]
    conditions: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A clause that was found."""

    name: str
    clause: str
    title: str
    path: str
    pieces: tuple[Piece, ...]
    units: tuple[Piece, ...]
    link: str
    copy: str
    calculators: tuple[CalculatorView, ...]


def lookup_html(
    found: Sequence[Found], words: Words, today: str, query: str, answer: Answer | None = None, pack: Pack | None = None
) -> str:
    """What a query finds; an answer that the engine is sure of stands before the clauses."""
    view: AnswerView | None = None
    copy = ""
    if answer is not None and pack is not None:
        view = answer_view(answer, pack, words)
        copy = plain_text(answer, pack)
    several = len({hit.pack.id for hit in found}) > 1
    hits = [_hit(hit, words, today, several) for hit in found]
    return page_html("lookup.html.j2", words, hits=hits, view=view, copy=copy, query=query)


def calculator_html(pack: Pack, benefit: Benefit, typed: Mapping[str, str], words: Words) -> str:
    """The result of one benefit for the figures typed."""
    line, faults = quick(pack, benefit, typed)
    view = line_view(pack, line, words, max((a.high for a in line.outcome.amounts), default=Fraction(0)))
    return page_html(
        "calculator.html.j2", words, line=view, faults=[words(fault.template, **fault.values) for fault in faults.values()]
    )


def _hit(hit: Found, words: Words, today: str, several: bool) -> HitView:
    pack, clause = hit.pack, hit.clause
    wording = Wording(pack, words.language == "en")
    units = tuple(Piece(wording.own(unit), unit in hit.units) for unit in clause.units)
    text = " ".join(clause.text.split())
    copied = [f"[{clause.id}] {clause.title}：{text}"]
    copied += [f"责任单位：{'、'.join(clause.units)}"] if clause.units else []
    copied += [f"——《{pack.meta.name}》，{notice_text(pack.meta, today, Wording(pack))}"]
    benefits = [benefit for benefit in pack.benefits.values() if benefit.clause == clause.id]
    return HitView(
        wording.own(pack.meta.name) if several else "",
        clause.id,
        wording.own(clause.title),
        heading_path(clause, wording),
        cut(clause.text, hit.marks),
        units,
        clause_link(wording, clause.id, [(clause.start + start, clause.start + end) for start, end in hit.marks[:20]]),
        "\n".join(copied),
        tuple(_calculator(pack, benefit, words, wording) for benefit in benefits),
    )


def _calculator(pack: Pack, benefit: Benefit, words: Words, wording: Wording) -> CalculatorView:
    line, _ = quick(pack, benefit, {})
    fields = tuple(
        (fact.name, wording.own(fact.name), words("万元") if fact.type == "money" else wording.own(fact.unit))
        for fact in quick_fields(pack, benefit)
    )
    conditions = [condition_text(c, wording) for c in (*benefit.when, *benefit.premises)]
    view = line_view(pack, line, words, max((a.high for a in line.outcome.amounts), default=Fraction(0)))
    return CalculatorView(benefit.id, pack.id, view, fields, wording.join(conditions))
