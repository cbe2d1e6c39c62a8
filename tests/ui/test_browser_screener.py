"""我能申领什么 in a real browser."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from browsing import go_to
from docx import Document
from openpyxl import load_workbook

Open = Callable[..., Any]


def screener(open_page: Open, **options: Any) -> Any:
    page = open_page(**options)
    go_to(page, "我能申领什么")
    page.locator("#g-first").wait_for()
    return page


def happened(page: Any, *events: str) -> None:
    for event in events:
        page.check(f"#g-{event}")
        page.wait_for_function(f"JSON.parse(document.querySelector('.screen-form').dataset.profile).events.includes('{event}')")


def fill(page: Any, label: str, text: str) -> None:
    page.get_by_label(label).fill(text)
    page.keyboard.press("Tab")
    page.wait_for_function(
        "text => document.querySelector('.screen-form').dataset.profile.includes(text)", arg=json.dumps(text, ensure_ascii=False)
    )


def come_to(page: Any, expected: dict[str, str]) -> None:
    """Wait until the totals are what is expected."""
    for _ in range(50):
        if totals(page) == expected:
            return
        page.wait_for_timeout(100)
    assert totals(page) == expected


def totals(page: Any) -> dict[str, str]:
    return {
        section.locator("h3").inner_text(): re.sub(r"\s+", "", section.locator(".sum").inner_text())
        for section in page.locator(".total").all()
    }


def test_a_firm_sees_every_result_and_no_money_of_the_bank(open_page: Open) -> None:
    page = screener(open_page)
    assert page.locator(".field").count() == 0
    happened(page, "first", "product-maker")
    fill(page, "首次购买合同金额", "100万")
    assert page.locator(".field.optional").count() == 3 and page.locator(".field").count() == 5  # of some forty facts
    page.get_by_label("规模以上工业企业", exact=True).check()
    page.locator(".total").wait_for()
    come_to(page, {"申请单位合计": "30–40万元"})
    happened(page, "loans", "transfer", "programme")
    fill(page, "备案贷款的不良本金是多少", "800")
    fill(page, "促成在市内转化", "299万")
    page.locator(".group-not_eligible").get_by_text("达到300万元（含），您说的是299万元").wait_for()
    come_to(page, {"申请单位合计": "30–40万元", "给银行（不是借款企业）": "280万元"})
    assert "平均数，不是单个项目的上限" in page.locator(".payee-asker").inner_text()
    assert page.locator(".benefit .bar").count() >= 3
    fill(page, "促成在市内转化", "三百万元")
    page.get_by_text("读作 300万元").wait_for()
    come_to(
        page,
        {
            "申请单位合计": "30–40万元",
            "给银行（不是借款企业）": "280万元",
            "条文没有写明（上文说的是技术转移服务机构）": "4.5万元",
        },
    )
    fill(page, "促成在市内转化", "很多")
    assert "读不懂" in page.locator(".field .fault").inner_text()


def test_the_keyboard_alone_fills_the_form_and_keeps_its_place(open_page: Open) -> None:
    page = screener(open_page)
    page.focus("#g-research")
    page.keyboard.press("Space")
    page.get_by_label("高新技术企业", exact=True).wait_for()
    page.get_by_label("高新技术企业", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_label("研发经费投入是多少").wait_for()
    assert page.evaluate("document.activeElement.value") == "高新技术企业"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.wait_for_timeout(100)
    page.get_by_label("研发经费投入是多少").focus()
    page.keyboard.type("1000")
    page.keyboard.press("Tab")
    page.locator(".payee-asker").wait_for()
    come_to(page, {"申请单位合计": "0–25万元"})


def test_a_profile_is_saved_loaded_and_kept_over_a_reload(open_page: Open, tmp_path: Path) -> None:
    page = screener(open_page)
    happened(page, "renewed", "contracts-develop")
    fill(page, "经认定登记的年度技术合同成交额", "2000万")
    with page.expect_download() as taken:
        page.get_by_role("button", name="保存填写").click()
    file = tmp_path / "profile.json"
    taken.value.save_as(file)
    assert json.loads(file.read_text(encoding="utf-8"))["events"] == ["renewed", "contracts-develop"]
    page.reload()
    go_to(page, "我能申领什么")
    page.locator(".payee-asker").wait_for()
    before = totals(page)
    page.get_by_role("button", name="清空重填").click()
    page.locator("#screen-results .welcome").wait_for()
    page.locator("#screener-load input[type=file], input[type=file]").first.set_input_files(file)
    page.locator(".payee-asker").wait_for()
    assert totals(page) == before == {"申请单位合计": "10万元", "条文没有写明": "0–3万元"}
    bad = tmp_path / "bad.json"
    bad.write_text('{"mingce_profile": 1, "policy": "<img src=x onerror=alert(1)>"}', encoding="utf-8")
    page.locator("#screener-load input[type=file], input[type=file]").first.set_input_files(bad)
    page.get_by_text("这里没有").wait_for()


def test_two_variants_stand_side_by_side(open_page: Open) -> None:
    page = screener(open_page)
    happened(page, "first")
    page.get_by_label("规模以上工业企业", exact=True).check()
    page.locator(".total").wait_for()
    page.get_by_role("button", name="复制成方案 B 比较").click()
    page.locator(".variant-now").wait_for()
    page.get_by_label("未达规模工业企业", exact=True).check()
    page.locator(".compare .differs").first.wait_for()
    rows = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in page.locator(".compare tbody tr").all()
    }
    assert rows["申请单位合计"] == ["20 – 30万元", "10 – 20万元"]
    page.get_by_role("button", name="改填方案 A").click()
    page.wait_for_function("document.querySelector('.variant-now').textContent.includes('A')")
    assert page.get_by_label("规模以上工业企业", exact=True).is_checked()
    page.get_by_role("button", name="放弃方案 B").click()
    page.locator(".compare").wait_for(state="detached")


def test_the_sheet_is_exported_with_quotes_steps_date_and_status(open_page: Open) -> None:
    page = screener(open_page)
    happened(page, "product-maker", "renewed")
    fill(page, "首次购买合同金额", "800万")
    page.locator(".payee-asker").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="测算单 Word").click()
    word = Document(str(taken.value.path()))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "征求意见稿" in text and "测算日期：20" in text and "申请单位合计：90万元" in text
    assert "步骤：首次购买合同金额 800万元；比例 10%；乘积 80万元；上限 200万元" in text
    assert "的10%予以补助，每家研发单位和首次购买使用单位补助金额分别最高不超过200万元" in text
    with page.expect_download() as taken:
        page.get_by_role("button", name="测算单 Excel").click()
    sheet = load_workbook(BytesIO(Path(taken.value.path()).read_bytes())).worksheets[0]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert rows["编号"][4:6] == ("下限（元）", "上限（元）")
    assert rows["2.5.16.a"][4:6] == (800000, 800000) and rows["合计"][5] == 900000


def test_a_file_holds_what_the_form_shows_at_that_moment(open_page: Open) -> None:
    from playwright.sync_api import expect

    page = screener(open_page)
    happened(page, "contracts-develop")
    fill(page, "经认定登记的年度技术合同成交额", "3000万")
    page.get_by_label("经认定登记的年度技术合同成交额").fill("9000")
    with page.expect_download() as taken:
        page.get_by_role("button", name="保存填写").click()
    assert "9000" in Path(taken.value.path()).read_text(encoding="utf-8")
    page.get_by_label("经认定登记的年度技术合同成交额").fill("7000")
    page.get_by_role("button", name="复制成方案 B 比较").click()
    page.locator(".compare").wait_for()
    cells = page.locator(".compare tbody tr").first.locator("td")
    expect(cells).to_have_text(["最高10.5万元", "最高10.5万元"])


def test_events_that_cannot_meet_in_one_year_are_not_added(open_page: Open) -> None:
    page = screener(open_page)
    happened(page, "first", "moved")
    page.get_by_text("不会在同一年发生").first.wait_for()
    assert page.locator(".total").count() == 0


def test_opened_steps_stay_open_while_figures_change(open_page: Open) -> None:
    page = screener(open_page)
    happened(page, "product-maker")
    fill(page, "首次购买合同金额", "800万")
    page.locator(".benefit summary").first.click()
    fill(page, "首次购买合同金额", "900万")
    page.locator(".benefit .formula", has_text="900万元").wait_for()
    assert page.locator(".benefit details").first.get_attribute("open") is not None


def test_another_policy_has_its_own_form(open_page: Open) -> None:
    page = screener(open_page)
    page.locator("#screener-policy input").click()
    page.get_by_role("option").filter(has_text="柳河").click()
    page.locator(".policy-line", has_text="2023年2月8日发布").wait_for()
    box = page.locator(".gate .tick", has_text="高新技术企业").locator("input")
    box.check()
    page.locator(".payee-asker").wait_for()
    come_to(page, {"申请单位合计": "20万元"})


def test_only_the_sheet_is_printed(open_page: Open) -> None:
    page = screener(open_page)
    happened(page, "renewed")
    page.locator(".payee-asker").wait_for()
    page.emulate_media(media="print")
    assert page.locator(".print-head h1").is_visible()
    head = page.locator(".print-head").inner_text()
    assert "征求意见稿" in head and "测算日期 20" in head and "通过高新技术企业复审" in head
    for hidden in (".band", "#screener-form", ".toolbar >> nth=0", ".notice"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator(".benefit blockquote").first.is_visible()
