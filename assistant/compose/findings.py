"""What the findings say: amounts with their working, reasons, rules, clauses."""

from assistant.compose.draft import Draft
from assistant.compose.passages import clause_quote, passages, units_quote
from assistant.compose.words import amount_text, failure_text, open_text, result_text, rule_text
from assistant.state import Ask, Finding
from calculators import Amount, Outcome, Step, Total
from calculators.money import rate_text, yuan_text
from calculators.rule import condition_text
from corpus.binding import tokens_in
from corpus.figures import Figure, scan
from corpus.schema import Benefit, Quote
from corpus.text import squeeze

_CAP_ASKS = frozenset({"cap", "highest", "amount"})


def finding_outcome(finding: Finding) -> str:
    """The finer status of a finding."""
    if finding.gap is not None:
        return "not_stated"
    if finding.totals:
        return "calculated"
    statuses = [outcome.status for outcome in finding.outcomes]
    for status in ("not_eligible", "zero", "unstated", "changed"):
        if status in statuses:
            return status
    return "lookup" if finding.outcomes else "clause"


def add_finding(draft: Draft, finding: Finding, *, asking: bool) -> None:
    """Write one topic's part of the answer."""
    asks = draft.state.read.asks
    if finding.gap is not None and not (finding.gap.words and finding.totals):
        _gap(draft, finding)
        return
    if finding.gap is not None:
        draft.say("注意", finding.gap.say)
    if not finding.outcomes:
        _clause(draft, finding)
        return
    if "units" in asks and not asks & {"amount", "cap", "rate", "highest"}:
        _units(draft, finding)
        return
    if finding.lookup and "summary" in asks and not asks & {"amount", "cap", "rate"}:
        _clause(draft, finding)
        return
    if "recipient" in asks:
        _recipients(draft, finding)
    if _asks_missing_ratio(finding, asks):
        _no_ratio(draft, finding)
        return
    if finding.ask:
        _ask(draft, finding, asking=asking)
        return
    computed = [o for o in finding.outcomes if o.status == "calculated"]
    if finding.lookup and not all(o.status in ("not_eligible", "zero", "changed") for o in finding.outcomes):
        _lookup(draft, finding)
        return
    for total in finding.totals:
        _total(draft, finding, total)
    for outcome in finding.outcomes:
        _other(draft, finding, outcome)
    _corrections(draft, finding)
    for outcome in computed or finding.outcomes:
        _details(draft, finding, outcome.benefit)
    _unit_line(draft, finding)


def _total(draft: Draft, finding: Finding, total: Total) -> None:
    draft.totals.append(total)
    draft.result(result_text(total))
    formulas = [outcome.formula for outcome in total.outcomes if outcome.formula]
    if formulas:
        joint = ""
        if total.cap is not None:
            joint = f"；{total.cap.per}合计超过上限，按上限 {yuan_text(total.cap.cap.high)}"
        draft.say("算法", "；".join(formulas) + joint)
    if total.cap is not None:
        draft.cite(total.cap.quote)
    for outcome in total.outcomes:
        if outcome.benefit.each and not _given(finding, outcome.benefit.each):
            unit = draft.state.policy.facts[outcome.benefit.each].unit
            draft.say("", f"按每{unit}计")
        opened = open_text(outcome, finding.facts, draft.state.policy)
        draft.say("前提", opened)
    if any(entry.figure.approx for entry in finding.roles.said):
        draft.say("注意", "您说的是约数，按整数测算")
    if total.amount.kind == "upper_bound":
        draft.say("", "“最高”“不超过”是上限，不是定数，条文没有保证按上限发放")
    elif total.amount.kind == "range":
        draft.say("", "条文给的是区间，具体数额没有写明，不能保证拿到上限")


def _given(finding: Finding, fact: str) -> bool:
    return any(name == fact for name, _ in finding.facts.numbers)


def _other(draft: Draft, finding: Finding, outcome: Outcome) -> None:
    pack = draft.state.policy
    benefit = outcome.benefit
    if outcome.status == "not_eligible":
        draft.result(f"{benefit.name}：不符合条件，没有这笔补助")
        for condition in outcome.failed:
            draft.say("原因", failure_text(condition, finding.facts, pack, outcome))
    elif outcome.status == "zero":
        draft.result(f"{benefit.name}：0元，没有补助")
        draft.say("算法", outcome.formula)
    elif outcome.status == "unstated":
        draft.result(f"{benefit.name}：条文没有给出具体比例或金额，无法算出数额")
    elif outcome.status == "changed":
        draft.result(f"{benefit.name}：条文已变，规则待复核，暂不测算")


def _details(draft: Draft, finding: Finding, benefit: Benefit) -> None:
    for quote in (benefit.quote, *benefit.also):
        draft.cite(quote)
    draft.say("给谁", benefit.to)
    for note in (*benefit.notes, *benefit.unsure):
        draft.say("注意", note)
    for cap in draft.state.policy.joint_caps:
        if benefit.id in cap.over:
            draft.cite(cap.quote)
            together = len({o.benefit.id for o in finding.outcomes} & set(cap.over)) > 1
            for unsure in cap.unsure if together else ():
                draft.say("注意", unsure)


def _unit_line(draft: Draft, finding: Finding) -> None:
    clause = draft.state.policy.document.clause(finding.topic.clause)
    if clause is not None and clause.units:
        draft.say("责任单位", "、".join(clause.units))


def _units(draft: Draft, finding: Finding) -> None:
    clause = draft.state.policy.document.clause(finding.topic.clause)
    assert clause is not None
    if clause.units:
        draft.result(f"责任单位：{'、'.join(clause.units)}")
    else:
        draft.result("这一条没有写明责任单位")
    draft.cite(units_quote(clause) or clause_quote(clause))


def _recipients(draft: Draft, finding: Finding) -> None:
    for outcome in finding.outcomes:
        draft.result(f"{outcome.benefit.name}：给{outcome.benefit.to}")


def _gap(draft: Draft, finding: Finding) -> None:
    assert finding.gap is not None
    draft.result(finding.gap.say)
    ruled = [draft.state.policy.benefits[name].quote for name in finding.topic.benefits][:1] if finding.gap.when else []
    for quote in ruled or passages(draft.state, finding.topic.clause, 1):
        draft.cite(quote)
    _unit_line(draft, finding)


def _clause(draft: Draft, finding: Finding) -> None:
    """A clause without benefits, or one whose text is asked for."""
    state = draft.state
    clause = state.policy.document.clause(finding.topic.clause)
    assert clause is not None
    asks = state.read.asks
    sums = asks & {"amount", "cap", "rate", "highest", "eligibility", "claimable", "guarantee"}
    figures = (*finding.roles.expected, *finding.roles.rates)
    money = "money" in asks or figures or (sums and not asks & {"goal", "summary", "wording"})
    if "units" in asks:
        _units(draft, finding)
        return
    if "recipient" in asks and finding.topic.benefits:
        _recipients(draft, finding)
    ruled = any(benefit.clause == clause.id for benefit in state.policy.benefits.values())
    written = not ruled and any(figure.kind in ("money", "rate") for figure in scan(squeeze(clause.text).text))
    if money and not finding.topic.benefits and not written:
        draft.result(f"这一条没有写明金额或比例（{clause.title}）")
        for figure in figures:
            draft.say("", f"条文里没有“{figure.text}”")
        for quote in passages(state, clause.id, 2):
            draft.cite(quote)
    else:
        draft.result(clause.label)
        draft.cite(clause_quote(clause))
    _unit_line(draft, finding)


def _asks_missing_ratio(finding: Finding, asks: frozenset[str]) -> bool:
    """A ratio is asked for and the rules at hand have sums only."""
    if "rate" not in asks or asks & {"cap", "highest", "comparison", "amount"}:
        return False
    figures = [o.benefit.figure for o in finding.outcomes]
    return all(o.benefit.mode != "unstated" for o in finding.outcomes) and all(
        f is not None and f.kind != "rate" for f in figures
    )


def _no_ratio(draft: Draft, finding: Finding) -> None:
    draft.result("条文没有给出比例")
    for outcome in finding.outcomes:
        draft.say(outcome.benefit.name, rule_text(outcome.benefit, draft.state.policy))
        _details(draft, finding, outcome.benefit)
    _unit_line(draft, finding)


_DOUBTS = {
    "unit": "您说的“{said}”是{said}元还是{said}万元？",
    "currency": "您说的“{said}”不是人民币，条文按人民币计算，请换算后告诉我：{ask}",
    "several": "您提到了{said}，请说明哪个是{fact}，或者合计是多少（一年一算）",
    "increment": "您说的“{said}”像是增加的部分或变动后的总数，请直接告诉我：{ask}",
    "share": "条文按数额计算，不按占比或增幅。{ask}",
    "target": "{ask}",
}


def _ask(draft: Draft, finding: Finding, *, asking: bool) -> None:
    pack = draft.state.policy
    fact = pack.facts[finding.ask]
    question = fact.ask or f"请补充：{fact.name}"
    unsure = next((entry for entry in finding.roles.unsure if entry.fact == finding.ask), None)
    invalid = any(outcome.status == "invalid" for outcome in finding.outcomes)
    if unsure is not None:
        said = "、".join(figure.text for figure in unsure.figures)
        question = _DOUBTS[unsure.why].format(said=said, fact=fact.name, ask=question)
    elif invalid:
        question = f"您说的{fact.name}不是有效的数目，请核实后再告诉我：{fact.ask}"
    draft.result(question if asking else f"还需要知道：{question}")
    if asking:
        draft.asks.append(Ask(fact.name, question))
    for outcome in finding.outcomes:
        draft.say(outcome.benefit.name, rule_text(outcome.benefit, pack))
    for outcome in finding.outcomes:
        draft.cite(outcome.benefit.quote)
    _unit_line(draft, finding)


def _lookup(draft: Draft, finding: Finding) -> None:
    """The rule itself, with the amounts that stand in it where sums are asked for."""
    pack, asks = draft.state.policy, draft.state.read.asks
    shown = [o for o in finding.outcomes if o.status != "not_eligible"]
    wants = "rate" not in asks or bool(asks & (_CAP_ASKS | {"comparison"}))
    for outcome in shown:
        benefit = outcome.benefit
        draft.result(f"{benefit.name}：{rule_text(benefit, pack)}")
        if wants:
            draft.totals += _standing(outcome, capped=bool(asks & _CAP_ASKS) or "comparison" in asks or "eligibility" in asks)
        opened = "、".join(dict.fromkeys([*benefit.open, *(condition_text(c) for c in (*benefit.when, *benefit.premises))]))
        draft.say("条件", opened)
    _corrections(draft, finding)
    for outcome in shown:
        _details(draft, finding, outcome.benefit)
    _glosses(draft, [o.benefit.quote for o in shown])
    _unit_line(draft, finding)


def _standing(outcome: Outcome, *, capped: bool) -> list[Total]:
    """The amount that stands in a rule without any facts: its sums, or its cap where a cap is asked for."""
    benefit = outcome.benefit
    if outcome.status == "calculated":
        return [Total(benefit.id, benefit.clause, amount, outcome.steps, (outcome,)) for amount in outcome.amounts]
    if benefit.figure is not None and not (benefit.of or benefit.times):
        figure = benefit.figure
        kinds = {"average": "average", "upper_bound": "upper_bound"}
        bounded = benefit.mode in kinds
        if bounded:
            amount = Amount("average" if benefit.mode == "average" else "upper_bound", None, figure.high)
        else:
            amount = Amount("exact" if figure.low == figure.high else "range", figure.low, figure.high)
        ends = dict.fromkeys((figure.low, figure.high))
        steps = tuple(Step(benefit.name, end, "元", figure) for end in ends)
        return [Total(benefit.id, benefit.clause, amount, steps, (outcome,))]
    if benefit.times and benefit.mode == "exact" and benefit.figure is not None:
        step = Step(benefit.name, benefit.figure.high, "元", benefit.figure)
        amount = Amount("exact", benefit.figure.low, benefit.figure.high, "每单位")
        return [Total(benefit.id, benefit.clause, amount, (step,), (outcome,))]
    if benefit.cap is not None and capped:
        amount = Amount("upper_bound", None, benefit.cap.high)
        limit = (Step("上限", benefit.cap.high, "元", benefit.cap),)
        return [Total(benefit.id, benefit.clause, amount, limit, (outcome,))]
    return []


def _corrections(draft: Draft, finding: Finding) -> None:
    """Rates and sums that the user named and the text does not bear out."""
    benefits = [outcome.benefit for outcome in finding.outcomes]
    rates = [b.figure for b in benefits if b.figure is not None and b.figure.kind == "rate"]
    for said in finding.roles.rates:
        if rates and all(said.high != rate.high and said.low != rate.low for rate in rates):
            draft.say("更正", f"条文写的是{'、'.join(dict.fromkeys(rate.text for rate in rates))}，不是{said.text}")
        elif not rates:
            draft.say("更正", f"条文没有写{said.text}")
    known = {end for total in draft.totals for end in (total.amount.low, total.amount.high)}
    known |= {end for b in benefits for token in (b.figure, b.cap) if token for end in (token.low, token.high)}
    for figure in finding.roles.expected:
        if figure.high not in known and draft.totals:
            results = "、".join(amount_text(total.amount) for total in finding.totals)
            draft.say("更正", f"不是{_said(figure)}" + (f"，按条文是{results}" if results else ""))


def _said(figure: Figure) -> str:
    return rate_text(figure.high) if figure.kind == "rate" else yuan_text(figure.high)


_GLOSSES = (
    ("以上", "“以上”包含本数"),
    ("一次性", "“一次性”即只给一次，不是每年都给"),
    ("平均", "“平均”是对全部项目而言，不是单个项目的上限"),
)


def _glosses(draft: Draft, quotes: list[Quote]) -> None:
    """What the text's own marker words mean, where wording is asked for."""
    if "wording" not in draft.state.read.asks:
        return
    for quote in quotes:
        for token in tokens_in(quote):
            if "含" in token.text:
                draft.say("字面", f"“{token.text}”里的“（含）”表示{yuan_text(token.high)}本身也算在内")
        for marker, meaning in _GLOSSES:
            if marker in quote.text:
                draft.say("字面", meaning)
        for marker in ("最高", "不超过", "不高于"):
            if marker in quote.text:
                draft.say("字面", f"条文写的是“{marker}”，是上限，不是固定数")
                break
