"""Folds a message to simplified, lower-case text of the same meaning, and tells its script and language."""

import re
from functools import lru_cache
from typing import Any, Literal

from corpus.text import fold

Script = Literal["simplified", "traditional", "english"]
MAX_CHARS = 2000
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


@lru_cache(maxsize=2)
def _converter(config: str) -> Any:
    from opencc import OpenCC

    return OpenCC(config)


def normalise(message: str) -> str:
    """A message as the engine reads it: compatibility forms and traditional characters folded, lower case."""
    text = fold(re.sub(r"(?<=[\d\uff10-\uff19])，(?=[\d\uff10-\uff19])", "， ", message))  # a pause is no thousands separator
    if _HAN.search(text):
        text = _converter("t2s").convert(text)
    text = re.sub(r"[ \t]+", " ", text.lower())
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return text.replace("帐", "账").strip()


def script_of(message: str) -> Script:
    """The script that an answer should use."""
    message = fold(message)
    han = len(_HAN.findall(message))
    if len(_LATIN_WORD.findall(message)) >= 4 and han < 4:
        return "english"
    if han and _converter("t2s").convert(message) != message and _converter("s2t").convert(message) == message:
        return "traditional"
    return "simplified"


def to_simplified(text: str) -> str:
    """A text in simplified characters."""
    return str(_converter("t2s").convert(text))


def to_traditional(text: str) -> str:
    """A text in traditional characters."""
    return str(_converter("s2t").convert(text))
