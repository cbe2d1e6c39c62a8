"""政策问答 in a real browser."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import ask
from docx import Document
from model_server import ModelServer, Turn, reply, slots_in
from model_server import serving as model_serving

from corpus.loader import PACKS, load_pack
from ui.browser.serving import Served, serving

Open = Callable[..., Any]
RESEARCH = "高新技术企业，研发经费投入320万，研发补助最多多少？"


def test_an_example_is_answered_with_the_sum_its_kind_and_the_quote_in_its_clause(open_page: Open) -> None:
    page = open_page()
    page.locator(".examples button").nth(1).click()
    page.locator(".turn .answer").first.wait_for()
    assert re.sub(r"\s+", "", page.locator(".card-sum .sum").inner_text()) == "最高8万元"
    assert page.locator(".card-sum .badge").inner_text() == "上限"
    assert "研发经费投入 320万元 × 最高2.5% = 8万元" in page.locator(".details").inner_text()
    assert "科技型中小企业、高新技术企业" in page.locator(".card-sum .to").inner_text()
    source = page.locator(".source").first
    marked = source.locator("mark").all_inner_texts()
    clause = load_pack(PACKS / "jinan-2023-2025").document.clause("2.1.2")
    assert clause is not None and marked and all(text in clause.text for text in marked)
    assert " ".join(source.locator(".clause").inner_text().split()) == " ".join(clause.text.split())
    with page.context.expect_page() as opened:
        source.get_by_text("在全文中打开").click()
    full = opened.value
    full.wait_for_selector(".clause-block.current mark")
    assert full.locator(".clause-block.current h4").inner_text().startswith("2.1.2")
    assert full.locator(".clause-block.current mark").all_inner_texts() == marked


def test_a_question_back_is_answered_by_a_button_and_by_a_field(open_page: Open) -> None:
    page = open_page()
    ask(page, "我们首次通过高新技术企业认定，能拿多少？")
    page.get_by_role("button", name="规模以上工业企业").click()
    page.locator(".turn .answer").nth(1).wait_for()
    assert "20 – 30" in page.locator(".card-sum .sum").last.inner_text()
    assert page.locator(".choices").count() == 0
    ask(page, "备案的重大科技创新产品，我们是研发单位，能补多少？")
    page.locator(".inline-form input").fill("800")
    page.locator(".inline-form button").click()
    page.locator(".turn .answer").nth(3).wait_for()
    assert re.sub(r"\s+", "", page.locator(".card-sum .sum").last.inner_text()) == "80万元"


def test_a_conversation_goes_on_after_a_reload_and_beside_a_new_one(open_page: Open) -> None:
    page = open_page()
    ask(page, RESEARCH)
    page.reload()
    page.locator(".turn .answer").first.wait_for()
    assert page.locator(".user").inner_text().endswith(RESEARCH)
    ask(page, "那如果是1200万呢")
    assert re.sub(r"\s+", "", page.locator(".card-sum .sum").last.inner_text()) == "最高30万元"
    page.get_by_role("button", name="新对话").click()
    page.locator(".welcome").first.wait_for()
    assert page.locator(".turn").count() == 0
    ask(page, "第16条由哪些部门负责？")
    page.locator(".menu summary").click()
    page.locator(".menu-row button").filter(has_text="研发补助").click()
    page.locator(".turn .answer").nth(1).wait_for()
    assert page.locator(".turn").count() == 2
    page.locator(".menu summary").click()
    page.locator(".menu-row .drop").last.click()
    page.wait_for_function("document.querySelectorAll('.menu-row .drop').length === 1")


def test_the_next_question_is_not_wiped_out_by_the_answer_to_this_one(open_page: Open) -> None:
    page = open_page()
    page.fill("#question textarea", RESEARCH)
    page.keyboard.press("Enter")
    page.keyboard.type("第16条大意", delay=15)
    page.locator(".turn .answer").first.wait_for()
    page.wait_for_timeout(300)
    assert page.locator("#question textarea").input_value() == "第16条大意"


def test_a_question_is_kept_though_another_conversation_is_opened_at_once(open_page: Open) -> None:
    page = open_page()
    ask(page, "第16条由哪些部门负责？")
    page.get_by_role("button", name="新对话").click()
    page.locator(".welcome").first.wait_for()
    page.fill("#question textarea", RESEARCH)
    page.keyboard.press("Enter")
    page.locator(".waiting, .turn .answer").first.wait_for()
    page.get_by_role("button", name="新对话").click()
    page.wait_for_timeout(500)
    page.locator(".menu summary").click()
    page.locator(".menu-row button").filter(has_text="研发补助").click()
    page.locator(".turn .answer").first.wait_for()
    assert "最高8万元" in re.sub(r"\s+", "", page.locator(".card-sum .sum").inner_text())
    page.locator(".menu summary").click()
    page.keyboard.press("Escape")
    assert page.locator(".menu[open]").count() == 0


def test_two_tabs_of_a_browser_keep_their_own_conversations(open_page: Open, site: Served) -> None:
    one = open_page()
    ask(one, RESEARCH)
    two = one.context.new_page()
    two.goto(site.url)
    two.wait_for_selector("#question textarea")
    ask(two, "第16条由哪些部门负责？")
    ask(one, "那如果是1200万呢")
    assert "最高30万元" in re.sub(r"\s+", "", one.locator(".card-sum .sum").last.inner_text())
    two.reload()
    two.locator(".turn .answer").first.wait_for()
    assert two.locator(".turn").count() == 1 and "第16条" in two.locator(".user").inner_text()
    two.locator(".menu summary").click()
    assert two.locator(".menu-row .drop").count() == 2


@pytest.mark.parametrize(("typed", "shown"), [("-5", "不能是负数"), ("abc", "读不懂“abc”"), ("1.5.2", "读不懂")])
def test_an_odd_figure_in_the_field_says_what_is_wrong(open_page: Open, typed: str, shown: str) -> None:
    page = open_page()
    ask(page, "备案的重大科技创新产品，我们是研发单位，能补多少？")
    page.locator(".inline-form input").fill(typed)
    page.locator(".inline-form button").click()
    page.locator(".toast-message-text", has_text=shown).first.wait_for()
    assert page.locator(".turn").count() == 1


def test_the_page_survives_a_restart_of_the_server(open_page: Open, tmp_path: Path) -> None:
    with serving(tmp_path / "again") as served:
        page = open_page(url=served.url)
        ask(page, RESEARCH)
        served.stop()
        served.start()
        page.wait_for_timeout(1500)
        ask(page, "那如果是1200万呢")
        assert re.sub(r"\s+", "", page.locator(".card-sum .sum").last.inner_text()) == "最高30万元"
        assert page.locator(".turn").count() == 2


def test_two_users_at_once_never_see_each_others_words(open_page: Open) -> None:
    one, two = open_page(), open_page()
    for page, mine in ((one, "320万"), (two, "640万")):
        page.fill("#question textarea", f"高新技术企业，研发经费投入{mine}，研发补助最多多少？")
    one.keyboard.press("Enter")
    two.keyboard.press("Enter")
    for page in (one, two):
        page.locator(".turn .answer").first.wait_for()
    ask(two, "责任单位是哪些")
    ask(one, "责任单位是哪些")
    first, second = one.locator("#chat-desk").inner_text(), two.locator("#chat-desk").inner_text()
    assert "320万" in first and "640万" not in first and "最高8万元" in first
    assert "640万" in second and "320万" not in second and "最高16万元" in second


def test_an_answer_is_copied_and_the_conversation_exported_with_sources_and_date(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    ask(page, RESEARCH)
    page.locator(".tools [data-copy]").click()
    page.get_by_text("已复制").first.wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "最高8万元" in copied and "[2.1.2]" in copied and "征求意见稿" in copied
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出 Markdown").click()
    text = Path(taken.value.path()).read_text(encoding="utf-8")
    assert taken.value.suggested_filename.endswith(".md")
    assert RESEARCH in text and "最高8万元" in text and "> [2.1.2]" in text and "导出日期：20" in text
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出 Word").click()
    word = Document(str(taken.value.path()))
    lines = [paragraph.text for paragraph in word.paragraphs]
    assert any("最高8万元" in line for line in lines) and any("责任单位：市科技局" in line for line in lines)
    assert any(run.bold and "最高2.5%" in run.text for paragraph in word.paragraphs for run in paragraph.runs)


def test_a_thumb_down_with_its_reason_reaches_the_queue_masked(open_page: Open, data: Path) -> None:
    page = open_page()
    ask(page, "我是张三，电话13812345678，第16条大意是什么？")
    page.locator(".rating summary").click()
    page.locator(".rating textarea").fill("少说了一句，回我13912345678")
    page.locator(".rating button").click()
    page.get_by_text("已收到意见").wait_for()
    queue = (data / "candidates.jsonl").read_text(encoding="utf-8")
    entry = next(json.loads(line) for line in queue.splitlines() if "第16条大意" in line)
    assert "少说了一句" in entry["wrong"] and "［手机号］" in entry["wrong"] and "［手机号］" in entry["turns"][0]
    assert "13812345678" not in queue and "13912345678" not in queue


def test_a_question_without_an_answer_reaches_the_queue(open_page: Open, data: Path) -> None:
    page = open_page()
    ask(page, "养老金一个月能领多少")
    assert page.locator(".standing .badge").inner_text() in ("未载明", "不在范围")
    ask(page, "食堂的伙食费怎么补")
    queue = (data / "candidates.jsonl").read_text(encoding="utf-8")
    assert "伙食费" in queue


def test_the_answer_comes_in_steps(open_page: Open) -> None:
    page = open_page()
    watch(page)
    ask(page, RESEARCH)
    seen = page.evaluate("window.seen")
    assert seen[0].startswith("正在查条文") and seen[-1] == "answer"


def watch(page: Any) -> None:
    """Note what the conversation shows while a question is answered."""
    page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => {
            const done = document.querySelector('.turn .answer') ? 'answer' : '';
            const now = document.querySelector('.waiting')?.textContent ?? done;
            if (now && window.seen.at(-1) !== now) window.seen.push(now);
        }).observe(document.querySelector('#thread'), { subtree: true, childList: true, characterData: true }); }"""
    )


def slow(request: dict[str, Any]) -> Turn:
    turn = reply("可得{{r1}}。" if "r1" in slots_in(request) else "请看旁边。")
    return Turn(calls=turn.calls, hang=1.5)


def test_a_models_words_are_marked_and_the_wait_tells_what_is_done(open_page: Open, tmp_path: Path) -> None:
    with model_serving(slow) as model:
        assert isinstance(model, ModelServer)
        environment = {"MINGCE_MODEL": "openai:scripted", "OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "none"}
        with serving(tmp_path / "model", environment) as served:
            page = open_page(url=served.url)
            watch(page)
            ask(page, RESEARCH)
            assert "可得" in page.locator(".machine").inner_text() and "8万元" in page.locator(".machine").inner_text()
            assert page.locator(".machine .badge").inner_text() == "AI 解读"
            assert "语言模型 openai:scripted" in page.locator("#foot").inner_text()
            assert any("正在组织语言" in said for said in page.evaluate("window.seen"))
            page.fill("#question textarea", "第16条由哪些部门负责？")
            page.keyboard.press("Enter")
            page.locator(".waiting").wait_for()
            page.get_by_role("button", name="停止").click()
            page.locator(".waiting").wait_for(state="detached")
            assert page.locator(".turn").count() == 1
