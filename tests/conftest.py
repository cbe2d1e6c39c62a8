"""Shared packs and desks; the network is off, loopback apart."""

import os
from pathlib import Path

import pytest

from assistant.retrieve import Retriever
from assistant.state import Desk
from corpus.loader import PACKS, load_pack, pack_ids
from corpus.schema import Pack

os.environ["MINGCE_MODEL"] = ""  # a developer's .env names none for the tests
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def jinan() -> Pack:
    return load_pack(PACKS / "jinan-2023-2025")


@pytest.fixture(scope="session")
def liuhe() -> Pack:
    return load_pack(PACKS / "liuhe-2023")


@pytest.fixture(scope="session")
def desk() -> Desk:
    packs = {pack_id: load_pack(PACKS / pack_id) for pack_id in pack_ids()}
    metas = {pack_id: pack.meta for pack_id, pack in packs.items()}
    return Desk(packs, metas, "jinan-2023-2025", Retriever(), "2026-11-22", notice_always=True)
