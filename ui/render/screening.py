"""The screener: the form with the questions that still matter, every benefit's result, totals, two variants side by side."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from assistant.compose.wording import Wording
from assistant.compose.words import failure_text, open_text, rule_text
from assistant.screening import NOT_WRITTEN, Line, Question, Screening, write_profile
from calculators import Number
from calculators.money import decimal_text
from corpus.schema import Fact, Pack
from ui.render import page_html
from ui.render.amounts import Bar, StepView, Sum, bar_of, step_views, sum_view
from ui.render.frame import Notice
from ui.render.sources import Piece, clause_link, cut
from ui.render.standings import SHOWN, STANDINGS
from ui.render.totals import TotalView, compared, total_view
from ui.words import Words

NONE = ""  # the box that says that no option applies


@dataclass(frozen=True, slots=True)
class BoxView:
    """A box or button of a question."""

    id: str
    value: str
    caption: str
    on: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """A question of the form: `type` is one, many, flag or number."""

    id: str
    key: str
    type: str
    label: str
    note: str
    unit: str
    boxes: tuple[BoxView, ...]
    typed: str
    read: str
    fault: str
    required: bool
    clauses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SumRow:
    """One amount of a line."""

    period: str
    sum: Sum
    bar: Bar


@dataclass(frozen=True, slots=True)
class LineView:
    """What comes of one benefit."""

    id: str
    name: str
    clause: str
    link: str
    standing: str
    title: str
    to: str
    rule: str
    sums: tuple[SumRow, ...]
    formula: str
    steps: tuple[StepView, ...]
    reasons: tuple[str, ...]
    open: str
    notes: tuple[str, ...]
    quote: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """A screened profile ready for its template."""

    groups: tuple[tuple[str, str, tuple[LineView, ...]], ...]
    totals: tuple[TotalView, ...]


def screening_view(found: Screening, words: Words) -> ScreeningView:
    """Results by standing and totals, in the order in which they are read."""
    wording = Wording(found.pack, words.language == "en")
    top = max((total.ceiling for total in found.payees), default=Fraction(0))
    peak = max((a.high for line in found.lines for a in line.outcome.amounts), default=Fraction(0))
    lines = [line_view(found.pack, line, words, peak) for line in found.lines]
    groups = [(name, title, tuple(v for v in lines if v.standing == name)) for name, title in STANDINGS.items()]
    return ScreeningView(
        tuple(group for group in groups if group[2]),
        tuple(total_view(total, top, wording, words) for total in found.payees),
    )


def form_html(found: Screening, words: Words, *, variant: str = "a", both: bool = False) -> str:
    """The form: what happened, and the questions that still matter."""
    wording = Wording(found.pack, words.language == "en")
    gate = [(option, wording.own(option.say), option.id in found.profile.events) for option in found.gate]
    return page_html(
        "screen_form.html.j2",
        words,
        fields=[_field(found, question, wording, words) for question in found.questions],
        open=found.open_questions,
        gate=gate,
        profile=write_profile(found.profile),
        variant=variant,
        both=both,
    )


def results_html(
    found: Screening,
    words: Words,
    pair: tuple[Screening, Screening] | None = None,
    notice: Notice | None = None,
    day: str = "",
) -> str:
    """The results of the profile that is filled in; with a pair of variants both side by side above them.

    What was filled in and the day (ISO) are for the printed sheet.
    """
    wording = Wording(found.pack, words.language == "en")
    happened = [wording.own(option.say) for option in found.gate if option.id in found.profile.events]
    answers = [(wording.own(q.fact.name), answer_text(q, wording)) for q in found.questions if q.answer is not None]
    rows = compared(*pair, words) if pair else []
    return page_html(
        "screen_results.html.j2",
        words,
        view=screening_view(found, words),
        rows=rows,
        notice=notice,
        happened=happened,
        answers=answers,
        day=day,
    )


def answer_text(question: Question, wording: Wording) -> str:
    """An answer as it was understood; a figure that could not be read as it was typed."""
    answer = question.answer
    words = Words("en" if wording.english else "zh")
    if isinstance(answer, bool):
        return words("是") if answer else words("不是")
    if isinstance(answer, tuple):
        return wording.listed(answer) if answer else words("都不是")
    if question.number is None:
        return words("{typed}（没有读懂）", typed=str(answer))
    return _figure_text(question.number, question.fact, wording)


def _figure_text(number: Number, fact: Fact, wording: Wording) -> str:
    if fact.type == "money":
        return wording.span(number.low, number.high)
    ends = dict.fromkeys(decimal_text(end) for end in (number.low, number.high))
    return "–".join(ends) + wording.own(fact.unit)


def _field(found: Screening, question: Question, wording: Wording, words: Words) -> FieldView:
    fact = question.fact
    name = f"q-{_slug(question.key)}"
    answer = question.answer
    kind = "number"
    boxes: tuple[BoxView, ...] = ()
    if fact.type == "choice":
        kind = "one" if fact.exclusive else "many"
        chosen = answer if isinstance(answer, tuple) else None
        options = [(option, wording.own(option)) for option in question.options] + [(NONE, words("都不是"))]
        boxes = tuple(
            BoxView(f"{name}-{i}", value, caption, chosen is not None and (value in chosen or (value == NONE and not chosen)))
            for i, (value, caption) in enumerate(options)
        )
    elif fact.type == "flag":
        kind = "flag"
        boxes = (
            BoxView(f"{name}-y", "yes", words("是"), answer is True),
            BoxView(f"{name}-n", "no", words("不是"), answer is False),
        )
    group = wording.listed(question.of_options) if question.of_options else ""
    label = wording.own(fact.ask) if fact.ask else wording.own(fact.name)
    of = next((wording.own(o.say) for o in found.gate if o.id == question.option), "")
    return FieldView(
        name,
        question.key,
        kind,
        label,
        "；".join(part for part in (group, of) if part),
        _unit(fact, wording, words),
        boxes,
        answer if isinstance(answer, str) else "",
        _read_back(question.number, fact, wording, words),
        words(question.fault.template, **question.fault.values) if question.fault else "",
        question.required,
        tuple((clause, clause_link(wording, clause)) for clause in question.clauses),
    )


def _slug(key: str) -> str:
    """An id for a key of letters that an attribute and a selector can hold."""
    return key.encode("utf-8").hex()


def _unit(fact: Fact, wording: Wording, words: Words) -> str:
    if fact.type == "money":
        return words("万元")
    return wording.own(fact.unit) if fact.type == "count" else ""


def _read_back(number: Number | None, fact: Fact, wording: Wording, words: Words) -> str:
    if number is None:
        return ""
    return words("读作 {text}", text=_figure_text(number, fact, wording))


def line_view(pack: Pack, line: Line, words: Words, peak: Fraction) -> LineView:
    """One benefit's result; reasons are the clause's conditions beside what was filled in."""
    wording = Wording(pack, words.language == "en")
    benefit, outcome = line.benefit, line.outcome
    shown = line.standing in SHOWN
    return LineView(
        benefit.id,
        wording.own(benefit.name),
        benefit.clause,
        clause_link(wording, benefit.clause, [(benefit.quote.start, benefit.quote.end)]),
        line.standing,
        STANDINGS[line.standing],
        wording.own(benefit.to),
        rule_text(benefit, wording) if benefit.mode != "unstated" else "",
        tuple(
            SumRow(wording.own(a.label) if a.label else "", sum_view(a, wording), bar_of(a.low or Fraction(0), a.high, peak))
            for a in outcome.amounts
        ),
        wording.sentence(outcome.formula),
        tuple(step_views(outcome.steps, wording)),
        tuple(reasons_of(pack, line, words)),
        open_text(outcome, line.facts, wording) if shown else "",
        tuple(notes_of(pack, line, words)) if shown else (),
        cut(benefit.quote.text, [] if benefit.figure is None else _figure_span(line)),
    )


def reasons_of(pack: Pack, line: Line, words: Words) -> list[str]:
    """Why there is no amount: failed conditions beside what was filled in, what is open, what is missing."""
    wording = Wording(pack, words.language == "en")
    outcome = line.outcome
    reasons = [failure_text(c, line.facts, outcome, wording) for c in outcome.failed] if line.standing == "not_eligible" else []
    if line.gap:
        reasons.append(words(line.gap) if line.gap == NOT_WRITTEN else wording.own(line.gap))
    if line.clash:
        reasons.append(words("与“{option}”不会在同一年发生，请只留一项", option=wording.own(line.clash)))
    if outcome.status == "changed":
        reasons.append(words("条款已变，规则停用，请看原文"))
    if outcome.status == "unstated":
        reasons.append(rule_text(line.benefit, wording))
    given = [
        name for name in outcome.missing if any(number.is_range for (n, _), number in line.facts.numbers.items() if n == name)
    ]
    wanted = [name for name in outcome.missing if name not in given]
    if given:
        reasons.append(words("{facts}：填的范围跨过条文的界线，请填确切的数", facts=wording.listed(given)))
    if wanted:
        reasons.append(words("还要知道：{facts}", facts=wording.listed(wanted)))
    return reasons


def notes_of(pack: Pack, line: Line, words: Words) -> list[str]:
    """What goes with an amount: a shared ceiling, what was taken as one, what the text leaves unsure."""
    wording = Wording(pack, words.language == "en")
    benefit = line.benefit
    notes = []
    for cap in line.caps:
        names = wording.listed(pack.benefits[name].name for name in cap.over)
        notes.append(words("{names} 合计最高 {cap}（{per}）", names=names, cap=wording.token(cap.cap), per=wording.own(cap.per)))
    each = pack.facts.get(benefit.each)
    if each is not None and each.ask and line.facts.number(each.name) is None:
        notes.append(words("没有填{fact}，按 1{unit}计", fact=wording.own(each.name), unit=wording.own(each.unit)))
    return notes + [wording.own(note) for note in (*benefit.unsure, *benefit.notes)]


def _figure_span(line: Line) -> list[tuple[int, int]]:
    figure, quote = line.benefit.figure, line.benefit.quote
    if figure is None or not quote.start <= figure.start < quote.end:
        return []
    return [(figure.start - quote.start, figure.end - quote.start)]
