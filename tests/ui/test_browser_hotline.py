"""坐席台 in a real browser, with the keyboard only."""

from collections.abc import Callable
from typing import Any

import pytest
from browsing import go_to

Open = Callable[..., Any]


@pytest.fixture
def page(open_page: Open) -> Any:
    found = open_page()
    go_to(found, "坐席台")
    found.locator("#hotline-query").wait_for()
    return found


def find(page: Any, text: str, clause: str) -> None:
    page.keyboard.type(text)
    page.locator(".hit .number", has_text=clause).first.wait_for()


def test_a_call_from_end_to_end_without_a_mouse(page: Any) -> None:
    page.focus("#hotline-query")
    find(page, "技术合同", "2.5.18")
    assert page.locator(".hit.chosen mark").first.inner_text() == "技术合同"
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".hit.chosen .number").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#hotline-said').textContent === '已复制'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"[{chosen}]") and "责任单位：市科技局" in copied and "征求意见稿" in copied
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.type("2000")
    page.locator(".calculator .sum", has_text="3").first.wait_for()
    assert "最高3万元" in "".join(page.locator(".calculator .result").first.inner_text().split())
    page.keyboard.press("Escape")
    page.wait_for_function("document.querySelectorAll('.hit').length === 0")
    assert page.locator("#hotline-query").input_value() == ""
    assert page.evaluate("document.activeElement.id") == "hotline-query"
    assert "2000" not in page.locator("#hotline").inner_text()


@pytest.mark.parametrize(
    ("typed", "clause"), [("16", "2.5.16"), ("市统计局", "2.2.8"), ("千分之一点五", "2.5.18"), ("孵化器", "2.1.1")]
)
def test_number_unit_figure_and_word_find_their_clause(page: Any, typed: str, clause: str) -> None:
    page.focus("#hotline-query")
    find(page, typed, clause)


def test_a_whole_question_is_answered_first(page: Any) -> None:
    page.focus("#hotline-query")
    page.keyboard.type("高新技术企业研发经费投入320万补多少")
    page.locator(".hit-answer").wait_for()
    page.locator(".hit-answer .sum", has_text="8").wait_for()


def test_nothing_found_says_so_and_shows_the_words_as_typed(page: Any) -> None:
    page.focus("#hotline-query")
    page.keyboard.type("<img src=x onerror=alert(1)>养老")
    page.get_by_text("条文里没有“<img src=x onerror=alert(1)>养老”").wait_for()
    assert page.locator("#hotline img").count() == 0


def test_enter_never_copies_the_clause_of_the_words_before(page: Any) -> None:
    page.focus("#hotline-query")
    find(page, "孵化器", "2.1.1")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#hotline-said').textContent === '已复制'")
    said = page.evaluate(
        """() => { const box = document.querySelector('#hotline-query'); box.value = '创新券';
            box.dispatchEvent(new Event('input', { bubbles: true }));
            box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
            return document.querySelector('#hotline-said').textContent; }"""
    )
    assert said == ""
    page.wait_for_function("document.querySelector('#hotline-said').textContent === '已复制'")
    assert page.evaluate("navigator.clipboard.readText()").startswith("[2.1.3]")
