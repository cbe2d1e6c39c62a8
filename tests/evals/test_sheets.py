"""Spreadsheets in and out, and candidates from use to a set."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from evals.candidates import add, candidate, join, label, load, read_sheet, write_sheet
from evals.cases import Case
from evals.library import Card, QuestionSet, SetError, example_case, find_sets, read_cases
from evals.sheets import export_cases, import_cases, parse_amount, write_template


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_reads_back_as_its_example(tmp_path: Path, kind: str) -> None:
    path, example = tmp_path / f"template.{kind}", example_case("jinan-2023-2025")
    write_template(path, example)
    assert import_cases(path) == [example]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_set_comes_back_from_a_sheet_unchanged(tmp_path: Path, kind: str) -> None:
    cases = [case for name in ("jinan-2023-2025", "liuhe-2023") for case in find_sets([name])[0].cases if isinstance(case, Case)]
    plain = [case for case in cases if all(turn == " ".join(turn.split()) and turn for turn in case.turns)]
    plain.append(plain[0].model_copy(update={"id": "free", "amounts_free": True, "variant_of": plain[0].id}))
    assert len(plain) > 200
    path = tmp_path / f"set.{kind}"
    export_cases(path, plain)
    assert import_cases(path) == plain


def test_a_sheet_saved_by_chinese_excel_is_read(tmp_path: Path) -> None:
    path = tmp_path / "gbk.csv"
    path.write_bytes("编号,问题,应有结果\r\nq1,高企复审奖多少,作答\r\n".encode("gb18030"))
    assert import_cases(path)[0].turns == ["高企复审奖多少"]


def test_a_cell_without_end_and_control_characters_are_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    path.write_text(f"编号,问题,应有结果\nq1,{'长' * 200_000},作答\n", encoding="utf-8")
    with pytest.raises(SetError, match=r"huge\.csv 读不了"):
        import_cases(path)
    bell = example_case("jinan-2023-2025").model_copy(update={"turns": ["响\x07铃"]})
    export_cases(tmp_path / "bell.xlsx", [bell])
    assert import_cases(tmp_path / "bell.xlsx")[0].turns == ["响铃"]


@pytest.mark.parametrize(
    "amount", ['{"kind": "exact", "low_yuan": Infinity, "high_yuan": Infinity}', '{"kind": "upper_bound", "high_yuan": NaN}']
)
def test_an_amount_without_end_is_refused(tmp_path: Path, amount: str) -> None:
    path = tmp_path / "odd.jsonl"
    case = f'{{"id": "q", "persona": "hotline", "category": "c", "turns": ["x"], "outcome": "answer", "amounts": [{amount}]}}'
    path.write_text(case, encoding="utf-8")
    with pytest.raises(SetError, match="第 1 行 amounts"):
        read_cases(path)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("编号,问题\nq1,x\n", "第 1 行：缺少列 应有结果"),
        ("编号,问题,应有结果,备注\nq1,x,作答,y\n", "第 1 行：不认识的列 备注"),
        ("编号,问题,应有结果\nq1,x,也许\n", "第 2 行 应有结果：“也许”应为 作答、追问、不答"),
        ("编号,问题,应有结果,金额\nq1,x,作答,很多\n", "第 2 行 金额：“很多”看不懂"),
        ("编号,问题,应有结果,金额\nq1,x,追问,10万\n", "第 2 行"),
        ("编号,问题,应有结果\nq1,x,作答\nq1,y,作答\n", "第 3 行 编号：“q1”重复"),
        ("编号,问题,应有结果\nq1,,作答\n", "第 2 行 问题"),
        ("编号,问题,应有结果,必须说到\nq1,x,作答,平均|\n", "第 2 行 必须说到：“平均|”里有空的一项"),
        ("编号,问题,应有结果\n", "没有题目"),
        ("", "是空的"),
    ],
)
def test_a_faulty_sheet_names_row_and_column(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "faulty.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SetError) as raised:
        import_cases(path)
    assert fault in str(raised.value)


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(SetError, match=r"broken\.xlsx 不是有效的 Excel 文件"):
        import_cases(path)


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("10万", "exact", 100_000, 100_000),
        ("最高 8万元", "upper_bound", None, 80_000),
        ("100-500万", "range", 1_000_000, 5_000_000),
        ("100万-500万", "range", 1_000_000, 5_000_000),
        ("平均 50万", "average", None, 500_000),
        ("抵扣 300万", "deduction", 3_000_000, 3_000_000),
        ("upper_bound 80000", "upper_bound", None, 80_000),
        ("1,000,000", "exact", 1_000_000, 1_000_000),
        ("0.15亿", "exact", 15_000_000, 15_000_000),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, kind: str, low: float | None, high: float) -> None:
    assert parse_amount(text) == {"kind": kind, "low_yuan": low, "high_yuan": high}


def test_a_question_is_never_a_formula(tmp_path: Path) -> None:
    case = Case(id="q", persona="hotline", category="c", turns=["=HYPERLINK(1)"], outcome="decline")
    for kind in ("xlsx", "csv"):
        export_cases(tmp_path / f"f.{kind}", [case])
        assert import_cases(tmp_path / f"f.{kind}")[0].turns == ["=HYPERLINK(1)"]
    sheet = load_workbook(tmp_path / "f.xlsx").worksheets[0]
    assert sheet["D2"].data_type != "f"
    assert "'=HYPERLINK" in (tmp_path / "f.csv").read_text(encoding="utf-8-sig")


def test_a_candidate_goes_from_sheet_to_label_to_set(tmp_path: Path) -> None:
    data, sheet = tmp_path / "data", tmp_path / "use.xlsx"
    assert add(data, [candidate(["高企复审给多少"], "20万", "应为10万"), candidate(["别的问题"])]) == 2
    assert add(data, [candidate(["高企复审给多少"])]) == 0
    write_sheet(sheet, load(data))
    book = load_workbook(sheet)
    page = book.worksheets[0]
    titles = [cell.value for cell in page[1]]
    for title, value in (("应有结果", "作答"), ("条款", "2.2.8"), ("金额", "10万"), ("类别", "calc")):
        page.cell(2, titles.index(title) + 1).value = value
    book.save(sheet)
    assert label(data, sheet) == (1, [])
    target = QuestionSet("mine", tmp_path / "mine.jsonl", Card(pack="jinan-2023-2025"))
    target.path.write_text("", encoding="utf-8")
    assert join(data, target) == 1
    (case,) = read_cases(target.path)
    assert isinstance(case, Case)
    assert (case.turns, case.amounts[0].key) == (["高企复审给多少"], ("exact", 100_000, 100_000))
    assert [entry.turns for entry in load(data)] == [["别的问题"]]


def test_a_question_that_the_set_has_does_not_join_twice(tmp_path: Path) -> None:
    (own,) = find_sets(["jinan-2023-2025"])
    case = next(case for case in own.cases if isinstance(case, Case))
    entry = candidate(case.turns)
    add(tmp_path, [entry.model_copy(update={"label": case.model_copy(update={"id": entry.id})})])
    with pytest.raises(SetError, match=case.id):
        join(tmp_path, own)
    assert len(load(tmp_path)) == 1


def test_candidates_join_no_set_of_another_kind(tmp_path: Path) -> None:
    (target,) = find_sets(["liuhe-2023-retrieval"])
    whole = target.path.read_bytes()
    with pytest.raises(SetError, match="不是问答题"):
        join(tmp_path, target)
    assert target.path.read_bytes() == whole


def test_labels_of_unknown_candidates_are_named(tmp_path: Path) -> None:
    sheet = tmp_path / "use.csv"
    sheet.write_text("问题,应有结果\n没见过的,不答\n", encoding="utf-8")
    (entry,) = read_sheet(sheet)
    assert label(tmp_path, sheet) == (0, [entry.id])


def test_a_faulty_label_names_its_row(tmp_path: Path) -> None:
    sheet = tmp_path / "use.csv"
    sheet.write_text("问题,应有结果,金额\nx,作答,很多\n", encoding="utf-8")
    with pytest.raises(SetError, match="第 2 行 金额"):
        read_sheet(sheet)
