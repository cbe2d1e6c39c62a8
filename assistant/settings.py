"""Settings from the environment; every one has a default that needs no key and no network."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import MingceError
from corpus.loader import default_pack_id, pack_ids

STATIC = "static"


class SettingsError(MingceError):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where state lives, which policy is meant by default, which embedder and Chroma serve the vector side."""

    data: Path
    policy: str
    embedder: str = STATIC
    chroma_url: str = ""
    weight: float | None = None


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment (os.environ by default).

    MINGCE_DATA, MINGCE_POLICY, MINGCE_EMBEDDER, MINGCE_CHROMA_URL, MINGCE_VECTOR_WEIGHT.

    Raises SettingsError naming the variable, its value and what is valid.
    """
    env = os.environ if environment is None else environment
    policy = env.get("MINGCE_POLICY", "").strip() or default_pack_id()
    if policy not in pack_ids():
        raise SettingsError(f"MINGCE_POLICY 是“{policy}”，没有这个政策包；可用：{'、'.join(pack_ids())}")
    raw = env.get("MINGCE_VECTOR_WEIGHT", "").strip()
    try:
        weight = float(raw) if raw else None
    except ValueError:
        weight = -1.0
    if weight is not None and not 0 <= weight <= 1:
        raise SettingsError(f"MINGCE_VECTOR_WEIGHT 是“{raw}”，应为 0 到 1 之间的数")
    return Settings(
        data=Path(env.get("MINGCE_DATA", "").strip() or ".mingce"),
        policy=policy,
        embedder=env.get("MINGCE_EMBEDDER", "").strip() or STATIC,
        chroma_url=env.get("MINGCE_CHROMA_URL", "").strip(),
        weight=weight,
    )
