"""Claims that no answer may make: a promise is none where it is denied (不能保证)."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_REACH = 14
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=1)
def claims() -> Mapping[str, Any]:
    """The patterns of claims.yaml by name; `status` has one for each status of a document, `latin` is a set of words."""
    raw = yaml.load(Path(__file__).with_name("claims.yaml").read_text(encoding="utf-8"), Loader=_Loader)

    def compiled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: re.compile(part) for key, part in value.items()}
        return re.compile("|".join(f"(?:{part})" for part in ([value] if isinstance(value, str) else value)))

    sets = ("latin", "english_words")
    return {
        key: frozenset(value.split() if isinstance(value, str) else value) if key in sets else compiled(value)
        for key, value in raw.items()
    }


@lru_cache(maxsize=1)
def grammar() -> Mapping[str, str]:
    """The parts of value.yaml, of which a sentence with slots is made, as regular expressions by name."""
    text = Path(__file__).with_name("value.yaml").read_text(encoding="utf-8")
    return {name: str(part).strip() for name, part in yaml.load(text, Loader=_Loader).items()}


def undenied(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """The matches of a pattern that no denial stands right before."""
    for match in pattern.finditer(text):
        if not claims()["denied"].search(text[max(0, match.start() - _REACH) : match.start()]):
            yield match[0]


def promises(text: str) -> Iterator[str]:
    """Promises in a simplified text: 保证, 一定能拿到, 已批准; money on its way is none where it is said not to be written."""
    lower = text.lower()
    for word in undenied(claims()["promise"], lower):
        if word not in ("到账", "打款") or word in asserted(lower):
            yield word


def asserted(text: str) -> str:
    """A text without the parts that only say what is not written, and the questions that these answer."""
    kept = []
    for sentence in re.split("(?<=[。！？!?；;\n])", text):
        parts = re.split("(?<=[，,：:])", sentence)
        silent = [bool(claims()["unsaid"].search(p)) and not claims()["asserting"].search(p) for p in parts]
        asked = any(silent)
        kept += [
            "。" if quiet or (asked and claims()["asking"].search(part)) else part
            for part, quiet in zip(parts, silent, strict=True)
        ]
    return "".join(kept)
