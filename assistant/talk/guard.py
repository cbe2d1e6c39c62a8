"""The check of a model's words, before code fills their slots: no numerals, no claim of their own.

It fails closed: what is not plain prose in the user's language, with slots that exist, is a fault.
"""

import re
import unicodedata
from collections.abc import Iterator

from assistant.language.claims import claims, promises, undenied
from assistant.state import Answer, State
from assistant.talk.slots import VALUES, Slot, Slots, masked, names_in, slot_spans
from assistant.understand.reading import read_turn
from assistant.understand.script import to_simplified
from assistant.understand.terms import find_terms
from assistant.understand.topics import match_topics
from corpus.schema import Condition, Pack
from corpus.text import fold, squeeze

MAX_WORDS = 1200
MARK = "\ufffc"
_NEVER_FIRST = ("以上", "以下", "以内", "超过", "不超", "高于", "低于", "每")  # of 规模以上, never alone behind a sum
_PUNCTUATION = set("，。！？；：、“”‘’（）《》—…·-,.!?;:()'\"& \n" + MARK)
_SENTENCE = re.compile(r"(?:[^。！？!?；;\n.]|\.(?!\s|$))+")
_SEGMENT = re.compile(r"[^。！？!?；;\n，,：:]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z][a-z'-]*")
_QUOTED = re.compile('[“"「『‘《]([^“”"「」『』‘’《》]+)[”"」』’》]')
_MORE_NUMERALS = set("两兩俩倆仨半几兆弍叄")
_NAME_WORD = re.compile(r"[\w\u3400-\u9fff]+")
_OFFICE = re.compile(r"(?:国家|市|省|县|区)[^\W\d_里的和与及或]{1,8}?(?:局|委员会|委|厅|办公室|银行|协会|贸促会|公证处)")


def tidy(words: str) -> str:
    """A model's words without the marks of Markdown and of lists that it is used to write."""
    words = re.sub(r"\*\*|__|`", "", words.replace("\r\n", "\n").replace("{ {", "{{").replace("} }", "}}"))
    words = re.sub(r"(?m)^[ \t]*(?:#{1,6}|>|[*•+])[ \t]*", "", words)
    words = re.sub(r"(?m)^[ \t]*[-–—_*]{2,}[ \t]*$", "", words)
    words = re.sub(r"(?m)^[ \t]*(?:[-–][ \t]+)", "- ", words)
    words = re.sub(r"(?m)^[ \t]*\(?\d{1,2}(?:[.、)）](?!\d))[ \t]*", "- ", words)
    return re.sub(r"\n{3,}", "\n\n", words).strip()


def word_faults(words: str, slots: Slots, base: Answer) -> list[str]:
    """What is wrong with a model's words; empty where they may be shown once filled.

    `base` is the answer that stands beside them: it says whether there is an amount, a refusal or nothing at all.
    """
    if not words.strip():
        return ["没有文字"]
    if len(words) > MAX_WORDS:
        return [f"文字太长（{len(words)} 字，上限 {MAX_WORDS} 字）"]
    unknown = [name for name in names_in(words) if slots.get(name) is None]
    if unknown:
        return [f"没有槽 {{{{{name}}}}}；只能用列出的槽" for name in unknown]
    text = to_simplified(fold(masked(words, MARK))).lower()
    if not re.sub(r"[\W_]|是的?|对的?|没错|属实|嗯|不是|不对|yes|no|right|correct", "", text) and MARK not in text:
        return ["只有“是”或“不是”，说不清是什么；请说结果"]
    raw = unicodedata.normalize("NFC", masked(words, MARK))
    found = [*_strange(raw, text, slots.state), *_numerals(text)]
    if found:
        return found
    return [
        *_out_of_place(words, slots, base),
        *_claimed(text, words, slots),
        *_polarity(text, words, slots, base),
        *_quotes(words, slots),
        *_placed(words, slots),
        *_sentences(words, slots),
    ]


def _out_of_place(words: str, slots: Slots, base: Answer) -> Iterator[str]:
    """Values that the answer beside does not report: an amount that it has not, anything at all where it declines."""
    amounts = {slots.amount_line(total) for total in base.totals}
    paid = {outcome.benefit.id for total in base.totals for outcome in total.outcomes}
    for name in names_in(words):
        slot = slots.get(name)
        if slot is None or slot.kind not in VALUES:
            continue
        reported = slot.text in amounts if slot.kind == "amount" else name[0] != "r" or (slot.benefit and slot.benefit.id in paid)
        if base.outcome == "decline" or not reported:
            yield f"程序的回答里没有这个结果，不能写{{{{{name}}}}}"


def _strange(raw: str, text: str, state: State) -> Iterator[str]:
    """Signs, letters and languages that have no place in plain prose."""
    odd = sorted({c for c in raw if not (c in _PUNCTUATION or unicodedata.category(c)[0] in "LN" or c in "\t")})
    if odd:
        yield f"不能用符号 {'、'.join(odd[:5])}；只写普通文字和槽"
    if any(unicodedata.category(c)[0] == "L" and not (_HAN.match(c) or c.isascii()) for c in text):
        yield "有看不懂的文字；请用用户的语言"
    if re.search(r"https?|www\b|\.(?:com|cn|org|net|gov)\b|//", text):
        yield "不能写网址"
    english = state.read.script == "english"
    han, latin = len(_HAN.findall(text)), _LATIN.findall(text)
    if english and han > len(latin):
        yield "用户用英文提问，请用英文作答"
    if not english:
        known = f"{state.policy.document.source} {_said(state)}".lower()
        foreign = [w for w in latin if w not in claims()["latin"] and not re.search(rf"(?<![a-z]){re.escape(w)}(?![a-z])", known)]
        if foreign:
            yield f"不能用外文词 {'、'.join(dict.fromkeys(foreign[:3]))}；请用中文"
        elif han == 0 and MARK not in text:
            yield "请用中文作答"


def _numerals(text: str) -> list[str]:
    """Numerals of any spelling outside of slots."""
    plain = squeeze(claims()["idioms"].sub(lambda m: "。" * len(m[0]), squeeze(text).text)).text
    found = [c for c in plain if unicodedata.numeric(c, None) is not None or c in _MORE_NUMERALS]
    found += re.findall(r"数[十百千万亿]|[一几][小大]成|小目标", plain)
    found += [m[0] for m in claims()["english_numbers"].finditer(text)]
    return [f"槽以外不能写数（{'、'.join(dict.fromkeys(found))[:20]}）；用槽代替，没有槽就不写"] if found else []


def _claimed(text: str, words: str, slots: Slots) -> Iterator[str]:
    """Promises, denied limits and conditions, sums on top, what no cited clause says of time and manner, a false status."""
    yield from (f"不能承诺：“{word}”" for word in promises(text))
    yield from (f"不能说没有限制或条件：“{word}”" for word in undenied(claims()["no_limit"], text))
    yield from (f"没有依据：“{match[0]}”" for match in claims()["more"].finditer(text))
    known = _borne_by(words, slots)
    for word in undenied(claims()["borne_out"], text):
        if word not in known:
            yield f"“{word}”在所引条文里没有，不能写"
    status = claims()["status"].get(slots.state.policy.meta.status)
    if status is not None:
        yield from (f"文件的性质写错了：“{word}”" for word in undenied(status, text))


def _borne_by(words: str, slots: Slots) -> str:
    """The text that may bear a claim out: the clauses of the slots used, of the findings, and the user's words."""
    state = slots.state
    ids = {slot.clause for name in names_in(words) if (slot := slots.get(name))}
    ids |= {finding.topic.clause for finding in state.findings}
    clauses = [clause.text for clause_id in ids if (clause := state.policy.document.clause(clause_id))]
    return squeeze(fold("".join(clauses))).text + to_simplified(fold(_said(state))).lower()


def _said(state: State) -> str:
    return "\n".join([*(past.reading.raw for past in state.conversation.turns), state.question])


def _segments(words: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, list[str]]]:
    """The parts of a text between stops, each with the names of its slots in order."""
    flat = masked(words, MARK)
    names = [name for _, _, name in slot_spans(words)]
    at = 0
    for match in pattern.finditer(flat):
        count = match[0].count(MARK)
        yield match[0], names[at : at + count]
        at += count


def _sentences(words: str, slots: Slots) -> Iterator[str]:
    """A sentence with a sum, rule or quote is of plain connecting words from there on; others do not speak of sums at all."""
    known = _borne_by(words, slots)
    for sentence, names in _segments(words, _SENTENCE):
        used = [slot for name in names if (slot := slots.get(name))]
        if not any(slot.kind in (*VALUES, "quote") for slot in used):
            yield from _beside_none(sentence, used, known)
            continue
        paid = {slot.benefit for slot in used if slot.kind == "amount"}
        stray = next((slot for slot in used if paid and slot.kind == "rule" and slot.benefit not in paid), None)
        if stray is not None:
            yield f"{{{{{stray.name}}}}}不是这句里数额的规则，不能连在一起"
        at, begun = 0, False
        for part, inner in _segments_of(sentence, names):
            beside = [s for n in inner if (s := slots.get(n))]
            if not begun:
                first = next((i for i, slot in enumerate(beside) if slot.kind in (*VALUES, "quote")), None)
                lead = part if first is None else MARK.join(part.split(MARK)[: first + 1])
                yield from _leading(lead, beside[:first], used[at + (first or 0) :], slots.state, known)
                if first is None:
                    at += len(beside)
                    continue
                begun, part, beside = True, MARK + MARK.join(part.split(MARK)[first + 1 :]), beside[first:]
            yield from _beside_value(part, beside, slots.state)


def _beside_none(sentence: str, used: list[Slot], known: str) -> Iterator[str]:
    """Faults of words without a value: they may tell and ask, not qualify sums, waive conditions or name strange offices."""
    text = to_simplified(fold(sentence)).lower()
    for part in re.split("[，,]", text) if any(slot.kind == "said" for slot in used) else ():
        yield from _told(part)
    if match := claims()["qualifying"].search(text):
        yield f"没有槽的话不谈“{match[0]}”；数额的性质由程序写"
    if waived := next(undenied(claims()["waiving"], text), ""):
        yield f"不能写“{waived}”"
    for match in _OFFICE.finditer(text):
        if match[0] not in known:
            yield f"“{match[0]}”在所引条文里没有；单位用槽"


def _told(part: str) -> Iterator[str]:
    """Words around a sum that the user told, which may only say that it is reckoned with."""
    rest = re.sub(claims()["said"], "", part).strip(f"，,、：: {MARK}") if MARK in part else ""
    if rest:
        yield f"写用户所说的数时不要加“{rest[:12]}”；只写如“按……算”"


def _leading(part: str, inside: list[Slot], coming: list[Slot], state: State, known: str) -> Iterator[str]:
    """Words before the first value of a sentence: like others, and not of a sibling's option or a floor."""
    yield from _beside_none(part, inside, known)
    text = squeeze(to_simplified(fold(part))).text.lower()
    if match := claims()["before_sum"].search(text):
        yield f"数额前面的“{match[0]}”会改变它的意思"
    used = [slot for slot in coming if slot.kind in (*VALUES, "quote")][:1]
    own = _own_words(text, used, state)
    ids = {slot.benefit.id for slot in used if slot.benefit}
    others = [b for b in state.policy.benefits.values() if b.id not in ids]
    theirs = {word for b in others for c in b.when for word in _words_of(c, state.policy)} | {c for b in others for c in b.cues}
    for mention in find_terms(state.policy, text):
        word = text[mention.start : mention.end]
        if ids and mention.term in theirs and word not in own:
            yield f"“{word}”不是{{{{{used[0].name}}}}}说的事"
    beside = [b for finding in state.findings for o in finding.outcomes if (b := o.benefit).id not in ids]
    names = squeeze(fold("|".join(word for b in beside for word in (b.name, b.to)))).text.lower()
    plain = squeeze(fold("|".join(word for s in used if s.benefit for word in (s.benefit.name, s.benefit.to)))).text.lower()
    for piece in _pieces(text) if ids else ():
        if piece in names and piece not in plain and piece not in own and piece not in claims()["connect"]:
            yield f"“{piece}”不是{{{{{used[0].name}}}}}说的事"
            return


def _pieces(text: str) -> Iterator[str]:
    """The stretches of a text of two to four characters."""
    yield from (text[i : i + n] for n in (4, 3, 2) for i in range(len(text) - n + 1))


def _segments_of(sentence: str, names: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The parts of a masked sentence between commas, each with the names of its slots."""
    at = 0
    for match in _SEGMENT.finditer(sentence):
        count = match[0].count(MARK)
        yield match[0], names[at : at + count]
        at += count


def _beside_value(segment: str, used: list[Slot], state: State) -> Iterator[str]:
    text = squeeze(to_simplified(fold(segment))).text.lower()
    if used and all(slot.kind == "said" for slot in used):
        yield from _told(text)
        return
    pieces = text.split(MARK)
    for index, slot in enumerate(used):
        before, after = pieces[index], pieces[index + 1]
        if slot.kind in VALUES and (claims()["before_sum"].search(before) or claims()["after_sum"].search(after)):
            yield f"{{{{{slot.name}}}}}前后的话会改变数额的意思"
        if slot.kind == "said" and not claims()["reckoned"].search(before):
            yield f"{{{{{slot.name}}}}}是用户说的数，只写“按{{{{{slot.name}}}}}算”"
    plain = re.sub("|".join(sorted((re.escape(n) for n in _names(used)), key=len, reverse=True)) or "$^", "", text)
    if (match := claims()["qualifying"].search(plain)) and match[0] not in ("上限", "封顶", "limit", "cap", "ceiling"):
        yield f"不能写“{match[0]}”，数额的性质由程序写"
    own = _own_words(text, used, state)
    if state.read.script == "english":
        rest = [w for w in re.findall(r"[^\W\d_]+(?:'[a-z]+)?", text) if w not in claims()["connect_english"] and w not in own]
        wrong = " ".join(rest)
    else:
        wrong = _uncovered(text, claims()["connect"] | own)
    if wrong:
        yield f"带数额或引文的句子里不要写“{wrong[:16]}”；只写如“可得{{{{r1}}}}，算法是……”的短句，别的另起一句"


def _own_words(text: str, used: list[Slot], state: State) -> frozenset[str]:
    """The words of a segment that name what its slots are about: the benefit, its recipient, its options, their aliases."""
    pack = state.policy
    own = ""
    for slot in used:
        clause = pack.document.clause(slot.clause)
        own += f"|{clause.title}" if clause is not None and slot.benefit is None else ""
        if slot.benefit is not None:
            chosen = [word for condition in slot.benefit.when for word in _words_of(condition, pack)]
            own += "|".join(["", slot.benefit.name, slot.benefit.to, slot.benefit.of, *slot.benefit.cues, *chosen])
            own += "".join(pack.english.get(word, "") + "|" for word in (slot.benefit.name, slot.benefit.to, slot.benefit.of))
    own = squeeze(fold(own)).text.lower()
    found = {text[m.start : m.end] for m in find_terms(pack, text) if m.term in own and not m.negated}
    pieces = {text[i:j] for i in range(len(text)) for j in range(i + 2, min(i + 13, len(text)) + 1) if text[i:j] in own}
    found |= pieces | set(re.findall(r"[^\W\d_]+", own))
    return frozenset(piece for piece in found if not piece.startswith(_NEVER_FIRST))


def _names(used: list[Slot]) -> set[str]:
    return {squeeze(fold(word)).text.lower() for s in used if s.benefit for word in (s.benefit.name, s.benefit.to) if word}


def _words_of(condition: Condition, pack: Pack) -> list[str]:
    """What people call a condition: its options and their words, or the words of a flag."""
    fact = pack.facts[condition.fact]
    if condition.options:
        return [word for option in condition.options for word in (option, *fact.options.get(option, ()))]
    return [fact.name, *fact.words] if condition.op == "is" else []


def _uncovered(text: str, known: frozenset[str]) -> str:
    """The first stretch of a text that known words, punctuation and slots do not make up; empty where they do."""
    longest = max(map(len, known), default=1)
    reached = [True] + [False] * len(text)
    for end in range(1, len(text) + 1):
        plain = not _NAME_WORD.match(text[end - 1]) or text[end - 1] == MARK
        reached[end] = (reached[end - 1] and plain) or any(
            reached[start] and text[start:end] in known for start in range(max(0, end - longest), end)
        )
    if reached[-1]:
        return ""
    last = max(i for i, ok in enumerate(reached) if ok)
    return text[last:].split(MARK)[0] or text[last:]


def _polarity(text: str, words: str, slots: Slots, base: Answer) -> Iterator[str]:
    """Words that say the contrary of the answer that they stand in."""
    outcomes = [outcome for finding in slots.state.findings for outcome in finding.outcomes]
    some_refused = any(outcome.status in ("not_eligible", "zero", "unstated") for outcome in outcomes)
    if base.totals and not some_refused and (match := claims()["refused"].search(text)):
        yield f"与结果相反：“{match[0]}”"
    if "- 更正：" in base.text and (match := claims()["affirming"].search(text)):
        yield f"程序已更正用户的话，不能写“{match[0].strip()}”"
    values = any(slot.kind in VALUES for name in names_in(words) if (slot := slots.get(name)))
    refused = base.outcome == "answer" and not base.totals and base.status in ("not_eligible", "zero")
    if refused or (base.outcome == "decline" and not values):
        for sentence, _ in _segments(text, _SENTENCE):
            match = claims()["entitled"].search(sentence)
            if match and not claims()["conditional"].search(sentence):
                yield f"与结果相反：“{match[0]}”"


def _quotes(words: str, slots: Slots) -> Iterator[str]:
    """Quotation marks around what neither the clauses at hand nor the user say."""
    known = _borne_by(words, slots)
    state = slots.state
    names = squeeze(fold(f"{state.policy.meta.name}{state.policy.meta.title}")).text
    if re.search('[“”"「」『』‘’《》]', _QUOTED.sub("", masked(words, MARK)).replace("R&D", "")):
        yield "引号没有成对，或引号里套了引号"
    for match in _QUOTED.finditer(masked(words, MARK)):
        quoted = squeeze(to_simplified(fold(match[1]))).text.lower().strip(MARK)
        if quoted and quoted.strip("，。！？；：、 ") not in (known.lower() + names.lower()):
            yield f"引号里的“{match[1][:20]}”不是所引条文的原文；引原文请用槽"


def _placed(words: str, slots: Slots) -> Iterator[str]:
    """A figure told of another clause, benefit or option than its own."""
    state = slots.state
    for sentence, names in _segments(words, _SENTENCE):
        filled = [slot for name in names if (slot := slots.get(name))]
        for index, slot in enumerate(filled):
            if slot.kind not in ("clause", "units", "quote") or not any(s.kind in VALUES for s in filled):
                continue
            near = next((s for s in filled[index + 1 :] if s.kind in VALUES), None)
            near = near or next((s for s in reversed(filled[:index]) if s.kind in VALUES), None)
            if near is not None and near.clause != slot.clause:
                yield f"{{{{{slot.name}}}}}是 {slot.clause}，{{{{{near.name}}}}}属于 {near.clause}，不能连在一起"
        del sentence
    for segment, names in _segments(words, _SEGMENT):
        values = [slot for name in names if (slot := slots.get(name)) and slot.kind in (*VALUES, "quote", "clause", "units")]
        if values:
            yield from _of_another(segment.replace(MARK, "，"), values, state)


def _of_another(segment: str, values: list[Slot], state: State) -> Iterator[str]:
    pack = state.policy
    reading = read_turn(segment, pack)
    if not reading.mentions:
        return
    clauses = {slot.clause for slot in values}
    named = [match for match in match_topics(reading, pack) if match.strong]
    if named and not any(match.topic.clause in clauses for match in named):
        yield f"这句话说的是 {named[0].topic.clause}，用的槽却属于 {'、'.join(sorted(clauses))}"
        return
    for slot in values:
        for condition in slot.benefit.when if slot.benefit else ():
            fact = pack.facts[condition.fact]
            if fact.type != "choice" or not condition.options:
                continue
            said = {option for option, terms in fact.options.items() if any(reading.has(term) for term in terms)}
            if said and not said & set(condition.options) and len(values) == 1:
                yield f"“{'、'.join(sorted(said))}”不是{{{{{slot.name}}}}}的条件（它是{'、'.join(condition.options)}）"
