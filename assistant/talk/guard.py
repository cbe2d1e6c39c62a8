"""The check of a model's words, before code fills their slots: no numerals, no claim of their own.

It fails closed: what is not plain prose in the user's language, with slots that exist, is a fault. Sentences with slots
follow a closed grammar (sentences.py); those without do not speak of the money at all.
"""

import re
import unicodedata
from collections.abc import Iterator

from assistant.language.claims import asserted, claims, promises, undenied
from assistant.state import Answer, State
from assistant.talk.sentences import is_value, value_faults
from assistant.talk.slots import MARK, Slots, masked, names_in, slot_spans
from assistant.understand.script import to_simplified
from corpus.text import fold, squeeze

MAX_WORDS = 1200
_PUNCTUATION = set("，。！？；：、—…·-,.!?;:& \n" + MARK)
_SENTENCE = re.compile(r"(?:[^。！？!?；;\n.]|\.(?!\s|$))+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z][a-z'-]*")
_MORE_NUMERALS = set("两兩俩倆仨半几兆弍叄卄丗皕")
_OFFICE = re.compile(r"(?:国家|市|省|县|区)[^\W\d_里的和与及或]{1,8}?(?:局|委员会|委|厅|办公室|银行|协会|贸促会|公证处)")
_BARE = re.compile(r"[\W_]|是的?|对的?|没错|属实|嗯|不是|不对|yes|no|right|correct")
_SHORT = 4


def tidy(words: str) -> str:
    """A model's words without the marks of Markdown and of lists that it is used to write; each line ends with a stop."""
    words = re.sub(r"\*\*|__|`", "", words.replace("\r\n", "\n").replace("{ {", "{{").replace("} }", "}}"))
    words = re.sub(r"(?m)^[ \t]*[-–—_*]{2,}[ \t]*$", "", words)
    words = re.sub(r"(?m)^[ \t]*(?:(?:#{1,6}|>|[-–•*+])[ \t]*)+", "", words)
    words = re.sub(r"(?m)^[ \t]*\(?\d{1,2}(?:[.、)）](?!\d))[ \t]*", "", words)
    # a question or a remark of the engine's is a line of its own
    words = re.sub(r"\s*(\{{1,2}\s*[ag]\d{1,3}\s*\}{1,2})[。.]?\s*", r"\n\1\n", words)
    words = re.sub(r"(?<=[^\s。！？!?；;，,：:.}])[ \t]*(?=\n|$)", "。", words.strip())
    return re.sub(r"\n{3,}", "\n\n", words).strip()


def sentences_of(words: str) -> list[str]:
    """The sentences of a text with the stops that end them."""
    return [part for part in re.split(r"(?<=[。！？!?；;\n])|(?<=\.)(?=\s)", words) if part.strip()]


def word_faults(words: str, slots: Slots, base: Answer) -> list[str]:
    """What is wrong with a model's words; empty where they may be shown once filled.

    `base` is the answer that stands beside them: it says whether there is an amount, a refusal or nothing at all.
    """
    if not words.strip() or MARK in words:
        return ["没有文字"]
    if len(words) > MAX_WORDS:
        return [f"文字太长（{len(words)} 字，上限 {MAX_WORDS} 字）"]
    spans = [name for _, _, name in slot_spans(words)]
    wrong = [f"没有槽 {{{{{name}}}}}；只能用列出的槽" for name in names_in(words) if slots.get(name) is None]
    wrong += [f"槽 {{{{{name}}}}} 只能写一次" for name in names_in(words) if spans.count(name) > 1]
    if wrong:
        return wrong
    text = to_simplified(fold(masked(words))).lower()
    if not _BARE.sub("", text) and MARK not in text:
        return ["只有“是”或“不是”，说不清是什么；请说结果"]
    raw = unicodedata.normalize("NFC", masked(words))
    found = [*_strange(raw, text, slots.state), *_numerals(text)]
    if found:
        return found
    return [
        *_out_of_place(words, slots, base),
        *_claimed(text, words, slots),
        *_polarity(text, slots, base),
        *_sentences(words, slots, base),
    ]


def _out_of_place(words: str, slots: Slots, base: Answer) -> Iterator[str]:
    """Slots that tell what the answer beside does not report: another amount, another clause, anything where it declines."""
    amounts = {slots.amount_line(total) for total in base.totals}
    paid = {outcome.benefit.id for total in base.totals for outcome in total.outcomes}
    own = {citation.clause for citation in base.citations} | {total.clause for total in base.totals}
    own |= {finding.topic.clause for finding in slots.state.findings}
    shown = {outcome.benefit.id for finding in slots.state.findings for outcome in finding.outcomes}
    for name in names_in(words):
        slot = slots.get(name)
        if slot is None:
            continue
        if slot.kind == "amount":
            reported = slot.text in amounts
        elif name[0] == "r":
            reported = slot.benefit is not None and slot.benefit.id in paid
        elif slot.benefit is not None:
            reported = slot.benefit.id in shown
        else:
            reported = not slot.clause or slot.clause in own
        if not reported or (base.outcome == "decline" and (is_value(slot) or slot.kind == "clause")):
            yield f"程序的回答里没有这个结果，不能写{{{{{name}}}}}"


def _strange(raw: str, text: str, state: State) -> Iterator[str]:
    """Signs, letters and languages that have no place in plain prose."""
    english = state.read.script == "english"
    allowed = _PUNCTUATION | {"'", "’"} if english else _PUNCTUATION
    odd = sorted({c for c in raw if not (c in allowed or unicodedata.category(c)[0] in "LN" or c == "\t")})
    if odd:
        yield f"不能用符号 {'、'.join(odd[:5])}；只写普通文字和槽，引原文请用槽"
    if any(unicodedata.category(c)[0] == "L" and not (_HAN.match(c) or c.isascii()) for c in text):
        yield "有看不懂的文字；请用用户的语言"
    if re.search(r"https?|www\b|\.(?:com|cn|org|net|gov)\b", text):
        yield "不能写网址"
    han, latin = len(_HAN.findall(text)), _LATIN.findall(text)
    if english:
        known_words = claims()["english_words"] | _own_words(state)
        strange = [word for word in latin if word not in known_words]
        if han > len(latin) or strange:
            yield f"please answer in plain English, without {', '.join(strange[:4]) or 'Chinese'}"
        return
    known = state.policy.document.source.lower()
    foreign = [w for w in latin if w not in claims()["latin"] and not re.search(rf"(?<![a-z]){re.escape(w)}(?![a-z])", known)]
    if foreign:
        yield f"不能用外文词 {'、'.join(dict.fromkeys(foreign[:3]))}；请用中文"
    elif han == 0 and MARK not in text:
        yield "请用中文作答"


def _own_words(state: State) -> frozenset[str]:
    """English words of the pack's own names, and place names that the user wrote."""
    found = {word for text in state.policy.english.values() for word in _LATIN.findall(text.lower())}
    return frozenset(found | {word.lower() for word in re.findall(r"\b[A-Z][a-z]{3,}\b", state.question)})


def _numerals(text: str) -> list[str]:
    """Numerals of any spelling outside of slots; idioms are taken out first, never across a line."""
    lines = [re.sub(r"[ \t]", "", line) for line in text.split("\n")]
    plain = "\n".join(claims()["idioms"].sub(lambda m: "。" * len(m[0]), line) for line in lines)
    found = [c for c in plain if unicodedata.numeric(c, None) is not None or c in _MORE_NUMERALS]
    found += re.findall(r"数[十百千万亿]|[一几][小大]成|小目标", squeeze(plain).text)
    found += [m[0] for m in claims()["english_numbers"].finditer(text)]
    return [f"槽以外不能写数（{'、'.join(dict.fromkeys(found))[:20]}）；用槽代替，没有槽就不写"] if found else []


def _claimed(text: str, words: str, slots: Slots) -> Iterator[str]:
    """Promises, denied limits and conditions, sums on top, what no cited clause says of time and manner, a false status."""
    yield from (f"不能承诺：“{word}”" for word in promises(text))
    yield from (f"不能说没有限制或条件：“{word}”" for word in undenied(claims()["no_limit"], text))
    yield from (f"没有依据：“{match[0]}”" for match in claims()["more"].finditer(text))
    known = _borne_by(words, slots)
    for word in undenied(claims()["borne_out"], asserted(text)):
        if word not in known:
            yield f"“{word}”在所引条文里没有，不能写"
    status = claims()["status"].get(slots.state.policy.meta.status)
    if status is not None:
        yield from (f"文件的性质写错了：“{word}”" for word in undenied(status, text))


def _true_of(slots: Slots, base: Answer) -> Iterator[str]:
    """What may be said of the kind of the sums beside, since it is so: they are ranges, bounded, averages, capped."""
    rules = [outcome.benefit for finding in slots.state.findings for outcome in finding.outcomes]
    kinds = {total.amount.kind for total in base.totals} | {benefit.mode for benefit in rules}
    ranged = "range" in kinds or any(b.figure is not None and b.figure.low != b.figure.high for b in rules)
    if ranged:
        yield "true_range"
    if ranged or kinds & {"upper_bound", "average"}:
        yield "true_bound"
    if "average" in kinds:
        yield "true_average"
    if any(benefit.cap is not None for benefit in rules):
        yield "true_cap"


def _borne_by(words: str, slots: Slots) -> str:
    """The text that may bear a claim out: the clauses of the slots used and of the findings."""
    state = slots.state
    ids = {slot.clause for name in names_in(words) if (slot := slots.get(name))}
    ids |= {finding.topic.clause for finding in state.findings}
    clauses = [clause.text for clause_id in ids if (clause := state.policy.document.clause(clause_id))]
    return squeeze(fold("".join(clauses))).text


def _polarity(text: str, slots: Slots, base: Answer) -> Iterator[str]:
    """Words that say the contrary of the answer that they stand in."""
    outcomes = [outcome for finding in slots.state.findings for outcome in finding.outcomes]
    some_refused = any(outcome.status in ("not_eligible", "zero", "unstated") for outcome in outcomes)
    if base.totals and not some_refused and (match := claims()["refused"].search(text)):
        yield f"与结果相反：“{match[0]}”"
    if "- 更正：" in base.text and (match := claims()["affirming"].search(text)):
        yield f"程序已更正用户的话，不能写“{match[0].strip()}”"
    refused = base.outcome == "answer" and not base.totals and base.status in ("not_eligible", "zero")
    if refused or base.outcome == "decline":
        yield from (f"与结果相反：“{word}”" for word in undenied(claims()["entitled"], text))


def _sentences(words: str, slots: Slots, base: Answer) -> Iterator[str]:
    """Each sentence by its kind: with slots by the grammar, without them by what it may not speak of."""
    flat = masked(words)
    names = [name for _, _, name in slot_spans(words)]
    known, at = _borne_by(words, slots), 0
    single = len(base.totals) == 1
    for match in _SENTENCE.finditer(flat):
        count = match[0].count(MARK)
        used = [slot for name in names[at : at + count] if (slot := slots.get(name))]
        at += count
        text = to_simplified(fold(match[0])).lower()
        if used:
            yield from value_faults(match[0], used, slots.state, single=single)
        else:
            yield from _plain(text, slots, base, known)
            size = len(text.split()) if slots.state.read.script == "english" else len(re.findall(r"\w", text))
            if 0 < size < _SHORT and not claims()["courtesies"].search(text):
                yield f"“{text.strip()}”单独成句，会改变旁边的意思"


def _plain(text: str, slots: Slots, base: Answer, known: str) -> Iterator[str]:
    """Faults of a sentence without slots: it may tell and ask, not speak of the money, waive conditions or name offices."""
    for name in _true_of(slots, base):
        text = claims()[name].sub("。", text)
    qualified = claims()["qualifying"].search(text)
    said = asserted(text)
    if qualified and (qualified[0] in claims()["never_unsaid"].findall(text) or claims()["qualifying"].search(said)):
        yield f"没有槽的话不谈“{qualified[0]}”；数额的性质由程序写"
    if told := claims()["told_text"].search(said):
        yield f"不要转述条文（“{told[0]}”），用 q 槽引原文"
    if waived := next(undenied(claims()["waiving"], said), ""):
        yield f"不能写“{waived}”"
    refused = base.outcome == "decline" or any(
        o.status in ("not_eligible", "zero") for finding in slots.state.findings for o in finding.outcomes
    )
    for part in re.split("[，,：:]", said):
        plain = claims()["harmless"].sub("。", claims()["denied_number"].sub("。", part))
        if refused:
            plain = claims()["nothing_due"].sub("。", plain)
        money = claims()["money"].search(plain)
        if money and not claims()["wondering"].search(part):
            yield f"没有槽的话不谈钱（“{money[0]}”）；要说就用槽，或者说文件没有写"
    for match in _OFFICE.finditer(text):
        if match[0] not in known:
            yield f"“{match[0]}”在所引条文里没有；单位用槽"
