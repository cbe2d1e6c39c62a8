"""Settings from the environment; every one has a default that needs no key and no network."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import MingceError
from corpus.loader import default_pack_id, pack_ids

STATIC = "static"
DESKS = ("chat", "screener", "hotline", "library", "evaluation")


class SettingsError(MingceError):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """A language model: `provider:name`, total seconds an answer, tokens it may write, further options of its client.

    `price` is in yuan a million tokens (read, written). Base URL and key stand in the provider's own variables.
    """

    name: str
    seconds: float = 20.0
    tokens: int = 1500
    options: Mapping[str, Any] = field(default_factory=dict)
    price: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Where state lives, the default policy, embedder and Chroma of the vector side, the language model, the page's desks."""

    data: Path
    policy: str
    embedder: str = STATIC
    chroma_url: str = ""
    weight: float | None = None
    model: ModelSettings | None = None
    telemetry: bool = False
    desks: tuple[str, ...] = DESKS


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment (os.environ by default).

    MINGCE_DATA, MINGCE_POLICY, MINGCE_EMBEDDER, MINGCE_CHROMA_URL, MINGCE_VECTOR_WEIGHT; for a language model MINGCE_MODEL,
    MINGCE_MODEL_SECONDS, MINGCE_MODEL_TOKENS, MINGCE_MODEL_OPTIONS, MINGCE_MODEL_PRICE; OTEL_EXPORTER_OTLP_ENDPOINT;
    MINGCE_DESKS for the page.

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
        model=_model(env),
        telemetry=bool(env.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()),
        desks=_desks(env.get("MINGCE_DESKS", "")),
    )


def _desks(raw: str) -> tuple[str, ...]:
    names = [name for name in re.split(r"[\s,，]+", raw.strip()) if name]
    strange = [name for name in names if name not in DESKS]
    if strange:
        raise SettingsError(f"MINGCE_DESKS 里的“{'、'.join(strange)}”不是工作台；可用：{'、'.join(DESKS)}")
    return tuple(name for name in DESKS if name in names) if names else DESKS


def _model(env: Mapping[str, str]) -> ModelSettings | None:
    name = env.get("MINGCE_MODEL", "").strip()
    if not name:
        return None
    provider, _, model = name.partition(":")
    if not provider.replace("_", "").isalnum() or not model.strip():
        raise SettingsError(
            f"MINGCE_MODEL 是“{name}”，应为 提供方:模型，如 openai:qwen-plus、ollama:qwen3、anthropic:claude-sonnet-4-5"
        )
    options: Any = {}
    raw = env.get("MINGCE_MODEL_OPTIONS", "").strip()
    if raw:
        try:
            options = json.loads(raw)
        except json.JSONDecodeError:
            options = None
        if not isinstance(options, dict):
            raise SettingsError('MINGCE_MODEL_OPTIONS 应为 JSON 对象，如 {"temperature": 0}')
    return ModelSettings(
        name=name,
        seconds=_number(env, "MINGCE_MODEL_SECONDS", 20.0, 1, 600),
        tokens=int(_number(env, "MINGCE_MODEL_TOKENS", 1500, 100, 100_000)),
        options=options,
        price=_price(env.get("MINGCE_MODEL_PRICE", "").strip()),
    )


def _number(env: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    raw = env.get(name, "").strip()
    try:
        value = float(raw) if raw else default
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise SettingsError(f"{name} 是“{raw}”，应为 {low:g} 到 {high:g} 之间的数")
    return value


def _price(raw: str) -> tuple[float, float] | None:
    if not raw:
        return None
    try:
        read, written = (float(part) for part in raw.replace("，", ",").split(","))
    except ValueError:
        raise SettingsError(f"MINGCE_MODEL_PRICE 是“{raw}”，应为每百万词元的价格（元）：读,写，如 2,8") from None
    return read, written
