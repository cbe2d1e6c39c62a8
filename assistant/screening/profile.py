"""What a firm filled in, as typed: kept in a file, compared as a variant, turned into facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import MingceError
from corpus.models import explain

Answer = str | bool | tuple[str, ...]
_MAX_ANSWERS = 400


class ProfileError(MingceError):
    """A profile file that cannot be read."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The options of the gate that were chosen, and answers by the key of their question.

    An answer is a figure as typed, yes or no, or the options of a choice; no option at all says that none applies.
    """

    policy: str
    events: tuple[str, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mingce_profile: Literal[1]
    policy: str = Field(max_length=100)
    events: list[str] = Field(default=[], max_length=200)
    answers: dict[str, str | bool | list[str]] = {}


def write_profile(profile: Profile) -> str:
    """The profile as JSON, as `read_profile` takes it."""
    answers = {key: list(value) if isinstance(value, tuple) else value for key, value in profile.answers.items()}
    data = {"mingce_profile": 1, "policy": profile.policy, "events": list(profile.events)}
    return json.dumps({**data, "answers": answers}, ensure_ascii=False, indent=1) + "\n"


def read_profile(text: str, policies: tuple[str, ...]) -> Profile:
    """The profile of a file; raises ProfileError naming the field, what was found and what is valid."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):  # a number of 5,000 digits and brackets 100,000 deep are no JSON that we read
        raise ProfileError("不是明策的填写记录（不是 JSON）") from None
    try:
        file = _File.model_validate(raw)
    except ValidationError as error:
        raise ProfileError("不是明策的填写记录：" + "；".join(explain(error)[:3])) from None
    if file.policy not in policies:
        raise ProfileError(f"填写记录属于政策“{file.policy}”，这里没有；可用：{'、'.join(policies)}")
    if len(file.answers) > _MAX_ANSWERS:
        raise ProfileError(f"填写记录有 {len(file.answers)} 个答案，最多 {_MAX_ANSWERS} 个")
    answers: dict[str, Answer] = {k: tuple(v) if isinstance(v, list) else v for k, v in file.answers.items()}
    return Profile(file.policy, tuple(dict.fromkeys(file.events)), answers)
