"""The tools of a model: search, read a clause, list benefits, compute one, ask the user.

A model proposes; it states no fact. A benefit is computed from the facts that the engine read in the user's words: what the
model fills in must agree with them, and what the user left open is asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from assistant.calculate import calculate
from assistant.compose.words import rule_text
from assistant.state import Finding, State
from assistant.talk.slots import Slots, listing
from assistant.talk.talker import Tool
from assistant.understand.script import normalise
from assistant.understand.topics import Match, resolve_clause
from calculators import Facts, Outcome, evaluate, totals
from calculators.money import yuan_text
from corpus.figures import scan
from corpus.schema import Benefit, Fact, Pack, Topic

_HITS = 5
_LONGEST, _LONGEST_SUM = 200, 40


@dataclass(slots=True)
class Toolbox:
    """The tools for one turn and what they brought; findings by topic."""

    state: State
    slots: Slots
    findings: dict[str, Finding] = field(default_factory=dict)

    def tools(self) -> tuple[Tool, ...]:
        """The tools with the arguments that the pack gives them."""
        pack = self.state.policy
        clauses = [clause.id for clause in pack.document.clauses]
        text = {"type": "string"}
        return (
            Tool(
                "search_clauses",
                "按意思查条文，返回最接近的几条。",
                _schema({"query": {**text, "description": "要查的话，几个词"}}, "query"),
                self._search,
            ),
            Tool(
                "read_clause",
                "读一条原文，得到它的补助规则、原句和责任单位的槽。",
                _schema({"clause": {**text, "enum": clauses}}, "clause"),
                self._read,
            ),
            Tool(
                "list_benefits",
                "列出补助：编号、规则和需要知道的事实。可只列一条的。",
                _schema({"clause": {**text, "enum": clauses}}),
                self._list,
            ),
            Tool(
                "compute_benefit",
                "按条文规则测算一项补助。事实只填用户明说的；没说的不要填，工具会告诉你缺什么。",
                _schema({"benefit": {**text, "enum": list(pack.benefits)}, **_fact_schemas(pack)}, "benefit"),
                self._compute,
            ),
            Tool(
                "ask_user",
                "要向用户追问一个事实时用，返回问句的槽；答复的 kind 写 ask。",
                _schema({"fact": {**text, "enum": list(pack.facts)}}, "fact"),
                self._ask,
            ),
        )

    def _search(self, arguments: Mapping[str, Any]) -> str:
        pack = self.state.policy
        query = str(arguments.get("query", ""))[:_LONGEST]
        if not query.strip():
            return "query 是空的"
        lines = []
        for hit in self.state.desk.retriever.search(pack, query, _HITS):
            clause = pack.document.clause(hit.clause)
            if clause is not None:
                sentence = " ".join(pack.document.source[hit.start : hit.end].split())
                lines.append(f"{{{{{self.slots.add_clause(clause)}}}}} [{clause.id}] {clause.title}：{sentence[:120]}")
        return "\n".join(lines) or "没有相近的条文"

    def _read(self, arguments: Mapping[str, Any]) -> str:
        pack = self.state.policy
        found = resolve_clause(pack, str(arguments.get("clause", "")))
        clause = pack.document.clause(found) if found else None
        if clause is None:
            return f"没有这一条；可用：{'、'.join(c.id for c in pack.document.clauses)}"
        self.slots.add_clause(clause)
        for topic in pack.topics:
            if topic.clause == clause.id:
                self._find(topic)
        names = tuple(name for name, slot in self.slots.found.items() if slot.clause == clause.id)
        return f"{clause.text}\n可用的槽：\n{listing(self.slots, names)}"

    def _list(self, arguments: Mapping[str, Any]) -> str:
        pack, words = self.state.policy, self.slots.words
        wanted = str(arguments.get("clause") or "")
        benefits = [b for b in pack.benefits.values() if not wanted or b.clause == wanted]
        lines = [f"{b.id} {b.name}：{rule_text(b, words)}；需要：{'、'.join(_needs(b)) or '无'}" for b in benefits]
        return "\n".join(lines) or "这一条没有补助"

    def _compute(self, arguments: Mapping[str, Any]) -> str:
        pack = self.state.policy
        benefit = pack.benefits.get(str(arguments.get("benefit", "")))
        if benefit is None:
            return f"没有这项补助；可用：{'、'.join(pack.benefits)}"
        topic = next((t for t in pack.topics if benefit.id in t.benefits), None)
        topic = topic or next(t for t in pack.topics if t.clause == benefit.clause)
        finding = self._find(topic)
        named = _fact_keys(pack)
        wrong = [
            fault
            for key, value in arguments.items()
            if key != "benefit"
            and value not in (None, "")
            and (fault := self._disputed(named.get(key, key), value, finding.facts))
        ]
        if wrong:
            return "没有测算：" + "；".join(wrong)
        outcome = evaluate(benefit, finding.facts, pack.facts, withdrawn=benefit.id in pack.withdrawn)
        alone = replace(finding, outcomes=(outcome,), totals=totals((outcome,), pack.joint_caps))
        return self._told(outcome, self.slots.add(alone))

    def _told(self, outcome: Outcome, names: tuple[str, ...]) -> str:
        states = {
            "calculated": "算出",
            "zero": "结果为零",
            "unstated": "条文没有给出比例或金额",
            "not_eligible": "不符合条件",
            "missing": f"还缺：{'、'.join(outcome.missing)}，请用 ask_user 追问",
            "invalid": f"数目无效：{'、'.join(outcome.missing)}",
            "changed": "条文已变，暂不测算",
        }
        own = tuple(n for n, s in self.slots.found.items() if s.benefit is outcome.benefit)
        return f"{states[outcome.status]}\n{listing(self.slots, tuple(dict.fromkeys((*own, *names))))}"

    def _ask(self, arguments: Mapping[str, Any]) -> str:
        fact = self.state.policy.facts.get(str(arguments.get("fact", "")))
        if fact is None:
            return "没有这个事实"
        words = self.slots.words
        question = words.own(fact.ask) or words("请补充：{fact}", fact=words.own(fact.name))
        return listing(self.slots, (self.slots.add_text("a", question),))

    def _find(self, topic: Topic) -> Finding:
        """What a topic comes to by the user's words; its slots are there afterwards."""
        if topic.id not in self.findings:
            match = Match(topic, 1.0, frozenset(), True)
            found = calculate(replace(self.state, matches=(match,))).findings
            self.findings[topic.id] = found[0] if found else Finding(topic)
            self.slots.add(self.findings[topic.id])
        return self.findings[topic.id]

    def _disputed(self, name: str, value: Any, facts: Facts) -> str:
        """Why a fact that the model filled in is not taken; empty where the engine read the same."""
        fact = self.state.policy.facts.get(name)
        if fact is None:
            return f"没有事实“{name}”"
        if fact.type == "flag":
            known = facts.flags.get(name)
            if known is None:
                return f"用户没有明说“{name}”，请用 ask_user 追问"
            return (
                "" if known is (value if isinstance(value, bool) else str(value) in ("true", "是")) else f"“{name}”与用户所说相反"
            )
        if fact.type == "choice":
            chosen = facts.chosen.get(name, frozenset())
            if str(value) in chosen:
                return ""
            if str(value) not in fact.options:
                return f"“{name}”只能是：{'、'.join(fact.options)}"
            return f"“{name}”与用户所说不同" if chosen else f"用户没有明说“{name}”，请用 ask_user 追问"
        return self._number(fact, value, facts)

    def _number(self, fact: Fact, value: Any, facts: Facts) -> str:
        figures = scan(normalise(str(value)[:_LONGEST_SUM]))
        if len(figures) != 1 or figures[0].vague:
            return f"“{fact.name}”要照用户的原话写一个数，如 800万元"
        known = [(n.low, n.high) for (name, _), n in facts.numbers.items() if name == fact.name]
        given = {(figures[0].low, figures[0].high)}
        if figures[0].kind == "bare" and fact.type == "money":
            given.add((figures[0].low * 10_000, figures[0].high * 10_000))
        if given & set(known):
            return ""
        if known:
            told = "、".join(_spelt(low, high, fact) for low, high in known)
            return f"“{fact.name}”用户说的是{told}"
        said = {(f.low, f.high) for f in self.state.figures}
        return f"{'不能确定这个数是' if given & said else '用户没有说过'}“{fact.name}”，请用 ask_user 追问"


def _spelt(low: Fraction, high: Fraction, fact: Fact) -> str:
    spell: Callable[[Fraction], str] = yuan_text if fact.type == "money" else str
    return spell(high) + fact.unit if low == high else f"{spell(low)}至{spell(high)}{fact.unit}"


def _needs(benefit: Benefit) -> list[str]:
    names = [condition.fact for condition in (*benefit.when, *benefit.premises)]
    return list(dict.fromkeys([*names, *(name for name in (benefit.of, benefit.times, benefit.each) if name)]))


def _schema(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _fact_keys(pack: Pack) -> dict[str, str]:
    """Names of arguments by number: some providers take only Latin ones; the description says which fact each is."""
    return {f"fact_{number}": name for number, name in enumerate(pack.facts, 1)}


def _fact_schemas(pack: Pack) -> dict[str, Any]:
    """The pack's facts as typed arguments: sums and counts in the user's spelling, options, yes or no."""
    found: dict[str, Any] = {}
    for key, name in _fact_keys(pack).items():
        fact = pack.facts[name]
        if fact.type == "flag":
            found[key] = {"type": "boolean", "description": name}
        elif fact.type == "choice":
            found[key] = {"type": "string", "enum": list(fact.options), "description": name}
        else:
            unit = "金额，如 800万元" if fact.type == "money" else f"个数，如 3{fact.unit}"
            found[key] = {"type": "string", "description": f"{name}（{unit}）"}
    return found
