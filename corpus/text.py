"""Views of a text that keep the way back to it."""

import re
import unicodedata
from dataclasses import dataclass

_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z,.;:!?])\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+(?=\d)|(?<=\d)\s+(?=[A-Za-z])")
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text without the white space that converters scatter, and the offset of each kept character.

    `第 1 0 条` becomes `第10条`; `origin[i]` is the code-point offset of character i in the source.
    """

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the source of the squeezed range [start, end)."""
        return self.origin[start], self.origin[end - 1] + 1


def squeeze(source: str) -> Squeezed:
    """Drop white space, except one blank between Latin words."""
    keep = {match.start() for match in _BETWEEN_WORDS.finditer(source)}
    chars, origin = [], []
    for index, char in enumerate(source):
        if char.isspace() and index not in keep:
            continue
        chars.append(" " if char.isspace() else char)
        origin.append(index)
    return Squeezed("".join(chars), tuple(origin))


def find_all(source: str, wanted: str) -> list[tuple[int, int]]:
    """Every place where `wanted` stands in `source`, white space apart, as offsets of the source."""
    view, needle = squeeze(source), squeeze(wanted).text
    if not needle:
        return []
    spans, at = [], view.text.find(needle)
    while at >= 0:
        spans.append(view.span(at, at + len(needle)))
        at = view.text.find(needle, at + 1)
    return spans


def fold(text: str) -> str:
    """A text for comparing: compatibility forms folded (full width, circled), invisible characters gone."""
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char) not in _INVISIBLE)
    return unicodedata.normalize("NFKC", "".join(kept))
