"""Builds the rules of a pack against its text, noting every fault and every figure claimed."""

import re
from collections.abc import Mapping

from corpus.binding import bind_figure, bind_quote, check_pairing
from corpus.conditions import parse_condition, token_of
from corpus.coverage import Span
from corpus.models import BenefitFile, GateFile, JointCapFile, RulesFile, TopicFile
from corpus.schema import AmountMode, Benefit, Condition, Document, Fact, Gap, GateOption, JointCap, Period, Quote, Token, Topic
from corpus.text import find_all

_MODES: dict[str, AmountMode] = {
    "exact": "exact",
    "range": "range",
    "at_most": "upper_bound",
    "average": "average",
    "deduction": "deduction",
    "unstated": "unstated",
}


class Binder:
    """The rules of one pack in the making; `claims` are the spans of the source that rules account for."""

    def __init__(self, document: Document, facts: Mapping[str, Fact], faults: list[str], changed: frozenset[str]) -> None:
        self.document, self.facts, self.faults, self.changed = document, facts, faults, changed
        self.claims: list[Span] = []
        self.pairs: list[tuple[int, int, int, str]] = []

    def benefits(self, rules: RulesFile) -> dict[str, Benefit]:
        """The benefits whose quotes and figures stand in the text, by id."""
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
        for key, name, kind in (("of", file.of, "money"), ("times", file.times, "count"), ("each", file.each, "count")):
            if name and name not in self.facts:
                self.faults.append(f"{where}：facts.yaml 里没有“{name}”")
            elif name and self.facts[name].type != kind:
                self.faults.append(f"{where}：{key} 指的“{name}”应是 {kind}，现在是 {self.facts[name].type}")
        for key in ("cap", "above"):
            if getattr(file, key) and (token := token_of(getattr(file, key))) is not None and token.kind != "money":
                self.faults.append(f"{where}：{key} 的“{getattr(file, key)}”应是金额")
        rated = [period.figure for period in file.schedule if (token := token_of(period.figure)) and token.kind == "rate"]
        if rated and not file.of:
            self.faults.append(f"{where}：schedule 里的比例 {'、'.join(rated)} 须用 of 写明基数")
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
            payee=file.payee,
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
        """The joint caps over known benefits."""
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

    def gate(self, file: GateFile, benefits: Mapping[str, Benefit]) -> tuple[GateOption, ...]:
        """The options of the screener's first question; each benefit that is left out gets one from its clause later on."""
        options: list[GateOption] = []
        for option in file.options:
            where = f"gate.yaml {option.id}"
            if any(option.id == other.id for other in options):
                self.faults.append(f"{where}：编号重复")
            self.faults += [f"{where}：没有规则 {name}" for name in option.benefits if name not in benefits]
            sets = self._conditions(option.sets, [], where)
            self.faults += [f"{where}：sets 只能写选项或是非，不能写“{c.text}”" for c in sets if c.threshold is not None]
            strange = [other for other in option.excludes if other not in {known.id for known in file.options}]
            self.faults += [f"{where}：excludes 里没有选项 {other}" for other in strange]
            gaps = tuple(Gap(gap.say, (), self._conditions(gap.when, [], where)) for gap in option.gaps)
            options.append(GateOption(option.id, option.say, tuple(option.benefits), sets, tuple(option.excludes), gaps))
        return tuple(options)

    def topic(self, file: TopicFile, benefits: Mapping[str, Benefit]) -> Topic:
        """A topic with its benefits (those of its clause unless listed) and gaps."""
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
                gap.settles,
            )
            for gap in file.gaps
        )
        chosen = own if file.benefits is None else tuple(file.benefits)
        return Topic(file.id, file.clause, tuple(file.strong), tuple(file.weak), chosen, gaps)
