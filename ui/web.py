"""The chat page: answer, cited clauses with the quote marked, the working, example questions."""

import html
import os
import re
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.desk import open_desk
from assistant.pipeline import answer
from assistant.state import Conversation, Desk
from corpus.errors import MingceError
from ui.cards import source_cards, working
from ui.progress import answered

_CSS = Path(__file__).with_name("page.css")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$=:@])")
_SOURCES = """<div class="side"><h2>依据原文</h2>
{{#each value.cards}}<div class="card">
<b>{{clause}} {{title}}</b><small>{{path}}</small>
<p>{{pre}}<mark>{{hit}}</mark>{{post}}</p></div>{{else}}
<p class="empty">回答引用的条款会列在这里，引文用底色标出。</p>{{/each}}</div>"""
_WORKING = """<div class="side"><h2>测算过程</h2>
{{#each value.totals}}<div class="card"><b>{{name}}</b>
<div><span class="sum">{{amount}}</span><span class="kind {{style}}">{{kind}}</span></div>
<table>{{#each steps}}<tr><td>{{label}}</td><td>{{value}}</td></tr>{{/each}}</table></div>
{{else}}<p class="empty">算出金额时，每一步和它的来源会列在这里。</p>{{/each}}</div>"""
_BAND = """<div class="in"><h1>明策</h1><span class="badge">{{value.badge}}</span><p>{{value.name}}</p></div>"""


class PortInUse(MingceError):
    """The address is taken."""


def plain(text: str) -> str:
    """User text as it was typed: neither HTML nor Markdown in it is markup."""
    return _MARKDOWN.sub(r"\\\1", html.escape(text.strip(), quote=False))


def build_page(desk: Desk) -> Any:
    """The page as gradio Blocks; the conversation lives in the session, not in what the browser sends."""
    import gradio as gr

    pack = desk.packs[desk.default]
    meta = pack.meta
    badge = f"{meta.status_text} · {meta.period.replace('-', '–')}"

    def reply(question: str, history: list[dict[str, Any]], talk: Conversation) -> Any:
        if not question.strip():
            yield history, talk, "", gr.skip(), gr.skip()
            return
        asked = [*history, {"role": "user", "content": plain(question)}]
        said, following = None, talk
        try:
            for step in answered(question, desk, talk):
                if isinstance(step, str):
                    waiting = {"role": "assistant", "content": f"{plain(step)}……"}
                    yield [*asked, waiting], talk, "", gr.skip(), gr.skip()
                else:
                    said, following = step
        except MingceError as error:
            trouble = {"role": "assistant", "content": f"出错：{plain(str(error))}"}
            yield [*asked, trouble], talk, "", gr.skip(), gr.skip()
            return
        assert said is not None
        about = desk.packs[following.pack_id or desk.default]
        shown = {"role": "assistant", "content": said.text.replace("~", r"\~")}
        yield [*asked, shown], following, "", source_cards(said, about), working(said, about)

    def fresh() -> Any:
        return [], Conversation(), "", {"cards": []}, {"totals": []}

    with gr.Blocks(title="明策 · 政策问答", fill_width=True, analytics_enabled=False) as page:
        gr.HTML(value={"badge": badge, "name": meta.name}, html_template=_BAND, apply_default_css=False, elem_id="band")
        talk = gr.State(Conversation())
        with gr.Row():
            with gr.Column(scale=7):
                chat = gr.Chatbot(
                    elem_id="chat", show_label=False, height=640, placeholder="问一问您能申领什么、能拿多少", buttons=["copy"]
                )
                box = gr.Textbox(
                    show_label=False,
                    placeholder=f"例如：{meta.examples[0]}" if meta.examples else "请输入问题",
                    lines=1,
                    max_lines=4,
                )
                with gr.Row():
                    send = gr.Button("提问", variant="primary")
                    clear = gr.Button("新对话")
                with gr.Column(elem_id="examples"):
                    examples = [gr.Button(text, size="sm") for text in meta.examples]
            with gr.Column(scale=5):
                calc = gr.HTML(value={"totals": []}, html_template=_WORKING, apply_default_css=False)
                sources = gr.HTML(value={"cards": []}, html_template=_SOURCES, apply_default_css=False)
        gr.HTML(
            value={"text": f"文件状态：{badge}。金额按文本测算，不是承诺，请以主管部门意见为准。"},
            html_template='<p class="side"><span class="empty">{{value.text}}</span></p>',
            apply_default_css=False,
        )
        outputs = [chat, talk, box, sources, calc]
        wiring: dict[str, Any] = {"outputs": outputs, "api_visibility": "private", "concurrency_limit": 8}
        gr.on([box.submit, send.click], reply, inputs=[box, chat, talk], **wiring)
        for button in examples:
            button.click(reply, inputs=[button, chat, talk], **wiring)
        clear.click(fresh, inputs=None, **wiring)
    return page


def serve(host: str, port: int) -> None:
    """Serve the page until stopped.

    Raises PortInUse where the address is taken, PackError where a pack is broken.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    _check_free(host, port)
    desk = open_desk()
    answer("?", replace(desk, talker=None))  # warm: the first question must not wait for the index
    page = build_page(desk)
    import gradio as gr

    sys.stdout.write(f"明策：http://{host}:{port} （按 Ctrl+C 停止）\n")
    sys.stdout.flush()

    page.queue(max_size=64).launch(
        server_name=host,
        server_port=port,
        css=_CSS.read_text(encoding="utf-8"),
        theme=gr.themes.Base(font=["Noto Sans CJK SC", "Microsoft YaHei", "sans-serif"], primary_hue="blue"),
        js="() => { document.documentElement.lang = 'zh-CN' }",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        share=False,
        inbrowser=sys.stdout.isatty(),
        quiet=True,
    )


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(
                f"{host}:{port} 用不了（{error.strerror}）：可能已有程序占用，请换一个端口，如 mingce serve --port 7861"
            ) from error
