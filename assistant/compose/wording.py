"""What the engine says, in the language of the question.

Templates are Chinese in the code; English stands in english.yaml beside this file, a pack's own words in its
english.yaml. What has no English stays Chinese, as every quote does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import yaml

from calculators.money import decimal_text, rate_text, yuan_text
from corpus.figures import scan
from corpus.schema import Pack, Token

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=1)
def english_phrases() -> Mapping[str, str]:
    """The engine's own phrases in English by their Chinese template."""
    text = (Path(__file__).parent / "english.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=_Loader))


@dataclass(frozen=True, slots=True)
class Wording:
    """Fills templates and spells amounts, in Chinese or in English."""

    pack: Pack
    english: bool = False

    def __call__(self, template: str, **values: str) -> str:
        """A template with its values, in the language of the answer."""
        text = english_phrases().get(template, template) if self.english else template
        return text.format(**values)

    def own(self, text: str) -> str:
        """A word or sentence of the pack."""
        return self.pack.english.get(text, text) if self.english else text

    def join(self, parts: Iterable[str], mark: str = "、") -> str:
        """Parts as a list: `、` and `；` for Chinese, commas and semicolons for English."""
        marks = {"、": ", ", "；": "; ", "，": ", "}
        return (marks[mark] if self.english else mark).join(parts)

    def listed(self, words: Iterable[str], mark: str = "、") -> str:
        """Words of the pack as a list."""
        return self.join([self.own(word) for word in words], mark)

    def money(self, value: Fraction) -> str:
        """An amount in yuan: 8万元, RMB 80,000."""
        return _rmb(value) if self.english else yuan_text(value)

    def span(self, low: Fraction, high: Fraction) -> str:
        """An amount from `low` to `high`, in yuan."""
        if low == high:
            return self.money(high)
        return f"{_rmb(low)} to {_rmb(high)}" if self.english else f"{yuan_text(low)}至{yuan_text(high)}"

    def token(self, token: Token) -> str:
        """A figure of the policy: in its own spelling, or in English with the ends that it states."""
        if not self.english or token.kind not in ("money", "rate"):
            return token.text
        return self.span(token.low, token.high) if token.kind == "money" else _rates(token)

    def rate(self, value: Fraction) -> str:
        """A rate in percent or per mille."""
        return rate_text(value)

    def sentence(self, text: str) -> str:
        """A text that code built of fact names and figures: its names and figures in English."""
        if not self.english:
            return text
        names = {**english_phrases(), **self.pack.english}
        for name in sorted((name for name in names if name in text and "{" not in name), key=len, reverse=True):
            text = text.replace(name, names[name])
        parts, at = [], 0
        for figure in scan(text):
            if figure.kind == "money" and not text[figure.start : figure.end].upper().startswith("RMB"):
                parts += [text[at : figure.start], self.span(figure.low, figure.high)]
                at = figure.end
        return "".join([*parts, text[at:]])


def _rmb(value: Fraction) -> str:
    whole, _, decimals = decimal_text(abs(value)).partition(".")
    return f"{'-' if value < 0 else ''}RMB {int(whole):,}{'.' + decimals if decimals else ''}"


def _rates(token: Token) -> str:
    if token.low == token.high:
        return rate_text(token.high)
    return f"{rate_text(token.low)} to {rate_text(token.high)}"
