"""What a rule says without the facts: its rate, the sums and ceilings that stand in it, its marker words."""

from collections.abc import Sequence

from assistant.compose.draft import Draft
from assistant.compose.passages import passages
from assistant.compose.words import condition_text, rule_text
from assistant.state import Finding
from calculators import Amount, Outcome, Step, Total, totals
from corpus.binding import tokens_in
from corpus.schema import JointCap, Topic

_CAP_ASKS = frozenset({"cap", "highest", "amount"})
_GLOSSES = (
    ("以上", "“以上”包含本数"),
    ("一次性", "“一次性”即只给一次，不是每年都给"),
    ("平均", "“平均”是对全部项目而言，不是单个项目的上限"),
)


def add_rules(draft: Draft, finding: Finding) -> list[Outcome]:
    """Write the rules, with the amounts that stand in them where sums are asked for; the outcomes shown."""
    words, asks = draft.words, draft.state.read.asks
    shown = [o for o in finding.outcomes if o.status != "not_eligible" or "comparison" in asks]
    wants = "rate" not in asks or bool(asks & (_CAP_ASKS | {"comparison"}))
    written = {o.benefit.figure.high for o in finding.outcomes if o.benefit.figure is not None}
    if finding.roles.rates and not any(rate.high in written for rate in finding.roles.rates) and not asks & _CAP_ASKS:
        wants = False  # a rate that the text does not have is asked for
    for outcome in shown:
        benefit = outcome.benefit
        draft.result(words("{name}：{result}", name=words.own(benefit.name), result=rule_text(benefit, words)))
        if wants:
            expected = {figure.high for figure in finding.roles.expected}
            named = benefit.cap is not None and benefit.cap.high in expected
            capped = bool(asks & (_CAP_ASKS | {"comparison"})) or (named and "eligibility" not in asks)
            draft.totals += _standing(
                outcome, draft.state.policy.joint_caps, capped=capped, limit="cap" in asks and "amount" not in asks
            )
        conditions = [words.own(text) for text in benefit.open]
        conditions += [condition_text(c, words) for c in (*benefit.when, *benefit.premises)]
        draft.say("条件", words.join(dict.fromkeys(conditions)))
    if asks & {"cap", "highest"}:
        _joint_caps(draft, shown)
    return shown


def _joint_caps(draft: Draft, shown: Sequence[Outcome]) -> None:
    """The ceilings over several benefits, where a ceiling is asked for."""
    for cap in draft.state.policy.joint_caps:
        over = tuple(outcome for outcome in shown if outcome.benefit.id in cap.over)
        if not over:
            continue
        words = draft.words
        draft.result(
            words("{name}：{result}", name=words.own(cap.per), result=words("最高{figure}", figure=words.token(cap.cap)))
        )
        limit = (Step("上限", cap.cap.high, "元", cap.cap),)
        draft.totals.append(Total(cap.id, cap.quote.clause, Amount("upper_bound", None, cap.cap.high), limit, over, cap))


def _standing(outcome: Outcome, caps: Sequence[JointCap], *, capped: bool, limit: bool = False) -> list[Total]:
    """The amount that stands in a rule without any facts: its sums, or its cap where a cap is asked for.

    `limit` says that the ceiling itself is asked for, not the sum for one unit.
    """
    benefit = outcome.benefit
    if outcome.status == "calculated":
        return [*totals([outcome], caps)]
    if benefit.figure is not None and not (benefit.of or benefit.times):
        figure = benefit.figure
        kinds = {"average": "average", "upper_bound": "upper_bound"}
        bounded = benefit.mode in kinds
        if bounded:
            amount = Amount("average" if benefit.mode == "average" else "upper_bound", None, figure.high)
        else:
            amount = Amount("exact" if figure.low == figure.high else "range", figure.low, figure.high)
        ends = dict.fromkeys((figure.low, figure.high))
        steps = tuple(Step(benefit.name, end, "元", figure) for end in ends)
        return [Total(benefit.id, benefit.clause, amount, steps, (outcome,))]
    if benefit.times and benefit.mode == "exact" and benefit.figure is not None and not (limit and benefit.cap):
        step = Step(benefit.name, benefit.figure.high, "元", benefit.figure)
        amount = Amount("exact", benefit.figure.low, benefit.figure.high, "每单位")
        return [Total(benefit.id, benefit.clause, amount, (step,), (outcome,))]
    if benefit.cap is not None and capped:
        amount = Amount("upper_bound", None, benefit.cap.high)
        step = Step("上限", benefit.cap.high, "元", benefit.cap)
        return [Total(benefit.id, benefit.clause, amount, (step,), (outcome,))]
    return []


def add_wording(draft: Draft, topic: Topic, shown: Sequence[Outcome]) -> None:
    """Where wording is asked for: the sentences around the rules, and what the text's own marker words mean."""
    if "wording" not in draft.state.read.asks:
        return
    for quote in passages(draft.state, topic.clause, 2):
        draft.cite(quote)
    for quote in (outcome.benefit.quote for outcome in shown):
        for token in tokens_in(quote):
            if "含" in token.text:
                inclusive = "“{token}”里的“（含）”表示{high}本身也算在内"
                draft.say("字面", draft.words(inclusive, token=token.text, high=draft.words.money(token.high)))
        for marker, meaning in _GLOSSES:
            if marker in quote.text:
                draft.say("字面", draft.words(meaning))
        for marker in ("最高", "不超过", "不高于"):
            if marker in quote.text:
                draft.say("字面", draft.words("条文写的是“{marker}”，是上限，不是固定数", marker=marker))
                break
