"""Loads packs and refuses those that their text does not bear out."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from corpus.binding import bind_figure, bind_quote, check_pairing
from corpus.conditions import parse_condition
from corpus.coverage import Span, unclaimed
from corpus.errors import PackError
from corpus.models import BenefitFile, FactFile, JointCapFile, PackFile, RulesFile, TopicFile, TopicsFile, explain
from corpus.parser import parse
from corpus.schema import (
    AmountMode,
    Benefit,
    Clause,
    Condition,
    Document,
    Fact,
    Gap,
    JointCap,
    Meta,
    Pack,
    Period,
    Quote,
    Token,
    Topic,
)
from corpus.strict_yaml import read_yaml
from corpus.text import find_all

_M = TypeVar("_M", bound=BaseModel)
PACKS = Path(__file__).parent / "packs"
_MODES: dict[str, AmountMode] = {
    "exact": "exact",
    "range": "range",
    "at_most": "upper_bound",
    "average": "average",
    "deduction": "deduction",
    "unstated": "unstated",
}


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
    """A pack that passed every check.

    Raises PackError whose message names each fault: file, field, found, remedy.
    """
    faults = _Faults(folder.name)
    meta = _model(PackFile, read_yaml(folder / "pack.yaml"), "pack.yaml", faults)
    rules = _model(RulesFile, read_yaml(folder / "rules.yaml") or {}, "rules.yaml", faults)
    facts_raw = read_yaml(folder / "facts.yaml") or {}
    facts_files = {str(k): _model(FactFile, v, f"facts.yaml {k}", faults) for k, v in facts_raw.items()}
    topics = _model(TopicsFile, read_yaml(folder / "topics.yaml"), "topics.yaml", faults)
    glossary_raw = read_yaml(folder / "glossary.yaml") or {}
    faults.stop()
    assert meta is not None and rules is not None and topics is not None
    if meta.id != folder.name:
        faults.append(f"pack.yaml：id 是“{meta.id}”，应与文件夹名一致")
    document = parse(source_text(folder, meta.source))
    facts = {name: _fact(name, file) for name, file in facts_files.items() if file is not None}
    for fact in facts.values():
        if fact.by and fact.by not in facts:
            faults.append(f"facts.yaml {fact.name}：by 指的“{fact.by}”不存在")
        strange = [o for pair in fact.opposite.items() for o in pair if o not in fact.options]
        if strange:
            faults.append(f"facts.yaml {fact.name}：opposite 里没有选项 {'、'.join(strange)}")
        if fact.type == "choice" and not fact.options:
            faults.append(f"facts.yaml {fact.name}：选择题没有 options")
    changed = _changed_clauses(folder, document)
    binder = _Binder(document, facts, faults, changed)
    benefits = binder.benefits(rules)
    caps = binder.joint_caps(rules.joint_caps, benefits)
    claims = [*binder.claims]
    if not changed:
        faults.extend(f"rules.yaml {fault}" for fault in unclaimed(document, claims, rules.waived))
    built_topics = tuple(binder.topic(topic, benefits) for topic in topics.topics)
    covered = {benefit for topic in built_topics for benefit in topic.benefits}
    for benefit_id in benefits:
        if benefit_id not in covered:
            faults.append(f"topics.yaml：没有主题通向 {benefit_id}")
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
    )


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
    reviewed = dict(line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    now = {clause.id: clause_hash(clause) for clause in document.clauses}
    return frozenset(clause_id for clause_id in {*reviewed, *now} if reviewed.get(clause_id) != now.get(clause_id))


def _model(model: type[_M], data: Any, where: str, faults: list[str]) -> _M | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults.extend(f"{where} {line}" for line in explain(error))
        return None


def _fact(name: str, file: FactFile) -> Fact:
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
        opposite=dict(file.opposite),
        first=file.first,
        counts=tuple(file.counts),
        beware=tuple(file.beware),
    )


def _glossary(raw: Mapping[str, list[Any] | None], faults: list[str]) -> dict[str, tuple[str, ...]]:
    glossary: dict[str, tuple[str, ...]] = {}
    for term, aliases in raw.items():
        if aliases is not None and not isinstance(aliases, list):
            faults.append(f"glossary.yaml {term}：应为一列词，如 [词一, 词二]")
            continue
        glossary[str(term)] = tuple(str(alias) for alias in aliases or ())
    return glossary


class _Binder:
    """Builds the rules of one pack against its text, noting every fault and every figure claimed."""

    def __init__(self, document: Document, facts: Mapping[str, Fact], faults: list[str], changed: frozenset[str]) -> None:
        self.document, self.facts, self.faults, self.changed = document, facts, faults, changed
        self.claims: list[Span] = []
        self.pairs: list[tuple[int, int, int, str]] = []

    def benefits(self, rules: RulesFile) -> dict[str, Benefit]:
        built: dict[str, Benefit] = {}
        for file in rules.benefits:
            where = f"rules.yaml {file.id}"
            if file.id in built:
                self.faults.append(f"{where}：编号重复")
                continue
            benefit = self._benefit(file, where)
            if benefit is not None:
                built[file.id] = benefit
        for at, place, nth, where in self.pairs:
            for other_at, other_place, other_nth, other in self.pairs:
                if at == other_at and where != other and nth < other_nth and place >= other_place:
                    self.faults.append(f"{where}：与 {other} 的先后颠倒：nth 的次序须与 item 在引文里的次序一致")
        return built

    def _benefit(self, file: BenefitFile, where: str) -> Benefit | None:
        clause_id = file.clause or re.sub(r"\.[a-z]\d?$", "", file.id)
        clause = self.document.clause(clause_id)
        if clause is None:
            self.faults.append(f"{where}：没有第 {clause_id} 条；可用 clause 写明条款号")
            return None
        faults: list[str] = []
        quotes = [bind_quote(self.document, clause, text, faults, where) for text in (file.quote, *file.also)]
        if clause_id in self.changed and faults:
            # the clause is no longer the one that was reviewed: its rule is withdrawn, not refused
            blank = Quote(clause_id, clause.text, clause.start, clause.end)
            return Benefit(file.id, clause_id, file.name, file.to, blank, "unstated")
        self.faults.extend(faults)
        bound = [quote for quote in quotes if quote is not None]
        if len(bound) != len(quotes):
            return None
        modes = [name for name in _MODES if getattr(file, name)]
        if file.schedule:
            if modes:
                self.faults.append(f"{where}：schedule 与 {modes[0]} 只能写一样")
            modes = ["exact"]
        if len(modes) != 1:
            self.faults.append(f"{where}：金额写法须恰好一种（{'、'.join(_MODES)} 或 schedule），现有 {'、'.join(modes) or '无'}")
            return None
        figure = self._figure(bound, getattr(file, modes[0]), where) if modes[0] != "unstated" and not file.schedule else None
        if modes[0] == "unstated" and not any(file.unstated in quote.text for quote in bound):
            self.faults.append(f"{where}：unstated 的“{file.unstated}”不在引文里")
        if figure is not None:
            place = check_pairing(bound, figure, file.nth, file.item, self.faults, where)
            if place is not None:
                self.pairs.append((*place, file.nth, where))
                span = find_all(self.document.source[place[1] :], file.item)[0]
                self.claims.append((place[1] + span[0], place[1] + span[1]))
            if (figure.kind == "rate") != bool(file.of):
                self.faults.append(f"{where}：比例须用 of 写明基数，金额不能有 of")
        for name in (file.of, file.times, file.each):
            if name and name not in self.facts:
                self.faults.append(f"{where}：facts.yaml 里没有“{name}”")
        if file.per:
            self._figure(bound, file.per, where)
        return Benefit(
            id=file.id,
            clause=clause_id,
            name=file.name,
            to=file.to,
            quote=bound[0],
            also=tuple(bound[1:]),
            mode=_MODES[modes[0]],
            figure=figure,
            of=file.of,
            above=self._figure(bound, file.above, where) if file.above else None,
            times=file.times,
            each=file.each,
            cap=self._figure(bound, file.cap, where) if file.cap else None,
            cap_note=file.cap_note,
            periods=self._periods(file, bound, where),
            when=self._conditions(file.when, bound, where),
            premises=self._conditions(file.premises, bound, where),
            open=tuple(file.open),
            unsure=tuple(file.unsure),
            notes=tuple(file.notes),
            cues=tuple(file.cues),
            once=file.once,
        )

    def _periods(self, file: BenefitFile, quotes: list[Quote], where: str) -> tuple[Period, ...]:
        periods: list[Period] = []
        for period in file.schedule:
            after = periods[-1].figure.start if periods else -1
            token = self._figure(quotes, period.figure, where, after)
            if token is not None:
                periods.append(Period(period.label, token))
        return tuple(periods)

    def _figure(self, quotes: list[Quote], wanted: str, where: str, after: int = -1) -> Token | None:
        token = bind_figure(quotes, wanted, self.faults, where, after)
        if token is not None:
            self.claims.append((token.start, token.end))
        return token

    def _conditions(self, texts: list[str], quotes: list[Quote], where: str) -> tuple[Condition, ...]:
        conditions = []
        for text in texts:
            condition = parse_condition(text, self.facts)
            if isinstance(condition, str):
                self.faults.append(f"{where}：{condition}")
                continue
            if condition.threshold is not None and quotes:
                self._figure(quotes, condition.threshold.text, where)
            conditions.append(condition)
        return tuple(conditions)

    def joint_caps(self, files: list[JointCapFile], benefits: Mapping[str, Benefit]) -> tuple[JointCap, ...]:
        caps = []
        for file in files:
            where = f"rules.yaml {file.id}"
            clause = self.document.clause(file.clause or re.sub(r"\.\*$", "", file.id))
            unknown = [name for name in file.over if name not in benefits]
            if clause is None or unknown:
                self.faults.append(f"{where}：找不到条款或规则 {'、'.join(unknown)}")
                continue
            quote = bind_quote(self.document, clause, file.quote, self.faults, where)
            token = self._figure([quote], file.cap, where) if quote else None
            if quote is not None and token is not None:
                caps.append(JointCap(file.id, tuple(file.over), token, file.per, quote, tuple(file.unsure)))
        return tuple(caps)

    def topic(self, file: TopicFile, benefits: Mapping[str, Benefit]) -> Topic:
        where = f"topics.yaml {file.id}"
        if self.document.clause(file.clause) is None:
            self.faults.append(f"{where}：没有第 {file.clause} 条")
        for name in file.benefits or ():
            if name not in benefits:
                self.faults.append(f"{where}：没有规则 {name}")
        own = tuple(b.id for b in benefits.values() if b.clause == file.clause)
        gaps = tuple(
            Gap(
                gap.say,
                tuple(tuple(part.strip() for w in words for part in w.split(" + ")) for words in gap.words),
                self._conditions(gap.when, [], where),
            )
            for gap in file.gaps
        )
        chosen = own if file.benefits is None else tuple(file.benefits)
        return Topic(file.id, file.clause, tuple(file.strong), tuple(file.weak), chosen, gaps)


__all__ = ["clause_hash", "default_pack_id", "load_meta", "load_pack", "lock_text", "pack_ids", "source_text"]
