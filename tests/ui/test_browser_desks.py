"""政策库, 评测 and the pages of documents in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from browsing import ask, go_to
from openpyxl import load_workbook

Open = Callable[..., Any]


def test_the_library_shows_rules_beside_their_sentences_and_what_they_leave_unsure(open_page: Open) -> None:
    page = open_page()
    go_to(page, "政策库")
    page.locator(".pack").first.wait_for()
    assert "征求意见稿" in page.locator(".pack").first.inner_text() and page.locator(".pack").count() == 2
    block = page.locator(".clause-block", has=page.get_by_text("2.5.18", exact=True))
    assert "条文没有写明补助给合同的哪一方" in block.locator(".unsure").first.inner_text()
    assert "按照年度技术合同成交额不超过1.5‰给予补助，最高不超过80万元" in "".join(block.locator(".ruled").all_inner_texts())


def test_a_clause_has_an_address(open_page: Open) -> None:
    page = open_page("/clause/2.5.16")
    assert page.locator(".clause-block.current h4").inner_text().startswith("2.5.16")
    assert page.locator(".clause-block.current").evaluate(
        "e => { const b = e.getBoundingClientRect(); return b.top < innerHeight && b.bottom > 0; }"
    )
    assert "征求意见稿" in page.locator(".notice").inner_text()


def test_a_wrong_address_says_what_to_do(open_page: Open) -> None:
    for path, says in (("/clause/9.9.9", "没有第 9.9.9 条"), ("/policy/none", "没有政策“none”"), ("/nowhere", "没有这个页面")):
        page = open_page(path)
        assert says in page.locator(".error-page").inner_text()
        assert page.get_by_role("link", name="回到首页").is_visible()


def test_a_set_is_run_its_failures_read_and_two_runs_compared(open_page: Open, data: Path) -> None:
    page = open_page()
    go_to(page, "评测")
    page.locator("#evaluation-set input").click()
    page.locator("li[role=option]").filter(has_text="liuhe").first.click()
    names = set()
    for _ in range(2):
        page.get_by_role("button", name="运行题集").click()
        page.get_by_text("已跑").wait_for()
        page.get_by_text("已跑").wait_for(state="detached", timeout=60_000)
        page.locator("#evaluation-shown .figures").wait_for()
        names.add(page.locator("#evaluation-run input").input_value())
    assert len(names) == 2
    assert "95% 置信区间" in page.locator("#evaluation-shown").inner_text()
    assert page.locator("#evaluation-shown .ci").count() >= 3
    page.locator("#evaluation-against input").click()
    page.locator("li[role=option]").last.click()
    page.locator("#evaluation-diff .figures").wait_for()
    assert "McNemar" in page.locator("#evaluation-diff").inner_text()


def test_a_reported_question_is_labelled_and_can_be_dropped(open_page: Open) -> None:
    page = open_page()
    ask(page, "研究开发补助的第2条说的是啥")
    page.locator(".rating summary").click()
    page.locator(".rating button").click()
    page.get_by_text("已收到意见").wait_for()
    page.reload()
    page.wait_for_selector("#question textarea")
    go_to(page, "评测")
    entry = page.locator(".queue .failure", has_text="研究开发补助的第2条说的是啥")
    entry.locator("summary").click()
    entry.locator("select").select_option("作答")
    entry.locator("input[name=clauses]").fill("2.1.2")
    entry.get_by_role("button", name="标注").click()
    page.locator(".queue .failure", has_text="已标注").filter(has_text="研究开发补助的第2条说的是啥").wait_for()
    again = page.locator(".queue .failure", has_text="研究开发补助的第2条说的是啥")
    if again.get_attribute("open") is None:
        again.locator("summary").click()
    again.get_by_role("button", name="移出队列").click()
    again.wait_for(state="detached")


def test_labelled_questions_go_out_as_a_sheet_and_come_back(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    ask(page, "第6条大意，要导出标注的")
    page.locator(".rating summary").click()
    page.locator(".rating button").click()
    page.get_by_text("已收到意见").wait_for()
    go_to(page, "评测")
    page.locator(".queue .failure", has_text="要导出标注的").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出标注表").click()
    file = tmp_path / "labels.xlsx"
    taken.value.save_as(file)
    book = load_workbook(file)
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if "要导出标注的" in str(row[titles.index("问题")].value))
    row[titles.index("应有结果")].value = "作答"
    book.save(file)
    page.locator("#queue-taken input[type=file], input[type=file][accept*=xlsx]").first.set_input_files(file)
    page.locator(".queue .failure", has_text="要导出标注的").filter(has_text="已标注").wait_for()
