"""What stands beside the chat: the cited clauses with the quote marked, and the working of each amount.

Only split text is handed on, never markup: the page's templates escape it.
"""

from typing import Any

from assistant.compose.wording import Wording
from assistant.compose.words import amount_text
from assistant.state import Answer
from calculators import Step, Total
from calculators.money import decimal_text, rate_text, yuan_text
from corpus.schema import Pack

KINDS = {"exact": "精确", "range": "区间", "upper_bound": "上限", "average": "平均", "deduction": "扣除"}


def source_cards(answer: Answer, pack: Pack) -> dict[str, Any]:
    """The cited clauses in order, each with its text cut at the quote: `pre`, `hit`, `post`."""
    cards: list[dict[str, str]] = []
    for citation in answer.citations:
        clause = pack.document.clause(citation.clause)
        if clause is None or any(card["hit"] == citation.quote for card in cards):
            continue
        pre, post = clause.text[: citation.start - clause.start], clause.text[citation.end - clause.start :]
        cards.append(
            {
                "clause": clause.id,
                "title": clause.title,
                "path": " › ".join(part for part in clause.path if part),
                "pre": pre[-90:] if len(pre) <= 90 else "…" + pre[-90:],
                "hit": citation.quote,
                "post": post[:90] + ("…" if len(post) > 90 else ""),
                "units": "、".join(clause.units),
            }
        )
    return {"cards": cards}


def working(answer: Answer, pack: Pack) -> dict[str, Any]:
    """The amounts with kind, figure and steps as text."""
    return {"totals": [_total(total, Wording(pack)) for total in answer.totals]}


def _total(total: Total, words: Wording) -> dict[str, Any]:
    names = "、".join(outcome.benefit.name for outcome in total.outcomes)
    return {
        "name": f"{names} {total.amount.label}".strip(),
        "kind": KINDS[total.amount.kind],
        "style": total.amount.kind,
        "amount": amount_text(total.amount, words),
        "steps": [{"label": step.label, "value": _value(step)} for step in total.steps],
    }


def _value(step: Step) -> str:
    if step.unit == "元":
        return yuan_text(step.value)
    rated = step.token is not None and step.token.kind == "rate"
    return rate_text(step.value) if rated else decimal_text(step.value)
