"""Pictures of every desk, light, dark and on a phone: `make screenshots` writes them into docs/images."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ui.browser.serving import LAUNCH, chromium_path, serving

_OUT = Path(__file__).parents[2] / "docs" / "images"
_SETTLE_MS = 700


class Look(NamedTuple):
    """A way of looking: width and height in CSS pixels, and the colour scheme."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = (Look("light", 1360, 900, "light"), Look("dark", 1360, 900, "dark"), Look("mobile", 390, 844, "light"))


def ask(page: Any, question: str) -> None:
    """Ask in the chat and wait for the answer."""
    before = page.locator(".turn .answer").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.locator(".turn .answer").nth(before).wait_for()


def _chat(page: Any) -> None:
    ask(page, "技术开发合同2000万元、技术咨询合同500万元，都已认定登记，各补多少？")


def _screener(page: Any) -> None:
    _open(page, "我能申领什么")
    for event in ("first", "research", "loans", "transfer"):
        page.check(f"#g-{event}")
        page.wait_for_timeout(300)
    page.get_by_label("高新技术企业", exact=True).check()
    page.get_by_label("规模以上工业企业", exact=True).check()
    for label, text in (("研发经费投入是多少", "1.2亿"), ("备案贷款的不良本金", "800万"), ("促成在市内转化", "200万")):
        page.get_by_label(label).fill(text)
        page.keyboard.press("Tab")
        page.wait_for_timeout(300)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")


def _hotline(page: Any) -> None:
    _open(page, "坐席台")
    page.fill("#hotline-query", "技术合同 1.5‰")
    page.locator(".hit").first.wait_for()
    page.locator("#hotline-query").press("ArrowDown")
    page.locator(".hit.chosen .calculator input").first.fill("2000")


def _library(page: Any) -> None:
    _open(page, "政策库")
    page.locator(".pack").first.wait_for()


def _evaluation(page: Any) -> None:
    ask(page, "食堂的伙食费怎么补")
    _open(page, "评测")
    page.locator("#evaluation-set input").click()
    page.get_by_role("option").filter(has_text="red-team").click()
    page.get_by_role("button", name="运行题集").click()
    page.locator("#evaluation-shown .figures").wait_for(timeout=120_000)


def _open(page: Any, desk: str) -> None:
    page.get_by_role("tab", name=desk, exact=True).click()


DESKS: dict[str, Callable[[Any], None]] = {
    "chat": _chat,
    "screener": _screener,
    "hotline": _hotline,
    "library": _library,
    "evaluation": _evaluation,
}


def take(out: Path, only: tuple[str, ...] = ()) -> list[Path]:
    """Take every picture (or those of some desks) and return the files; raises SystemExit without a browser."""
    path = chromium_path()
    if path is None:
        raise SystemExit("no Chromium on this machine: `make browser` installs Debian's")
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    made = []
    with tempfile.TemporaryDirectory() as data, serving(Path(data)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        for desk, prepare in DESKS.items():
            for look in LOOKS if not only or desk in only else ():
                context = browser.new_context(
                    viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme, locale="zh-CN"
                )
                page = context.new_page()
                page.goto(site.url)
                page.wait_for_selector("#question textarea")
                prepare(page)
                page.wait_for_timeout(_SETTLE_MS)
                file = out / f"{desk}-{look.name}.png"
                page.screenshot(path=file)
                made.append(file)
                context.close()
        browser.close()
    return made


if __name__ == "__main__":
    for picture in take(_OUT, tuple(sys.argv[1:])):
        sys.stdout.write(f"{picture.relative_to(_OUT.parents[1])}\n")
