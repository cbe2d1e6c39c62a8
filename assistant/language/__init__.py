"""What the engine knows of language in general: ways of asking, signs of speech, places, subjects. Data, not code."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

_HERE = Path(__file__).parent
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LATIN = re.compile("[a-z]{2}")


class Pattern:
    """Alternatives that are compiled when first needed; those for English only meet texts with Latin words."""

    def __init__(self, parts: Sequence[str], english: Sequence[str] = ()) -> None:
        self._parts, self._english = tuple(parts), tuple(english)

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return _compile(self._parts)

    @cached_property
    def _both(self) -> re.Pattern[str]:
        return _compile([*self._english, *self._parts]) if self._english else self._plain

    def _for(self, text: str) -> re.Pattern[str]:
        return self._both if self._english and _LATIN.search(text) else self._plain

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first place that matches."""
        return self._for(text).search(text, start)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """A match that begins at `start`."""
        return self._for(text).match(text, start)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches from left to right."""
        return self._for(text).finditer(text)

    def findall(self, text: str) -> list[str]:
        """The texts of all matches."""
        return [match[0] for match in self.finditer(text)]

    def blank(self, text: str) -> str:
        """The text with blanks for all matches; offsets stay."""
        return self._for(text).sub(lambda match: " " * len(match[0]), text)


def _compile(parts: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in parts))


class Language:
    """The patterns by name."""

    def __init__(self) -> None:
        places = sorted((_HERE / "places.txt").read_text(encoding="utf-8").split(), key=len, reverse=True)
        self.intents = _patterns("intents")
        self.speech = _patterns("speech")
        self.subjects = _patterns("subjects")
        self.places = Pattern([re.escape(place) for place in places])


def _patterns(name: str) -> dict[str, Pattern]:
    english = _read(f"{name}.en.yaml") if (_HERE / f"{name}.en.yaml").is_file() else {}
    return {key: Pattern(parts, english.get(key, ())) for key, parts in _read(f"{name}.yaml").items()}


def _read(name: str) -> dict[str, list[str]]:
    content = yaml.load((_HERE / name).read_text(encoding="utf-8"), Loader=_Loader)
    return {key: [value] if isinstance(value, str) else list(value) for key, value in content.items()}


@lru_cache(maxsize=1)
def language() -> Language:
    """The language data, read once."""
    return Language()
