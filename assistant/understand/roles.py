"""Which fact a figure states: nearest words of the facts in question, with what people say in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from assistant.language import language
from assistant.understand.hints import (
    Doubt,
    after,
    before,
    bound,
    is_foreign,
    is_hoped_for,
    is_increment,
    is_new_level,
    is_old_level,
    is_part,
    is_price,
    is_relative,
    is_shared,
    is_threshold,
    year_of,
)
from assistant.understand.nearness import CLEAR, LIMIT, cost_of, listed, option_of, rank_of, suits
from assistant.understand.reading import Reading
from corpus.figures import Figure
from corpus.schema import Fact

_NEAR = 1.5  # a word this near says what the figure is, whatever else stands around
_BARE = 10_000  # a smaller number without a unit may be yuan or 万元
_THIS_YEAR = ("今年", "本年")
_NOT_COUNTED = frozenset("年月天日期岁度倍次层届轮步")


@dataclass(frozen=True, slots=True)
class Said:
    """A figure with the fact it states and the choice option it belongs to.

    `cost` tells how near the words stand, `rank` which of the fact's words it was (the first says it best), `loose`
    that it only bounds the fact.
    """

    fact: str
    option: str
    figure: Figure
    cost: float
    rank: int = 0
    loose: str = ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """Figures that may state a fact but cannot be taken for it without asking, and why."""

    fact: str
    figures: tuple[Figure, ...]
    why: Doubt


@dataclass(frozen=True, slots=True)
class Roles:
    """The figures of a turn by role: facts, sums that the asker expects, rates, and what must be asked."""

    said: tuple[Said, ...] = ()
    expected: tuple[Figure, ...] = ()
    rates: tuple[Figure, ...] = ()
    unsure: tuple[Unsure, ...] = ()


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
    our last question, `own_figures` are the rules' own caps and thresholds. A wrong figure is worse than a question:
    what may be a bound, an increase, another currency or one of several is not taken.
    """
    said: list[Said] = []
    expected: list[Figure] = []
    unsure: list[Unsure] = []
    text = reading.text
    for figure in reading.figures:
        if figure.kind not in ("money", "count", "bare") or figure.vague or is_price(text, figure):
            continue
        if figure.kind == "count" and figure.unit in _NOT_COUNTED:
            continue
        suited = [fact for fact in facts if suits(figure, fact) and not _miscounted(reading, figure, fact)]
        best = min(((cost_of(reading, figure, fact), index, fact) for index, fact in enumerate(suited)), default=None)
        near = best is not None and best[0] < _NEAR
        if is_hoped_for(text, figure) and (not near or figure.value in own_figures):
            expected.append(figure)
            continue
        if is_threshold(text, figure) and not near:
            continue
        choice: Fact | None = best[2] if best and best[0] <= LIMIT else None
        cost = best[0] if best and choice else LIMIT
        if _claimed_elsewhere(reading, figure, choice, cost, known, asked):
            continue
        choice = choice or _default(figure, suited, bases, asked)
        if choice is None:
            continue
        doubt = _doubt(reading, figure, choice)
        if doubt is not None:
            unsure.append(Unsure(choice.name, (figure,), doubt))
            continue
        if is_shared(text, figure):
            others = [fact for fact in suited if fact is not choice and cost_of(reading, figure, fact) <= LIMIT / 2]
            said += [Said(fact.name, option_of(reading, figure, fact, known), figure, cost) for fact in others]
        option = option_of(reading, figure, choice, known)
        said.append(Said(choice.name, option, figure, cost, rank_of(reading, figure, choice), bound(text, figure)))
    said = _current(text, _prune(said, own_figures))
    unsure += _several(text, said)
    doubted = {entry.fact for entry in unsure if entry.why in ("several", "target")}
    said = [entry for entry in said if entry.fact not in doubted]
    rates = tuple(figure for figure in reading.figures if figure.kind == "rate" and not is_relative(text, figure))
    return Roles(tuple(said), tuple(expected), rates, tuple(unsure))


def _doubt(reading: Reading, figure: Figure, fact: Fact) -> Doubt | None:
    """Why a figure cannot be taken for a fact as it stands."""
    text = reading.text
    if is_foreign(text, figure):
        return "currency"
    if fact.type == "money" and figure.kind == "bare" and figure.value < _BARE:
        return "unit"
    if any(word in before(text, figure, 4) for word in fact.beware) and not language().speech["excess"].search(
        before(text, figure, 6)
    ):
        return "target"
    grows = any(language().speech["increment"].search(word) for word in fact.words)
    if grows and is_new_level(text, figure):
        return "increment"
    if not grows and fact.type == "money" and is_increment(text, figure):
        return "increment"
    if fact.type == "money" and any(rate.kind == "rate" and is_relative(text, rate) for rate in reading.figures):
        return "share"
    return None


def _current(text: str, said: list[Said]) -> list[Said]:
    """Of a past and a present figure of one fact, the present one: 去年500万，今年700万."""
    kept = []
    for entry in said:
        rivals = [o for o in said if o.fact == entry.fact and o.option == entry.option and o is not entry]
        newer = any(is_new_level(text, o.figure) or year_of(text, o.figure) in _THIS_YEAR for o in rivals)
        summed = bool(language().speech["sum"].search(text))
        if is_old_level(text, entry.figure) and newer and not summed:
            continue
        kept.append(entry)
    return kept


def _several(text: str, said: Sequence[Said]) -> list[Unsure]:
    """Facts for which several sums were said and nothing tells which one, or whether to add them."""
    found = []
    for name in dict.fromkeys(entry.fact for entry in said):
        for option in dict.fromkeys(entry.option for entry in said if entry.fact == name):
            entries = [entry for entry in said if entry.fact == name and entry.option == option]
            sums = [entry for entry in entries if entry.figure.kind == "money"]
            if len({entry.figure.value for entry in sums}) < 2 or any(is_part(text, entry.figure) for entry in sums):
                continue
            years = {year_of(text, entry.figure) for entry in sums} - {""}
            ranks, costs = {entry.rank for entry in sums}, [entry.cost for entry in sums]
            in_list = all(listed(text, a.figure, b.figure) for a, b in pairwise(sums))
            added = (bool(language().speech["sum"].search(text)) or in_list) and len(years) < 2
            if added or (len(ranks) > 1 and len(years) < 2) or (max(costs) - min(costs) > _NEAR * 4 and len(years) < 2):
                continue
            if language().speech["correction"].search(text):
                continue
            found.append(Unsure(name, tuple(entry.figure for entry in sums), "several"))
    return found


def _miscounted(reading: Reading, figure: Figure, fact: Fact) -> bool:
    """Whether the thing counted is another: 培育了5家科技型中小企业 counts no 高新技术企业."""
    if not fact.counts or figure.kind != "count":
        return False
    behind = [m for m in reading.mentions if m.start >= figure.end and reading.text[figure.end : m.start] in ("", "的", " ")]
    if behind:
        return behind[0].term not in fact.counts
    if figure.text[0] == "一" and not language().speech["excess"].search(before(reading.text, figure, 4)):
        return True  # 一家一家算 counts nothing
    return figure.unit != fact.unit or bool(language().speech["counted_things"].match(after(reading.text, figure, 6)))


def _claimed_elsewhere(
    reading: Reading, figure: Figure, choice: Fact | None, cost: float, known: Mapping[str, Fact], asked: str
) -> bool:
    """Whether a figure clearly states something else: a fact of another subject, or sales, profit, rent."""
    lead = before(reading.text, figure, 10)
    own = bool(choice and any(word in lead for word in choice.words))
    if figure.kind == "money" and not own and language().speech["bystanders"].search(lead):
        return True
    if choice is not None and choice.name == asked:
        return False
    words = set(choice.words) if choice else set()
    for fact in known.values():
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
