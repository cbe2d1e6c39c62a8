"""What the findings say: amounts with their working, reasons, rules, clauses."""

from assistant.compose.draft import Draft
from assistant.compose.lookup import add_rules, add_wording
from assistant.compose.passages import asked_passage, clause_quote, passages, quoted_passages, units_quote
from assistant.compose.wording import Wording
from assistant.compose.words import amount_text, failure_text, open_text, result_text, rule_text
from assistant.language import language
from assistant.rule_asked import asks_for_content
from assistant.state import Ask, Finding
from calculators import Outcome, Total
from corpus.figures import Figure, scan
from corpus.schema import Benefit, Quote
from corpus.text import squeeze

NOT_WRITTEN = "条文没有写明"
_BOUND_ASKS = frozenset({"guarantee", "wording", "highest", "cap"})


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
    if finding.gap is not None and not finding.totals:
        _gap(draft, finding)
        return
    if finding.gap is not None:
        draft.say("注意", draft.words.own(finding.gap.say))
    if not finding.outcomes:
        _clause(draft, finding)
        return
    if "units" in asks and not asks & {"amount", "cap", "rate", "highest", "recipient"}:
        if _asks_where(draft):
            _clause(draft, finding)
        else:
            _units(draft, finding)
        return
    if finding.lookup and "summary" in asks and not asks & {"amount", "cap", "rate"}:
        _clause(draft, finding)
        return
    if finding.lookup and "wording" in asks and _quoted(draft, finding):
        return
    if finding.lookup and asks_for_content(draft.state.read) and _content(draft, finding):
        return
    if "recipient" in asks:
        _recipients(draft, finding)
    invalid = any(outcome.status == "invalid" for outcome in finding.outcomes)
    if _asks_missing_ratio(draft, finding, asks) and not invalid:
        _no_ratio(draft, finding)
        return
    if finding.ask:
        _ask(draft, finding, asking=asking)
        return
    if finding.lookup and not all(o.status in ("not_eligible", "zero", "changed") for o in finding.outcomes):
        shown = add_rules(draft, finding)
        _corrections(draft, finding)
        for outcome in shown:
            _details(draft, finding, outcome.benefit)
        add_wording(draft, finding.topic, shown)
    else:
        for total in finding.totals:
            _total(draft, finding, total)
        for outcome in finding.outcomes:
            _other(draft, finding, outcome)
        _corrections(draft, finding)
        for outcome in [o for o in finding.outcomes if o.status == "calculated"] or finding.outcomes:
            _details(draft, finding, outcome.benefit)
    _unit_line(draft, finding)


def _asks_where(draft: Draft) -> bool:
    """Whether a clause is asked for by what stands in it, not by who is responsible: 加速器在哪条里出现过."""
    text, speech = draft.state.read.text, language().speech
    return bool(speech["where_asked"].search(text)) and not speech["party_asked"].search(text)


def _quoted(draft: Draft, finding: Finding) -> bool:
    """Write the sentences that hold a quoted phrase, where they are no rule: “全链条”服务体系由哪几个环节构成."""
    quotes = quoted_passages(draft.state, finding.topic.clause)
    rules = _rule_quotes(draft, finding)
    if not quotes or any(q.start < rule.end and rule.start < q.end for q in quotes for rule in rules):
        return False
    draft.result(draft.words("原文是这样写的"))
    for quote in quotes:
        draft.cite(quote)
    _unit_line(draft, finding)
    return True


def _rule_quotes(draft: Draft, finding: Finding) -> list[Quote]:
    ids = {outcome.benefit.id for outcome in finding.outcomes}
    caps = [cap.quote for cap in draft.state.policy.joint_caps if ids & set(cap.over)]
    return [*(outcome.benefit.quote for outcome in finding.outcomes), *caps]


def _content(draft: Draft, finding: Finding) -> bool:
    """Write the sentence that a question for other than money is nearest to, where it is no rule: 按哪八个字的原则发放."""
    quote = asked_passage(draft.state, finding.topic, _rule_quotes(draft, finding))
    if quote is None:
        return False
    draft.result(draft.words("原文是这样写的"))
    draft.cite(quote)
    _unit_line(draft, finding)
    return True


def _total(draft: Draft, finding: Finding, total: Total) -> None:
    words = draft.words
    draft.totals.append(total)
    draft.result(result_text(total, words))
    formulas = [words.sentence(outcome.formula) for outcome in total.outcomes if outcome.formula]
    if formulas:
        if total.cap is not None:
            limit = words.money(total.cap.cap.high)
            formulas.append(words("{per}合计超过上限，按上限 {limit}", per=words.own(total.cap.per), limit=limit))
        draft.say("算法", words.join(formulas, "；"))
    if total.cap is not None:
        draft.cite(total.cap.quote)
    for outcome in total.outcomes:
        each = draft.state.policy.facts.get(outcome.benefit.each)
        if each is not None and not each.jointly and not _given(finding, each.name):
            draft.say("", words("按每{unit}计", unit=words.own(each.unit)))
        draft.say("前提", open_text(outcome, finding.facts, words))
    if any(entry.figure.approx for entry in finding.roles.said):
        draft.say("注意", words("您说的是约数，按整数测算"))
    if not draft.first and not draft.state.read.asks & _BOUND_ASKS:
        return
    if total.amount.kind == "upper_bound":
        draft.say("", words("“最高”是上限，不是定数，条文没有保证按上限发放"))
    elif total.amount.kind == "range":
        draft.say("", words("条文给的是区间，没有写具体数额，不能保证拿到上限"))


def _given(finding: Finding, fact: str) -> bool:
    return any(name == fact for name, _ in finding.facts.numbers)


def _other(draft: Draft, finding: Finding, outcome: Outcome) -> None:
    words = draft.words
    name = words.own(outcome.benefit.name)
    if outcome.status == "not_eligible":
        draft.result(words("{name}：不符合条件，没有这笔补助", name=name))
        for condition in outcome.failed:
            draft.say("原因", failure_text(condition, finding.facts, outcome, words))
    elif outcome.status == "zero":
        draft.result(words("{name}：0元，没有补助", name=name))
        draft.say("算法", words.sentence(outcome.formula))
    elif outcome.status == "unstated":
        draft.result(words("{name}：条文没有给出具体比例或金额，无法算出数额", name=name))
    elif outcome.status == "changed":
        draft.result(words("{name}：条文已变，规则待复核，暂不测算", name=name))


def _details(draft: Draft, finding: Finding, benefit: Benefit) -> None:
    for quote in (benefit.quote, *benefit.also):
        draft.cite(quote)
    words = draft.words
    if benefit.to not in benefit.name and not (benefit.unsure and benefit.to.startswith(NOT_WRITTEN)):
        draft.say("给谁", words.own(benefit.to))
    for note in (*benefit.notes, *benefit.unsure):
        draft.say("注意", words.own(note))
    for cap in draft.state.policy.joint_caps:
        if benefit.id in cap.over:
            draft.cite(cap.quote)
            together = len({o.benefit.id for o in finding.outcomes} & set(cap.over)) > 1
            for unsure in cap.unsure if together else ():
                draft.say("注意", words.own(unsure))


def _unit_line(draft: Draft, finding: Finding) -> None:
    clause = draft.state.policy.document.clause(finding.topic.clause)
    if clause is not None and clause.units:
        draft.say("责任单位", draft.words.listed(clause.units))


def _units(draft: Draft, finding: Finding) -> None:
    clause = draft.state.policy.document.clause(finding.topic.clause)
    assert clause is not None
    if clause.units:
        draft.result(draft.words("责任单位：{units}", units=draft.words.listed(clause.units)))
    else:
        draft.result(draft.words("这一条没有写明责任单位"))
    draft.cite(units_quote(clause) or clause_quote(clause))


def _recipients(draft: Draft, finding: Finding) -> None:
    for outcome in finding.outcomes:
        own = draft.words.own
        draft.result(draft.words("{name}：给{to}", name=own(outcome.benefit.name), to=own(outcome.benefit.to)))


def _gap(draft: Draft, finding: Finding) -> None:
    assert finding.gap is not None
    draft.result(draft.words.own(finding.gap.say))
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
    figures = [f for f in state.read.figures if f.kind in ("money", "rate") and not f.vague] if not finding.topic.benefits else []
    money = "money" in asks or figures or (sums and not asks & {"goal", "summary", "wording"})
    if "units" in asks:
        _units(draft, finding)
        return
    if "recipient" in asks and finding.topic.benefits:
        _recipients(draft, finding)
    ruled = any(benefit.clause == clause.id for benefit in state.policy.benefits.values())
    written = not ruled and any(figure.kind in ("money", "rate") for figure in scan(squeeze(clause.text).text))
    if money and not finding.topic.benefits and not written:
        draft.result(draft.words("这一条没有写明金额或比例（{title}）", title=draft.words.own(clause.title)))
        for figure in figures:
            draft.say("", draft.words("条文里没有“{said}”", said=figure.text))
        for quote in passages(state, clause.id, 2):
            draft.cite(quote)
    else:
        draft.result(f"{clause.id} {draft.words.own(clause.title)}".strip())
        draft.cite(clause_quote(clause))
        if not finding.topic.benefits and not written and "goal" not in asks:
            draft.say("注意", draft.words("这一条没有写明金额或比例"))
    _unit_line(draft, finding)


def _asks_missing_ratio(draft: Draft, finding: Finding, asks: frozenset[str]) -> bool:
    """A ratio is asked for and the rules at hand have sums only."""
    if "rate" not in asks or asks & {"cap", "highest", "comparison", "amount"}:
        return False
    if not language().speech["ratio_named"].search(draft.state.read.text):
        return False  # 怎么算 of a fixed sum asks for the sum
    figures = [o.benefit.figure for o in finding.outcomes]
    return all(o.benefit.mode != "unstated" for o in finding.outcomes) and all(
        f is not None and f.kind != "rate" for f in figures
    )


def _no_ratio(draft: Draft, finding: Finding) -> None:
    draft.result(draft.words("条文没有给出比例"))
    for outcome in finding.outcomes:
        draft.say(draft.words.own(outcome.benefit.name), rule_text(outcome.benefit, draft.words))
        _details(draft, finding, outcome.benefit)
    _unit_line(draft, finding)


_DOUBTS = {
    "unit": "您说的“{said}”，单位是元还是万元？",
    "currency": "您说的“{said}”不是人民币，条文按人民币计算，请换算后告诉我：{ask}",
    "several": "您提到了{said}，请说明哪个是{fact}，或者合计是多少（一年一算）",
    "increment": "您说的“{said}”像是增加的部分或变动后的总数，请直接告诉我：{ask}",
    "share": "条文按数额计算，不按占比或增幅。{ask}",
    "target": "{ask}",
    "kinds": "您说的{said}里几种情形的标准不同，请说明每一种各有几{unit}",
    "mixed": "您说的{said}是几类的合计，各类的比例不同；请说明每一类的{fact}各是多少",
}


def _ask(draft: Draft, finding: Finding, *, asking: bool) -> None:
    words = draft.words
    fact = draft.state.policy.facts[finding.ask]
    question = words.own(fact.ask) or words("请补充：{fact}", fact=words.own(fact.name))
    unsure = next((entry for entry in finding.roles.unsure if entry.fact == finding.ask), None)
    invalid = any(outcome.status == "invalid" for outcome in finding.outcomes)
    if unsure is not None:
        said = words.join(dict.fromkeys(figure.text for figure in unsure.figures))
        unit = words.own(fact.unit)
        question = words(_DOUBTS[unsure.why], said=said, fact=words.own(fact.name), ask=question, unit=unit)
    elif invalid:
        question = words("您说的{fact}不是有效的数目，请核实后再告诉我：{ask}", fact=words.own(fact.name), ask=question)
    draft.result(question if asking else words("还需要知道：{question}", question=question))
    if asking:
        draft.asks.append(Ask(fact.name, question))
    for outcome in finding.outcomes:
        draft.say(words.own(outcome.benefit.name), rule_text(outcome.benefit, words))
    for outcome in finding.outcomes:
        if len(finding.outcomes) == 1:
            draft.cite(outcome.benefit.quote)
        else:
            draft.cite_silently(outcome.benefit.quote)  # the rules stand above; their sentences are one look away
    _unit_line(draft, finding)


def _corrections(draft: Draft, finding: Finding) -> None:
    """Rates and sums that the user named and the text does not bear out."""
    words = draft.words
    benefits = [outcome.benefit for outcome in finding.outcomes]
    rates = [b.figure for b in benefits if b.figure is not None and b.figure.kind == "rate"]
    others = [o.benefit.figure for f in draft.state.findings for o in f.outcomes if f is not finding and o.benefit.figure]
    borne_out = {end for figure in others if figure.kind == "rate" for end in (figure.low, figure.high)}
    for named in finding.roles.rates:
        if named.high in borne_out:
            continue  # said of the other clause
        if rates and all(named.high != rate.high and named.low != rate.low for rate in rates):
            written = words.join(dict.fromkeys(words.token(rate) for rate in rates))
            draft.say("更正", words("条文写的是{written}，不是{said}", written=written, said=named.text))
        elif not rates:
            draft.say("更正", words("条文没有写{said}", said=named.text))
    known = {end for total in draft.totals for end in (total.amount.low, total.amount.high)}
    known |= {end for b in benefits for token in (b.figure, b.cap) if token for end in (token.low, token.high)}
    for figure in finding.roles.expected:
        if figure.kind == "money" and figure.high not in known and draft.totals:
            results = words.join(amount_text(total.amount, words) for total in finding.totals)
            said = _said(figure, words)
            draft.say(
                "更正",
                words("不是{said}，按条文是{results}", said=said, results=results) if results else words("不是{said}", said=said),
            )


def _said(figure: Figure, words: Wording) -> str:
    return words.rate(figure.high) if figure.kind == "rate" else words.money(figure.high)
