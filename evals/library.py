"""The library of sets: reads JSONL and YAML sets, knows which pack and version each belongs to, writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import MingceError
from corpus.loader import PACKS, default_pack_id, load_pack, pack_ids
from corpus.models import explain
from corpus.schema import Pack
from evals.cases import KINDS, AnyCase, Case

SETS = Path(__file__).parent / "sets"
INDEX = "sets.yaml"
_VERSION_CHARS = 12


class SetError(MingceError):
    """A set that cannot be used; the message names file, line, field, what was found and what is valid."""


class Card(BaseModel):
    """What `sets.yaml` says of a set: its pack and text version, its kind, whether it is fast and whether it is kept unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pack: str
    version: str = ""
    kind: Literal["questions", "retrieval", "calculators", "check"] = "questions"
    fast: bool = False
    kept: bool = False
    about: str = ""


@dataclass(frozen=True)
class QuestionSet:
    """A named set with its card; the cases are read and checked when first needed."""

    name: str
    path: Path
    card: Card

    @cached_property
    def cases(self) -> Sequence[AnyCase]:
        """All cases; raises SetError naming each fault."""
        return read_cases(self.path, KINDS[self.card.kind])

    @cached_property
    def content_hash(self) -> str:
        """Of the file's bytes."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def outdated(self) -> str:
        """A notice where the pack's text is no longer the one that the golds were written for; else empty."""
        now = text_version(load_pack(PACKS / self.card.pack))
        if self.card.version in ("", now):
            return ""
        return f"题集 {self.name} 按 {self.card.pack} 的文本 {self.card.version} 编写，现在是 {now}：金标准可能过时"


def text_version(pack: Pack) -> str:
    """The version of a policy's text: the head of its hash."""
    return hashlib.sha256(pack.document.source.encode()).hexdigest()[:_VERSION_CHARS]


def read_cases(path: Path, shape: type[AnyCase] = Case) -> list[AnyCase]:
    """The cases of a JSONL file (one a line) or a YAML file (a list).

    Raises SetError with a line for each fault: file, line or place, field, found, what is valid.
    """
    if not path.is_file():
        raise SetError(f"没有题集文件 {path.name}")
    cases: list[AnyCase] = []
    faults: list[str] = []
    seen: set[str] = set()
    for place, raw in _rows(path, faults):
        try:
            case = shape.model_validate(raw)
        except ValidationError as error:
            faults += [f"{path.name} {place} {fault}" for fault in explain(error)]
            continue
        if case.id in seen:
            faults.append(f"{path.name} {place} id：“{case.id}”重复")
        seen.add(case.id)
        cases.append(case)
    if faults:
        raise SetError("\n".join(faults))
    return cases


def _rows(path: Path, faults: list[str]) -> list[tuple[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SetError(f"{path.name} 不是 UTF-8 编码；请另存为 UTF-8") from None
    if path.suffix in (".yaml", ".yml"):
        try:
            rows = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise SetError(f"{path.name} 第 {mark.line + 1 if mark else '?'} 行：不是有效的 YAML") from None
        if not isinstance(rows, list):
            raise SetError(f"{path.name}：应是一个列表，每项一例")
        return [(f"第 {number} 例", row) for number, row in enumerate(rows, 1)]
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found.append((f"第 {number} 行", json.loads(line)))
            except json.JSONDecodeError as error:
                faults.append(f"{path.name} 第 {number} 行：不是有效的 JSON（第 {error.colno} 个字符处）")
    return found


def read_set(path: Path) -> list[Case]:
    """The conversations of a set file."""
    return [case for case in read_cases(path, Case) if isinstance(case, Case)]


def find_sets(names: Iterable[str] = (), folder: Path = SETS) -> list[QuestionSet]:
    """The sets of these names or paths, in order; no name gives all of the folder that are not kept unseen.

    Raises SetError for a name that is no set, or for two sets of one name.
    """
    library = index(folder)
    if not list(names):
        return [found for found in library.values() if not found.card.kept]
    found = []
    for name in names:
        path = Path(name)
        if name in library:
            found.append(library[name])
        elif path.is_file():
            found.append(index(path.parent).get(path.stem) or QuestionSet(path.stem, path, Card(pack=default_pack_id())))
        else:
            raise SetError(f"没有题集“{name}”；可用：{'、'.join(library)}，或写文件路径")
    if len({question_set.name for question_set in found}) < len(found):
        raise SetError("两个题集同名；请给文件换个名字")
    return found


def example_case(pack_id: str) -> Case:
    """A question with a computed result from a set of the pack, else of any; to show how a case is written."""
    open_sets = [found for found in index().values() if found.card.kind == "questions" and not found.card.kept]
    ordered = sorted(open_sets, key=lambda found: found.card.pack != pack_id)
    cases = [case for found in ordered for case in found.cases if isinstance(case, Case) and case.amounts and case.must_say]
    return cases[0]


def index(folder: Path = SETS) -> dict[str, QuestionSet]:
    """The sets that a folder's `sets.yaml` names; raises SetError for a faulty index."""
    path = folder / INDEX
    if not path.is_file():
        return {}
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SetError(f"{INDEX} 第 {mark.line + 1 if mark else '?'} 行：不是有效的 YAML") from None
    found = {}
    for name, fields in raw.items():
        if not isinstance(name, str):
            raise SetError(f'{INDEX} {name}：题集名是数，请加引号，如 "{name}"')
        try:
            card = Card.model_validate(fields)
        except ValidationError as error:
            raise SetError("\n".join(f"{INDEX} {name} {fault}" for fault in explain(error))) from None
        if card.pack not in pack_ids():
            raise SetError(f"{INDEX} {name} pack：没有政策包“{card.pack}”；可用：{'、'.join(pack_ids())}")
        file = next((p for s in (".jsonl", ".yaml") if (p := folder / f"{name}{s}").is_file()), None)
        if file is None:
            raise SetError(f"{INDEX} {name}：没有文件 {name}.jsonl 或 {name}.yaml")
        found[name] = QuestionSet(name, file, card)
    return found


def register(path: Path, card: Card) -> None:
    """Name a set in its folder's index; an entry of that name is left as it is.

    Raises SetError where that entry belongs to another policy.
    """
    listing = path.parent / INDEX
    text = listing.read_text(encoding="utf-8") if listing.is_file() else ""
    known = (yaml.safe_load(text) or {}).get(path.stem)
    if known:
        if known.get("pack") != card.pack:
            raise SetError(f"{INDEX} 里 {path.stem} 属于 {known.get('pack')}，不是 {card.pack}；请换一个文件名")
        return
    entry = yaml.safe_dump({path.stem: card.model_dump(exclude_defaults=True)}, allow_unicode=True, sort_keys=False)
    listing.write_text(text + ("" if text.endswith("\n") or not text else "\n") + entry, encoding="utf-8")


def write_set(path: Path, cases: Sequence[AnyCase]) -> None:
    """Write cases as JSONL, one a line, empty optional fields left out."""
    lines = [json.dumps(plain(case), ensure_ascii=False) for case in cases]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def plain(case: AnyCase) -> dict[str, Any]:
    """A case as JSON has it, whole yuan as integers."""
    fields = case.model_dump()
    for amount in fields.get("amounts", ()):
        for key in ("low_yuan", "high_yuan"):
            if amount[key] is not None and float(amount[key]).is_integer():
                amount[key] = int(amount[key])
    for name in ("amounts_free", "variant_of"):
        if name in fields and not fields[name]:
            del fields[name]
    return fields
