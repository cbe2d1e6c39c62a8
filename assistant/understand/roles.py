"""Which fact a figure states: nearest words of the facts in question, with what people say in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.language import language
from assistant.understand.reading import Reading
from assistant.understand.terms import Mention
from corpus.figures import Figure
from corpus.schema import Fact

_LIMIT = 30.0  # a figure farther than this from any word of a fact has no role by its words
_RANK = 0.4  # a fact's words stand in the order of how sure they are
_NARROWER, _NARROWER_REACH = 5.0, 8  # 不良贷款1000万，其中本金800万: the part counts, not the whole
_CLEAR = 6.0  # nearer than this a word claims its figure
_COMMA, _STOP, _OTHER_FIGURE, _HEARSAY = 6.0, 12.0, 12.0, 20.0
_NOT_COUNTED = frozenset("年月天日期岁度倍次层届轮步")


@dataclass(frozen=True, slots=True)
class Said:
    """A figure with the fact it states and the choice option it belongs to.

    `cost` tells how near the words stand, `rank` which of the fact's words it was (the first says it best).
    """

    fact: str
    option: str
    figure: Figure
    cost: float
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Roles:
    """The figures of a turn by role: facts, sums that the asker expects, rates, numbers without a unit."""

    said: tuple[Said, ...] = ()
    expected: tuple[Figure, ...] = ()
    rates: tuple[Figure, ...] = ()
    unclear: tuple[Said, ...] = ()


def assign(
    reading: Reading,
    facts: Sequence[Fact],
    bases: Sequence[str],
    known: Mapping[str, Fact],
    *,
    asked: str = "",
    own_figures: frozenset[Fraction] = frozenset(),
) -> Roles:
    """The roles of a turn's figures.

    `facts` may take a figure (the first wins a tie), `bases` may take one that no word claims, `asked` is the fact of
    our last question, `own_figures` are the rules' own caps and thresholds.
    """
    said: list[Said] = []
    expected: list[Figure] = []
    unclear: list[Said] = []
    for figure in reading.figures:
        if figure.kind not in ("money", "count", "bare") or figure.vague:
            continue
        if figure.kind == "count" and figure.unit in _NOT_COUNTED:
            continue
        if _unit_price(reading.text, figure) or _other_one(reading.text, figure):
            continue
        suited = [fact for fact in facts if _suits(figure, fact)]
        best = min(((_cost(reading, figure, fact), index, fact) for index, fact in enumerate(suited)), default=None)
        if _is_expected(reading.text, figure) and not (best and best[0] < 1.5 and figure.value not in own_figures):
            expected.append(figure)
            continue
        choice: Fact | None = best[2] if best and best[0] <= _LIMIT else None
        if _claimed_elsewhere(reading, figure, choice, best[0] if best else _LIMIT, known):
            continue
        cost = best[0] if best and choice else _LIMIT
        if choice is None:
            choice = _default(figure, suited, bases, asked)
        if choice is None:
            continue
        if _shared(reading.text, figure):
            near = [fact for fact in suited if fact is not choice and _cost(reading, figure, fact) <= _LIMIT / 2]
            said += [Said(fact.name, _option(reading, figure, fact, known), figure, cost) for fact in near]
        entry = Said(choice.name, _option(reading, figure, choice, known), figure, cost, _rank(reading, figure, choice))
        if figure.kind == "bare" and choice.type == "money" and figure.value < 10_000:
            unclear.append(entry)
        else:
            said.append(entry)
    rates = tuple(figure for figure in reading.figures if figure.kind == "rate")
    return Roles(tuple(_prune(said, own_figures)), tuple(expected), rates, tuple(unclear) if not said else ())


def _suits(figure: Figure, fact: Fact) -> bool:
    if fact.type == "money":
        return figure.kind in ("money", "bare")
    if fact.type != "count":
        return False
    return figure.kind == "bare" or (figure.kind == "count" and figure.unit in (fact.unit, "个"))


def _cost(reading: Reading, figure: Figure, fact: Fact) -> float:
    costs = [
        _distance(reading, figure, mention) + _RANK * fact.words.index(word)
        for word in fact.words
        for mention in reading.mentions
        if mention.term == word
        or (mention.end - mention.start == len(word) and reading.text[mention.start : mention.end] == word)
    ]
    if fact.type == "count" and figure.kind == "count" and figure.unit == fact.unit:
        costs.append(_LIMIT - 1)
    elif figure.kind == "bare":
        costs = [cost + 2 for cost in costs]
    before = _sentence_before(reading.text, figure)
    hearsay = _HEARSAY if language().speech["other_speaker"].search(before) or _far_off(reading, before) else 0.0
    within = _NARROWER if "其中" in before[-_NARROWER_REACH:] else 0.0
    return min(costs, default=1000.0) + hearsay - within


def _rank(reading: Reading, figure: Figure, fact: Fact) -> int:
    """The place in the fact's list of the word that stands nearest to the figure."""
    near = [
        (_distance(reading, figure, mention) + _RANK * index, index)
        for index, word in enumerate(fact.words)
        for mention in reading.mentions
        if mention.term == word
    ]
    return min(near)[1] if near else len(fact.words)


def _far_off(reading: Reading, before: str) -> bool:
    """Whether a sentence speaks of one place among several figures of several sentences (a deal made elsewhere)."""
    sums = [figure for figure in reading.figures if figure.kind == "money"]
    return len(sums) > 1 and bool(language().places.search(before)) and not any(p in before for p in reading.home)


def _distance(reading: Reading, figure: Figure, mention: Mention) -> float:
    text = reading.text
    if mention.end <= figure.start:
        between, cost = text[mention.end : figure.start], 0.0
    elif figure.end <= mention.start:
        between, cost = text[figure.end : mention.start], 2.0 if text[figure.end : figure.end + 1] not in "的" else 0.5
    else:
        return 0.0
    cost += float(len(between))
    cost += _COMMA * sum(between.count(char) for char in "，,、:：") + _STOP * sum(between.count(c) for c in "。！？!?；;\n")
    lo, hi = min(mention.end, figure.end), max(mention.start, figure.start)
    crossed = sum(
        other.kind == figure.kind and lo <= other.start and other.end <= hi and other is not figure for other in reading.figures
    )
    return cost + _OTHER_FIGURE * crossed


def _sentence_before(text: str, figure: Figure) -> str:
    start = max(text.rfind(mark, 0, figure.start) for mark in "。！？!?；;\n") + 1
    return text[start : figure.start]


def _claimed_elsewhere(reading: Reading, figure: Figure, choice: Fact | None, cost: float, known: Mapping[str, Fact]) -> bool:
    """Whether a figure clearly states a fact of another subject (研发投入两千万 is no contract sum)."""
    rivals = [fact for fact in known.values() if _suits(figure, fact) and (choice is None or fact.name != choice.name)]
    words = set(choice.words) if choice else set()
    for fact in rivals:
        rival = _cost(reading, figure, fact)
        if rival < _CLEAR and rival + _CLEAR < cost and not words & set(fact.words):
            return True
    return False


def _shared(text: str, figure: Figure) -> bool:
    """Whether one figure is said of several things: 甲和乙都是400万."""
    return any(word in text[max(0, figure.start - 3) : figure.start] for word in "都均")


def _other_one(text: str, figure: Figure) -> bool:
    """另外一种, 每一种 and 这一家 point, they do not count."""
    return figure.kind == "count" and bool(language().speech["other_one"].search(text[max(0, figure.start - 4) : figure.start]))


def _unit_price(text: str, figure: Figure) -> bool:
    """每家10万 and 每培育1家 are prices, not facts."""
    before = text[max(0, figure.start - 6) : figure.start]
    return "每" in before and not any(mark in before[before.rindex("每") :] for mark in "，,。；;年")


def _is_expected(text: str, figure: Figure) -> bool:
    """Whether a figure is a sum that the asker expects or heard of: 上限是150万, 补1000万, 500万到手."""
    if figure.kind != "money":
        return False
    speech = language().speech
    before, after = text[max(0, figure.start - 10) : figure.start], text[figure.end : figure.end + 6]
    return bool(
        speech["award_before"].search(before) or speech["award_after"].search(after) or speech["threshold_before"].search(before)
    )


def _default(figure: Figure, suited: Sequence[Fact], bases: Sequence[str], asked: str) -> Fact | None:
    """A figure that no word claims states the fact that was asked for, or the only one that can take it."""
    by_name = {fact.name: fact for fact in suited}
    if asked in by_name:
        return by_name[asked]
    free = [name for name in bases if name in by_name]
    groups = {by_name[name].group or name for name in free}
    return by_name[free[0]] if len(groups) == 1 and figure.kind != "bare" else None


def _option(reading: Reading, figure: Figure, fact: Fact, known: Mapping[str, Fact]) -> str:
    """The option of the fact's `by` choice that stands nearest to the figure in its sentence."""
    if not fact.by:
        return ""
    best: tuple[float, str] | None = None
    for option, words in known[fact.by].options.items():
        for mention in reading.mentions:
            if mention.term in words and not mention.negated:
                cost = _distance(reading, figure, mention)
                if best is None or cost < best[0]:
                    best = (cost, option)
    return best[1] if best is not None and best[0] <= _LIMIT else ""


def _prune(said: list[Said], own_figures: frozenset[Fraction]) -> list[Said]:
    """Drop figures that repeat a rule's own cap or threshold where the fact has another figure."""
    kept = []
    for entry in said:
        rivals = [other for other in said if other.fact == entry.fact and other is not entry]
        if entry.figure.value in own_figures and any(
            r.figure.value not in own_figures and r.cost <= entry.cost + 4 for r in rivals
        ):
            continue
        kept.append(entry)
    return kept
