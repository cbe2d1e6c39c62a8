"""Which policy a message means, and what in it lies outside that policy."""

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.language import language
from assistant.state import Conversation, Scope
from assistant.understand.hints import based_in
from assistant.understand.reading import Reading, sentences
from assistant.understand.script import normalise
from assistant.understand.signs import gap_share
from assistant.understand.topics import Match
from corpus.schema import Meta, Pack

# a blank before a word that opens another question parts like a comma
_GAP = r"(?<=[\u4e00-\u9fff]) (?=还有|另外|再问|再帮|顺便|又问|还问|以及|同时|对了|还想)"
SEGMENT = re.compile(rf"(?:(?!{_GAP})[^，。！？；,!?;\n])+(?:[，。！？；,!?;\n]|{_GAP})*")
_COUNTERPART = re.compile(
    r"^(?:市|省)?(?:的)?(?:一家|某|另一家|那家|几家)?(?:企业|公司|客户|厂|买|大学|学院|工厂|研究|高校|院|理工|科技大|科大|师范|交大|交通大学)"
)


def choose_pack(message: str, metas: Mapping[str, Meta], default: str, conversation: Conversation) -> str:
    """The pack that a place, a title or an id in the message selects; else the conversation's, else the default."""
    text = normalise(message)
    for pack_id, meta in metas.items():
        named = pack_id in text or any(word.lower() in text for word in meta.selects)
        if named and (conversation.pack_id in ("", pack_id) or not _mere_counterpart(text, meta)):
            return pack_id
    return conversation.pack_id or default


def _mere_counterpart(text: str, meta: Meta) -> bool:
    return all(_COUNTERPART.match(text[m.end() :]) for word in meta.selects for m in re.finditer(re.escape(word.lower()), text))


def find_scope(reading: Reading, pack: Pack, matches: Sequence[Match]) -> Scope:
    """What of a message the document does not cover, whatever its clauses say."""
    return Scope(
        elsewhere=_elsewhere(reading, pack, matches),
        outside=outside_words(reading, pack, matches),
        procedure=_asks_for(reading, "procedure"),
        definition=_asks_for(reading, "definition"),
        manipulated=reading.manipulated,
        gap=gap_share(reading),
    )


def _asks_for(reading: Reading, intent: str) -> bool:
    """Whether a message asks for something, not only mentions it: 划型表上写得清楚，能补吗 asks for no definition."""
    if intent not in reading.asks:
        return False
    pattern, question = language().intents[intent], language().speech["question"]
    segments = SEGMENT.findall(reading.text)
    wording = language().intents["wording"]  # “含”指的是哪一头 asks for the text's words, not for a definition
    hits = [i for i, s in enumerate(segments) if pattern.search(s) and not (intent == "definition" and wording.search(s))]
    if not hits and any(wording.search(segment) for segment in segments):
        return False
    statement = language().speech["statement"]
    if not hits:
        return True
    if not any(question.search(segment) for segment in segments):
        return not all(statement.search(segments[index]) for index in hits)
    return any(question.search("".join(segments[index : index + 2])) or not statement.search(segments[index]) for index in hits)


def _elsewhere(reading: Reading, pack: Pack, matches: Sequence[Match]) -> str:
    """Another place whose policy is asked for; not one that the source names, nor the seat of a partner."""
    away = [p for p in reading.places if not _is_home(p, pack)]
    for place in away:
        at = reading.text.find(place)
        if re.match("市?的?(?:办法|政策|标准|规定|文件|细则)", reading.text[reading.text.rfind(place) + len(place) :]):
            return place
        moved = language().speech["moving"].search(reading.text)
        if (language().speech["there"].search(reading.text) and not moved) or language().speech["leaving"].search(
            reading.text[:at]
        ):
            return place
    conditions = [c for m in matches for b in m.topic.benefits for c in pack.benefits[b].premises]
    signs = {sign for c in conditions for sign in pack.facts[c.fact].denied}
    if "@elsewhere" in signs or ("@based_elsewhere" in signs and any(based_in(reading.text, place) for place in away)):
        return ""
    if language().speech["moving"].search(reading.text):
        return ""
    for place in away:
        at = reading.text.find(place)
        lead = re.split("[，,。；;！？!?]", reading.text[:at])[-1].strip()
        bracketed = reading.text[at - 1 : at] in ("(", "（") and reading.text[at + len(place) :][:1] in (")", "）")
        if bracketed and re.search(r"\w", reading.text[max(at - 2, 0) : at - 1]):
            continue  # 哈工大（威海）is a name
        if _COUNTERPART.match(reading.text[at + len(place) :]) and (lead or reading.own):
            continue
        if matches and not _asked_of(reading.text, at) and not based_in(reading.text, place):
            continue  # 去杭州看展 is a story
        return place
    return ""


def _asked_of(text: str, at: int) -> bool:
    """Whether the sentence that holds a place asks something."""
    return any(language().speech["question"].search(text[start:end]) for start, end in sentences(text) if start <= at < end)


def _is_home(place: str, pack: Pack) -> bool:
    return place in pack.document.source or place in (word.lower() for word in pack.meta.selects)


def outside_words(reading: Reading, pack: Pack, matches: Sequence[Match] = ()) -> tuple[str, ...]:
    """Subjects of enterprise support that the message asks about and the pack has no word for."""
    rules = language()
    later = rules.speech["later_edition"].search(reading.text)
    found: list[str] = [later[0]] if later else []
    segments = [(m.start(), m.end()) for m in SEGMENT.finditer(reading.text)]
    for index, (start, end) in enumerate(segments):
        segment = reading.text[start:end]
        for pattern in rules.subjects.values():
            hit = pattern.search(segment)
            if hit is None or pattern.search(pack.document.source):
                continue
            if any(m.start <= start + hit.start() and start + hit.end() <= m.end for m in reading.mentions):
                continue  # the pack has a word for it
            if any(a < start + hit.end() and start + hit.start() < b for m in matches if m.strong for a, b in m.spans):
                continue  # 上市奖励 is asked of the clause on listing
            if any(hit[0][:2] in m.topic.strong for m in matches if m.strong):
                continue
            following = reading.text[start : segments[index + 1][1]] if index + 1 < len(segments) else segment
            if rules.speech["question"].search(following):
                found.append(hit[0])
    return tuple(dict.fromkeys(found))


def touches(segment: re.Match[str], spans: Iterable[tuple[int, int]]) -> bool:
    """Whether any of the spans overlaps a segment of the message."""
    return any(start < segment.end() and segment.start() < end for start, end in spans)


def shares_segment(reading: Reading, word: str, match: Match) -> bool:
    """Whether all of a topic's words stand in one segment with an outside subject."""
    segments = [segment for segment in SEGMENT.finditer(reading.text) if word in segment[0]]
    return bool(match.spans) and all(any(touches(segment, [span]) for segment in segments) for span in match.spans)


def is_setting(reading: Reading, outside: Sequence[str], match: Match) -> bool:
    """Whether a topic is only the setting of what is asked: 孵化器里租的办公室，房租减免多少."""
    question = language().speech["question"]
    sums = [language().intents[name] for name in ("amount", "rate", "cap", "highest")]
    strange = False  # a question belongs to what was spoken of last
    for segment in SEGMENT.finditer(reading.text):
        if any(word in segment[0] for word in outside):
            strange = True
        elif touches(segment, match.spans):
            strange = False
        if not strange and any(pattern.search(segment[0]) for pattern in (question, *sums)):
            return False
    return bool(match.spans)
