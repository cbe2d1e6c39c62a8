"""Totals of recipients, and two variants side by side."""

from dataclasses import dataclass
from fractions import Fraction

from assistant.compose.wording import Wording
from assistant.compose.words import amount_text
from assistant.screening import Line, PayeeTotal, Screening
from calculators import Total
from ui.render.amounts import Bar, bar_of, span_parts
from ui.render.standings import SHOWN, STANDINGS
from ui.words import Words

LEFT_OUT = {
    "average": "平均数，不是单个项目的上限，不计入合计",
    "deduction": "税前扣除，不是发放的现金，不计入合计",
    "period": "按年发放，各年不同，不计入合计",
}


@dataclass(frozen=True, slots=True)
class TotalView:
    """What one recipient gets."""

    payee: str
    title: str
    figure: str
    unit: str
    bar: Bar
    notes: tuple[str, ...]


def payee_title(total: PayeeTotal, wording: Wording, words: Words) -> str:
    """Whose total it is."""
    if total.payee == "asker":
        return words("申请单位合计")
    return words("给{to}", to=wording.own(total.to)) if total.payee == "other" else wording.own(total.to)


def total_notes(total: PayeeTotal, wording: Wording, words: Words) -> list[str]:
    """What a total rests on: joint ceilings that bind, what is not promised, what is not counted."""
    notes = [
        words(
            "{names}：受上限 {cap} 限制（{per}）",
            names=_names(t, wording),
            cap=wording.token(t.cap.cap),
            per=wording.own(t.cap.per),
        )
        for t in total.counted
        if t.cap is not None
    ]
    notes += [wording.own(text) for cap in total.shared for text in cap.unsure]
    if any(t.amount.kind == "upper_bound" for t in total.counted):
        notes.append(words("“最高”只是上限，下限按 0 计"))
    for left, why in total.left_out:
        period = f"{wording.own(left.amount.label)} " if left.amount.label else ""
        notes.append(f"{_names(left, wording)}（{period}{amount_text(left.amount, wording)}）：{words(LEFT_OUT[why])}")
    if total.open:
        notes.append(words("另有 {count} 项缺少信息或没有写明金额，没有计入", count=total.open))
    return notes


def total_text(total: PayeeTotal | None, wording: Wording, words: Words) -> str:
    """A total in words; where nothing could be added up it is no nought."""
    if total is None:
        return "—"
    return "".join(span_parts(total.floor, total.ceiling, wording)) if total.counted else words("没有可相加的金额")


def _names(total: Total, wording: Wording) -> str:
    return wording.listed(outcome.benefit.name for outcome in total.outcomes)


def total_view(total: PayeeTotal, top: Fraction, wording: Wording, words: Words) -> TotalView:
    """A recipient's total ready for its template; `top` is the end of the common scale."""
    figure, unit = span_parts(total.floor, total.ceiling, wording) if total.counted else ("—", "")
    title = payee_title(total, wording, words)
    bar = bar_of(total.floor, total.ceiling, top)
    return TotalView(total.payee, title, figure, unit, bar, tuple(total_notes(total, wording, words)))


@dataclass(frozen=True, slots=True)
class Compared:
    """One benefit or total in both variants."""

    name: str
    clause: str
    first: str
    second: str
    differs: bool


def compared(first: Screening, second: Screening, words: Words) -> list[Compared]:
    """Every benefit and total of two variants of one policy, side by side."""
    wording = Wording(first.pack, words.language == "en")
    rows = []
    sides = [{line.benefit.id: line for line in found.lines} for found in (first, second)]
    for benefit in first.pack.benefits.values():
        if benefit.id in sides[0] or benefit.id in sides[1]:
            left, right = (_said(side.get(benefit.id), wording, words) for side in sides)
            rows.append(Compared(wording.own(benefit.name), benefit.clause, left, right, left != right))
    ends = [{(t.payee, t.to): t for t in found.payees} for found in (first, second)]
    for key in dict.fromkeys([*ends[0], *ends[1]]):
        known = ends[0].get(key) or ends[1][key]
        left, right = (total_text(side.get(key), wording, words) for side in ends)
        rows.append(Compared(payee_title(known, wording, words), "", left, right, left != right))
    return rows


def _said(line: Line | None, wording: Wording, words: Words) -> str:
    if line is None:
        return "—"
    if line.standing in SHOWN:
        return "；".join(f"{wording.own(a.label)} {amount_text(a, wording)}".strip() for a in line.outcome.amounts)
    return words(STANDINGS[line.standing])
