"""Whose money a benefit is: the asker's, someone else's, or nobody's that the text names."""

import re
from functools import lru_cache
from pathlib import Path

from corpus.schema import Benefit, Payee
from corpus.strict_yaml import mapping

__all__ = ["Payee", "payee_of"]
_WORDS = Path(__file__).parents[1] / "language" / "payees.yaml"
_ASIDE = re.compile(r"[（(][^）)]*[）)]")
_AND = re.compile(r"[、，,/]|或者?|以及|和|及")


@lru_cache(maxsize=1)
def _endings() -> dict[str, tuple[str, ...]]:
    return {key: tuple(str(word) for word in words) for key, words in mapping(_WORDS).items()}


def payee_of(benefit: Benefit) -> Payee:
    """Who is paid: as the rule says, else by how each name in `to` ends.

    A firm is only who is called one: where the last name is unknown, or names are of both sorts, the money is nobody's, and
    never in the firm's total. What stands before the last name may be a part of it: 购买成果或开展合作的企业.
    """
    if benefit.payee:
        return benefit.payee
    names = [name.strip() for name in _AND.split(_ASIDE.sub("", benefit.to)) if name.strip()]
    kinds = [_by_ending(name) for name in names]
    told = set(kinds) - {"unstated"}
    return kinds[-1] if kinds and told == {kinds[-1]} else "unstated"


def _by_ending(name: str) -> Payee:
    if name.endswith(_endings()["other"]):
        return "other"
    return "asker" if name.endswith(_endings()["asker"]) else "unstated"
