"""The report of a run: one HTML file that needs nothing else, and JUnit XML, CSV and Excel for other tools."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader
from openpyxl import Workbook

from corpus.loader import PACKS, load_pack
from corpus.schema import Pack
from evals.cases import AnyCase, CalculatorCase, Case, CheckCase, RetrievalCase
from evals.diff import STATES, Change, Diff
from evals.run import Result, Run
from evals.score import CHECKS, KIND_NAMES
from evals.sheets import amount_text, printable, safe_cell
from evals.summary import MEASURES, Group, summarise

REPORT, JUNIT, TABLE, WORKBOOK = "report.html", "junit.xml", "results.csv", "results.xlsx"
_SLOWEST = 10
_SHOWN_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a clause; `marked` where the reply quotes it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as the report shows it: what was asked, expected and given, and the clauses with the quotes marked."""

    result: Result
    asked: Sequence[str]
    expected: Sequence[tuple[str, str]]
    given: Sequence[tuple[str, str]]
    clauses: Sequence[tuple[str, Sequence[Piece]]]


def write_report(run: Run, diff: Diff | None = None, folder: Path | None = None) -> Path:
    """Write the HTML, JUnit, CSV and Excel reports of a run beside it; the path of the HTML."""
    folder = folder or run.folder
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / REPORT
    path.write_text(html(run, diff), encoding="utf-8")
    (folder / JUNIT).write_bytes(junit(run))
    _write_tables(run, folder)
    return path


def html(run: Run, diff: Diff | None = None) -> str:
    """The report as one page, without scripts or requests; kept sets show their totals only."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    open_results = [result for result in run.results if result.set_name not in run.kept]
    kept = run.kept | (diff.before.kept if diff else frozenset())
    changes = [c for c in diff.changes if c.result.set_name not in kept] if diff else []
    return environment.get_template("report.html.j2").render(
        run=run,
        spec=run.spec,
        summary=summarise(run),
        checks=CHECKS,
        measures=MEASURES,
        failures=[show(result, _pack_of(run, result)) for result in open_results if not result.verdict.passed],
        hidden=len(run.results) - len(open_results),
        slowest=sorted(open_results, key=lambda result: -result.elapsed_ms)[:_SLOWEST],
        diff=diff,
        states=STATES,
        changes=[(change, _texts(change)) for change in changes[:_SHOWN_CHANGES]],
        more_changes=max(len(changes) - _SHOWN_CHANGES, 0),
        bar=bar,
    )


def bar(group: Group, width: int = 180) -> dict[str, float]:
    """The lengths of a bar with its interval, in SVG units."""
    share, low, high = group.interval
    return {"share": share * width, "low": low * width, "high": high * width, "width": width}


def _pack_of(run: Run, result: Result) -> Pack:
    return load_pack(PACKS / next(entry["pack"] for entry in run.spec["sets"] if entry["name"] == result.set_name))


def show(result: Result, pack: Pack) -> Shown:
    """A result with its gold and reply side by side."""
    case, reply = result.case, result.reply
    cited = [str(citation["clause"]) for citation in reply.get("citations", ())]
    wanted = list(case.clauses) if isinstance(case, Case | RetrievalCase) else []
    return Shown(
        result,
        asked(case),
        _expected(case),
        _given(reply),
        [(clause, _pieces(pack, clause, reply)) for clause in dict.fromkeys([*wanted, *cited]) if pack.document.clause(clause)],
    )


def asked(case: AnyCase) -> list[str]:
    """What a case asks, turn by turn."""
    if isinstance(case, Case | CheckCase):
        return list(case.turns)
    if isinstance(case, RetrievalCase):
        return [case.question]
    return [f"{case.benefit}：" + "，".join(f"{name} {value}" for name, value in case.facts.items())]


def _expected(case: AnyCase) -> list[tuple[str, str]]:
    if isinstance(case, CheckCase):
        return [("应", "放行" if case.sound else "拦下"), ("文字", case.text), ("理由", case.why)]
    rows: list[tuple[str, str]] = []
    if isinstance(case, Case):
        rows.append(("结果", case.outcome))
    if isinstance(case, CalculatorCase):
        rows.append(("状态", case.status))
    if isinstance(case, Case | RetrievalCase):
        rows.append(("条款", "、".join(case.clauses)))
    if isinstance(case, Case | CalculatorCase):
        rows.append(("金额", "；".join(_amount(a.kind, a.low_yuan, a.high_yuan) for a in case.amounts)))
    if isinstance(case, Case):
        rows.append(("必须说到", "；".join("|".join(words[:6]) for words in case.must_say)))
        rows += [("不得说到", "、".join(case.must_not_say)), ("理由", case.why)]
    return [(title, text) for title, text in rows if text]


def _amount(kind: str, low: float | str | None, high: float | str) -> str:
    name = KIND_NAMES[kind]
    return amount_text(kind, low, high).replace(kind, name, 1) + " 元"


def _given(reply: dict[str, Any]) -> list[tuple[str, str]]:
    amounts = [_amount(a["kind"], a["low_yuan"], a["high_yuan"]) for a in reply.get("amounts", ())]
    rows = [
        ("出错", str(reply.get("error", ""))),
        ("结果", f"{reply.get('outcome', '')} {reply.get('status', '')}".strip()),
        ("条款", "、".join(dict.fromkeys(str(c["clause"]) for c in reply.get("citations", ())))),
        ("金额", "；".join(amounts)),
        ("命中", "、".join(reply.get("hits", ())[:5])),
        ("拦下的理由", "；".join(reply.get("faults", ()))),
        ("文字", str(reply.get("text", "")).replace("**", "")),
    ]
    return [(title, text) for title, text in rows if text]


def _pieces(pack: Pack, clause_id: str, reply: dict[str, Any]) -> list[Piece]:
    clause = pack.document.clause(clause_id)
    assert clause is not None
    spans = sorted((c["start"], c["end"]) for c in reply.get("citations", ()) if str(c["clause"]) == clause_id)
    pieces, at = [], clause.start
    source = pack.document.source
    for start, end in spans:
        start = max(start, at)
        if end > start:
            pieces += [Piece(source[at:start], False), Piece(source[start:end], True)]
            at = end
    pieces.append(Piece(source[at : clause.end], False))
    return [piece for piece in pieces if piece.text]


def _texts(change: Change) -> list[tuple[str, str]]:
    """The lines of both texts with their marks: `-` before, `+` after, blank in both."""
    before = str(change.before.reply.get("text", "")) if change.before else ""
    after = str(change.after.reply.get("text", "")) if change.after else ""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:].replace("**", "")) for line in lines if line[0] in "+- " and line[2:].strip()]


def junit(run: Run) -> bytes:
    """JUnit XML: a suite a set, a test case a question; kept sets as one case that says their total."""
    root = ElementTree.Element("testsuites", name="mingce eval")
    for entry in run.spec["sets"]:
        results = [result for result in run.results if result.set_name == entry["name"]]
        failed = [result for result in results if not result.verdict.passed]
        seconds = sum(result.elapsed_ms for result in results) / 1000
        counts = {"tests": str(len(results)), "failures": str(len(failed)), "time": f"{seconds:.3f}"}
        suite = ElementTree.SubElement(root, "testsuite", {"name": entry["name"], **counts})
        if entry["kept"]:
            note = f"留存题：{len(results) - len(failed)}/{len(results)}，题目不列出"
            ElementTree.SubElement(ElementTree.SubElement(suite, "testcase", name="总数"), "system-out").text = note
            continue
        for result in results:
            name = result.case.id if result.repeat == 1 else f"{result.case.id} #{result.repeat}"
            labels = {"classname": f"{entry['name']}.{result.case.category}", "time": f"{result.elapsed_ms / 1000:.3f}"}
            case = ElementTree.SubElement(suite, "testcase", {"name": name, **labels})
            if not result.verdict.passed:
                failure = ElementTree.SubElement(case, "failure", message=printable(result.verdict.faults[0]))
                failure.text = printable("\n".join([*asked(result.case), *result.verdict.faults]))
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


_HEADINGS = ("题集", "编号", "次", "类别", "通过", "问题", "结果", "错处", "条款", "金额", "毫秒", "文字")


def _table(run: Run) -> Iterable[list[str]]:
    for result in run.results:
        if result.set_name in run.kept:
            continue
        given = dict(_given(result.reply))
        yield [
            *(result.set_name, result.case.id, str(result.repeat), result.case.category),
            "是" if result.verdict.passed else "否",
            " || ".join(asked(result.case)),
            given.get("结果", ""),
            "；".join(result.verdict.faults),
            *(given.get("条款", ""), given.get("金额", ""), f"{result.elapsed_ms:.1f}", given.get("文字", "")),
        ]


def _write_tables(run: Run, folder: Path) -> None:
    with (folder / TABLE).open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_HEADINGS)
        writer.writerows([safe_cell(cell) for cell in row] for row in _table(run))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("结果")
    sheet.append(list(_HEADINGS))
    for row in _table(run):
        sheet.append([safe_cell(printable(cell)) for cell in row])
    book.save(folder / WORKBOOK)
