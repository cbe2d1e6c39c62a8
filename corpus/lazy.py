"""Mappings whose file is read when they are first used: words that most questions do not need."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Generic, TypeVar

_V = TypeVar("_V")


class LazyMapping(Mapping[str, _V], Generic[_V]):
    """A mapping that is loaded at the first look; loading may raise PackError."""

    def __init__(self, load: Callable[[], Mapping[str, _V]]) -> None:
        self._load = load

    @cached_property
    def _content(self) -> Mapping[str, _V]:
        return self._load()

    def __getitem__(self, key: str) -> _V:
        return self._content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)
