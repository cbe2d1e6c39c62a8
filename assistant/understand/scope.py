"""Which policy a message means, and what in it lies outside that policy."""

import re
from collections.abc import Mapping, Sequence

from assistant.language import language
from assistant.state import Conversation, Scope
from assistant.understand.reading import Reading
from assistant.understand.script import normalise
from assistant.understand.topics import Match
from corpus.schema import Meta, Pack

SEGMENT = re.compile(r"[^，。！？；,!?;\n]+[，。！？；,!?;\n]*")
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
        outside=_outside(reading, pack),
        procedure="procedure" in reading.asks,
        definition="definition" in reading.asks,
        manipulated=reading.manipulated,
    )


def _elsewhere(reading: Reading, pack: Pack, matches: Sequence[Match]) -> str:
    """Another place whose policy is asked for; not one that the source names, nor the seat of a partner."""
    if any(
        "@elsewhere" in pack.facts[c.fact].denied for m in matches for b in m.topic.benefits for c in pack.benefits[b].premises
    ):
        return ""
    if language().speech["moving"].search(reading.text):
        return ""
    for place in reading.places:
        if place in pack.document.source or place in (word.lower() for word in pack.meta.selects):
            continue
        if language().speech["there"].search(reading.text):
            return place
        at = reading.text.find(place)
        if _COUNTERPART.match(reading.text[at + len(place) :]):
            continue
        return place
    return ""


def _outside(reading: Reading, pack: Pack) -> tuple[str, ...]:
    """Subjects of enterprise support that the message asks about and the pack has no word for."""
    rules = language()
    known = pack.document.source + " ".join(alias for aliases in pack.glossary.values() for alias in aliases)
    later = rules.speech["later_edition"].search(reading.text)
    found: list[str] = [later[0]] if later else []
    segments = [(m.start(), m.end()) for m in SEGMENT.finditer(reading.text)]
    for index, (start, end) in enumerate(segments):
        segment = reading.text[start:end]
        for pattern in rules.subjects.values():
            hit = pattern.search(segment)
            if hit is None or pattern.search(known):
                continue
            following = reading.text[start : segments[index + 1][1]] if index + 1 < len(segments) else segment
            if rules.speech["question"].search(following):
                found.append(hit[0])
    return tuple(dict.fromkeys(found))


def shares_segment(reading: Reading, word: str, match: Match) -> bool:
    """Whether all of a topic's words stand in one segment with an outside subject."""
    segments = [segment for segment in SEGMENT.finditer(reading.text) if word in segment[0]]
    return bool(match.spans) and all(
        any(start < segment.end() and segment.start() < end for segment in segments) for start, end in match.spans
    )
