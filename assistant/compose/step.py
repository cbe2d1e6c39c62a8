"""Chooses the kind of answer: decline, status of the document, ask, or what the findings say."""

import re
from dataclasses import replace

from assistant.compose.draft import Draft, fixed, plain_words
from assistant.compose.findings import add_finding, finding_outcome
from assistant.compose.notice import add_notice, status_lines
from assistant.compose.overview import add_overview
from assistant.compose.units import add_unit_clauses
from assistant.language import language
from assistant.state import Answer, Ask, Finding, State
from assistant.understand.reading import read_turn
from assistant.understand.scope import SEGMENT, shares_segment
from assistant.understand.script import MAX_CHARS, to_traditional
from assistant.understand.topics import match_topics

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
    if scope.manipulated and not state.findings:
        return fixed(state, "manipulation").answer("decline", "manipulation")
    if scope.elsewhere and not _asked_here_too(state):
        return fixed(state, "elsewhere", elsewhere=scope.elsewhere).answer("decline", "elsewhere")
    outside = scope.outside
    if outside and (not state.findings or _all_outside(state, outside)):
        return _decline(state, "outside", subject=outside[0])
    if scope.procedure and not _money_elsewhere(state, "procedure"):
        return _decline(state, "procedure")
    if scope.definition and not _money_elsewhere(state, "definition"):
        return _decline(state, "definition")
    about = bool(language().speech["document"].search(reading.text)) or not state.findings
    if "status" in reading.asks and about and not _has_amounts(state):
        return _status(state)
    if not state.findings:
        overview = add_overview(state) if "claimable" in reading.asks else None
        return overview or add_unit_clauses(state) or _decline(state, "not_found")
    return _from_findings(state, outside)


def _asked_here_too(state: State) -> bool:
    """Whether a part of the message that does not name the other place asks for an amount that was computed."""
    if not any(finding.totals for finding in state.findings):
        return False
    patterns = language().intents
    parts = [part for part in re.split(r"[。！？!?；;\n]", state.read.text) if part.strip()]
    return any(
        state.scope.elsewhere not in part and any(patterns[name].search(part) for name in ("amount", "highest", "rate"))
        for part in parts
    )


def _ask_again(draft: Draft, status: str) -> Answer:
    draft.asks.append(Ask("", draft.head[0]))
    return draft.answer("ask", status)


def _from_findings(state: State, outside: tuple[str, ...]) -> Answer:
    draft = Draft(state)
    findings = state.findings
    settled = [finding for finding in findings if not finding.ask]
    for finding in findings:
        clause = state.policy.document.clause(finding.topic.clause)
        if len(findings) > 1 and clause is not None:
            draft.section(clause.label)
        add_finding(draft, finding, asking=not settled)
    if len(findings) > 1:
        draft.lines.append("")
    for word in outside:
        draft.say("", f"“{plain_words(word)}”：文中未涉及，未载明")
    if state.scope.elsewhere:
        draft.say("", f"{state.scope.elsewhere}：不在这份文件的范围内，没有涉及")
    if state.scope.procedure:
        draft.say("", "申报方式、材料、时限、网址和电话：文中未载明")
    if state.scope.definition:
        draft.say("", "有关名称的定义或认定条件：文中未载明")
    add_notice(draft)
    if settled:
        return draft.answer("answer", finding_outcome(settled[0]))
    return draft.answer("ask", "missing")


def _status(state: State) -> Answer:
    draft = Draft(state)
    status_lines(draft)
    return draft.answer("answer", "status")


def _decline(state: State, status: str, **words: str) -> Answer:
    """A decline that points to responsible units or the nearest clauses, where there are any."""
    draft = fixed(state, status, **words)
    pack = state.policy
    if status in ("procedure", "definition") and state.findings:
        clause = pack.document.clause(state.findings[0].topic.clause)
        if clause is not None and clause.units:
            draft.say("", f"相关条款 [{clause.id}] {clause.title} 的责任单位：{'、'.join(clause.units)}，可向其咨询")
    elif status == "not_found" and state.hits:
        near = [pack.document.clause(hit.clause) for hit in state.hits[:3]]
        names = "；".join(f"[{clause.id}] {clause.title}" for clause in near if clause is not None and clause.id != "0")
        if names:
            draft.say("", f"您是想问这些条款吗？{names}")
    other = _other_policy(state) if status in ("outside", "not_found") else ""
    if other:
        draft.say("", f"《{state.desk.metas[other].name}》里有相近的内容，如果问的是{state.desk.metas[other].place}，请说明")
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
    numbers = any(finding.totals and finding.facts.numbers for finding in state.findings)
    return not numbers and all(any(shares_segment(state.read, word, match) for word in outside) for match in state.matches)


def _money_elsewhere(state: State, asked: str) -> bool:
    """Whether another part of the message asks for something that the findings can answer."""
    if not state.findings:
        return False
    patterns = language().intents
    for segment in SEGMENT.findall(state.read.text):
        if patterns[asked].search(segment):
            continue
        if any(patterns[name].search(segment) for name in _MONEY_ASKS):
            return True
    return False


def _has_amounts(state: State) -> bool:
    return any(_strong(state, finding) and (finding.totals or finding.ask) for finding in state.findings)


def _strong(state: State, finding: Finding) -> bool:
    return any(match.topic.id == finding.topic.id and match.strong for match in state.matches) and bool(
        state.read.asks & {"amount", "cap", "highest", "rate"}
    )
