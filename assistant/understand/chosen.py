"""Which options a turn chooses or denies, and which yes-or-no facts it states."""

import re
from collections.abc import Sequence

from assistant.language import language
from assistant.understand.hints import based_in
from assistant.understand.ledger import Ledger
from assistant.understand.reading import Reading, sentences
from assistant.understand.terms import Mention
from assistant.understand.topics import phrase_spans
from corpus.schema import Fact, Pack

MARKS = "，。！？；,!?;\n"
_SWITCH = re.compile(r"^那|(?:^|[，,。；;：:] ?)(?:要是|如果|假如|换成|改成|万一|what about|what if|how about)|呢[?？。]?$")


def choices(
    ledger: Ledger, turn: Reading, mentions: Sequence[Mention], facts: Sequence[Fact], *, listing: bool, all_told: bool = False
) -> set[str]:
    """Record what a turn chooses; the names of choices that it replaced. `listing`: all that was said is asked for."""
    replaced: set[str] = set()
    addition = bool(language().speech["addition"].search(turn.text)) and not _SWITCH.search(turn.text)
    for fact in facts:
        if fact.type != "choice":
            continue
        chosen = {o for o, words in fact.options.items() if _affirmed(words, mentions)}
        if len(chosen) > 1 and fact.exclusive:
            chosen = {o for o in chosen if _is_self(fact.options[o], turn, mentions)} or chosen
            if "comparison" not in turn.asks and not listing and not language().speech["hypothesis"].search(turn.text):
                stated = {o for o in chosen if _is_asserted(fact.options[o], turn, mentions)}
                chosen = stated if len(stated) == 1 else chosen
        denied = {o for o, words in fact.options.items() if any(m.term in words and m.negated for m in mentions)} - chosen
        if not chosen:
            chosen = {fact.opposite[option] for option in denied if option in fact.opposite}
        withdrawn = denied & ledger.chosen.get(fact.name, set())
        if withdrawn:
            replaced.add(fact.name)
        if denied:
            ledger.denied.setdefault(fact.name, set()).update(denied)
            ledger.chosen.get(fact.name, set()).difference_update(denied)
        if not chosen and not ledger.chosen.get(fact.name) and not ledger.denied.get(fact.name):
            others = language().speech["counterparty"].search(turn.text)
            chosen = {o for o, words in fact.fallback.items() if not others and _affirmed(words, mentions)}
        if not chosen:
            continue
        ledger.denied.get(fact.name, set()).difference_update(chosen)
        before = ledger.chosen.get(fact.name, set())
        replace = (
            (
                (not listing if fact.exclusive else not (listing or fact.of_asker or turn.asks & {"recipient", "units"}))
                and not addition
            )
            or (bool(_SWITCH.search(turn.text)) and not all_told)
            or bool(language().speech["correction"].search(turn.text))
        )
        if before and replace:
            replaced.add(fact.name)
            ledger.chosen[fact.name] = chosen
        else:
            ledger.chosen[fact.name] = before | chosen
    return replaced


def _is_asserted(words: Sequence[str], turn: Reading, mentions: Sequence[Mention]) -> bool:
    """Whether an option is said to be the case: 考核下来是良好，就差两分到优秀."""
    said, past = language().speech["asserted"], language().speech["past_denial"]
    for mention in mentions:
        begin = max(turn.text.rfind(mark, 0, mention.start) for mark in MARKS) + 1
        lead = turn.text[begin : mention.start]
        if mention.term in words and not mention.negated and said.search(lead) and not past.search(lead):
            return True
    return False


def _is_self(words: Sequence[str], turn: Reading, mentions: Sequence[Mention]) -> bool:
    """Whether the speaker says to be it: 孵化器和众创空间都能拿吧？我们是众创空间."""
    own = language().speech["own_is"]
    return any(m.term in words and not m.negated and own.search(turn.text[: m.start]) for m in mentions)


def _affirmed(words: Sequence[str], mentions: Sequence[Mention]) -> bool:
    """Whether one of the words (or all words of `a + b`) is said and not denied."""
    said = [mention for mention in mentions if not mention.negated]
    return any(phrase_spans(word, said) for word in words)


def flags(ledger: Ledger, turn: Reading, mentions: Sequence[Mention], facts: Sequence[Fact], pack: Pack) -> None:
    """Record what a turn affirms or denies of the yes-or-no facts."""
    elsewhere = [place for place in turn.places if place not in pack.meta.selects]
    partly = language().speech["half_and_half"].search(turn.text)
    whole = [m for m in mentions if not _of_a_part(turn, m, facts)]
    for fact in facts:
        if fact.type != "flag":
            continue
        mentions = [m for m in whole if not (partly and _denies_flag(m, fact))]
        for mention in mentions:
            if mention.term in fact.denied:
                ledger.flags[fact.name] = mention.negated
            elif mention.term in fact.words:
                ledger.flags[fact.name] = not mention.negated
        denials = [m.start for m in mentions if m.term in fact.denied and not m.negated]
        affirmed_at = max(_stated(turn, mentions, fact), default=-1)
        if (denials and max(denials) > affirmed_at) or _denied_together(turn, mentions, fact):
            ledger.flags[fact.name] = False  # what was said last holds
        affirmed = any(m.term in fact.words and not m.negated for m in mentions)
        if "@elsewhere" in fact.denied and elsewhere and not affirmed:
            ledger.flags[fact.name] = False
        if "@based_elsewhere" in fact.denied and any(based_in(turn.text, place) for place in elsewhere):
            ledger.flags[fact.name] = False
        if "@long_ago" in fact.denied and language().speech["long_ago"].search(turn.text) and not _stated(turn, mentions, fact):
            ledger.flags[fact.name] = False


def _denies_flag(mention: Mention, fact: Fact) -> bool:
    return (mention.term in fact.denied and not mention.negated) or (mention.term in fact.words and mention.negated)


def _denied_together(turn: Reading, mentions: Sequence[Mention], fact: Fact) -> bool:
    """Whether all words of a denial `a + b` stand in one sentence."""
    said = [mention for mention in mentions if not mention.negated]
    for start, end in sentences(turn.text):
        inside = [mention for mention in said if start <= mention.start < end]
        if any(" + " in phrase and phrase_spans(phrase, inside) for phrase in fact.denied):
            return True
    return False


def _of_a_part(turn: Reading, mention: Mention, facts: Sequence[Fact]) -> bool:
    """Whether a denial is said of a part of a sum only: 其中500万没登记."""
    if not any(mention.term in (fact.words if mention.negated else fact.denied) for fact in facts):
        return False
    begin = max(turn.text.rfind(mark, 0, mention.start) for mark in MARKS) + 1
    units = {fact.unit for fact in facts if fact.unit}
    counted = [f for f in turn.figures if f.kind == "money" or (f.kind == "count" and f.unit in units)]
    near = [f for f in counted if begin <= f.start < mention.start]
    return bool(near) and any(f.kind == near[-1].kind and f not in near for f in counted)


def _stated(turn: Reading, mentions: Sequence[Mention], fact: Fact) -> list[int]:
    """Where a flag is affirmed outside a question: 能不能按新备案算 affirms nothing."""
    question = language().speech["question"]
    found = []
    for mention in mentions:
        if mention.term in fact.words and not mention.negated:
            begin = max(turn.text.rfind(mark, 0, mention.start) for mark in MARKS) + 1
            stop = min((at for mark in MARKS if (at := turn.text.find(mark, mention.end)) >= 0), default=len(turn.text))
            if not question.search(turn.text[begin:stop]):
                found.append(mention.start)
    return found
