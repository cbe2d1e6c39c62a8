"""Pictures of every desk, light, dark and on a phone: `make screenshots` writes them into docs/images."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ui.browser.serving import LAUNCH, chromium_path, scenes, serving
from ui.pages.frame import TITLES

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
    ask(page, scenes()["chat"])


def _screener(page: Any) -> None:
    _open(page, TITLES["screener"])
    scene = scenes()["screener"]
    for event in scene["events"]:
        page.check(f"#g-{event}")
        page.wait_for_timeout(300)
    for choice in scene["choices"]:
        page.get_by_label(choice, exact=True).check()
    for label, text in scene["figures"].items():
        page.get_by_label(label).fill(text)
        page.keyboard.press("Tab")
        page.wait_for_timeout(300)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")


def _hotline(page: Any) -> None:
    _open(page, TITLES["hotline"])
    page.fill("#hotline-query", scenes()["hotline"]["query"])
    page.locator(".hit").first.wait_for()
    page.locator("#hotline-query").press("ArrowDown")
    page.locator(".hit.chosen .calculator input").first.fill(scenes()["hotline"]["figure"])


def _library(page: Any) -> None:
    _open(page, TITLES["library"])
    page.locator(".pack").first.wait_for()


def _evaluation(page: Any) -> None:
    ask(page, scenes()["unanswered"])
    _open(page, TITLES["evaluation"])
    page.locator("#evaluation-set input").click()
    page.get_by_role("option").filter(has_text=scenes()["set"]).click()
    page.get_by_role("button", name="运行题集").click()
    page.get_by_text("已跑").wait_for()
    page.get_by_text("已跑").wait_for(state="detached", timeout=120_000)
    page.locator("#evaluation-shown .figures").wait_for()


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
