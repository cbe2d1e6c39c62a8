"""Which fact a figure states: nearest words of the facts in question, with what people say in between."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction

from assistant.language import language
from assistant.understand.counted import is_beware, miscounted
from assistant.understand.doubts import doubt_of, gross, more_than_whole
from assistant.understand.hints import (
    after,
    bound,
    is_denied,
    is_hoped_for,
    is_net,
    is_of_years,
    is_others,
    is_part,
    is_price,
    is_relative,
    is_shared,
    is_short,
    is_taken_off,
    is_threshold,
    year_of,
)
from assistant.understand.hints import before as before_words
from assistant.understand.nearness import CLEAR, LIMIT, beside, cost_of, option_of, rank_of, suits
from assistant.understand.reading import Reading
from assistant.understand.together import (
    NEAR,
    Said,
    Unsure,
    adjusted,
    against_target,
    current,
    listed_with,
    own_before_same,
    prune,
    several,
    without_parts,
)
from corpus.figures import Figure
from corpus.schema import Fact

_FIRST_YEAR, _LAST_YEAR = 2000, 2040
_TIE = 0.02
_PART_REACH = 8
_ABOUT = Fraction(5, 4)
_QUOTATION = 6  # shorter words in quotation marks may be anybody's
_SENTENCE_MARK = re.compile("[。；;！？!?\\n]")
_CLAUSE_MARK = re.compile("[，,。；;！？!?]")
_NOT_COUNTED = frozenset("年月天日期岁度倍次层届轮步")


@dataclass(frozen=True, slots=True)
class Roles:
    """The figures of a turn by role: facts, sums that the asker expects, rates, and what must be asked.

    `told` are the statements before doubts and past years were taken out.
    """

    said: tuple[Said, ...] = ()
    expected: tuple[Figure, ...] = ()
    rates: tuple[Figure, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    told: tuple[Said, ...] = ()


def assign(
    reading: Reading,
    facts: Sequence[Fact],
    bases: Sequence[str],
    known: Mapping[str, Fact],
    *,
    asked: str = "",
    own_figures: frozenset[Fraction] = frozenset(),
    rates: frozenset[Fraction] = frozenset(),
    near_words: Mapping[str, AbstractSet[str]] | None = None,
    before: AbstractSet[str] = frozenset(),
    earlier: Sequence[Figure] = (),
) -> Roles:
    """The roles of a turn's figures.

    `facts` may take a figure (the first wins a tie), `bases` may take one that no word claims, `asked` is the fact of
    our last question, `own_figures` are the rules' own caps and thresholds, `rates` their rates, `near_words` the words
    of the subject that each fact of a group belongs to, `before` the facts that earlier turns stated, `earlier` their
    figures. A wrong figure is
    worse than a question: what may be a bound, an increase, another currency or one of several is not taken.
    """
    said: list[Said] = []
    expected: list[Figure] = []
    unsure: list[Unsure] = []
    text = reading.text
    counting = [fact for fact in known.values() if fact.type == "count"]
    deeds = {word for fact in counting for word in fact.words} - {thing for fact in counting for thing in fact.counts}
    nouns = {w for fact in known.values() if fact.jointly for w in fact.counts}
    kinds = {w for fact in known.values() if fact.of_asker for words in fact.options.values() for w in words}
    worked = any(f.kind == "rate" for f in reading.figures) or language().speech["worked_out"].search(text)
    past = earlier if worked else ()
    theirs = [f for f in reading.figures if f.kind in ("money", "count") and is_others(text, f)]
    ours = [f for f in reading.figures if f.kind in ("money", "count") and f not in theirs]
    strangers = [f for f in theirs if any(o.kind == f.kind for o in ours)]
    for figure in reading.figures:
        if figure.kind not in ("money", "count", "bare") or figure.vague or is_price(text, figure):
            continue
        if _cited(reading, figure, own_figures):
            continue  # “分别最高不超过200万元” is the text's, not the asker's
        if (figure.kind == "count" and figure.unit in _NOT_COUNTED) or is_short(text, figure) or is_denied(text, figure):
            continue
        if figure.kind == "count" and after(text, figure, 1) in ("字", "句"):
            continue  # 按哪八个字的原则
        if figure.kind == "count" and language().speech["unreached"].search(after(text, figure, 16)):
            none = figure.text.startswith("一") and re.match(r"[^，,。；;]{0,8}[都也]", after(text, figure, 10))
            if not none and not before and not language().speech["deduction"].search(after(text, figure, 20)):
                continue  # 还有5家没评上
            if none:
                figure = replace(figure, low=Fraction(0), high=Fraction(0))  # 一家都没过
        if figure.kind == "bare" and _FIRST_YEAR <= figure.value <= _LAST_YEAR and len(figure.text) == 4:
            continue  # 高新技术企业 2025 目标数
        if _told_again(reading, figure) and not is_taken_off(text, figure):
            continue
        if figure.kind == "count" and figure.value == 1 and language().speech["none_more"].search(before_words(text, figure, 6)):
            figure = replace(figure, low=Fraction(0), high=Fraction(0))  # 未超一家
        if figure in strangers:
            expected.append(figure)
            continue
        if is_part(text, figure) and not _described(reading, figure) and not is_taken_off(text, figure):
            continue  # 其中人工600万 is a part of the sum, not the sum that counts
        if language().speech["per_period"].search(before_words(text, figure, 14)):
            unsure += [Unsure(fact.name, (figure,), "increment") for fact in facts if fact.name in bases and suits(figure, fact)][
                :1
            ]
            continue
        suited = [
            fact
            for fact in facts
            if suits(figure, fact)
            and not miscounted(reading, figure, fact, deeds, kinds, frozenset() if fact.name in {asked, *before} else nouns)
        ]
        of_years = [fact for fact in suited if fact.annual and is_of_years(text, figure)]
        if of_years and len(of_years) == len(suited) and not all(year_of(text, f) for f in reading.figures if f.kind == "money"):
            unsure += [Unsure(fact.name, (figure,), "several") for fact in of_years if fact.name in bases][:1]
        suited = [fact for fact in suited if fact not in of_years]
        counted_before = any(fact.name in before and not fact.jointly for fact in suited)
        jointly = (
            language().speech["jointly"].search(text) or language().speech["sum_asked"].search(text)
        ) and not counted_before
        pointed = language().speech["pointed_back"].search(before_words(text, figure, 4))
        counted = {fact.name for fact in suited if fact.minus} | {name for fact in suited for name in fact.minus}
        targeted = bool(counted & {asked, *before}) or any(
            reading.has(word) for f in suited if f.minus for word in known[f.minus[-1]].words
        )
        recipients = (
            []
            if targeted
            else [fact.name for fact in suited if fact.split and figure.kind == "count" and beside(reading, figure, fact)]
        )
        suited = [
            fact
            for fact in suited
            if jointly or not fact.jointly or (fact.name in recipients and figure.value > 1 and not pointed)
        ]
        wary = [fact for fact in suited if not is_beware(reading, figure, fact)]
        if any(cost_of(reading, figure, fact) <= LIMIT / 2 for fact in wary):
            suited = wary
        costs = {fact.name: cost_of(reading, figure, fact) - (fact.name in recipients) for fact in suited}
        ties = {
            fact.name: _TIE * _far(reading, figure, (near_words or {}).get(fact.name, frozenset()))
            for fact in suited
            if fact.group
        }
        best = min(
            ((costs[fact.name] + ties.get(fact.name, 0.0), index, fact) for index, fact in enumerate(suited)), default=None
        )
        near = best is not None and best[0] < NEAR
        back = earlier if language().speech["pointed_back"].search(before_words(text, figure, 4)) else past
        if _is_product(figure, (*back, *reading.figures), rates):
            expected.append(figure)  # a result that somebody worked out
            continue
        if figure.value in own_figures and language().speech["pointed"].search(before_words(text, figure, 4)):
            expected.append(figure)  # 那50万
            continue
        same = [f for f in reading.figures if f.kind == "money" and f.value == figure.value]
        if figure.value in own_figures and len(same) > 1 and "还是" in text:
            expected.append(figure)  # 分一个200万呢，还是各有各的200万
            continue
        if is_hoped_for(text, figure) and (not near or figure.value in own_figures):
            expected.append(figure)
            continue
        if is_threshold(text, figure) and not near:
            continue
        if figure.kind == "bare" and figure.value * 10_000 in own_figures:
            expected.append(replace(figure, kind="money", low=figure.low * 10_000, high=figure.high * 10_000))
            continue  # 封200 is the text's own 200万
        if figure.value in own_figures and bound(text, figure) == "above":
            continue  # “300万元以上” repeats the text
        choice: Fact | None = best[2] if best and best[0] <= LIMIT else None
        cost = best[0] if best and choice else LIMIT
        if _claimed_elsewhere(reading, figure, choice, cost, known, asked):
            continue
        if choice is None and said and is_net(text, figure):
            choice = next((fact for fact in suited if fact.name == said[-1].fact), None)
        choice = _excess(text, figure, suited, before) or choice or _default(figure, suited, bases, asked)
        if choice is None:
            continue
        doubt = doubt_of(reading, figure, choice)
        if doubt is not None:
            unsure.append(Unsure(choice.name, (figure,), doubt))
            continue
        if is_shared(text, figure) or _common(reading, figure):
            others = [fact for fact in suited if fact is not choice and cost_of(reading, figure, fact) <= LIMIT / 2]
            said += [Said(fact.name, option_of(reading, figure, fact, known), figure, cost) for fact in others]
        option = option_of(reading, figure, choice, known)
        said.append(Said(choice.name, option, figure, cost, rank_of(reading, figure, choice), bound(text, figure)))
        said += [
            Said(fact.name, "", figure, cost, rank_of(reading, figure, choice), bound(text, figure))
            for fact in facts
            if fact.name in choice.same_as and not is_shared(text, figure)
            if language().speech["same_figure"].search(text) or "claimable" in reading.asks
        ]
    said = listed_with(reading, said, expected)
    unsure += gross(reading, said, known)
    said = [entry for entry in said if not any(doubt.figures == (entry.figure,) for doubt in unsure if doubt.why == "target")]
    said = without_parts(text, said)
    said = own_before_same(said, known)
    said = against_target(text, said, known, before)
    said = prune(text, said, own_figures)
    told = tuple(said)
    said = current(text, said)
    unsure += more_than_whole(said, known)
    unsure += several(text, said)
    unsure += adjusted(reading, said)
    unsure = [
        doubt
        for doubt in unsure
        if doubt.why != "target" or all(entry.fact != doubt.fact or (entry.figure,) == doubt.figures for entry in said)
    ]
    doubted = {entry.fact for entry in unsure if entry.why in ("several", "target")}
    said = [entry for entry in said if entry.fact not in doubted]
    named = tuple(figure for figure in reading.figures if figure.kind == "rate" and not is_relative(text, figure))
    return Roles(tuple(said), tuple(expected), named, tuple(unsure), told)


def _common(reading: Reading, figure: Figure) -> bool:
    """Whether one sum stands for both sides of a comparison: 一千万的合同，登成开发跟登成服务各是多少."""
    sums = {f.value for f in reading.figures if f.kind == "money"}
    compared = "comparison" in reading.asks or language().speech["each_asked"].search(reading.text)
    return (
        figure.kind == "money" and len(sums) == 1 and bool(compared) and bool(language().speech["same_base"].search(reading.text))
    )


def _told_again(reading: Reading, figure: Figure) -> bool:
    """Whether a sum only points back to one that was said (只剩36万利息，这36万补不补), and nothing new is said of it."""
    if not language().speech["pointed_back"].search(before_words(reading.text, figure, 4)):
        return False
    stop = _CLAUSE_MARK.search(reading.text, figure.end)
    behind = stop.start() if stop else len(reading.text)
    if figure.kind == "count" and any(figure.end <= m.start < behind for m in reading.mentions):
        return False  # 这12家全是众创空间带出来的
    return any(o.kind == figure.kind and o.value == figure.value and o.end <= figure.start for o in reading.figures)


def _cited(reading: Reading, figure: Figure, own_figures: AbstractSet[Fraction]) -> bool:
    """Whether a sum is the text's own: inside a quotation of it, or a ceiling whose wording is asked."""
    if any(start <= figure.start and figure.end <= end and end - start >= _QUOTATION for start, end in reading.quotes):
        return True
    rule_asked = "wording" in reading.asks and "amount" not in reading.asks and not reading.own
    return rule_asked and bool(reading.quotes) and figure.value in own_figures


def _is_product(figure: Figure, figures: Sequence[Figure], rates: AbstractSet[Fraction]) -> bool:
    """Whether a sum is another one times a rate of the rules or of the message: 9000万 at 1.5‰ and 13.5万."""
    if figure.kind != "money" or not figure.value:
        return False
    every = rates | {rate.high for rate in figures if rate.kind == "rate"}
    products = [o.value * rate for o in figures if o.kind == "money" and o.value > figure.value for rate in every]
    if figure.approx:  # 六十多万 of 4200万 at 1.5%
        return any(figure.value <= product < figure.value * _ABOUT for product in products)
    return figure.value in products


def _far(reading: Reading, figure: Figure, words: AbstractSet[str]) -> float:
    """How far a figure stands from the nearest of some words, sentence ends counted; 0 where there are none."""
    places = [m for m in reading.mentions if m.term in words]
    gaps = [
        abs(m.start - figure.start)
        + 40 * bool(_SENTENCE_MARK.search(reading.text[min(m.end, figure.end) : max(m.start, figure.start)]))
        for m in places
    ]
    return float(min(gaps, default=0))


def _excess(text: str, figure: Figure, suited: Sequence[Fact], earlier: AbstractSet[str]) -> Fact | None:
    """The excess that earlier turns told, where a figure states it anew: 核对过了，实际是多7家."""
    if not language().speech["excess"].search(before_words(text, figure, 2)):
        return None
    return next((fact for fact in suited if fact.minus and fact.name in earlier), None)


def _described(reading: Reading, figure: Figure) -> bool:
    """Whether a term of the policy says what a part is: 其中本金800万, 其中600万是市内转化的."""
    begin = reading.text.rfind("其中", 0, figure.start)
    return any(begin < m.start and m.end <= figure.end + _PART_REACH for m in reading.mentions if m.end > begin)


def _claimed_elsewhere(
    reading: Reading, figure: Figure, choice: Fact | None, cost: float, known: Mapping[str, Fact], asked: str
) -> bool:
    """Whether a figure clearly states something else: a fact of another subject, or sales, profit, rent."""
    lead = _CLAUSE_MARK.split(before_words(reading.text, figure, 10))[-1]  # 抵押物处置完，冲回180万本金 is principal
    own = bool(choice and any(word in lead for word in choice.words))
    if figure.kind == "money" and not own and language().speech["bystanders"].search(lead):
        return True
    if choice is not None and choice.name == asked:
        return False
    words = set(choice.words) if choice else set()
    for fact in known.values():
        if fact.jointly and fact.counts:
            continue  # recipients are counted by name: 两家孵化器
        if not suits(figure, fact) or (choice is not None and fact.name == choice.name) or words & set(fact.words):
            continue
        rival = cost_of(reading, figure, fact)
        if rival < CLEAR and rival + CLEAR < cost:
            return True
    return False


def _default(figure: Figure, suited: Sequence[Fact], bases: Sequence[str], asked: str) -> Fact | None:
    """A figure that no word claims states the fact that was asked for, or the only one that can take it."""
    by_name = {fact.name: fact for fact in suited}
    if asked in by_name:
        return by_name[asked]
    free = [name for name in bases if name in by_name]
    counted = [fact for fact in suited if figure.kind == "count" and fact.unit == figure.unit]
    if len(counted) == 1 and not free:
        return counted[0]
    groups = {by_name[name].group or name for name in free}
    return by_name[free[0]] if len(groups) == 1 and figure.kind != "bare" else None
