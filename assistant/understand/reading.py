"""One turn as read: its terms, figures, ways of asking, places and manipulation."""

import re
from dataclasses import dataclass

from assistant.language import language
from assistant.understand.script import Script, normalise, script_of
from assistant.understand.terms import Mention, vocabulary
from corpus.figures import Figure, scan
from corpus.numerals import read_numeral
from corpus.schema import Pack

MAX_FIGURES = 30  # nobody states more in a turn, and each is weighed against the others
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*|[。！？!?；;\n]+")
_SECTION_REF = re.compile(
    r"第\s*([一二三四五六七八九十\d]{1,3})\s*(?:部分|大项|章)(?:的?第?\s*[(]?([一二三四五六七八九十\d]{1,3})[)]?\s*(?:点|项|节|条|款)?)?"
)
_CLAUSE_REF = re.compile(
    r"第\s*((?:\d\s*){1,3}|[一二三四五六七八九十百]{1,5})\s*(?:条|项|款)|(?<![\d.])(\d{1,2}(?:\.\d{1,2}){1,2})(?![\d.]*[%‰万亿元w\d家个])|(?:^|[^\d.])(\d{1,3})\s*条(?!产业|生产|线)|(?:article|clause|item)\s*(\d{1,3}(?:\.\d{1,2})*)"
)


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

    def has(self, term: str) -> bool:
        """Whether a term is mentioned and not denied."""
        return any(mention.term == term and not mention.negated for mention in self.mentions)


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
    text = "".join(kept)
    return Reading(
        raw=message,
        text=text,
        script=script_of(message),
        mentions=vocabulary(pack).find(text),
        figures=scan(text)[:MAX_FIGURES],
        asks=frozenset(name for name, pattern in rules.intents.items() if pattern.search(text)),
        clause_refs=_clause_refs(text),
        places=tuple(dict.fromkeys(match[0] for match in rules.places.finditer(text))),
        manipulated=manipulated,
        home=tuple(word.lower() for word in pack.meta.selects),
        own=bool(rules.speech["first_person"].search(text) or rules.speech["own_story"].search(text)),
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
        sections.append(".".join(str(int(number)) for number in numbers if number is not None))
    return tuple(dict.fromkeys([*sections, *(_clause_number(match) for match in _CLAUSE_REF.finditer(text))]))


def _clause_number(match: re.Match[str]) -> str:
    raw = next(group for group in match.groups() if group)
    value = read_numeral(re.sub(r"\s", "", raw))
    return raw if "." in raw or value is None else str(int(value))
