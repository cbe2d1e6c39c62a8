"""政策库: the policies, their full text, rules beside their sentences."""

from typing import Any

from assistant.state import Desk
from ui.pages.panel import panel
from ui.pages.screener import policy_choices
from ui.render.library import document_html, packs_html
from ui.words import Words


def build_library(desk: Desk, words: Words) -> None:
    """Lay out and wire the desk inside the open gradio Blocks."""
    import gradio as gr

    panel(packs_html([desk.packs[pack_id] for pack_id in desk.metas], desk.today, words), "packs")
    choices = policy_choices(desk, words)
    chosen = gr.Dropdown(choices=choices, value=desk.default, label=words("全文"), elem_id="library-policy", filterable=False)
    text = panel(document_html(desk.packs[desk.default], desk.today, words, anchors=False), "document")

    def show(policy_id: str) -> Any:
        return document_html(desk.packs[policy_id], desk.today, words, anchors=False) if policy_id in desk.metas else gr.skip()

    chosen.input(show, chosen, text, api_visibility="private", concurrency_limit=8, show_progress="hidden")
