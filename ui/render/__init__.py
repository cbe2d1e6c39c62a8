"""Pure functions from what the engine says to HTML: everything is escaped by the templates, nothing here knows Gradio."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ui.words import Words

__all__ = ["page_html"]
_TEMPLATES = Path(__file__).parents[1] / "templates"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )


def page_html(template: str, words: Words, **values: object) -> str:
    """A template of `ui/templates` filled in; `t` translates the interface's own words in it."""
    return _environment().get_template(template).render(t=words, lang=words.language, **values)
