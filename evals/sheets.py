"""Question sets as spreadsheets: a template to fill in, import from Excel or CSV, export to either.

One row a case. Several turns stand in one cell, a line each; so do several amounts and must-say groups, in which `|`
parts alternatives. An amount is written as 类型 and sums: `exact 80000`, `range 1000000-5000000`, `upper_bound 500000`,
or as a user writes sums: `最高 8万`, `10万`, `100万-500万`, `平均 50万`, `抵扣 300万`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from pydantic import ValidationError

from corpus.models import explain
from evals.cases import Case
from evals.library import SetError

Row = Mapping[str, str]
COLUMNS = {
    "id": "编号",
    "persona": "用户",
    "category": "类别",
    "turns": "问题",
    "outcome": "应有结果",
    "clauses": "条款",
    "amounts": "金额",
    "must_say": "必须说到",
    "must_not_say": "不得说到",
    "why": "理由",
    "amounts_free": "金额不限",
    "variant_of": "变自",
}
PERSONAS = {"企业": "enterprise", "坐席": "hotline", "评测": "evaluator"}
OUTCOMES = {"作答": "answer", "追问": "ask", "不答": "decline"}
_YES = {"是": "yes", "否": "no"}
_KINDS = {"最高": "upper_bound", "上限": "upper_bound", "平均": "average", "抵扣": "deduction", "区间": "range", "": "exact"}
_SCALES = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 10**8, "亿元": 10**8}
_AMOUNT = re.compile(
    r"(?P<kind>exact|range|upper_bound|average|deduction|最高|上限|平均|抵扣|区间)?\s*(?P<low>[\d.,]+)\s*(?P<lows>亿元?|万元?|元)?"
    r"(?:\s*[-–—~至到]\s*(?P<high>[\d.,]+)\s*(?P<highs>亿元?|万元?|元)?)?"
)
_WIDTHS = {"id": 12, "persona": 8, "turns": 50, "outcome": 10, "amounts": 22, "must_say": 26, "why": 36, "given": 60, "wrong": 36}
_NOTES = (
    ("编号", "每题一个，不能重复"),
    ("用户", f"{'、'.join(PERSONAS)}"),
    ("类别", "自己定，用来分组，如 calc、eligibility、multi_turn"),
    ("问题", "多轮对话每轮一行，评的是对最后一行的回答"),
    ("应有结果", "作答：能答，包括“不符合”“条文没写金额”；追问：缺必要信息；不答：文件不涉及"),
    ("条款", "必须引用的条款号，用空格或逗号隔开；不答时留空"),
    ("金额", "答案的结果，每行一个：10万（定额）、最高 8万、100万-500万（区间）、平均 50万、抵扣 300万；不应有金额就留空"),
    ("必须说到", "每行一组，组内用 | 隔开，说到其一即可"),
    ("不得说到", "每行一个"),
    ("理由", "金标准怎样由条文得出"),
    ("金额不限", "不评有没有多给金额的题写“是”，如查阅时顺带给出金额也算对；通常留空"),
    ("变自", "由哪一题变形而来；通常留空"),
)


def write_template(path: Path, example: Case) -> None:
    """A sheet to fill in: headings and an example, and in .xlsx drop-down lists and a page of notes."""
    rows = [row_of(example)]
    if path.suffix != ".xlsx":
        write_rows(path, rows, COLUMNS)
        return
    book = _book(rows, COLUMNS)
    sheet = book.worksheets[0]
    for column, choices in (("persona", PERSONAS), ("outcome", OUTCOMES)):
        letter = get_column_letter(list(COLUMNS).index(column) + 1)
        listing = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=False, showErrorMessage=True)
        listing.error = f"请选：{'、'.join(choices)}"
        sheet.add_data_validation(listing)
        listing.add(f"{letter}2:{letter}2000")
    notes = book.create_sheet("填写说明")
    notes.append(["列", "怎么填"])
    for row in _NOTES:
        notes.append(list(row))
    _look(notes, [14, 90])
    book.save(path)


def export_cases(path: Path, cases: Iterable[Case]) -> None:
    """Write cases as an .xlsx or .csv sheet that `import_cases` reads back."""
    write_rows(path, [row_of(case) for case in cases], COLUMNS)


def write_rows(path: Path, rows: Sequence[Row], columns: Mapping[str, str]) -> None:
    """Write rows under their headings; raises SetError for a kind of file that is not supported."""
    if path.suffix == ".csv":
        _write_csv(path, rows, columns)
    elif path.suffix == ".xlsx":
        _book(rows, columns).save(path)
    else:
        raise SetError(f"{path.name}：只支持 .xlsx 和 .csv")


def import_cases(path: Path, known: AbstractSet[str] | None = None) -> list[Case]:
    """The cases of a sheet; `known` are the clauses that they may name.

    Raises SetError with a line for each fault: file, row, column, what was found and what is valid.
    """
    cases: list[Case] = []
    faults: list[str] = []
    seen: set[str] = set()
    for number, row in read_rows(path, COLUMNS, required=("编号", "问题", "应有结果")):
        try:
            case = Case.model_validate(fields_of(row))
        except ValidationError as error:
            faults += [f"{path.name} 第 {number} 行 {_titled(fault)}" for fault in explain(error)]
            continue
        except ValueError as error:
            faults.append(f"{path.name} 第 {number} 行 {error}")
            continue
        if case.id in seen:
            faults.append(f"{path.name} 第 {number} 行 编号：“{case.id}”重复")
        unknown = [clause for clause in case.clauses if known is not None and clause not in known]
        if unknown:
            faults.append(f"{path.name} 第 {number} 行 条款：政策里没有条款 {'、'.join(unknown)}")
        seen.add(case.id)
        cases.append(case)
    if faults:
        raise SetError("\n".join(faults))
    if not cases:
        raise SetError(f"{path.name} 里没有题目")
    return cases


def read_rows(path: Path, columns: Mapping[str, str], required: Sequence[str]) -> list[tuple[int, Row]]:
    """The rows of a sheet with their numbers, by field; columns may stand in any order.

    Raises SetError for a file that cannot be read or lacks a column.
    """
    table = _table(path)
    if not table:
        raise SetError(f"{path.name} 是空的")
    titles = [cell.strip() for cell in table[0]]
    missing = [title for title in required if title not in titles]
    if missing:
        raise SetError(f"{path.name} 第 1 行：缺少列 {'、'.join(missing)}；有 {'、'.join(filter(None, titles))}")
    unknown = [title for title in titles if title and title not in columns.values()]
    if unknown:
        raise SetError(f"{path.name} 第 1 行：不认识的列 {'、'.join(unknown)}；可用 {'、'.join(columns.values())}")
    fields = {title: field for field, title in columns.items()}
    found: list[tuple[int, Row]] = []
    for number, cells in enumerate(table[1:], 2):
        row = {fields[t]: _unguarded(c.strip()) for t, c in zip(titles, cells, strict=False) if t}
        if any(row.values()):
            found.append((number, row))
    return found


def _table(path: Path) -> list[list[str]]:
    if not path.is_file():
        raise SetError(f"没有文件 {path.name}")
    if path.suffix == ".csv":
        return _csv_table(path)
    if path.suffix != ".xlsx":
        raise SetError(f"{path.name}：只支持 .xlsx 和 .csv")
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, BadZipFile, InvalidFileException) as error:
        raise SetError(f"{path.name} 不是有效的 Excel 文件（{type(error).__name__}）") from None
    rows = [[_cell(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return rows


def _csv_table(path: Path) -> list[list[str]]:
    """A CSV in UTF-8, or in GB 18030 as Chinese Excel saves it."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(raw.decode(encoding).splitlines(keepends=True)))
        except csv.Error as error:
            raise SetError(f"{path.name} 读不了：{error}") from None
        except UnicodeDecodeError:
            continue
    raise SetError(f"{path.name} 的编码既不是 UTF-8 也不是 GB 18030")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def fields_of(row: Row) -> dict[str, Any]:
    """A row as a case's fields; raises ValueError naming the column."""
    return {
        "id": row.get("id", ""),
        "persona": _choice(row.get("persona", "") or "企业", PERSONAS, "用户"),
        "category": row.get("category", "") or "未分类",
        "turns": _lines(row.get("turns", "")),
        "outcome": _choice(row.get("outcome", ""), OUTCOMES, "应有结果"),
        "clauses": re.split(r"[\s,，、;；]+", row["clauses"]) if row.get("clauses") else [],
        "amounts": [parse_amount(line) for line in _lines(row.get("amounts", ""))],
        "must_say": [_alternatives(line) for line in _lines(row.get("must_say", ""))],
        "must_not_say": _lines(row.get("must_not_say", "")),
        "why": row.get("why", ""),
        "amounts_free": _choice(row.get("amounts_free", "") or "否", _YES, "金额不限") == "yes",
        "variant_of": row.get("variant_of", ""),
    }


def _alternatives(line: str) -> list[str]:
    words = [word.strip() for word in re.split("[|｜]", line)]
    if not all(words):
        raise ValueError(f"必须说到：“{line}”里有空的一项，任何答案都会算对")
    return words


def _choice(said: str, choices: Mapping[str, str], title: str) -> str:
    if said in choices.values():
        return said
    if said not in choices:
        raise ValueError(f"{title}：“{said}”应为 {'、'.join(choices)}")
    return choices[said]


def parse_amount(text: str) -> dict[str, Any]:
    """An amount as a sheet has it; raises ValueError for one that cannot be read."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"金额：“{text}”看不懂；如 10万、最高 8万、100万-500万、平均 50万、抵扣 300万")
    highs = match["highs"] or match["lows"] or ""
    low = _yuan(match["low"], match["lows"] or highs)
    high = _yuan(match["high"], highs) if match["high"] else low
    named = match["kind"] or ""
    kind = _KINDS.get(named, named)
    if match["high"] and kind == "exact":
        kind = "range"
    return {"kind": kind, "low_yuan": None if kind in ("upper_bound", "average") else low, "high_yuan": high}


def _yuan(number: str, scale: str) -> float:
    try:
        return float(Fraction(number.replace(",", "")) * _SCALES[scale])
    except ValueError:
        raise ValueError(f"金额：“{number}”不是数") from None


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.splitlines() if line.strip()]


def _titled(fault: str) -> str:
    field, colon, rest = fault.partition("：")
    return f"{COLUMNS.get(field.split('.')[0], field)}{colon}{rest}"


def row_of(case: Case) -> dict[str, str]:
    """A case as a row of a sheet."""
    personas = {value: key for key, value in PERSONAS.items()}
    outcomes = {value: key for key, value in OUTCOMES.items()}
    return {
        "id": case.id,
        "persona": personas[case.persona],
        "category": case.category,
        "turns": "\n".join(" ".join(turn.split()) for turn in case.turns),
        "outcome": outcomes[case.outcome],
        "clauses": " ".join(case.clauses),
        "amounts": "\n".join(amount_text(a.kind, a.low_yuan, a.high_yuan) for a in case.amounts),
        "must_say": "\n".join("|".join(words) for words in case.must_say),
        "must_not_say": "\n".join(case.must_not_say),
        "why": case.why,
        "amounts_free": "是" if case.amounts_free else "",
        "variant_of": case.variant_of,
    }


def amount_text(kind: str, low: float | str | None, high: float | str) -> str:
    """An amount as `parse_amount` reads it."""
    ends = [f"{Decimal(str(end)).normalize():f}" for end in dict.fromkeys((low, high)) if end is not None]
    return f"{kind} {'-'.join(dict.fromkeys(ends))}"


def _write_csv(path: Path, rows: Iterable[Row], columns: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns.values())
        writer.writerows([safe_cell(row.get(field, "")) for field in columns] for row in rows)


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def printable(text: str) -> str:
    """Without the control characters that XML and sheets forbid."""
    return "".join(char for char in text if char in "\n\t" or (ord(char) >= 32 and not 0xD800 <= ord(char) <= 0xDFFF))


def _unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and safe_cell(text[1:]) == text else text


def _book(rows: Iterable[Row], columns: Mapping[str, str]) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "题目"
    sheet.append(list(columns.values()))
    for row in rows:
        sheet.append([printable(row.get(field, "")) for field in columns])
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.data_type = "s"  # text stays text: =1+1 is a question, not a formula
    _look(sheet, [_WIDTHS.get(field, 18) for field in columns])
    return book


def _look(sheet: Any, widths: Sequence[int]) -> None:
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="DDE7E4")
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
