"""Opens the desk: packs, retriever, settings; what every question needs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.retrieve import Retriever
from assistant.settings import Settings, load_settings
from assistant.state import Desk
from corpus.loader import PACKS, load_meta, load_pack, pack_ids
from corpus.schema import Meta, Pack

ZONE = ZoneInfo("Asia/Shanghai")


def today() -> str:
    """Today in Asia/Shanghai as an ISO date."""
    return datetime.now(ZONE).date().isoformat()


def of_today(desk: Desk) -> Desk:
    """The desk with today's date: a site runs for weeks, and a policy may expire meanwhile."""
    return desk if desk.today == today() else replace(desk, today=today())


class Shelf(Mapping[str, Pack]):
    """The packs of a folder, each loaded and checked when it is first needed; `metas` are there at once."""

    def __init__(self, root: Path = PACKS) -> None:
        self._root = root
        self.metas: dict[str, Meta] = {pack_id: load_meta(root / pack_id) for pack_id in pack_ids(root)}

    def __getitem__(self, pack_id: str) -> Pack:
        if pack_id not in self.metas:
            raise KeyError(pack_id)
        return load_pack(self._root / pack_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self.metas)

    def __len__(self) -> int:
        return len(self.metas)


def open_desk(settings: Settings | None = None, *, vectors: bool = True) -> Desk:
    """A desk with the packs of this installation; vector side and language model are opened with the first question.

    Raises PackError for a broken pack, SettingsError for a broken setting or a model whose package is not installed.
    """
    settings = settings or load_settings()
    packs = Shelf()
    retriever = Retriever()
    if vectors:
        from assistant.adapters.chroma import ChromaVectors

        retriever = Retriever(ChromaVectors(settings))
    talker = report = None
    if settings.telemetry:
        from assistant.adapters.telemetry import open_telemetry

        report = open_telemetry(settings.model.name if settings.model else "")
    if settings.model is not None:
        from assistant.adapters.agent import open_agent

        talker = open_agent(settings.model)
    return Desk(packs, packs.metas, settings.policy, retriever, today(), talker=talker, report=report)
