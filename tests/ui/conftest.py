"""A site and a browser for the tests of this folder; without a browser they are skipped, and say why."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ui.browser.serving import LAUNCH, Served, chromium_path, serving


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site(data: Path) -> Iterator[Served]:
    with serving(data) as served:
        yield served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine: `make browser` installs Debian's, or MINGCE_CHROMIUM names one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, site: Served) -> Iterator[Callable[..., Any]]:
    """Opens the site as a new user; a request to another host or an error on a page fails the test."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def open_(path: str = "/", width: int = 1360, height: int = 900, url: str = "", **options: Any) -> Any:
        base = url or site.url
        context = chromium.new_context(viewport={"width": width, "height": height}, **{"locale": "zh-CN", **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("request", lambda r: troubles.append(f"request to {r.url}") if not allowed(r.url, base) else None)
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: (troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(base + path)
        if path in ("/", "/en/"):
            page.wait_for_selector("#question textarea")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def allowed(address: str, base: str) -> bool:
    return address.startswith((base, "data:", "blob:", "about:"))
