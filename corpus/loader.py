"""Loads packs and refuses those that their text does not bear out."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from corpus.binder import Binder
from corpus.coverage import unclaimed
from corpus.errors import PackError
from corpus.lazy import LazyMapping
from corpus.models import FactFile, GateFile, PackFile, RulesFile, TopicsFile, explain
from corpus.parser import parse
from corpus.schema import BEYOND, Benefit, Clause, Document, Fact, JointCap, Meta, Pack, Topic
from corpus.strict_yaml import mapping, read_yaml

_M = TypeVar("_M", bound=BaseModel)
PACKS = Path(__file__).parent / "packs"


class _Faults(list[str]):
    """The faults of one pack; `stop()` refuses it with all of them."""

    def __init__(self, pack: str) -> None:
        super().__init__()
        self.pack = pack

    def stop(self) -> None:
        if self:
            raise PackError("\n".join(f"{self.pack}：{fault}" for fault in self))


def pack_ids(root: Path = PACKS) -> tuple[str, ...]:
    """The ids of all packs of a folder."""
    return tuple(sorted(path.parent.name for path in root.glob("*/pack.yaml")))


def default_pack_id(root: Path = PACKS) -> str:
    """The pack that a question means when it names none (data: packs/default)."""
    path = root / "default"
    if not path.is_file():
        raise PackError(f"缺少 {path.name} 文件：里面写默认政策包的名称")
    return path.read_text(encoding="utf-8").strip()


def source_text(folder: Path, name: str) -> str:
    """A pack's source as text; a web page gives its blocks as lines."""
    path = folder / name
    try:
        raw = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise PackError(f"{folder.name}：缺少原文 {name}（pack.yaml 的 source）") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{folder.name}：原文 {name} 读不了（须是 UTF-8 文本）：{error}") from error
    if path.suffix not in (".html", ".htm"):
        return raw
    from corpus.html import html_to_text  # the HTML parser is needed by few packs, and takes 0.1 s to import

    return html_to_text(raw)


def load_meta(folder: Path) -> Meta:
    """What a pack says of its document, without loading the rest.

    Raises PackError naming each fault of pack.yaml.
    """
    faults = _Faults(folder.name)
    file = _model(PackFile, read_yaml(folder / "pack.yaml"), "pack.yaml", faults)
    faults.stop()
    assert file is not None
    return _meta(file)


def _meta(file: PackFile) -> Meta:
    words: dict[str, Any] = file.model_dump(exclude={"source"})
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in words.items()}
    return Meta(**values)


@lru_cache(maxsize=64)
def load_pack(folder: Path) -> Pack:
    """A pack that passed every check; its English and its example questions are read, and checked, at first use.

    Raises PackError whose message names each fault: file, field, found, remedy.
    """
    faults = _Faults(folder.name)
    meta = _model(PackFile, read_yaml(folder / "pack.yaml"), "pack.yaml", faults)
    rules = _model(RulesFile, read_yaml(folder / "rules.yaml") or {}, "rules.yaml", faults)
    facts_raw = mapping(folder / "facts.yaml")
    facts_files = {str(k): _model(FactFile, v, f"facts.yaml {k}", faults) for k, v in facts_raw.items()}
    topics = _model(TopicsFile, read_yaml(folder / "topics.yaml"), "topics.yaml", faults)
    glossary_raw = mapping(folder / "glossary.yaml")
    faults.stop()
    assert meta is not None and rules is not None and topics is not None
    if meta.id != folder.name:
        faults.append(f"pack.yaml：id 是“{meta.id}”，应与文件夹名一致")
    document = parse(source_text(folder, meta.source))
    options = {option: tuple(words) for file in facts_files.values() if file for option, words in file.options.items()}
    facts = {name: _fact(name, file, options, faults) for name, file in facts_files.items() if file is not None}
    for fact in facts.values():
        if fact.by and fact.by not in facts:
            faults.append(f"facts.yaml {fact.name}：by 指的“{fact.by}”不存在")
        for other in (*fact.minus, *fact.same_as, *fact.excludes, *((fact.short,) if fact.short else ())):
            if other not in facts:
                faults.append(f"facts.yaml {fact.name}：minus、short、same_as、excludes 里的“{other}”不存在")
        if len(fact.minus) == 1:
            faults.append(f"facts.yaml {fact.name}：minus 要写两个事实：被减数和减数")
        strange = [o for pair in fact.opposite.items() for o in pair if o not in fact.options]
        strange += [o for o in fact.fallback if o not in fact.options]
        if strange:
            faults.append(f"facts.yaml {fact.name}：opposite 或 fallback 里没有选项 {'、'.join(strange)}")
        if fact.type == "choice" and not fact.options:
            faults.append(f"facts.yaml {fact.name}：选择题没有 options")
    changed = _changed_clauses(folder, document)
    binder = Binder(document, facts, faults, changed)
    benefits = binder.benefits(rules)
    caps = binder.joint_caps(rules.joint_caps, benefits)
    benefits = {name: replace(benefit, ceiling=_ceiling(benefit, caps)) for name, benefit in benefits.items()}
    claims = [*binder.claims]
    faults.extend(f"rules.yaml {fault}" for fault in unclaimed(document, claims, rules.waived, changed))
    built_topics = tuple(binder.topic(topic, benefits) for topic in topics.topics)
    covered = {benefit for topic in built_topics for benefit in topic.benefits}
    for benefit_id in benefits:
        if benefit_id not in covered:
            faults.append(f"topics.yaml：没有主题通向 {benefit_id}")
    gate_raw = read_yaml(folder / "gate.yaml") if (folder / "gate.yaml").is_file() else {"options": []}
    gate_file = _model(GateFile, gate_raw, "gate.yaml", faults)
    gate = binder.gate(gate_file, benefits) if gate_file else ()
    glossary = _glossary(glossary_raw, faults)
    faults.stop()
    return Pack(
        meta=_meta(meta),
        document=document,
        facts=facts,
        topics=built_topics,
        benefits=benefits,
        joint_caps=caps,
        glossary=glossary,
        withdrawn=frozenset(b.id for b in benefits.values() if b.clause in changed),
        content_hash=_content_hash(folder),
        gate=gate,
        english=LazyMapping(partial(_english, folder)),
        phrases=LazyMapping(partial(_phrases, folder, built_topics)),
        english_glossary=LazyMapping(partial(_english_glossary, folder)),
    )


def _english(folder: Path) -> dict[str, str]:
    """english.yaml, which a pack may leave out: its own words in English."""
    path = folder / "english.yaml"
    return {key: str(value) for key, value in mapping(path).items()} if path.is_file() else {}


def _english_glossary(folder: Path) -> dict[str, tuple[str, ...]]:
    """glossary.en.yaml, which a pack may leave out: English words for its terms."""
    path = folder / "glossary.en.yaml"
    if not path.is_file():
        return {}
    faults = _Faults(folder.name)
    glossary = _glossary(mapping(path), faults)
    faults.stop()
    return glossary


def _phrases(folder: Path, topics: tuple[Topic, ...]) -> dict[str, tuple[str, ...]]:
    """phrases.yaml, which a pack may leave out: topic → example questions."""
    if not (folder / "phrases.yaml").is_file():
        return {}
    faults = _Faults(folder.name)
    known = {topic.id for topic in topics} | {BEYOND}
    found: dict[str, tuple[str, ...]] = {}
    for topic, examples in mapping(folder / "phrases.yaml").items():
        if topic not in known:
            faults.append(f"phrases.yaml {topic}：没有这个主题；可用 topics.yaml 里的 id 或 {BEYOND}")
        elif not isinstance(examples, list):
            faults.append(f"phrases.yaml {topic}：应为一列问句")
        else:
            found[topic] = tuple(str(example) for example in examples)
    faults.stop()
    return found


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def clause_hash(clause: Clause) -> str:
    """A clause's fingerprint, white space apart."""
    return hashlib.sha256(re.sub(r"\s+", "", clause.text).encode()).hexdigest()[:16]


def lock_text(document: Document) -> str:
    """The content of clauses.lock: the fingerprints of the clauses as the rules were reviewed."""
    return "".join(f"{clause.id} {clause_hash(clause)}\n" for clause in document.clauses)


def _changed_clauses(folder: Path, document: Document) -> frozenset[str]:
    """Clauses whose text is no longer the one that was reviewed (clauses.lock); none where there is no lock."""
    path = folder / "clauses.lock"
    if not path.is_file():
        return frozenset()
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if any(len(line) != 2 for line in lines):
        raise PackError(f"{folder.name}：clauses.lock 的每行应为“条款号 指纹”：请用 mingce check --reviewed 重新生成")
    reviewed = {line[0]: line[1] for line in lines}
    now = {clause.id: clause_hash(clause) for clause in document.clauses}
    return frozenset(clause_id for clause_id in {*reviewed, *now} if reviewed.get(clause_id) != now.get(clause_id))


def _model(model: type[_M], data: Any, where: str, faults: list[str]) -> _M | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults.extend(f"{where} {line}" for line in explain(error))
        return None


def _ceiling(benefit: Benefit, caps: Sequence[JointCap]) -> Fraction | None:
    limits = [cap.cap.high for cap in caps if benefit.id in cap.over]
    return min([*limits, *([benefit.cap.high] if benefit.cap else [])], default=None)


def _fact(name: str, file: FactFile, options: Mapping[str, tuple[str, ...]], faults: list[str]) -> Fact:
    unknown = [option for option in file.split if option not in options]
    if unknown:
        faults.append(f"facts.yaml {name}：split 里的{'、'.join(unknown)}不是任何事实的选项")
    return Fact(
        name=name,
        type=file.type,
        ask=file.ask,
        words=tuple(file.words),
        denied=tuple(file.denied),
        options={option: tuple(words) for option, words in file.options.items()},
        exclusive=file.exclusive,
        by=file.by,
        unit=file.unit,
        group=file.group,
        of_asker=file.of_asker,
        fractional=file.fractional,
        opposite=dict(file.opposite),
        first=file.first,
        counts=tuple(file.counts),
        beware=tuple(file.beware),
        minus=tuple(file.minus),
        short=file.short,
        jointly=file.jointly,
        annual=file.annual,
        same_as=tuple(file.same_as),
        excludes=tuple(file.excludes),
        gross=tuple(file.gross),
        split={option: options.get(option, ()) for option in file.split},
        fallback={option: tuple(words) for option, words in file.fallback.items()},
    )


def _glossary(raw: Mapping[str, list[Any] | None], faults: list[str]) -> dict[str, tuple[str, ...]]:
    glossary: dict[str, tuple[str, ...]] = {}
    for term, aliases in raw.items():
        if aliases is not None and not isinstance(aliases, list):
            faults.append(f"glossary.yaml {term}：应为一列词，如 [词一, 词二]")
            continue
        glossary[str(term)] = tuple(str(alias) for alias in aliases or ())
    return glossary


__all__ = ["clause_hash", "default_pack_id", "load_meta", "load_pack", "lock_text", "pack_ids", "source_text"]
