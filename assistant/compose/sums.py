"""What several amounts come to together, where that is asked for."""

import re

from assistant.compose.draft import Draft
from assistant.compose.words import amount_text, result_text, total_name
from assistant.language import language
from assistant.screening.payees import payee_of
from assistant.state import Finding, State
from assistant.understand.scope import SEGMENT
from calculators import sum_of
from corpus.schema import Pack


def _alternatives(finding: Finding, pack: Pack) -> bool:
    """Whether the amounts of a finding are of options that nobody chose: 研发单位 or 购买单位, either gets it."""
    choices = [
        c for o in finding.outcomes if o.status == "calculated" for c in o.benefit.when if pack.facts[c.fact].type == "choice"
    ]
    return any(not finding.facts.chosen.get(c.fact, frozenset()) & set(c.options) for c in choices)


def _asked_before(state: State, place: int) -> int:
    """Where an earlier part asks for an amount of one of them: 备案一笔多少、培育一笔多少、加起来多少; -1 where none does."""
    parts = re.finditer("[^，,、。；;？?！!]+", state.read.text[: max(place, 0)])
    named = [part for part in parts if any(part.start() <= m.start < part.end() for m in state.read.mentions)]
    return max((part.start() for part in named if re.search("多少|几[万个]", part[0])), default=-1)


def _asks_on(state: State, place: int) -> bool:
    """Whether a later part asks for the amount of something else: 首购这块合计多少，技术转让最高又多少."""
    parts = [part for part in SEGMENT.finditer(state.read.text) if part.end() > max(place, 0)]
    wanted = language().intents["amount"]
    if not parts or not wanted.search(parts[0][0]):
        return False
    named = [part for part in parts[1:] if any(part.start() <= m.start < part.end() for m in state.read.mentions)]
    return any(wanted.search(part[0]) for part in named)


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


def add_sum(draft: Draft) -> None:
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
        draft.lines.insert(0, words("- {label}：{text}", label=words("算法"), text=working))
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
