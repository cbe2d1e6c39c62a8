"""What the engine knows of language in general: ways of asking, signs of speech, places, subjects. Data, not code."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

_HERE = Path(__file__).parent
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Language:
    """Compiled patterns by name."""

    intents: dict[str, re.Pattern[str]]
    speech: dict[str, re.Pattern[str]]
    subjects: dict[str, re.Pattern[str]]
    places: re.Pattern[str]


def _read(name: str) -> dict[str, str | list[str]]:
    content = yaml.load((_HERE / name).read_text(encoding="utf-8"), Loader=_Loader)
    return dict(content)


def _compile(value: str | list[str]) -> re.Pattern[str]:
    parts = [value] if isinstance(value, str) else value
    return re.compile("|".join(f"(?:{part})" for part in parts))


@lru_cache(maxsize=1)
def language() -> Language:
    """The language data, read once."""
    places = sorted((_HERE / "places.txt").read_text(encoding="utf-8").split(), key=len, reverse=True)
    return Language(
        intents={name: _compile(value) for name, value in _read("intents.yaml").items()},
        speech={name: _compile(value) for name, value in _read("speech.yaml").items()},
        subjects={name: _compile(value) for name, value in _read("subjects.yaml").items()},
        places=re.compile("|".join(map(re.escape, places))),
    )
