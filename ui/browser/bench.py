"""Speed of the site on this machine, `make bench-ui`: pages, first words, search, many users at once. Fails over its goals."""

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from ui.browser.serving import LAUNCH, Served, chromium_path, scenes, serving

USERS, TURNS = 20, 3
_REPEATS = 7
# goals in milliseconds; the issue of the web application sets them
GOALS = {
    "first usable page, median": 2500.0,
    "first token of a built-in answer, median": 300.0,
    "search as one types, median": 100.0,
    f"answer with {USERS} users at once, p95": 1000.0,
}


def in_browser(site: Served) -> dict[str, list[float]]:
    """Milliseconds to a usable page, to the first token and to the hits of each keystroke, in a real browser."""
    from playwright.sync_api import sync_playwright

    pages: list[float] = []
    tokens: list[float] = []
    searches: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH)
        for number in range(_REPEATS):
            context = browser.new_context(locale="zh-CN", viewport={"width": 1360, "height": 900})
            page = context.new_page()
            started = time.perf_counter()
            page.goto(site.url)
            page.locator("#question textarea").wait_for()
            pages.append((time.perf_counter() - started) * 1000)
            page.wait_for_timeout(600)
            tokens.append(_first_token(page, scenes()["questions"][0].format(n=300 + number)))
            page.get_by_role("tab", name="坐席台").click()
            page.focus("#hotline-query")
            for char in scenes()["typed"]:
                searches.append(_keystroke(page, char))
            context.close()
        browser.close()
    return {
        "first usable page, median": pages,
        "first token of a built-in answer, median": tokens,
        "search as one types, median": searches,
    }


def _first_token(page: Any, question: str) -> float:
    """From the key to the first word of the answer itself on the screen; “正在查条文” is none."""
    page.fill("#question textarea", question)
    page.evaluate(
        """() => { window.took = null; const box = document.querySelector('#question textarea'); let at = 0;
            box.addEventListener('keydown', () => { at = performance.now(); }, { once: true, capture: true });
            new MutationObserver(() => { if (window.took === null && document.querySelector('.turn .answer')) {
                requestAnimationFrame(() => { window.took = performance.now() - at; }); }
            }).observe(document.querySelector('#thread'), { subtree: true, childList: true }); }"""
    )
    page.keyboard.press("Enter")
    page.wait_for_function("window.took !== null", timeout=20_000)
    return float(page.evaluate("window.took"))


def _keystroke(page: Any, char: str) -> float:
    """From a character typed to its hits on the screen."""
    page.evaluate(
        """() => {
            window.took = null;
            let start = 0;
            const box = document.querySelector('#hotline-query');
            box.addEventListener('input', () => { start = performance.now(); }, { once: true, capture: true });
            const seen = new MutationObserver(() => {
                seen.disconnect();
                requestAnimationFrame(() => { window.took = performance.now() - start; });
            });
            seen.observe(document.querySelector('#hotline-hits'), { childList: true });
        }"""
    )
    page.keyboard.type(char)
    page.wait_for_function("window.took !== null", timeout=20_000)
    return float(page.evaluate("window.took"))


async def many_users(site: Served) -> tuple[list[float], list[float], int]:
    """USERS conversations at once over the protocol of the page: milliseconds an answer and to its first event; faults.

    A user reads for a moment between two questions, as users do.
    """
    async with httpx.AsyncClient(base_url=site.url, timeout=60, limits=httpx.Limits(max_connections=4 * USERS)) as client:
        config = (await client.get("/config")).json()
        ask = _ask_event(config)
        done = await asyncio.gather(*(_user(client, ask, number) for number in range(USERS)))
    return [ms for user in done for ms in user[0]], [ms for user in done for ms in user[1]], sum(user[2] for user in done)


def _ask_event(config: dict[str, Any]) -> dict[str, Any]:
    """The event that the question box sends."""
    box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "question")
    return next(d for d in config["dependencies"] if [box, "submit"] in d["targets"])


async def _user(client: httpx.AsyncClient, ask: dict[str, Any], number: int) -> tuple[list[float], list[float], int]:
    dice = random.Random(number)
    questions = scenes()["questions"]
    session, store = f"bench{number:06d}", None
    totals, firsts, faults = [], [], 0
    await asyncio.sleep(dice.random() * 0.5)
    for _ in range(TURNS):
        question = dice.choice(questions).format(n=dice.randint(300, 5000))
        started = time.perf_counter()
        body = {"data": [question, None, store], "fn_index": ask["id"], "session_hash": session, "trigger_id": None}
        joined = await client.post("/gradio_api/queue/join", json=body)
        if joined.status_code != 200:
            faults += 1
            continue
        first = None
        async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                event = json.loads(line[5:])
                if event["msg"] == "process_generating" and first is None:
                    first = (time.perf_counter() - started) * 1000
                if event["msg"] == "process_completed":
                    faults += not event.get("success", False)
                    break
        totals.append((time.perf_counter() - started) * 1000)
        firsts.append(first or totals[-1])
        await asyncio.sleep(0.3 + dice.random())
    return totals, firsts, faults


def memory_mb(process_id: int) -> float:
    """Resident memory of the server."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def main() -> int:
    """Print the figures; 1 where a goal is missed or an answer failed."""
    missed = 0
    with tempfile.TemporaryDirectory() as data, serving(Path(data)) as site:
        measured: dict[str, float] = {}
        if chromium_path() is None:
            sys.stdout.write("no Chromium on this machine: pages are not measured (`make browser` installs Debian's)\n")
        else:
            for name, values in in_browser(site).items():
                measured[name] = statistics.median(values)
                sys.stdout.write(f"  {name.split(',')[0]}: slowest of {len(values)} {max(values):.0f} ms\n")
        totals, firsts, faults = asyncio.run(many_users(site))
        measured[f"answer with {USERS} users at once, p95"] = statistics.quantiles(totals, n=20)[18]
        sys.stdout.write(
            f"  {len(totals)} answers to {USERS} users: median {statistics.median(totals):.0f} ms, faults {faults}, "
        )
        sys.stdout.write(f"first event median {statistics.median(firsts):.0f} ms; server {memory_mb(site.process_id):.0f} MB\n")
        for name, goal in GOALS.items():
            if name in measured:
                kept = measured[name] <= goal
                missed += not kept
                sys.stdout.write(f"{'ok  ' if kept else 'MISS'} {name}: {measured[name]:.0f} ms (goal {goal:.0f})\n")
    return 1 if missed or faults else 0


if __name__ == "__main__":
    sys.exit(main())
