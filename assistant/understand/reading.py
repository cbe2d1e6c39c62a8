"""One turn as read: its terms, figures, ways of asking, places and manipulation."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from assistant.language import language
from assistant.understand.headings import clause_under_heading
from assistant.understand.script import Script, normalise, script_of
from assistant.understand.terms import Mention, find_terms
from corpus.figures import Figure, scan
from corpus.numerals import read_numeral
from corpus.schema import Pack
from corpus.text import fold, squeeze

_COUNT_WORD = re.compile("[家个种项台件份笔款户条]")
_STOP = re.compile("[。！？!?；;\n]")
_DECLARED_UNIT = re.compile(
    r"(?:金额|计量|表头)?单位(?:是|为|都是|用的?是?|[:：])?\s*[(（“”'‘「\x22]*([百千万亿]{0,2})元|[额款值价费金入\d]\s*[(（]([百千万亿]{1,2})元[)）]"
    r"|单位(?:都?是|为)?[:：]?([百千万亿]{1,2})(?=[，,。；;)）]|$)|(?:按|以|用)?([百千万亿]{1,2})元(?:口径|为单位|记账|记的|记|计价|来记)"
)
MAX_FIGURES = 30  # nobody states more in a turn, and each is weighed against the others
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*|[。！？!?；;\n]+")
_SECTION_REF = re.compile(
    r"第\s*([一二三四五六七八九十\d]{1,3})\s*(?:部分|大项|章)(?:的?第?\s*[(]?([一二三四五六七八九十\d]{1,3})[)]?\s*(?:点|项|节|条|款)?)?"
)
_CLAUSE_REF = re.compile(
    r"第\s*((?:\d\s*){1,3}|[一二三四五六七八九十百]{1,5})\s*(?:条|项|款)|(?<![\d.])(\d{1,2}(?:\.\d{1,2}){1,2})(?![\d.]*\s?(?:[%‰万亿元w\d家个]|million|billion|percent|yuan|rmb|m\b|bn\b))|(?:^|[^\d.])(\d{1,3})\s*条(?!产业|生产|线)|(?:^|[，,。;；\s])([一二三四五六七八九十]{1,3})条(?!产业|生产|线|措施|意见|建议|政策|龙)|(?:article|clause|item)\s*(\d{1,3}(?:\.\d{1,2})*)"
)
_QUOTED = re.compile("[“\"「『‘'《]([^“”\"「」『』‘’'《》]{2,60})[”\"」』’'》]")
_ENGLISH_REF = re.compile(r"(?:article|clause|item)\s*\d{1,3}(?:\.\d{1,2})*")


@dataclass(frozen=True, slots=True)
class Reading:
    """A user's turn, understood word by word; offsets are into `text`."""

    raw: str
    text: str
    script: Script
    mentions: tuple[Mention, ...]
    figures: tuple[Figure, ...]
    asks: frozenset[str]
    clause_refs: tuple[str, ...]
    places: tuple[str, ...]
    manipulated: bool
    own: bool
    home: tuple[str, ...] = ()
    items: tuple[tuple[int, int], ...] = ()
    quotes: tuple[tuple[int, int], ...] = ()
    unsaid: tuple[Mention, ...] = ()

    def has(self, term: str) -> bool:
        """Whether a term is mentioned and not denied."""
        return any(mention.term == term and not mention.negated for mention in self.mentions)


@lru_cache(maxsize=8)
def _folded(_content: str, source: str) -> str:
    return squeeze(fold(source)).text.lower()


def folded_source(pack: Pack) -> str:
    """The pack's source as a normalised question would quote it."""
    return _folded(pack.content_hash, pack.document.source)


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of a text's sentences."""
    return [match.span() for match in _SENTENCE.finditer(text)]


def read_turn(message: str, pack: Pack) -> Reading:
    """What a message says, in the terms of a pack.

    Sentences that try to steer the engine are blanked before anything else is read: their figures are not facts.
    """
    rules = language()
    text = normalise(message)
    manipulated = False
    kept = []
    for start, end in sentences(text):
        sentence = text[start:end]
        if rules.speech["manipulation"].search(sentence):
            manipulated = True
            sentence = _honest_part(sentence)
        kept.append(sentence)
    text = rules.speech["courtesy"].blank("".join(kept))
    given_up = max((m.end() for m in rules.speech["never_mind"].finditer(text)), default=0)
    text = " " * given_up + text[given_up:]
    marks = _enumerators(text)
    items = tuple(zip([m.start() for m in marks], [*(m.start() for m in marks[1:]), len(text)], strict=False))
    marks += _ENGLISH_REF.finditer(text)
    figures = [f for f in scan(text) if not any(m.start() <= f.start and f.end <= m.end() for m in marks)]
    terms = [m for m in find_terms(pack, text) if not _outward(text, m, pack)]
    return Reading(
        raw=message,
        text=text,
        script=script_of(message),
        mentions=tuple(m for m in terms if not m.unsaid),
        unsaid=tuple(m for m in terms if m.unsaid),
        figures=_in_declared_unit(tuple(figures), text)[:MAX_FIGURES],
        asks=frozenset(name for name, pattern in rules.intents.items() if pattern.search(text)),
        clause_refs=_clause_refs(text) + ((under,) if (under := clause_under_heading(pack, text)) else ()),
        places=tuple(dict.fromkeys(match[0] for match in rules.places.finditer(text))),
        manipulated=manipulated,
        home=tuple(word.lower() for word in pack.meta.selects),
        items=items,
        quotes=tuple(m.span(1) for m in _QUOTED.finditer(text) if squeeze(m[1]).text in folded_source(pack)),
        own=bool(rules.speech["first_person"].search(text) or rules.speech["own_story"].search(text)),
    )


def _enumerators(text: str) -> list[re.Match[str]]:
    """The marks of an enumeration that counts up from one: ①②, 一，二，, (1)(2); none where there is no such series."""
    found: list[re.Match[str]] = []
    for match in language().speech["enumerator"].finditer(text):
        digits = re.search(r"[1-9一二三四五]", match[0])
        value = read_numeral(digits[0]) if digits else None
        if value == len(found) + 1:
            found.append(match)
    return found if len(found) > 1 else []


def of_item(reading: Reading, spans: Iterable[tuple[int, int]]) -> Reading:
    """The reading without the items of an enumeration that the spans do not touch; blanks keep the offsets."""
    spans = list(spans)
    touched = {item: sum(start < item[1] and item[0] < end for start, end in spans) for item in reading.items}
    mine = [item for item, count in touched.items() if count and 2 * count > max(touched.values())]
    if not mine or len(mine) == len(reading.items):
        return reading
    text = reading.text
    for start, end in reading.items:
        if (start, end) not in mine:
            stop = (
                max((m.end() for m in _STOP.finditer(text, start, end)), default=end)
                if (start, end) == reading.items[-1]
                else end
            )
            text = text[:start] + " " * (stop - start) + text[stop:]
    return replace(
        reading,
        text=text,
        mentions=tuple(m for m in reading.mentions if text[m.start : m.end].strip()),
        figures=tuple(f for f in reading.figures if text[f.start : f.end].strip()),
    )


def _outward(text: str, mention: Mention, pack: Pack) -> bool:
    """Whether a word of moving leads away: 搬到西安 is no moving in."""
    rules = language()
    if not rules.speech["moving"].search(text[mention.start : mention.end]):
        return False
    target = rules.places.match(text, mention.end)
    return (
        target is not None
        and target[0] not in [word.lower() for word in pack.meta.selects]
        and target[0] not in pack.document.source
    )


def _in_declared_unit(figures: tuple[Figure, ...], text: str) -> tuple[Figure, ...]:
    """The figures with the unit of a table's head: 单位是亿元，填0.076."""
    declared = _DECLARED_UNIT.search(text)
    if declared is None:
        return figures
    unit = next((group for group in declared.groups() if group), "")
    scale = read_numeral("1" + unit) if unit else Fraction(1)
    assert scale is not None
    return tuple(
        replace(f, kind="money", unit="元", low=f.low * scale, high=f.high * scale)
        if f.kind == "bare" and (f.start >= declared.end() or (unit and not _COUNT_WORD.match(text, f.end)))
        else f
        for f in figures
    )


def _honest_part(sentence: str) -> str:
    """The clauses of a sentence that carry no manipulation; blanks for the others, so that offsets stay."""
    pattern = language().speech["manipulation"]
    parts = re.split(r"([，,:：])", sentence)
    return "".join(" " * len(part) if pattern.search(part) else part for part in parts)


def _clause_refs(text: str) -> tuple[str, ...]:
    """The clauses that a text names: 第16条, 2.5.16, 第三部分（二）."""
    sections = []
    for match in _SECTION_REF.finditer(text):
        numbers = [read_numeral(part) for part in match.groups() if part]
        if len(numbers) > 1:  # a chapter alone names no clause
            sections.append(".".join(str(int(number)) for number in numbers if number is not None))
    found = list(_CLAUSE_REF.finditer(text))
    counted = [match for match in found if match[0].endswith(("款", "项"))]
    if len(counted) > 1 and _clause_number(counted[0]) == "1":
        found = [match for match in found if match not in counted]  # 第一款…第二款 count products
    return tuple(dict.fromkeys([*sections, *(_clause_number(match) for match in found)]))


def _clause_number(match: re.Match[str]) -> str:
    raw = next(group for group in match.groups() if group)
    value = read_numeral(re.sub(r"\s", "", raw))
    return raw if "." in raw or value is None else str(int(value))
