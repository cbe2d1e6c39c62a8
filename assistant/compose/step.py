"""Chooses the kind of answer: decline, status of the document, ask, or what the findings say."""

import re
from dataclasses import replace

from assistant.compose.contents import add_contents
from assistant.compose.draft import Draft, fixed, plain_words
from assistant.compose.findings import add_finding, finding_outcome
from assistant.compose.notice import add_notice, status_lines
from assistant.compose.overview import add_overview
from assistant.compose.passages import passages
from assistant.compose.sums import add_sum
from assistant.compose.units import add_unit_clauses
from assistant.language import language
from assistant.state import Answer, Ask, Finding, State
from assistant.understand.reading import read_turn
from assistant.understand.scope import SEGMENT, is_setting, shares_segment, touches
from assistant.understand.script import MAX_CHARS, to_traditional
from assistant.understand.topics import match_topics, resolve_clause

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
    told = reading.script != "english"  # the learned sign knows Chinese only
    covered = sure and bool(state.findings) and told and scope.gap < _COVERED
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
    add_sum(draft)
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
