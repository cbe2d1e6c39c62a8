"""A panel: HTML of ours whose buttons, links and forms report as one event, `act`."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

_ASSETS = Path(__file__).parents[1] / "assets"


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """A file of `ui/assets`."""
    return (_ASSETS / name).read_text(encoding="utf-8")


def panel(html: str, elem_id: str, *, script: str = "panel.js", server: Sequence[Callable[..., Any]] = ()) -> Any:
    """A gradio HTML component for markup that `ui.render` made; `server` functions can be called by its script."""
    import gradio as gr

    return gr.HTML(
        value=html,
        elem_id=elem_id,
        js_on_load=asset(script),
        apply_default_css=False,
        server_functions=list(server) or None,
    )


def acted(event: Any) -> dict[str, str]:
    """What an `act` event says, as text by name; a browser may send anything."""
    data = getattr(event, "_data", None)
    if not isinstance(data, dict):
        return {}
    return {str(key): value for key, value in data.items() if isinstance(value, str)}
