"""Chooses the kind of answer: decline, status of the document, ask, or what the findings say."""

import re
from dataclasses import replace

from assistant.compose.contents import add_contents
from assistant.compose.draft import Draft, fixed, plain_words
from assistant.compose.findings import add_finding, finding_outcome
from assistant.compose.notice import add_notice, status_lines
from assistant.compose.overview import add_overview
from assistant.compose.passages import passages
from assistant.compose.units import add_unit_clauses
from assistant.compose.words import amount_text, result_text, total_name
from assistant.language import language
from assistant.screening.payees import payee_of
from assistant.state import Answer, Ask, Finding, State
from assistant.understand.reading import read_turn
from assistant.understand.scope import SEGMENT, is_setting, shares_segment, touches
from assistant.understand.script import MAX_CHARS, to_traditional
from assistant.understand.topics import match_topics, resolve_clause
from calculators import sum_of
from corpus.schema import Pack

_HOW_MUCH = re.compile("多少|几[万千百个]|钱|金额|数额|标准|区间|合计|总[数额共]|算|[?？]$")
# below the first the learned sign sees no gap of the text, from the second on it sees one; where a sum is asked for by a
# plain word (银行不良怎么补), only from the third
_COVERED, _GAP, _CLEAR_GAP = 0.005, 0.35, 0.7
_SUM_ASKS = frozenset({"money", "rate", "cap", "highest", "recipient", "units"})
_ASKS = frozenset(language().intents) - {"procedure", "definition", "guarantee"}
_MONEY_ASKS = ("amount", "rate", "cap", "highest", "eligibility", "comparison", "recipient", "units")


def compose(state: State) -> State:
    """The answer to the question, in the script that was used."""
    answer = _answer(state)
    if state.read.script == "traditional":
        answer = replace(answer, text=_traditional(answer))
    return replace(state, answer=answer)


def _traditional(answer: Answer) -> str:
    """The text in traditional characters; quotes stay as the source has them."""
    text = to_traditional(answer.text)
    for citation in answer.citations:
        shown = " ".join(citation.quote.split())
        text = text.replace(to_traditional(shown), shown)
    return text


def _answer(state: State) -> Answer:
    reading, scope = state.read, state.scope
    meta = state.policy.meta
    if not reading.text.strip():
        if reading.manipulated:
            return fixed(state, "manipulation").answer("decline", "manipulation")
        draft = fixed(state, "empty", example=meta.examples[0] if meta.examples else "")
        return _ask_again(draft, "empty")
    if language().speech["greeting"].search(reading.text) and not state.conversation.turns:
        draft = fixed(state, "greeting", example=meta.examples[0] if meta.examples else "")
        return _ask_again(draft, "greeting")
    if len(state.question) > MAX_CHARS:
        draft = fixed(state, "too_long", chars=str(len(state.question)), limit=str(MAX_CHARS))
        return _ask_again(draft, "too_long")
    if scope.manipulated and not (state.findings and (reading.asks & _ASKS or reading.figures)):
        return fixed(state, "manipulation").answer("decline", "manipulation")
    if scope.elsewhere and not _asked_here_too(state):
        return fixed(state, "elsewhere", elsewhere=scope.elsewhere).answer("decline", "elsewhere")
    outside = scope.outside
    if outside and (not state.findings or _all_outside(state, outside)):
        return _decline(state, "outside", subject=outside[0])
    sure = any(match.strong for match in state.matches) or state.inherited
    covered = sure and bool(state.findings) and scope.gap < _COVERED
    if scope.procedure and not covered and not (sure and (_money_elsewhere(state, "procedure") or _refused(state))):
        return _decline(state, "procedure")
    if scope.definition and not covered and not (sure and _money_elsewhere(state, "definition")):
        return _decline(state, "definition")
    if language().speech["contents_asked"].search(reading.text) and not _has_amounts(state):
        contents = add_contents(state)
        if contents is not None:
            return contents
    about = bool(language().speech["document"].search(reading.text)) or not state.findings
    about = about and all(match.topic.clause != "0" for match in state.matches)
    if "status" in reading.asks and about and not _has_amounts(state):
        return _status(state)
    if not state.findings:
        overview = add_overview(state) if "claimable" in reading.asks else None
        if overview is None and language().speech["bare_claim"].search(reading.text) and not outside:
            return _ask_what_happened(state)
        return overview or add_unit_clauses(state) or add_contents(state) or _nearest(state) or _not_found(state)
    sums = bool(reading.asks & _SUM_ASKS) and sure
    if scope.gap >= (_CLEAR_GAP if sums else _GAP) and not any(_settled(finding) for finding in state.findings):
        return _decline(state, "gap")
    return _from_findings(state, outside)


def _settled(finding: Finding) -> bool:
    """Whether a finding answers by what was told: a computed amount, a refusal, a known gap of its clause."""
    refused = any(o.status == "not_eligible" and o.satisfied for o in finding.outcomes)
    return refused or finding.gap is not None or bool(finding.totals and (finding.facts.numbers or not finding.lookup))


def _asked_here_too(state: State) -> bool:
    """Whether a part of the message that does not name the other place asks for an amount that was computed."""
    if not any(finding.outcomes for finding in state.findings):
        return False
    patterns = language().intents
    segments = list(SEGMENT.finditer(state.read.text))
    away = [s for s in segments if any(place in s[0] for place in state.read.places)]
    if any(language().speech["question"].search(s[0]) for s in away):  # 我们该补多少，他还想知道上海一家给多少
        spans = [span for match in state.matches for span in match.spans]
        about = [s[0] for s in segments if s not in away and touches(s, spans)]
        if any(patterns[name].search(segment) for segment in about for name in ("amount", "highest", "rate")):
            return True
    parts = [part for part in re.split(r"[。！？!?；;\n]|\s(?=\d[^\d.%万亿千百元])", state.read.text) if part.strip()]
    return any(
        state.scope.elsewhere not in part and any(patterns[name].search(part) for name in ("amount", "highest", "rate"))
        for part in parts
    )


def _ask_again(draft: Draft, status: str) -> Answer:
    draft.asks.append(Ask("", draft.head[0]))
    return draft.answer("ask", status)


def _ask_what_happened(state: State) -> Answer:
    """What can be claimed, asked by nobody in particular: the clauses that pay, and a question."""
    draft = fixed(state, "claimable")
    paying = {benefit.clause for benefit in state.policy.benefits.values()}
    for clause in state.policy.document.clauses:
        if clause.id in paying:
            draft.say("", f"[{clause.id}] {draft.words.own(clause.title)}")
    add_notice(draft)
    return _ask_again(draft, "claimable")


def _from_findings(state: State, outside: tuple[str, ...]) -> Answer:
    draft = Draft(state)
    findings = state.findings
    settled = [finding for finding in findings if not finding.ask]
    for finding in findings:
        clause = state.policy.document.clause(finding.topic.clause)
        if len(findings) > 1 and clause is not None:
            draft.section(f"{clause.id} {draft.words.own(clause.title)}".strip())
        add_finding(draft, finding, asking=not settled)
    if len(findings) > 1:
        draft.lines.append("")
    _add_sum(draft)
    for word in (*outside, *(part for part in state.beyond if not any(word in part for word in outside))):
        draft.say("", draft.words("“{word}”：文中未涉及，未载明", word=plain_words(word)))
    if state.scope.elsewhere:
        draft.say("", draft.words("{place}：不在这份文件的范围内，没有涉及", place=state.scope.elsewhere))
    if state.scope.procedure:
        draft.say("", draft.words("申报方式、材料、时限、网址和电话：文中未载明"))
    if state.scope.definition:
        draft.say("", draft.words("有关名称的定义或认定条件：文中未载明"))
    add_notice(draft)
    if settled:
        return draft.answer("answer", finding_outcome(settled[0]))
    return draft.answer("ask", "missing")


def _asked_before(state: State, place: int) -> int:
    """Where an earlier part asks for an amount of one of them: 备案一笔多少、培育一笔多少、加起来多少; -1 where none does."""
    parts = [part for part in re.finditer("[^，,、。；;？?！!]+", state.read.text[: max(place, 0)])]
    named = [part for part in parts if any(part.start() <= m.start < part.end() for m in state.read.mentions)]
    return max((part.start() for part in named if re.search("多少|几[万个]", part[0])), default=-1)


def _alternatives(finding: Finding, pack: Pack) -> bool:
    """Whether the amounts of a finding are of options that nobody chose: 研发单位 or 购买单位, either gets it."""
    choices = [
        c for o in finding.outcomes if o.status == "calculated" for c in o.benefit.when if pack.facts[c.fact].type == "choice"
    ]
    return any(not finding.facts.chosen.get(c.fact, frozenset()) & set(c.options) for c in choices)


def _asks_on(state: State, place: int) -> bool:
    """Whether a later part asks for the amount of something else: 首购这块合计多少，技术转让最高又多少."""
    here, *after = [part for part in SEGMENT.finditer(state.read.text) if part.end() > max(place, 0)] or [None]
    wanted = language().intents["amount"]
    if here is None or not wanted.search(here[0]):
        return False
    named = [part for part in after if part and any(part.start() <= m.start < part.end() for m in state.read.mentions)]
    return any(part is not None and wanted.search(part[0]) for part in named)


def _in_question(state: State, place: int) -> bool:
    """Whether a place stands in a part of the message that asks for an amount or right before one, and tells none itself."""
    parts = list(SEGMENT.finditer(state.read.text))
    at = next((i for i, part in enumerate(parts) if part.start() <= place < part.end()), len(parts))
    around = parts[at : at + 2]
    told = any(
        f.kind == "money" and not f.vague and part.start() <= f.start < part.end()
        for part in around[:1]
        for f in state.read.figures
    )
    wanted = (language().intents["amount"], language().speech["question"], language().speech["compute"])
    last = bool(language().speech["ends_in_sum"].search(state.read.text))
    return not told and (last or any(pattern.search(part[0]) for part in around for pattern in wanted))


def _add_sum(draft: Draft) -> None:
    """What the amounts come to together, where that is asked for and they are one recipient's.

    Asked for beside each of them (各多少，合计多少) it is one more result; asked for alone it is the result, they its working.
    """
    text = draft.state.read.text
    asked = max(
        (m.start() for m in language().speech["sum_asked"].finditer(text) if _in_question(draft.state, m.start())), default=-1
    )
    each = max((m.start() for m in language().speech["each_asked"].finditer(text)), default=-1)
    each = max(each, _asked_before(draft.state, asked))
    if _asks_on(draft.state, asked) or any(_alternatives(finding, draft.state.policy) for finding in draft.state.findings):
        return
    payees = {payee_of(outcome.benefit) for total in draft.totals for outcome in total.outcomes}
    beside = any(part.start() <= min(asked, each) and max(asked, each) < part.end() for part in SEGMENT.finditer(text))
    whole = sum_of(draft.totals) if (asked > each or (asked >= 0 and beside)) and len(payees - {"unstated"}) < 2 else None
    if whole is None:
        return
    words = draft.words
    parts = [amount_text(total.amount, words) for total in draft.totals]
    working = words("{parts} = {whole}", parts=" + ".join(parts), whole=amount_text(whole.amount, words))
    if each >= 0:
        draft.result(result_text(whole, words))
        draft.say("算法", working)
        draft.totals.append(whole)
        return
    shown = tuple("**" + words("{name}：{result}", name=total_name(total, words), result="") for total in draft.totals)
    draft.head = [f"**{result_text(whole, words)}**", *(line for line in draft.head if not line.startswith(shown))]
    draft.section_start, below, draft.lines = 0, draft.lines, []
    for total in draft.totals:
        draft.say(total_name(total, words), amount_text(total.amount, words))
    draft.say("算法", working)
    draft.lines += below
    draft.totals = [whole]


def _status(state: State) -> Answer:
    draft = Draft(state)
    status_lines(draft)
    return draft.answer("answer", "status")


def _nearest(state: State) -> Answer | None:
    """Where a clause is asked for by what it says, the nearest one with its sentence; None where something else is asked."""
    if not language().speech["where_asked"].search(state.read.text) or not state.hits or state.scope.outside:
        return None
    clause = state.policy.document.clause(state.hits[0].clause)
    if clause is None or clause.id == "0" or state.read.clause_refs:
        return None
    draft = Draft(state)
    draft.result(f"{clause.id} {draft.words.own(clause.title)}".strip())
    for quote in passages(state, clause.id, 1):
        draft.cite(quote)
    if clause.units:
        draft.say("责任单位", draft.words.listed(clause.units))
    add_notice(draft)
    return draft.answer("answer", "clause")


def _not_found(state: State) -> Answer:
    """No clause bears on the question; a number that no clause has is named."""
    strange = [number for number in state.read.clause_refs if resolve_clause(state.policy, number) is None]
    return _decline(state, "no_clause", number=strange[0]) if strange else _decline(state, "not_found")


def _decline(state: State, status: str, **words: str) -> Answer:
    """A decline that points to responsible units or the nearest clauses, where there are any."""
    draft = fixed(state, status, **words)
    pack = state.policy
    if status in ("procedure", "definition", "gap") and state.findings:
        clause = pack.document.clause(state.findings[0].topic.clause)
        if clause is not None and clause.units:
            draft.say(
                "",
                draft.words(
                    "相关条款 [{clause}] {title} 的责任单位：{units}，可向其咨询",
                    clause=clause.id,
                    title=draft.words.own(clause.title),
                    units=draft.words.listed(clause.units),
                ),
            )
    elif status == "not_found" and state.hits:
        near = [pack.document.clause(hit.clause) for hit in state.hits[:3]]
        named = [f"[{clause.id}] {draft.words.own(clause.title)}" for clause in near if clause is not None and clause.id != "0"]
        if named:
            draft.say("", draft.words("您是想问这些条款吗？{clauses}", clauses=draft.words.join(named, "；")))
    other = _other_policy(state) if status in ("outside", "not_found") else ""
    if other:
        meta = state.desk.metas[other]
        draft.say("", draft.words("《{name}》里有相近的内容，如果问的是{place}，请说明", name=meta.name, place=meta.place))
    return draft.answer("decline", status)


def _other_policy(state: State) -> str:
    """Another policy whose subjects the question names; empty where there is none."""
    for pack_id, pack in state.desk.packs.items():
        if pack_id != state.policy.id and match_topics(read_turn(state.question[:MAX_CHARS], pack), pack):
            return pack_id
    return ""


def _all_outside(state: State, outside: tuple[str, ...]) -> bool:
    """Whether every topic is only the setting of the outside subject (孵化器的房租补贴)."""
    if language().speech["later_edition"].search(state.read.text):
        return True
    if state.inherited:
        return True
    numbers = any(finding.totals and finding.facts.numbers for finding in state.findings)
    return not numbers and all(
        any(shares_segment(state.read, word, match) for word in outside) or is_setting(state.read, outside, match)
        for match in state.matches
    )


def _money_elsewhere(state: State, asked: str) -> bool:
    """Whether another part of the message asks for something that the findings can answer."""
    if not state.findings:
        return False
    patterns = language().intents
    for segment in SEGMENT.finditer(state.read.text):
        if patterns[asked].search(segment[0]):
            continue
        if not (language().speech["question"].search(segment[0]) or language().speech["compute"].search(segment[0])):
            continue
        about = any(touches(segment, match.spans) for match in state.matches)
        loose = ("eligibility", "amount")  # 能给个日子吗 asks for no money
        sums = patterns["money"].search(segment[0]) or _HOW_MUCH.search(segment[0])
        wanted = [n for n in _MONEY_ASKS if n not in loose or (n == "amount" and sums) or (about and asked != "definition")]
        if any(patterns[name].search(segment[0]) for name in wanted):
            return True
    return False


def _refused(state: State) -> bool:
    """Whether a rule refuses what was told, which answers 还能申请吗."""
    outcomes = [outcome for finding in state.findings for outcome in finding.outcomes]
    refused = bool(outcomes) and all(o.status == "not_eligible" and o.satisfied for o in outcomes)
    return refused and "eligibility" in state.read.asks


def _has_amounts(state: State) -> bool:
    return any(
        _strong(state, finding) and (finding.totals or finding.ask or any(o.status == "not_eligible" for o in finding.outcomes))
        for finding in state.findings
    )


def _strong(state: State, finding: Finding) -> bool:
    return any(match.topic.id == finding.topic.id and match.strong for match in state.matches) and bool(
        state.read.asks & {"amount", "cap", "highest", "rate"}
    )
