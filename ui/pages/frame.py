"""The application: the band, a tab for each desk, the foot."""

from collections.abc import Callable
from typing import Any

from assistant.settings import Settings
from assistant.state import Desk
from ui.pages.chat import build_chat
from ui.pages.evaluation import build_evaluation
from ui.pages.hotline import build_hotline
from ui.pages.library import build_library
from ui.pages.screener import build_screener
from ui.render.frame import band_html, foot_html
from ui.words import Words

TITLES = {
    "chat": "政策问答",
    "screener": "我能申领什么",
    "hotline": "坐席台",
    "library": "政策库",
    "evaluation": "评测",
}


def build_page(desk: Desk, settings: Settings, words: Words) -> Any:
    """The page in one language as gradio Blocks."""
    import gradio as gr

    pack = desk.packs[desk.default]
    model = settings.model.name if settings.model else ""
    build: dict[str, Callable[[], Any]] = {
        "chat": lambda: build_chat(desk, words, settings.data, chats),
        "screener": lambda: build_screener(desk, words, form),
        "hotline": lambda: build_hotline(desk, words),
        "library": lambda: build_library(desk, words),
        "evaluation": lambda: build_evaluation(desk, settings.data, words),
    }
    title = words("明策 · 能申领什么，能拿多少")
    with gr.Blocks(title=title, fill_width=True, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gr.HTML(band_html(pack, desk.today, words), apply_default_css=False, elem_id="band")
        chats, form = kept("chats"), kept("form")  # outside of the tabs: what is in a tab that is not open is not in the page
        with gr.Tabs(elem_id="desks"):
            for name in settings.desks:
                with gr.Tab(words(TITLES[name]), id=name, elem_id=f"desk-{name}") as tab:
                    restore = build[name]()
                wiring = {"api_visibility": "private", "concurrency_limit": 16, "show_progress": "hidden"}
                if restore is not None and (name != "evaluation" or name == settings.desks[0]):
                    page.load(**restore, **wiring)
                elif restore is not None:  # runs are graded anew when they are shown: only for who looks at them
                    tab.select(**restore, **wiring)
        gr.HTML(foot_html(pack, desk.today, words, model), apply_default_css=False, elem_id="foot")
    return page


def kept(name: str) -> Any:
    """What the browser of a user keeps under a name, as JSON.

    `page.js` puts it in when an event goes out, and stores it when one comes back. Gradio's own state in the browser is read
    once a page: two tabs would overwrite each other.
    """
    import gradio as gr

    store = gr.Textbox(visible="hidden", elem_id=f"kept-{name}", show_label=False)
    store.change(fn=None, inputs=store, js=f"(text) => {{ window.mingce.keep.{name}(text); }}")
    return store
