"""Why a figure cannot be taken for the fact that it seems to state: another currency, an increase, a share, interest in it."""

import re
from collections.abc import Mapping, Sequence

from assistant.language import language
from assistant.understand.counted import is_beware
from assistant.understand.hints import Doubt, is_foreign, is_increment, is_new_level, is_relative, year_of
from assistant.understand.hints import before as before_words
from assistant.understand.reading import Reading
from assistant.understand.together import PAST_YEARS, THIS_YEAR, Said, Unsure
from corpus.figures import Figure
from corpus.schema import Fact

_BARE = 10_000  # a smaller number without a unit may be yuan or 万元
_SENTENCE_MARK = re.compile("[。；;！？!?\\n]")


def doubt_of(reading: Reading, figure: Figure, fact: Fact) -> Doubt | None:
    """Why a figure cannot be taken for a fact as it stands."""
    text = reading.text
    if is_foreign(text, figure):
        return "currency"
    if fact.type == "money" and figure.kind == "bare" and figure.value < _BARE:
        return "unit"
    if is_beware(reading, figure, fact):
        return "target"
    if fact.minus and language().speech["over_last_year"].search(before_words(text, figure, 14)):
        return "target"  # more than last year is not more than the target
    grows = any(language().speech["growth"].search(word) for word in fact.words)
    if grows and (is_new_level(text, figure) or _is_level(reading, figure)):
        return "increment"
    if not grows and fact.type == "money" and is_increment(text, figure):
        return "increment"
    shares = [rate for rate in reading.figures if rate.kind == "rate" and is_relative(text, rate)]
    if fact.type == "money" and any(not _SENTENCE_MARK.search(_between(text, rate, figure)) for rate in shares):
        return "share"
    return None


def _is_level(reading: Reading, figure: Figure) -> bool:
    """Whether a figure is this year's level beside last year's, which is no growth: 去年产值1.2亿，今年1.48亿."""
    if (
        language().speech["growth"].search(before_words(reading.text, figure, 8))
        or year_of(reading.text, figure) not in THIS_YEAR
    ):
        return False
    return any(f.kind == figure.kind and year_of(reading.text, f) in PAST_YEARS for f in reading.figures if f is not figure)


def gross(reading: Reading, said: Sequence[Said], known: Mapping[str, Fact]) -> list[Unsure]:
    """Sums that hold something that does not count, of which nobody said how much: 不良本息合计528万."""
    found = []
    for entry in said:
        fact = known[entry.fact]
        named = any(word in before_words(reading.text, entry.figure, 10) for word in fact.gross)
        if named and not any(other.fact in fact.excludes for other in said):
            found.append(Unsure(entry.fact, (entry.figure,), "target"))
    return found


def more_than_whole(said: Sequence[Said], known: Mapping[str, Fact]) -> list[Unsure]:
    """A rest that is more than its whole: lent 500万, and 800万 of it lost."""
    values = {entry.fact: entry.figure.value for entry in said}
    wholes = {e.fact: known[e.fact].minus[0] for e in said if known[e.fact].type == "money" and known[e.fact].minus}
    wrong = [fact for fact, whole in wholes.items() if whole in values and values[fact] > values[whole] > 0]
    return [Unsure(entry.fact, (entry.figure,), "target") for entry in said if entry.fact in wrong]


def _between(text: str, one: Figure, other: Figure) -> str:
    return text[min(one.end, other.end) : max(one.start, other.start)]
