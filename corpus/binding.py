"""Binds rules to the text: quotes that stand once in their clause, figures that are whole tokens of their quote."""

import re
from collections.abc import Sequence

from corpus.conditions import as_token, token_of
from corpus.figures import Figure, scan
from corpus.schema import Clause, Document, Quote, Token
from corpus.text import find_all, squeeze

_LIST_GLUE = re.compile(r"^(?:奖励|补助|的)?[、,，和及与或]$")


def bind_quote(document: Document, clause: Clause, wanted: str, faults: list[str], where: str) -> Quote | None:
    """The quote with its offsets; a fault where it does not stand in the clause exactly once."""
    spans = find_all(clause.text, wanted)
    if len(spans) != 1:
        count = "没有" if not spans else f"有 {len(spans)} 处"
        faults.append(f"{where}：引文在第 {clause.id} 条里{count}“{_short(wanted)}”；引文须逐字照抄，且只出现一次")
        return None
    start, end = clause.start + spans[0][0], clause.start + spans[0][1]
    return Quote(clause.id, document.source[start:end], start, end)


def tokens_in(quote: Quote) -> tuple[Token, ...]:
    """The figures of a quote with their offsets in the source."""
    view = squeeze(quote.text)
    tokens = []
    for figure in scan(view.text):
        start, end = view.span(figure.start, figure.end)
        tokens.append(as_token(figure, quote.start + start, quote.start + end))
    return tuple(tokens)


def bind_figure(quotes: Sequence[Quote], wanted: str, faults: list[str], where: str, after: int = -1) -> Token | None:
    """The first token behind offset `after` that is spelt as the rule spells it; a fault where there is none."""
    spelt = token_of(wanted)
    if spelt is None:
        faults.append(f"{where}：“{wanted}”不是一个完整的数目")
        return None
    for quote in quotes:
        for token in tokens_in(quote):
            if token.text == spelt.text and token.start > after:
                return token
    found = "、".join(token.text for quote in quotes for token in tokens_in(quote)) or "没有数目"
    faults.append(f"{where}：“{wanted}”不是引文里的完整数目（引文里是：{found}）；数目照原文的写法")
    return None


def figure_lists(quote: Quote) -> list[list[Token]]:
    """The enumerations of a quote: two or more figures of one kind with nothing but 、和 between them.

    100-500万元、80-100万元 is one; so is 70%、80%和90%.
    """
    view = squeeze(quote.text)
    runs: list[list[Figure]] = []
    for figure in scan(view.text):
        if figure.kind not in ("money", "rate"):
            continue
        if runs and runs[-1][-1].kind == figure.kind and _LIST_GLUE.match(view.text[runs[-1][-1].end : figure.start]):
            runs[-1].append(figure)
        else:
            runs.append([figure])
    lists = []
    for run in runs:
        if len(run) > 1:
            spans = [view.span(figure.start, figure.end) for figure in run]
            lists.append([as_token(f, quote.start + s, quote.start + e) for f, (s, e) in zip(run, spans, strict=True)])
    return lists


def check_pairing(
    quotes: Sequence[Quote], figure: Token, nth: int, item: str, faults: list[str], where: str
) -> tuple[int, int] | None:
    """Check a rule's place in a 分别 list; returns (offset of the list, offset of the item) for comparing siblings.

    A figure that stands in a list needs `nth` and `item`; the nth figure must be the rule's, and the item must stand
    before the list exactly as the text names it.
    """
    for quote in quotes:
        for entries in figure_lists(quote):
            if all(token.start != figure.start for token in entries):
                continue
            if not 1 <= nth <= len(entries):
                faults.append(f"{where}：“{figure.text}”在并列的 {len(entries)} 个数目里，要用 nth 写明是第几个")
                return None
            if entries[nth - 1].text != figure.text:
                faults.append(f"{where}：nth 为 {nth}，但并列的第 {nth} 个数目是“{entries[nth - 1].text}”，不是“{figure.text}”")
                return None
            places = (
                [quote.start + start for start, _ in find_all(quote.text, item) if quote.start + start < entries[0].start]
                if item
                else []
            )
            if not places:
                faults.append(f"{where}：并列的数目要用 item 写明对应引文里的哪一项（找到的是“{item}”）")
                return None
            return entries[0].start, places[-1]
    if nth or item:
        faults.append(f"{where}：“{figure.text}”不在并列的数目里，不要写 nth 或 item")
    return None


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:30] + "…"
