"""What holds on every page: nothing leaves the house, no markup of users, accessible, readable at every width."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import ask, go_to

Open = Callable[..., Any]
DESKS = ("政策问答", "我能申领什么", "坐席台", "政策库", "评测")
ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>第16条大意",
    "[点我](javascript:alert(1)) ![](http://evil.example/x.png) 第16条由谁负责",
    "$$\\def\\a{\\a\\a}\\a$$ `${alert(1)}` {{value}} {{{value}}} 第16条大意",
    "</p></article><iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("desk", DESKS)
def test_axe_finds_no_serious_fault(open_page: Open, desk: str, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    if desk == "政策问答":
        ask(page, "高新技术企业，研发经费投入320万，研发补助最多多少？")
    go_to(page, desk)
    if desk == "我能申领什么":
        page.check("#g-renewed")
        page.check("#g-research")
        page.locator(".benefit").first.wait_for()
    if desk == "坐席台":
        page.fill("#hotline-query", "技术合同")
        page.locator(".hit").first.wait_for()
    assert serious_faults(page) == []


def serious_faults(page: Any) -> list[str]:
    page.wait_for_timeout(300)
    return [
        f"{v['id']}: {n['target']} {n['html'][:160]} {n.get('failureSummary', '')[:160]}"
        for v in Axe().run(page).response["violations"]
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"][:4]
    ]


def test_axe_finds_no_serious_fault_in_english_on_a_phone_with_everything_open(open_page: Open) -> None:
    page = open_page("/en/", width=390, height=844)
    ask(page, "A high-tech enterprise with R&D spending of 3.2 million yuan. What is the most we can get?")
    page.locator(".rating summary").click()
    page.locator(".card-sum summary").first.click()
    page.locator(".menu summary").click()
    assert serious_faults(page) == []
    go_to(page, "What can I claim")
    page.check("#g-product-maker")
    page.get_by_role("textbox").last.fill("abc")
    page.keyboard.press("Tab")
    page.locator(".fault").first.wait_for()
    page.get_by_role("button", name="Copy as variant B").click()
    page.locator(".compare").wait_for()
    page.locator(".benefit summary").first.click()
    assert serious_faults(page) == []


@pytest.mark.parametrize("path", ["/clause/2.5.18", "/nowhere"])
def test_axe_finds_no_serious_fault_on_plain_pages(open_page: Open, path: str) -> None:
    found = Axe().run(open_page(path))
    assert [v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_words_of_a_user_are_shown_as_typed(open_page: Open, attack: str) -> None:
    page = open_page()
    ask(page, attack)
    assert page.locator(".user").inner_text().removeprefix("您问：").strip() == attack
    go_to(page, "我能申领什么")
    page.check("#g-transfer")
    page.get_by_label("促成在市内转化").fill(attack[:40])
    page.keyboard.press("Tab")
    page.locator(".field .fault").wait_for()
    go_to(page, "坐席台")
    page.fill("#hotline-query", attack)
    page.wait_for_timeout(400)
    assert page.locator("main img, main iframe, main script, [onerror]").count() == 0


def test_a_figure_with_markup_is_refused_in_words(open_page: Open) -> None:
    page = open_page()
    ask(page, "备案的重大科技创新产品，我们是研发单位，能补多少？")
    page.locator(".inline-form input").fill(ATTACKS[0])
    page.locator(".inline-form button").click()
    page.locator(".toast-message-text").first.wait_for()
    assert page.locator("[onerror]").count() == 0


def test_a_reason_with_markup_stays_words_in_the_queue(open_page: Open) -> None:
    page = open_page()
    ask(page, "第18条大意")
    page.locator(".rating summary").click()
    page.locator(".rating textarea").fill(ATTACKS[0])
    page.locator(".rating button").click()
    page.get_by_text("已收到意见").wait_for()
    page.reload()
    page.wait_for_selector("#question textarea")
    go_to(page, "评测")
    page.locator(".queue", has_text=ATTACKS[0]).wait_for()
    assert page.locator(".queue img").count() == 0


@pytest.mark.parametrize("width", [390, 768, 1920])
def test_no_desk_is_wider_than_the_screen(open_page: Open, width: int) -> None:
    page = open_page(width=width, height=844)
    ask(page, "技术合同补助多少")
    for desk in DESKS:
        go_to(page, desk)
        page.wait_for_timeout(250)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, desk
        if desk == DESKS[0]:
            page.locator(".menu summary").click()
            edge = page.locator(".menu-row .drop").first.bounding_box()
            assert edge is not None and edge["x"] + edge["width"] <= width
            page.keyboard.press("Escape")
        assert page.locator(".notice").is_visible() and "征求意见稿" in page.locator(".notice").inner_text()


def test_light_and_dark_follow_the_system_and_the_switch(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.locator("[data-theme-switch]").click()
    light = page.evaluate(ground)
    assert dark != light
    page.reload()
    page.wait_for_selector("#question textarea")
    page.wait_for_timeout(300)
    assert page.evaluate(ground) == light


def test_the_page_speaks_english_at_its_english_address(open_page: Open) -> None:
    page = open_page("/en/", locale="zh-CN")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.get_by_role("tab").all_inner_texts() == ["Ask", "What can I claim", "Hotline", "Policies", "Evaluation"]
    assert page.locator("#question textarea").get_attribute("placeholder") == "Type a question, press Enter"
    ask(page, "How much for a high-tech enterprise with R&D spending of 3.2 million yuan?")
    assert "RMB 80,000" in page.locator(".card-sum .sum").inner_text()
    go_to(page, "What can I claim")
    page.check("#g-renewed")
    page.locator(".payee-asker").wait_for()
    assert "RMB 100,000" in page.locator(".payee-asker").inner_text()
