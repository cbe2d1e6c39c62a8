"""The third step: the rules of the kept clauses meet the facts."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from fractions import Fraction

from assistant.instances import split
from assistant.language import language
from assistant.rule_asked import asks_for_ceiling, asks_for_rule, bases_of
from assistant.state import Finding, State
from assistant.understand.facts import assemble, assign_turns, topic_benefits
from assistant.understand.hints import Doubt, is_whole
from assistant.understand.reading import Reading, of_item
from assistant.understand.roles import Roles
from assistant.understand.scope import SEGMENT, touches
from assistant.understand.together import Unsure
from assistant.understand.topics import Match, phrase_spans
from calculators import Facts, Outcome, evaluate, totals
from calculators.logic import all_of, judge
from corpus.schema import Benefit, Gap, Pack, Topic

_CUE, _SHARE = 1.5, 0.6  # what a cue weighs beside a met condition; how near to the best a benefit must come


def calculate(state: State) -> State:
    """The findings of the question's topics, in the order of their weight."""
    roles = assign_turns(state.turns, state.matches, state.policy, state.asked, state.told_of)
    findings = []
    for match in state.matches:
        scoped = of_item(state.read, match.spans)
        if scoped is state.read:
            findings.append(_finding(state, match, roles))
            continue
        part = replace(state, reading=scoped, turns=(*state.turns[:-1], scoped))
        findings.append(_finding(part, match, assign_turns(part.turns, (match,), part.policy, part.asked)))
    return replace(state, findings=_without_settings(state, findings))


def _without_settings(state: State, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without clauses that pay nothing and that no question names, where others are computed: 设厂在开发区."""
    listing = language().speech["each_of"].search(state.read.text)
    leading = max((m.score for m, f in zip(state.matches, findings, strict=True) if f.totals or f.ask), default=0.0)
    computed = not listing and any(finding.totals and finding.facts.numbers for finding in findings)
    question = language().speech["question"]
    kept = []
    for match, finding in zip(state.matches, findings, strict=True):
        asked = any(question.search(segment[0]) for segment in SEGMENT.finditer(state.read.text) if touches(segment, match.spans))
        rests = computed or (not listing and match.score < leading)
        if not rests or finding.topic.benefits or asked or not match.spans:
            kept.append(finding)
    return tuple(kept)


def _finding(state: State, match: Match, said: Sequence[Roles]) -> Finding:
    pack, topic, roles = state.policy, match.topic, said[-1]
    facts = assemble(state.turns, said, state.matches, topic, pack)
    gap = _gap(topic, facts, pack, state.read)
    outcomes = [evaluate(b, facts, pack.facts, withdrawn=b.id in pack.withdrawn) for b in topic_benefits(pack, topic)]
    lookup = asks_for_rule(state, facts, roles, pack, topic)
    if lookup and asks_for_ceiling(state, roles, bases_of(topic, pack)):
        facts = replace(facts, numbers={})  # the ceiling is the rule's, whatever the sum
        outcomes = [evaluate(b, facts, pack.facts, withdrawn=b.id in pack.withdrawn) for b in topic_benefits(pack, topic)]
    if gap is not None and (gap.settles or (gap.when and not _covered_too(gap, facts, state.read))):
        return Finding(topic, facts, roles, gap=gap, lookup=lookup)
    kept = _keep(outcomes, state.turns, facts, roles, pack)
    if lookup and "comparison" in state.read.asks and len(kept) == 1 and not state.read.figures:
        kept = _compared(kept[0], outcomes)
    kept = _settle_irrelevant_choices(kept, outcomes, facts, pack)
    bounded = {name for (name, _), number in facts.numbers.items() if number.loose}
    lookup = lookup and not any(o.status == "calculated" and {o.benefit.of, o.benefit.times} & bounded for o in kept)
    each = split(state, facts, roles, kept, pack) if gap is None else None
    if each is not None:
        return Finding(topic, facts, roles, each.outcomes, each.totals)
    ask = "" if lookup else _next_fact(_foremost(kept, state.turns[-1], facts, roles), pack)
    open_count = next(
        (u.fact for u in roles.unsure if not u.figures and any(u.fact in (o.benefit.each, o.benefit.times) for o in kept)), ""
    )
    if open_count:
        return Finding(topic, facts, roles, kept, (), gap, open_count, False)
    undivided = _undivided(kept, state.turns, facts, roles, pack)
    if undivided:
        sums = tuple(entry.figure for entry in roles.said if entry.fact == undivided)
        why: Doubt = "kinds" if pack.facts[undivided].type == "count" else "mixed"
        mixed = replace(roles, unsure=(*roles.unsure, Unsure(undivided, sums, why)))
        return Finding(topic, facts, mixed, kept, (), gap, undivided, False)
    invalid = next((o.missing[0] for o in kept if o.status == "invalid"), "")
    asked = "" if gap is not None else invalid or ask
    return Finding(topic, facts, roles, kept, totals(kept, pack.joint_caps), gap, asked, lookup)


def _covered_too(gap: Gap, facts: Facts, reading: Reading) -> bool:
    """Whether an option that the clause covers was named beside the one that it leaves open: 技术创新中心与产业创新中心."""
    if not (language().speech["each_asked"].search(reading.text) or "comparison" in reading.asks):
        return False
    return any(facts.chosen.get(c.fact, frozenset()) - set(c.options) for c in gap.when if c.op == "in" and c.options)


def _undivided(kept: Sequence[Outcome], turns: Sequence[Reading], facts: Facts, roles: Roles, pack: Pack) -> str:
    """The fact of which only the whole over several kinds was said: 开发和咨询一共2000万, at two rates; 三家，规上规下都有."""
    for name in dict.fromkeys(o.benefit.each for o in kept if o.benefit.each and pack.facts[o.benefit.each].split):
        number = facts.numbers.get((name, ""))
        alone = number is not None and number.high > 1 and sum(key[0] == name for key in facts.numbers) == 1
        kinds = [chosen & set(pack.facts[name].split) for chosen in facts.chosen.values()]
        if alone and any(len(kind) > 1 for kind in kinds):
            return name
    computed = [o for o in kept if o.status == "calculated" and o.benefit.of and pack.facts[o.benefit.of].by]
    for name in dict.fromkeys(o.benefit.of for o in computed):
        sharing = [o for o in computed if o.benefit.of == name]
        whole = [s.figure for s in roles.said if s.fact == name and not s.option and is_whole(turns[-1].text, s.figure)]
        figures = {(o.benefit.figure.low, o.benefit.mode) for o in sharing if o.benefit.figure}
        if len(figures) > 1 and whole and {key for key in facts.numbers if key[0] == name} == {(name, "")}:
            return name
    return ""


def _gap(topic: Topic, facts: Facts, pack: Pack, reading: Reading) -> Gap | None:
    """The first thing that is asked of the topic and that its clause does not settle."""
    for gap in topic.gaps:
        if gap.when and all_of(judge(condition, facts, pack.facts) for condition in gap.when) is True:
            return gap
        for words in gap.words:
            if all(phrase_spans(word, reading.mentions) for word in words):
                return gap
    return None


def _keep(outcomes: Sequence[Outcome], turns: Sequence[Reading], facts: Facts, roles: Roles, pack: Pack) -> tuple[Outcome, ...]:
    """The outcomes that the words are about: those with the most evidence, refused ones only where they lead."""
    if len(outcomes) < 2:
        return tuple(outcomes)
    turn = next(
        (t for t in reversed(turns) if any(m.term == cue for m in t.mentions for o in outcomes for cue in o.benefit.cues)),
        turns[-1],
    )
    weights = {o.benefit.id: _evidence(o, turn, facts, roles) for o in outcomes}
    alive = [o for o in outcomes if o.status != "not_eligible"]
    refused = [o for o in outcomes if o.status == "not_eligible"]
    settled = {
        condition.fact
        for o in alive
        for condition in o.benefit.when
        if pack.facts[condition.fact].type == "choice" and judge(condition, facts, pack.facts) is True
    }
    named = {(f.low, f.high) for f in roles.rates}
    refused = [o for o in refused if not all(c.fact in settled for c in o.failed) or _figure(o.benefit) in named]
    best_alive = max((weights[o.benefit.id] for o in alive), default=-1.0)
    best_refused = max((weights[o.benefit.id] for o in refused), default=-1.0)
    if refused and (not alive or best_refused > best_alive):
        told = {name for name, _ in facts.numbers}
        others = [o for o in alive if o.status == "calculated" and {o.benefit.of, o.benefit.times} & told]
        return (*(o for o in refused if weights[o.benefit.id] >= best_refused), *others)
    listing = bool(language().speech["each_of"].search(turns[-1].text))
    kept = [
        o
        for o in alive
        if weights[o.benefit.id] >= best_alive * _SHARE
        or (listing and o.status == "calculated" and o.satisfied)
        or _stands_alone(o, turn, pack)
        or _among_named(o, turn, facts, pack)
    ]
    if any(o.status in ("calculated", "zero") and _asked_numbers(o, facts) for o in kept):
        # a computed result answers; what would need more facts was not asked for
        kept = [
            o
            for o in kept
            if o.status in ("calculated", "zero", "invalid", "unstated")
            or weights[o.benefit.id] > best_alive
            or ("comparison" in turn.asks and _among_named(o, turn, facts, pack))
        ]
    told = {entry.option for entry in roles.said} - {""}
    return tuple(_of_this_turn(kept, turns, told, pack))


def _of_this_turn(kept: list[Outcome], turns: Sequence[Reading], told: AbstractSet[str], pack: Pack) -> list[Outcome]:
    """In a later turn that names one of the computed benefits, or tells a sum of its option, the others of earlier turns rest."""
    now = turns[-1]
    speech = language().speech
    if len(turns) < 2 or speech["each_of"].search(now.text) or speech["together"].search(now.text):
        return kept
    named = [o for o in kept if o.status == "calculated" and (_named_in(o, now, pack) or _options(o) & told)]
    return [o for o in kept if o in named or o.status != "calculated"] if named else kept


def _options(outcome: Outcome) -> set[str]:
    return {option for condition in outcome.benefit.when for option in condition.options}


def _named_in(outcome: Outcome, turn: Reading, pack: Pack) -> bool:
    words = [word for c in outcome.benefit.when if c.options for o in c.options for word in pack.facts[c.fact].options[o]]
    return any(turn.has(word) for word in outcome.benefit.cues) or bool(
        not outcome.benefit.cues and any(turn.has(word) for word in words)
    )


def _figure(benefit: Benefit) -> tuple[Fraction, Fraction] | None:
    return (benefit.figure.low, benefit.figure.high) if benefit.figure else None


def _stands_alone(outcome: Outcome, turn: Reading, pack: Pack) -> bool:
    """Whether a benefit is computed, has a condition met and a cue or a chosen option of its own in the turn."""
    grounded = outcome.satisfied > 0 or bool(outcome.benefit.times)
    words = [
        word
        for c in outcome.benefit.when
        if pack.facts[c.fact].exclusive
        for o in c.options
        for word in pack.facts[c.fact].options[o]
    ]
    return outcome.status == "calculated" and grounded and any(turn.has(word) for word in (*outcome.benefit.cues, *words))


def _among_named(outcome: Outcome, turn: Reading, facts: Facts, pack: Pack) -> bool:
    """Whether the turn names several options of a choice and this benefit is for one of them: 开发 and 咨询 contracts."""
    for condition in outcome.benefit.when:
        chosen = [c for c in outcome.benefit.when if pack.facts[c.fact].type == "choice"]
        if "comparison" not in turn.asks and any(judge(c, facts, pack.facts) is not True for c in chosen):
            return False
        if len(facts.chosen.get(condition.fact, ())) > 1 and condition in chosen:
            words = [word for option in condition.options for word in pack.facts[condition.fact].options[option]]
            return any(turn.has(word) for word in words)
    return False


def _asked_numbers(outcome: Outcome, facts: Facts) -> bool:
    names = {name for name, _ in facts.numbers}
    return bool({outcome.benefit.of, outcome.benefit.times} & names) or not (outcome.benefit.of or outcome.benefit.times)


def _evidence(outcome: Outcome, turn: Reading, facts: Facts, roles: Roles) -> float:
    """How much a message speaks of a benefit: its cues (denied ones too), conditions met, base given, rate named."""
    benefit = outcome.benefit
    weight = _CUE * sum(any(m.term == cue for m in turn.mentions) for cue in benefit.cues) + outcome.satisfied
    names = {name for name, _ in facts.numbers}
    if {benefit.of, benefit.times} & names - {""}:
        weight += 3 if _option_matches(benefit, facts) else 0
    named = [*roles.rates, *(f for f in turn.figures if f.kind == "money" and outcome.status != "not_eligible")]
    if benefit.figure is not None and any((f.low, f.high) == (benefit.figure.low, benefit.figure.high) for f in named):
        weight += _CUE
    thresholds = {c.threshold.high for c in benefit.when if c.threshold is not None}
    if any(f.kind == "money" and f.high in thresholds for f in turn.figures):
        weight += _CUE  # 17条里“300万元以上”的“以上”
    return weight


def _option_matches(benefit: Benefit, facts: Facts) -> bool:
    keys = {option for name, option in facts.numbers if name in (benefit.of, benefit.times)}
    wanted = {option for condition in benefit.when for option in condition.options}
    return "" in keys or bool(keys & wanted) or not keys


def _compared(one: Outcome, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """A benefit with those that differ from it only in an option: what a comparison with one side named is about."""
    facts = {condition.fact for condition in one.benefit.when}
    return tuple(o for o in outcomes if facts and {condition.fact for condition in o.benefit.when} == facts)


def _foremost(kept: Sequence[Outcome], turn: Reading, facts: Facts, roles: Roles) -> Sequence[Outcome]:
    """The benefit that the words single out, to ask for what it needs; all where none stands out."""
    weights = sorted(((_evidence(o, turn, facts, roles), index) for index, o in enumerate(kept)), reverse=True)
    if len(weights) > 1 and weights[0][0] >= weights[1][0] + _CUE:
        return [kept[weights[0][1]]]
    return kept


def _settle_irrelevant_choices(
    kept: tuple[Outcome, ...], outcomes: Sequence[Outcome], facts: Facts, pack: Pack
) -> tuple[Outcome, ...]:
    """Where every alternative of an open choice pays alike, the choice need not be asked for."""
    open_ones = [o for o in kept if o.status == "missing"]
    specs = {
        (b.mode, b.figure.text if b.figure else "", b.of, b.times, b.cap.text if b.cap else "")
        for b in (o.benefit for o in open_ones)
    }
    if len(open_ones) < 2 or len(specs) != 1 or len(open_ones) != len(kept):
        return kept
    choices = [{name for name in o.missing if pack.facts[name].type == "choice"} for o in open_ones]
    if not all(choices) or len({frozenset(c) for c in choices}) != 1:
        return kept
    if any(o.status == "missing" and o not in kept and set(o.missing) <= choices[0] for o in outcomes):
        return kept  # 这回通过了 may be a first recognition or a renewal, which pay otherwise
    settled = []
    for outcome in open_ones:
        conditions = [c for c in outcome.benefit.when if c.fact in choices[0]]
        assumed = Facts(
            facts.numbers, {**facts.chosen, **{c.fact: frozenset(c.options) for c in conditions}}, facts.denied, facts.flags
        )
        settled.append(evaluate(outcome.benefit, assumed, pack.facts))
    return tuple(settled)


def _next_fact(kept: Sequence[Outcome], pack: Pack) -> str:
    """The one fact to ask for: a choice that tells the open benefits apart, else what most of them need."""
    if any(o.status in ("calculated", "zero", "unstated") for o in kept):
        return ""
    open_ones = [o for o in kept if o.status == "missing"]
    # what was said of a choice is not asked again: rules whose choices are settled need only their base
    settled = [o for o in open_ones if o.satisfied and all(pack.facts[name].type != "choice" for name in o.missing)]
    kept = settled or open_ones
    needed = Counter(name for o in kept for name in o.missing)
    if not needed:
        return ""
    order = {name: index for index, name in enumerate(n for o in kept for n in o.missing)}
    return min(needed, key=lambda name: (pack.facts[name].type != "choice", -needed[name], order[name]))
