"""Grades: what a reply must be, checked one requirement at a time.

A check's detail is empty where it holds and otherwise says in Chinese what was expected and what was given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from corpus.schema import Pack
from evals.cases import AnyCase, CalculatorCase, Case, CheckCase, RetrievalCase
from evals.figures import Value, plain, reached, read_figures, spoken_figures, yuan_text
from evals.wordings import BOUNDED, forged_words, stray_citation, wrong_headline

LOOKUPS = frozenset(
    {"keyword", "wording", "comparison", "recipient", "clause_lookup", "unit_lookup", "status", "goal"}
)  # kinds of question that a rule's own sums may answer
CHECKS = {
    "outcome": "结果",
    "asks": "追问",
    "clauses": "条款",
    "quotes": "引文",
    "amounts": "金额",
    "kind": "金额性质",
    "headline": "开头的结果",
    "says": "说到",
    "figures": "数的来处",
    "retrieval": "检索",
    "status": "状态",
    "check": "核查",
    "error": "出错",
}
KIND_NAMES = {"exact": "定额", "range": "区间", "upper_bound": "最高", "average": "平均", "deduction": "抵扣"}
RETRIEVED = 3  # the hits that an operator sees without scrolling
_EXTRA_CLAUSES = 2
AmountKey = tuple[str, Fraction | None, Fraction]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The checks of one reply by name (empty: it holds) and its measures."""

    checks: Mapping[str, str]
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether every check holds."""
        return not any(self.checks.values())

    @property
    def faults(self) -> list[str]:
        """The details of the checks that failed."""
        return [f"{CHECKS[name]}：{detail}" for name, detail in self.checks.items() if detail]


def grade(case: AnyCase, reply: Mapping[str, Any], pack: Pack) -> Verdict:
    """The verdict on a reply in the shape that the stage's engine gives (evals/engines.py)."""
    if "error" in reply:
        return Verdict({"error": str(reply["error"])})
    if isinstance(case, Case):
        return _grade_answer(case, reply, pack)
    if isinstance(case, RetrievalCase):
        return grade_hits(case.clauses, reply["hits"])
    if isinstance(case, CalculatorCase):
        return _grade_outcome(case, reply)
    assert isinstance(case, CheckCase)
    passed = not reply["faults"]
    detail = "" if passed == case.sound else ("应放行，却拦下：" + "；".join(reply["faults"]) if case.sound else "应拦下，却放行")
    return Verdict({"check": detail})


def grade_hits(clauses: Sequence[str], hits: Sequence[str]) -> Verdict:
    """Recall at 1 and 3 and the reciprocal rank of the first right clause; passed where all stand in the first three."""
    wanted, first = set(clauses), next((rank for rank, hit in enumerate(hits, 1) if hit in clauses), 0)
    top = set(hits[: max(RETRIEVED, len(wanted))])
    measures = {
        "recall_at_1": float(bool(hits) and hits[0] in wanted),
        "recall_at_3": len(wanted & set(hits[:RETRIEVED])) / len(wanted),
        "reciprocal_rank": 1 / first if first else 0.0,
    }
    missing = sorted(wanted - top)
    detail = (
        f"前 {max(RETRIEVED, len(wanted))} 条里没有 {'、'.join(missing)}，有 {'、'.join(hits[:RETRIEVED])}" if missing else ""
    )
    return Verdict({"retrieval": detail}, measures)


def _grade_outcome(case: CalculatorCase, reply: Mapping[str, Any]) -> Verdict:
    wanted, given = [amount.key for amount in case.amounts], [amount_key(a) for a in reply["amounts"]]
    status = "" if reply["status"] == case.status else f"应为 {case.status}，给出 {reply['status']}"
    if case.status != "calculated":
        return Verdict({"status": status})
    amounts = "" if sorted(map(str, wanted)) == sorted(map(str, given)) else f"应为 {_listed(wanted)}，给出 {_listed(given)}"
    return Verdict({"status": status, "amounts": amounts})


def _grade_answer(case: Case, reply: Mapping[str, Any], pack: Pack) -> Verdict:
    cited = list(dict.fromkeys(str(c["clause"]) for c in reply["citations"]))
    checks = {
        "outcome": _outcome(case, reply),
        "asks": "" if case.outcome != "ask" or reply["asks"] else "没有追问",
        "clauses": _clauses(case, cited),
        "quotes": _quotes(reply, pack) or stray_citation(reply["citations"], pack) or forged_words(case, reply, pack),
        "amounts": _amounts(case, reply, pack),
        "kind": _kind(case, reply),
        "headline": wrong_headline(case, reply) if case.outcome == "answer" and not _free(case) else "",
        "says": _sayings(case, reply["text"]),
        "figures": _figures(case, reply, pack),
    }
    measures = {"asked": float(len(reply["asks"])), "unsupported": float(bool(checks["figures"]))}
    if case.outcome == "answer" and case.clauses:
        right = len(set(case.clauses) & set(cited))
        measures["clause_recall"] = right / len(case.clauses)
        measures["clause_precision"] = right / len(cited) if cited else 0.0
    return Verdict(checks, measures)


def _outcome(case: Case, reply: Mapping[str, Any]) -> str:
    if reply["outcome"] != case.outcome:
        return f"应为 {case.outcome}，给出 {reply['outcome']}（{reply.get('status', '')}）"
    return "" if plain(reply["text"]).strip() else "答案是空的"


def _clauses(case: Case, cited: Sequence[str]) -> str:
    if case.outcome != "answer" or not case.clauses:
        return ""
    missing = [clause for clause in case.clauses if clause not in cited]
    extra = [clause for clause in cited if clause not in case.clauses]
    if missing:
        return f"缺 {'、'.join(missing)}，引了 {'、'.join(cited) or '无'}"
    return f"多引 {len(extra)} 条：{'、'.join(extra)}" if len(extra) > _EXTRA_CLAUSES else ""


def _quotes(reply: Mapping[str, Any], pack: Pack) -> str:
    for citation in reply["citations"]:
        if citation["policy"] != pack.id:
            return f"引了另一份政策 {citation['policy']}"
        if pack.document.source[citation["start"] : citation["end"]] != citation["quote"]:
            return f"[{citation['clause']}] 的引文不是原文：{citation['quote'][:30]}"
    return ""


def amount_key(amount: Mapping[str, Any]) -> AmountKey:
    """Kind and bounds of a reported amount; upper bounds and averages have no floor."""
    low = amount["low_yuan"]
    bounded = amount["kind"] in ("upper_bound", "average")
    return amount["kind"], None if low is None or bounded else Fraction(str(low)), Fraction(str(amount["high_yuan"]))


def _in_its_clause(amount: Mapping[str, Any], pack: Pack) -> bool:
    """Whether a further upper bound is a sum of its own clause, or was worked out step by step."""
    clause = pack.document.clause(str(amount["clause"]))
    high = Fraction(str(amount["high_yuan"]))
    if clause is None or not _known_benefit(amount, pack):
        return False
    return ("yuan", high) in _clause_figures(clause.text) or len(amount["steps"]) > 1


def _known_benefit(amount: Mapping[str, Any], pack: Pack) -> bool:
    """Whether an amount names a rule or a joint cap of the clause that it is reported for."""
    benefit = pack.benefits.get(str(amount.get("benefit", "")))
    caps = [cap for cap in pack.joint_caps if cap.id == amount.get("benefit")]
    clauses = {benefit.clause} if benefit is not None else {cap.quote.clause for cap in caps}
    return str(amount["clause"]) in clauses


def _amounts(case: Case, reply: Mapping[str, Any], pack: Pack) -> str:
    given = [amount_key(amount) for amount in reply["amounts"]]
    if case.outcome != "answer":
        return f"{case.outcome} 不应给金额，给出 {_listed(given)}" if given else ""
    wanted = [amount.key for amount in case.amounts]
    if not wanted:
        paid = [key for key in given if key[2]]
        return "" if _free(case) or not paid else f"不应有金额，给出 {_listed(paid)}"
    missing = [key for key in wanted if key not in given]
    if missing:
        return f"缺 {_listed(missing)}，给出 {_listed(given) or '无'}"
    extra = [key for key in dict.fromkeys(given) if key not in wanted]
    if len(extra) > max(1, len(wanted)) or any(key[0] != "upper_bound" for key in extra):
        return f"多出 {_listed(extra)}"
    stray = [a for a in reply["amounts"] if amount_key(a) in wanted and case.clauses and a["clause"] not in case.clauses]
    if stray:
        return f"金额算在了 {'、'.join(sorted({a['clause'] for a in stray}))}，应为 {'、'.join(case.clauses)}"
    beyond = [a for a in reply["amounts"] if amount_key(a) in extra and not _in_its_clause(a, pack)]
    if beyond:
        return f"多出的 {_listed([amount_key(a) for a in beyond])} 不在它的条款里"
    stated = read_figures(reply["text"])
    unsaid = [end for key in wanted for end in key[1:] if end is not None and not _states(reply["text"], end, stated)]
    return f"文字里没有写出 {'、'.join(yuan_text(end) for end in unsaid)}" if unsaid else ""


def _free(case: Case) -> bool:
    """Whether a rule's own sums may be stated though none is due."""
    return not case.amounts and (case.category in LOOKUPS or case.amounts_free)


def _states(text: str, yuan: Fraction, stated: set[Value]) -> bool:
    none = yuan == 0 and re.search("0(?:万|元)|没有|不能|不予|无|零", plain(text))
    return ("yuan", yuan) in stated or bool(none)


def _kind(case: Case, reply: Mapping[str, Any]) -> str:
    """An upper bound or an average must be named as one where its sum stands."""
    for kind, _, high in (amount.key for amount in case.amounts):
        lines = [line for line in reply["text"].splitlines() if ("yuan", high) in read_figures(line)]
        if kind in ("upper_bound", "average") and lines and not any(BOUNDED.search(line) for line in lines):
            return f"{yuan_text(high)} 是{'上限' if kind == 'upper_bound' else '平均数'}，文字写成了定数"
    return ""


def _sayings(case: Case, text: str) -> str:
    said = plain(text)
    for alternatives in case.must_say:
        if not any(_says(said, plain(word)) for word in alternatives):
            return f"没有说到“{'”或“'.join(alternatives[:4])}”"
    return next((f"不应说“{word}”" for word in case.must_not_say if _says(said, plain(word))), "")


def _says(text: str, word: str) -> bool:
    """Whether a text has a word; a figure as a whole, so that 10元 does not say 0元, nor 12.5% say 2.5%."""
    lead = r"(?<!\d)(?:(?<!\.)|(?<=\.\d\.))" if word[:1].isdigit() else ""  # 2.3.12 says 12
    tail = r"(?!\.?\d)" if word[-1:].isdigit() else ""
    return bool(word) and re.search(lead + re.escape(word) + tail, text) is not None


@lru_cache(maxsize=256)
def _clause_figures(text: str) -> frozenset[Value]:
    return frozenset(read_figures(text))


def _figures(case: Case, reply: Mapping[str, Any], pack: Pack) -> str:
    """Every figure comes from a cited clause, the user's words, a step or an amount; every step can be followed."""
    allowed: set[Value] = {("yuan", Fraction(0))}
    for clause_id in {str(c["clause"]) for c in reply["citations"]} | {a["clause"] for a in reply["amounts"]}:
        clause = pack.document.clause(clause_id)
        allowed |= _clause_figures(clause.text) if clause else set()
    for text in (*case.turns, pack.meta.name, pack.meta.title, pack.meta.status_text, *pack.meta.inferred):
        allowed |= spoken_figures(text)
    for amount in reply["amounts"]:
        for step in amount["steps"]:
            value = Fraction(str(step["value"]))
            if not reached(value, {known for _, known in allowed}):
                return f"步骤“{step['label']}”的 {step['value']} 没有来处"
            allowed |= {("yuan", value), ("rate", value)}
        for end in (amount["low_yuan"], amount["high_yuan"]):
            if end is not None and not reached(Fraction(str(end)), {known for _, known in allowed}):
                return f"金额 {end} 没有来处"
            if end is not None:
                allowed.add(("yuan", Fraction(str(end))))
    stray = sorted(read_figures(reply["text"]) - allowed)
    return (
        "没有来处的数：" + "、".join(yuan_text(v) if kind == "yuan" else f"{float(v):.3%}" for kind, v in stray) if stray else ""
    )


def _listed(keys: Sequence[AmountKey]) -> str:
    return "、".join(
        f"{KIND_NAMES[kind]} {yuan_text(low) + '–' if low is not None and low != high else ''}{yuan_text(high)}"
        for kind, low, high in keys
    )
