"""The interface's own words: Chinese templates in the code, their English in words.en.yaml beside this file."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from corpus.strict_yaml import mapping

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@lru_cache(maxsize=1)
def english() -> dict[str, str]:
    """English by Chinese template."""
    return {key: str(value) for key, value in mapping(Path(__file__).with_name("words.en.yaml")).items()}


@dataclass(frozen=True, slots=True)
class Words:
    """Fills a template in the language of the page; what has no English stays Chinese."""

    language: Language = "zh"

    def __call__(self, template: str, **values: object) -> str:
        """The template with its values."""
        text = english().get(template, template) if self.language == "en" else template
        return text.format(**values) if values else text

    @property
    def tag(self) -> str:
        """The BCP 47 tag of the page."""
        return "en" if self.language == "en" else "zh-CN"

    @property
    def home(self) -> str:
        """The path of the page in this language."""
        return "/en/" if self.language == "en" else "/"
