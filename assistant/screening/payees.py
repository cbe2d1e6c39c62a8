"""Whose money a benefit is: the asker's, someone else's, or nobody's that the text names."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from corpus.schema import Benefit
from corpus.strict_yaml import mapping

Payee = Literal["asker", "other", "unstated"]
_WORDS = Path(__file__).parents[1] / "language" / "payees.yaml"


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    return {key: [str(word) for word in words] for key, words in mapping(_WORDS).items()}


def payee_of(benefit: Benefit) -> Payee:
    """Who is paid, by the rule's `to`: a bank or a public body is never the firm."""
    for payee in ("unstated", "other"):
        if any(word in benefit.to for word in _words()[payee]):
            return "unstated" if payee == "unstated" else "other"
    return "asker"
