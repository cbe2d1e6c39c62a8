"""The web server: the pages of documents and errors, the application in both languages, headers that keep it in the house."""

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.desk import of_today, open_desk
from assistant.pipeline import answer
from assistant.settings import Settings, load_settings
from assistant.state import Desk
from corpus.errors import MingceError
from corpus.schema import Pack
from ui.headers import Guard
from ui.pages.frame import build_page
from ui.pages.panel import asset
from ui.render.frame import notice_of
from ui.render.library import error_page, policy_page
from ui.render.thread import Turn, thread_html
from ui.words import LANGUAGES, Words

_ASSETS = Path(__file__).parent / "assets"
_HEAD = '<link rel="icon" href="/own/seal.svg" type="image/svg+xml"><script src="/own/page.js"></script>'
_QUEUE = 256  # questions that may wait; more are told that the server is busy
_ANSWERS_AT_ONCE = 16


class PortInUse(MingceError):
    """The address is taken."""


def build_app(desk: Desk, settings: Settings) -> Any:
    """The whole site as an ASGI application."""
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles

    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    site.mount("/own", StaticFiles(directory=_ASSETS), name="own")  # "/assets" is gradio's
    for language in LANGUAGES:
        _add_documents(site, desk, Words(language))
    for language in reversed(LANGUAGES):  # "/" takes whatever is left, so it comes last
        words = Words(language)
        page = build_page(desk, settings, words)
        page.queue(max_size=_QUEUE, default_concurrency_limit=_ANSWERS_AT_ONCE)
        gr.mount_gradio_app(
            site,
            page,
            path=words.home.rstrip("/") or "/",
            css=asset("theme.css"),
            theme=gr.themes.Base(
                font=["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif"], font_mono=["monospace"]
            ),
            head=_HEAD,
            js=f"() => {{ document.documentElement.lang = '{words.tag}'; }}",
            i18n=_gradio_words(words),
            footer_links=[],
            run_history=False,
            show_error=False,
            ssr_mode=False,
            enable_monitoring=False,
            max_file_size="1mb",
        )
    return Guard(site, lambda path, status: _trouble(desk, path, status))


def _add_documents(site: Any, desk: Desk, words: Words) -> None:
    """The pages of the full text: `/policy/<pack>`, `/clause/<pack>/<id>`, and `/clause/<id>` of the default policy."""
    from fastapi import Request
    from fastapi.responses import HTMLResponse

    base = words.home

    def page(pack_id: str, clause: str, marks: list[str]) -> HTMLResponse:
        if pack_id not in desk.metas:
            return HTMLResponse(_not_found(desk, words, words("没有政策“{name}”", name=pack_id)), 404)
        pack = desk.packs[pack_id]
        if clause and pack.document.clause(clause) is None:
            what = words("《{name}》里没有第 {clause} 条", name=pack.meta.name, clause=clause)
            return HTMLResponse(_not_found(desk, words, what, pack), 404)
        spans = [span for mark in marks[:40] if (span := _span(mark)) is not None]
        return HTMLResponse(policy_page(pack, of_today(desk).today, words, clause, spans))

    def policy(pack_id: str) -> HTMLResponse:
        return page(pack_id, "", [])

    def clause_of(pack_id: str, clause: str, request: Request) -> HTMLResponse:
        return page(pack_id, clause, request.query_params.getlist("mark"))

    def clause(clause: str, request: Request) -> HTMLResponse:
        return page(desk.default, clause, request.query_params.getlist("mark"))

    for path, endpoint in (
        (f"{base}policy/{{pack_id}}", policy),
        (f"{base}clause/{{pack_id}}/{{clause}}", clause_of),
        (f"{base}clause/{{clause}}", clause),
    ):
        site.get(path, response_class=HTMLResponse)(endpoint)


def _span(mark: str) -> tuple[int, int] | None:
    start, _, end = mark.partition("-")
    return (int(start), int(end)) if start.isdecimal() and end.isdecimal() and len(mark) < 20 else None


def _not_found(desk: Desk, words: Words, what: str, pack: Pack | None = None) -> str:
    notice = notice_of(desk.packs[desk.default], desk.today, words)
    if pack is not None:
        links = [(f"{c.id} {c.title}", f"{words.home}clause/{pack.id}/{c.id}") for c in pack.document.clauses if c.id != "0"]
    else:
        links = [(meta.name, f"{words.home}policy/{pack_id}") for pack_id, meta in desk.metas.items()]
    return error_page(words, notice, 404, what, words("请从下面选一个，或回到首页查找。"), links)


def _trouble(desk: Desk, path: str, status: int) -> str:
    """The page for an address that is not there, or for a fault of ours."""
    words = Words("en" if path.startswith("/en/") else "zh")
    notice = notice_of(desk.packs[desk.default], desk.today, words)
    if status == 404:
        return error_page(words, notice, 404, words("没有这个页面"), words("请检查地址，或回到首页。"))
    return error_page(
        words, notice, status, words("服务出错了"), words("请稍后刷新再试；一直这样，请把时间和做了什么告诉管理员。")
    )


def _gradio_words(words: Words) -> Any:
    """Gradio's own captions in the language of the page, whatever the browser's is."""
    import gradio as gr

    captions = {
        "common.submit": words("提交"),
        "common.clear": words("清空"),
        "common.error": words("出错"),
        "common.warning": words("注意"),
        "common.info": words("提示"),
        "common.loading": words("正在加载"),
        "common.download": words("下载"),
    }
    return gr.I18n(**dict.fromkeys(("zh-CN", "zh", "en"), captions))


def serve(host: str, port: int) -> None:
    """Serve the site until stopped.

    Raises PortInUse where the address is taken, PackError where a pack is broken.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    _check_free(host, port)
    settings = load_settings()
    desk = open_desk(settings)
    _warm(desk)
    site = build_app(desk, settings)
    import uvicorn

    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"明策：http://{shown}:{port} （按 Ctrl+C 停止）\n")
    sys.stdout.flush()
    if sys.stdout.isatty():
        import webbrowser

        webbrowser.open(f"http://{shown}:{port}")
    uvicorn.run(site, host=host, port=port, log_level="warning", timeout_graceful_shutdown=2)


def _warm(desk: Desk) -> None:
    """Open what the first question would wait for: index, signs, templates."""
    quiet = replace(desk, talker=None, report=None)
    pack = desk.packs[desk.default]
    for question in ("?", *pack.meta.examples):
        said, _ = answer(question, quiet)
        thread_html([Turn(question, said, pack)], Words())


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(
                f"{host}:{port} 用不了（{error.strerror}）：可能已有程序占用，请换一个端口，如 mingce serve --port 7861"
            ) from error
