"""How words with slots may be put together: a closed grammar, so that nothing beside a value can turn it into another."""

import re
from collections.abc import Iterator, Sequence

from assistant.compose.findings import NOT_WRITTEN
from assistant.language.claims import claims, grammar
from assistant.state import State
from assistant.talk.slots import MARK, VALUES, Slot
from assistant.understand.script import to_simplified
from assistant.understand.terms import find_terms
from corpus.schema import Condition, Pack
from corpus.text import fold, squeeze

_LONGEST = 48
_NEVER_FIRST = ("以上", "以下", "以内", "超过", "不超", "高于", "低于", "每")  # of 规模以上, never alone
_REMARK = re.compile(r"[（(][^（()）]*不是[^（()）]*[)）]")  # （不是借款企业）: who is not meant names nobody
_TAILS = {"said": "said_tail", "formula": "formula_tail", "clause": "clause_tail", "units": "units_tail"}


def value_faults(sentence: str, used: Sequence[Slot], state: State, *, single: bool) -> Iterator[str]:
    """Faults of a masked sentence with slots; `single` says that the answer reports one amount, which may be called the total."""
    if state.read.script == "english":
        yield from _english(sentence, used, state)
        return
    at = 0
    for segment in re.split("[，,]", sentence):
        text = squeeze(to_simplified(fold(segment))).text.lower().strip("“”\"'()（）")
        count = text.count(MARK)
        slots = used[at : at + count]
        at += count
        about = slots or used[at : at + 1]
        if not text:
            continue
        if not _fits(text, slots, _own(text, about, state), single=single):
            shown = text.replace(MARK, "…")
            yield f"写槽的句子不能这样写：“{shown[:24]}”；照规则 2 的样子写，别的话另起一句"


def _fits(text: str, slots: Sequence[Slot], own: Sequence[str], *, single: bool) -> bool:
    """Whether a segment is made by the grammar."""
    if len(text) > _LONGEST:
        return False
    parts = grammar()
    lead = f"(?:{parts['lead']}[:：]?)?"
    words = "|".join(map(re.escape, own))
    named = f"(?:(?:{words})(?:[和与及、的]?(?:{words})){{0,2}}的?{parts['own_tail']}[:：]?)?" if own else ""
    if not slots:
        if single and text in ("合计", "总共", "加起来"):
            return True
        return re.fullmatch(f"{lead}{named}", text) is not None
    kinds = {_role(slot) for slot in slots}
    names = [slot.name for slot in slots]
    if len(slots) > 1:
        named = ""  # which word would belong to which slot?
    if len(kinds) > 1 or len(set(names)) < len(names):
        return False
    (kind,) = kinds
    if kind == "rule" and all(name.endswith(".to") for name in names):
        return re.fullmatch(f"{lead}(?:{parts['rule']})?{MARK}(?:{parts['join']}{MARK})*[。.]?", text) is not None
    if not single and kind == "amount" and re.search("合计|合起来|总共|加起来|合并|总计", text):
        return False
    if any(s.benefit is not None and s.benefit.mode == "deduction" for s in slots) and re.search("补助|补贴|奖|补偿|领|拿", text):
        return False
    if kind in ("rule", "cap", "quote"):
        lead = f"(?:{parts['rule_lead']}[:：]?)?"
    verb = parts[kind] if kind != "amount" or not single else f"{parts['amount']}|{parts['total']}"
    if kind == "rule" and named:
        verb = f"{verb}|(?<=.){parts['named_rule']}" if re.match(f"{lead}(?:{words})", text) else verb
    joined = f"{MARK}(?:{parts['join']}{MARK}){{{len(slots) - 1}}}"
    tail = parts.get(_TAILS.get(kind, ""), "")
    return re.fullmatch(f"{lead}{named}(?:{verb}){joined}(?:{tail})[。.]?", text) is not None


def _role(slot: Slot) -> str:
    """The part of the grammar that a slot calls for."""
    if slot.kind == "figure":
        return "formula" if slot.name.endswith(".formula") else "cap"
    if slot.kind == "text":
        part = slot.name.partition(".")[2]
        return part if part in ("premise", "why") else "text"
    return slot.kind


def _english(sentence: str, used: Sequence[Slot], state: State) -> Iterator[str]:
    """English sentences with slots: one phrase for each kind, with the benefit's own words between."""
    parts = grammar()
    plain = " ".join(to_simplified(fold(sentence)).lower().split()).strip(" ,;:")
    kinds, names = {_role(slot) for slot in used}, [slot.name for slot in used]
    own = set(re.findall(r"[a-z&]+", _own_text(used, state))) | {"for", "the", "of"}
    if len(kinds) == 1 and len(set(names)) == len(names):
        (kind,) = kinds
        joined = f"{MARK}(?:(?:,| and|, and) ?{MARK}){{{len(names) - 1}}}"
        match = re.fullmatch(
            f"{parts['english_lead']}(?P<own>(?:[a-z&-]+ ){{0,8}}?)(?:{parts['english_' + kind]}) ?:? ?{joined}", plain
        )
        bare = re.fullmatch(joined, plain) if kind in ("rule", "text") else None
        if bare or (match and all(word in own for word in match["own"].split())):
            return
    yield f"please put slots into plain sentences such as “The result is ….”, not “{plain.replace(MARK, '…')[:40]}”"


def _own(text: str, slots: Sequence[Slot], state: State) -> list[str]:
    """The pieces of a segment that name what its slots are about, longest first."""
    own = _own_text(slots, state)
    found = {text[m.start : m.end] for m in find_terms(state.policy, text) if m.term in own and not m.negated}
    found |= {text[i:j] for i in range(len(text)) for j in range(i + 2, min(i + 16, len(text)) + 1) if text[i:j] in own}
    remarks = [r for s in slots if s.benefit for word in (s.benefit.to, s.benefit.name) for r in _REMARK.findall(word)]
    banned = squeeze(fold("|".join(remarks))).text
    others = _other_names(slots, state)
    found = {p for p in found if p not in banned and not _of_others(p, slots, others)}
    found = {p for p in found if not claims()["qualifying"].search(p)}
    found |= {f"{c}级" for c in "省市区县" if c in own and f"{c}级" in text}
    kept = [p for p in found if MARK not in p and not p.startswith(_NEVER_FIRST) and p[0] not in "不没无非"]
    return sorted(kept, key=len, reverse=True)


def _other_names(slots: Sequence[Slot], state: State) -> str:
    """The names of the other benefits that the answer tells of."""
    ids = {slot.benefit.id for slot in slots if slot.benefit}
    benefits = [outcome.benefit for finding in state.findings for outcome in finding.outcomes]
    return squeeze(fold("|".join(b.name for b in benefits if ids and b.id not in ids))).text.lower()


def _of_others(piece: str, slots: Sequence[Slot], others: str) -> bool:
    """Whether a word stands in another benefit's name and in none of its own."""
    own = squeeze(fold("|".join(slot.benefit.name for slot in slots if slot.benefit))).text.lower()
    return piece in others and piece not in own


def _own_text(slots: Sequence[Slot], state: State) -> str:
    """Name, recipient, base, cues and options of the benefits of some slots, and titles of clauses, in one text."""
    pack, parts = state.policy, []
    for slot in slots:
        clause = pack.document.clause(slot.clause)
        if slot.benefit is None:
            parts += [clause.title] if clause is not None else []
            parts += [slot.quote.text] if slot.quote is not None else []
            continue
        benefit = slot.benefit
        chosen = [word for condition in benefit.when for word in _words_of(condition, pack)]
        to = "" if benefit.to.startswith(NOT_WRITTEN) else benefit.to
        parts += [_REMARK.sub("", benefit.name), _REMARK.sub("", to), benefit.of, *benefit.cues, *chosen, pack.meta.place]
        parts += [pack.english.get(word, "") for word in (benefit.name, benefit.to, benefit.of)]
    return squeeze(fold("|".join(parts))).text.lower()


def _words_of(condition: Condition, pack: Pack) -> list[str]:
    """What people call a condition: its options and their words, or the words of a flag."""
    fact = pack.facts[condition.fact]
    if condition.options:
        return [word for option in condition.options for word in (option, *fact.options.get(option, ()))]
    return [fact.name, *fact.words] if condition.op == "is" and fact.name[0] not in "非不无未" else []


def is_value(slot: Slot) -> bool:
    """Whether a slot tells a sum, a rate, a rule or the text's own words."""
    return slot.kind in (*VALUES, "quote")
