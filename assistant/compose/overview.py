"""What a described company may claim: the benefits that its facts speak for, each with its rule."""

from assistant.compose.draft import Draft
from assistant.compose.notice import add_notice
from assistant.compose.words import amount_text, rule_text
from assistant.state import Answer, State
from assistant.understand.facts import assemble, assign_turns, topic_benefits
from assistant.understand.topics import Match
from calculators import Outcome, evaluate, totals

_MOST = 8


def add_overview(state: State) -> Answer | None:
    """A list of benefits that fit what was said; None where nothing fits."""
    pack = state.policy
    found: list[tuple[int, Outcome]] = []
    for topic in pack.topics:
        match = Match(topic, 0.0, frozenset(), False)
        said = assign_turns(state.turns, (match,), pack, state.asked)
        facts = assemble(state.turns, said, (match,), topic, pack)
        for benefit in topic_benefits(pack, topic):
            outcome = evaluate(benefit, facts, pack.facts, withdrawn=benefit.id in pack.withdrawn)
            if outcome.status in ("calculated", "missing", "unstated") and outcome.satisfied:
                found.append((outcome.satisfied, outcome))
    if not found:
        return None
    draft = Draft(state)
    outcomes = [outcome for _, outcome in sorted(found, key=lambda pair: -pair[0])[:_MOST]]
    words = draft.words
    draft.result(words("按您说的情况，可以对照这些条款"))
    for total in totals(outcomes, pack.joint_caps):
        draft.totals.append(total)
    for outcome in outcomes:
        benefit = outcome.benefit
        value = words.join(amount_text(amount, words) for amount in outcome.amounts) or rule_text(benefit, words)
        if outcome.missing:
            value = words.join([value, words("还需知道：{facts}", facts=words.listed(outcome.missing))], "；")
        draft.say(f"[{benefit.clause}] {words.own(benefit.name)}", value)
        draft.cite_silently(benefit.quote)
    add_notice(draft)
    return draft.answer("answer", "claimable")
