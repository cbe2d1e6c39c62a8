"""How near a figure stands to the words of a fact, and to the options of a choice."""

import re
from collections.abc import Mapping

from assistant.language import language
from assistant.understand.hints import before, is_part, is_whole
from assistant.understand.reading import Reading
from assistant.understand.terms import Mention
from assistant.understand.topics import phrase_spans
from corpus.figures import Figure
from corpus.schema import Fact

_LIST_GLUE = re.compile("(?:元|的)?[、，,和]?(?:(?:另|又|再)?一|另|第?[二两三四])?[个份单笔台件批款张家]?")
_SAME_UNIT = {"家": "户"}  # firms are counted with both
LIMIT = 30.0  # a figure farther than this from any word of a fact has no role by its words
_RANK = 0.4  # a fact's words stand in the order of how sure they are
_NARROWER = 5.0
CLEAR = 6.0  # nearer than this a word claims its figure
_ASIDE = 8.0  # a word in brackets is an aside
_LATIN_LETTER = 0.4  # a letter tells less than a character
_COMMA, _STOP, _OTHER_FIGURE, _HEARSAY = 6.0, 12.0, 12.0, 20.0


def suits(figure: Figure, fact: Fact) -> bool:
    """Whether a figure can state a fact: money for money, a count in the fact's unit."""
    if fact.type == "money":
        return figure.kind in ("money", "bare")
    if fact.type != "count":
        return False
    if figure.kind == "bare":
        return not fact.jointly  # for each of the three
    return figure.kind == "count" and figure.unit in (fact.unit, "个", _SAME_UNIT.get(fact.unit))


def cost_of(reading: Reading, figure: Figure, fact: Fact) -> float:
    """How far a figure stands from the nearest word of a fact; small is near, 1000 is without any word."""
    costs = [_distance(reading, figure, m) for words in fact.split.values() for m in reading.mentions if m.term in words]
    costs += [
        _distance(reading, figure, mention) + _RANK * fact.words.index(word)
        for word in fact.words
        for mention in reading.mentions
        if not _is_ratio(reading.text, mention)
        if mention.term == word
        or (mention.end - mention.start == len(word) and reading.text[mention.start : mention.end] == word)
    ]
    if fact.type == "count" and figure.kind == "count" and figure.unit == fact.unit:
        costs.append(LIMIT - 1)
    elif figure.kind == "bare":
        costs = [cost + 2 for cost in costs]
    if figure.kind == "count" and figure.unit not in (fact.unit, "") and min(costs, default=1000.0) > CLEAR:
        return 1000.0  # 两个 counts kinds of vouchers only beside the word
    lead = before(reading.text, figure, 200)
    hearsay = _HEARSAY if language().speech["other_speaker"].search(lead) or _far_off(reading, lead) else 0.0
    part = _NARROWER if is_part(reading.text, figure) else 0.0
    return min(costs, default=1000.0) + hearsay - part


def _is_ratio(text: str, mention: Mention) -> bool:
    """研发投入占比4% names a ratio: the sum beside it is not 研发投入."""
    return bool(language().speech["ratio_of"].match(text[mention.end : mention.end + 8]))


def rank_of(reading: Reading, figure: Figure, fact: Fact) -> int:
    """The place in the fact's list of the word that stands nearest to the figure; a part (其中) ranks first."""
    if is_part(reading.text, figure):
        return -1
    near = [
        (_distance(reading, figure, mention) + _RANK * index, index)
        for index, word in enumerate(fact.words)
        for mention in reading.mentions
        if mention.term == word
    ]
    return min(near)[1] if near else len(fact.words)


def _far_off(reading: Reading, lead: str) -> bool:
    """Whether a sentence speaks of one place among several figures of several sentences (a deal made elsewhere)."""
    sums = [figure for figure in reading.figures if figure.kind == "money"]
    return len(sums) > 1 and bool(language().places.search(lead)) and not any(p in lead for p in reading.home)


def listed(text: str, first: Figure, second: Figure) -> bool:
    """Whether two figures stand in one list: 200万 和 350万."""
    between = text[min(first.end, second.end) : max(first.start, second.start)]
    return bool(_LIST_GLUE.fullmatch(between.strip(" 、和及与,，跟还有")))


def _distance(reading: Reading, figure: Figure, mention: Mention) -> float:
    text = reading.text
    if mention.end <= figure.start:
        between, cost = text[mention.end : figure.start], 0.0
    elif figure.end <= mention.start:
        between, cost = text[figure.end : mention.start], 2.0 if text[figure.end : figure.end + 1] not in "的" else 0.5
    else:
        return 0.0
    between = re.sub(r"\([^()]*\)", "", between)  # what stands in brackets is no distance
    cost += _ASIDE if _in_brackets(text, mention) and not _in_brackets(text, figure) else 0.0
    cost += len(between) * (_LATIN_LETTER if reading.script == "english" else 1.0)
    cost += _COMMA * sum(between.count(char) for char in "，,、:：") + _STOP * sum(between.count(c) for c in "。！？!?；;\n")
    lo, hi = min(mention.end, figure.end), max(mention.start, figure.start)
    crossed = sum(
        other.kind == figure.kind and lo <= other.start and other.end <= hi and not listed(text, other, figure)
        for other in reading.figures
        if other is not figure
    )
    return cost + _OTHER_FIGURE * crossed


def beside(reading: Reading, figure: Figure, fact: Fact) -> str:
    """The most telling option of a count that stands in one breath with its figure: 两家规上，一家规下."""
    marks = "，,、。；;!！?？\n"
    begin = max(reading.text.rfind(mark, 0, figure.start) for mark in marks) + 1
    end = min((at for mark in marks if (at := reading.text.find(mark, figure.end)) >= 0), default=len(reading.text))
    here = [m for m in reading.mentions if begin <= m.start < end and not m.negated]
    counted = {m.term for m in here if m.start == figure.end}  # 一个孵化器一个众创空间
    found = [option for option, words in fact.split.items() if any(m.term in words for m in here)]
    return next((option for option in found if counted & set(fact.split[option])), found[0] if found else "")


def _sentence_of(text: str, figure: Figure) -> tuple[int, int]:
    """The span of the sentence that holds a figure; a semicolon ends one too."""
    start = max(text.rfind(mark, 0, figure.start) for mark in "。！？!?；;\n") + 1
    stop = min((at for mark in "。！？!?；;\n" if (at := text.find(mark, figure.end)) >= 0), default=len(text))
    return start, stop


def _in_brackets(text: str, place: Mention | Figure) -> bool:
    return text.rfind("(", 0, place.start) > text.rfind(")", 0, place.start)


def option_of(reading: Reading, figure: Figure, fact: Fact, known: Mapping[str, Fact]) -> str:
    """The option of the fact's `by` choice that stands nearest to the figure in its sentence.

    Two options in one breath before a single sum are both meant, and a whole is of all: "" stands for all.
    """
    if fact.split:
        return beside(reading, figure, fact)
    if not fact.by:
        return ""
    costs: dict[str, float] = {}
    start, stop = _sentence_of(reading.text, figure)
    here = {w for m in reading.mentions if start <= m.start < stop and not m.negated for w in (m.term,)}
    options = known[fact.by].options
    local = {option: words for option, words in options.items() if here & {part for w in words for part in w.split(" + ")}}
    for option, words in (local or options).items():
        places = [m for m in reading.mentions if not m.negated and m.term in words]
        places += [
            m
            for word in words
            if " + " in word
            for m in reading.mentions
            if (m.start, m.end) in phrase_spans(word, reading.mentions)
        ]
        if places:
            costs[option] = min(_distance(reading, figure, mention) for mention in places)
    near = {option: cost for option, cost in costs.items() if cost <= LIMIT}
    sums = [other for other in reading.figures if other.kind == "money"]
    if fact.first in near and len(sums) == 1:
        return fact.first
    if len(near) > 1 and (
        is_whole(reading.text, figure) or (len(sums) == 1 and language().speech["same_base"].search(reading.text))
    ):
        return ""
    if len(sums) == 1 and len(near) > 1 and max(near.values()) < CLEAR + min(near.values()):
        return ""
    return min(near, key=lambda option: near[option]) if near else ""
