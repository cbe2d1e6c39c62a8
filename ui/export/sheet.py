"""测算单: what was filled in, what comes of it, on which words of the text; as Word and as Excel."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from assistant.compose.notice import notice_text
from assistant.compose.wording import Wording
from assistant.compose.words import amount_text, open_text
from assistant.screening import Line, Screening
from calculators import Amount
from calculators.money import decimal_text
from evals.sheets import printable, safe_cell
from ui.export.word import document, paragraph
from ui.render.amounts import KINDS, step_value
from ui.render.screening import answer_text, notes_of, reasons_of
from ui.render.standings import SHOWN, STANDINGS
from ui.render.totals import payee_title, total_notes, total_text
from ui.words import Words

_TITLE = "惠企政策测算单"
_HEAD = (
    "编号",
    "项目",
    "结果",
    "金额",
    "下限（元）",
    "上限（元）",
    "种类",
    "给谁",
    "条款",
    "条文原文",
    "算法",
    "步骤",
    "前提与原因",
)
_ADDED = ("exact", "range", "upper_bound")  # an average or a deduction in a column of sums would be added up
_WIDTHS = (10, 34, 12, 22, 14, 14, 10, 24, 9, 60, 44, 44, 44)


def sheet_word(path: Path, variants: Sequence[Screening], today: str) -> None:
    """Write the sheet as a Word document, one part a variant."""
    first = variants[0]
    words = Wording(first.pack)
    file = document(_TITLE, f"《{first.pack.meta.name}》")
    paragraph(file, f"{notice_text(first.pack.meta, today, words)}。测算日期：{today}")
    for number, found in enumerate(variants):
        if len(variants) > 1:
            file.add_heading(f"方案 {'AB'[number]}", level=1)
        _filled_in(file, found, words)
        _totals(file, found, words)
        for name, title in STANDINGS.items():
            lines = [line for line in found.lines if line.standing == name]
            if lines:
                file.add_heading(f"{title}（{len(lines)}）", level=2)
            for line in lines:
                _line(file, line, words)
    file.save(str(path))


def _filled_in(file: Any, found: Screening, words: Wording) -> None:
    file.add_heading("填写内容", level=2)
    for option in found.gate:
        if option.id in found.profile.events:
            paragraph(file, option.say, style="List Bullet")
    answered = [question for question in found.questions if question.answer is not None]
    if not answered:
        return
    table = file.add_table(rows=0, cols=2, style="Light Grid Accent 1")
    for question in answered:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = question.fact.name, printable(answer_text(question, words))


def _totals(file: Any, found: Screening, words: Wording) -> None:
    file.add_heading("合计", level=2)
    for total in found.payees:
        span = total_text(total, words, Words())
        paragraph(file, "").add_run(f"{payee_title(total, words, Words())}：{span}").bold = True
        for note in total_notes(total, words, Words()):
            paragraph(file, note, style="List Bullet")
    if not found.payees:
        paragraph(file, "没有能算出金额的项目。")


def _line(file: Any, line: Line, words: Wording) -> None:
    benefit, outcome = line.benefit, line.outcome
    entry = paragraph(file, "")
    entry.add_run(f"{benefit.name}：{result_of(line, words)}").bold = True
    paragraph(file, f"条款 [{benefit.clause}]“{' '.join(benefit.quote.text.split())}”", style="Quote")
    paragraph(file, f"给谁：{benefit.to}")
    if outcome.formula:
        paragraph(file, f"算法：{outcome.formula}")
    if outcome.steps:
        paragraph(file, f"步骤：{steps_of(line, words)}")
    for reason in why_of(line, words):
        paragraph(file, reason, style="List Bullet")


def result_of(line: Line, words: Wording) -> str:
    """The amount of a line, or its standing."""
    if line.standing not in SHOWN:
        return STANDINGS[line.standing]
    return "；".join(f"{amount.label} {amount_text(amount, words)}".strip() for amount in line.outcome.amounts)


def why_of(line: Line, words: Wording) -> list[str]:
    """Reasons against, what is missing, what stays open, what the text leaves unsure."""
    why = reasons_of(words.pack, line, Words())
    if line.standing in SHOWN:
        open_ = open_text(line.outcome, line.facts, words)
        why += [f"前提：{open_}"] if open_ else []
        why += notes_of(words.pack, line, Words())
    return why


def steps_of(line: Line, words: Wording) -> str:
    """The working of a line, step by step."""
    return "；".join(f"{step.label} {step_value(step, words)}" for step in line.outcome.steps)


def sheet_excel(path: Path, variants: Sequence[Screening], today: str) -> None:
    """Write the sheet as a workbook: a page of results and one of answers for each variant; amounts are numbers in yuan."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    first = variants[0]
    words = Wording(first.pack)
    for number, found in enumerate(variants):
        mark = f" {'AB'[number]}" if len(variants) > 1 else ""
        results = book.create_sheet(f"测算{mark}")
        results.append([f"{_TITLE}：《{first.pack.meta.name}》"])
        results.append([f"{notice_text(first.pack.meta, today, words)}。测算日期：{today}"])
        results.append(list(_HEAD))
        for line in found.lines:
            for row in _rows(line, words):
                results.append([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
        results.append([])
        for total in found.payees:
            notes = "；".join(total_notes(total, words, Words()))
            cells = [
                "合计",
                payee_title(total, words, Words()),
                "",
                "",
                _exact(total.floor) if total.counted else None,
                _exact(total.ceiling) if total.counted else None,
                "",
                total.to,
                "",
                "",
                "",
                "",
                notes,
            ]
            results.append([safe_cell(cell) if isinstance(cell, str) else cell for cell in cells])
        _shape(results)
        answers = book.create_sheet(f"填写{mark}")
        answers.append(["情况或事实", "填写"])
        for option in found.gate:
            if option.id in found.profile.events:
                answers.append([option.say, "是"])
        for question in found.questions:
            if question.answer is not None:
                answers.append([question.fact.name, safe_cell(printable(answer_text(question, words)))])
        answers.column_dimensions["A"].width = answers.column_dimensions["B"].width = 40
    book.save(path)


def _rows(line: Line, words: Wording) -> list[list[str | Decimal | None]]:
    benefit, outcome = line.benefit, line.outcome
    quote = " ".join(benefit.quote.text.split())
    tail = [benefit.to, benefit.clause, quote, outcome.formula, steps_of(line, words), "；".join(why_of(line, words))]
    if line.standing not in SHOWN:
        return [[benefit.id, benefit.name, STANDINGS[line.standing], "", None, None, "", *tail]]
    return [
        [
            benefit.id,
            f"{benefit.name} {amount.label}".strip(),
            STANDINGS[line.standing],
            amount_text(amount, words),
            *(_numbers(amount) if amount.kind in _ADDED and not amount.label else (None, None)),
            KINDS[amount.kind],
            *tail,
        ]
        for amount in outcome.amounts
    ]


def _numbers(amount: Amount) -> tuple[Decimal | None, Decimal]:
    return None if amount.low is None else _exact(amount.low), _exact(amount.high)


def _exact(value: Fraction) -> Decimal:
    return Decimal(decimal_text(value))


def _shape(sheet: Any) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=4, min_col=5, max_col=6):
        for cell in row:
            cell.number_format = "#,##0.00"
    sheet.freeze_panes = "C4"
