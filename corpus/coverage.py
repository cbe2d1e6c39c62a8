"""Reverse coverage: every figure of a policy is claimed by a rule or waived with a reason."""

from collections.abc import Iterable

from corpus.figures import Figure, scan
from corpus.models import WaiverFile
from corpus.schema import Document
from corpus.text import squeeze

Span = tuple[int, int]
_SPANS_OF_TIME = set("年月天期日个次")


def _counts(figure: Figure) -> bool:
    """Money and rates always; counts where they are written in digits (1家, 100亩), for 一次 and 5年 are no sums."""
    if figure.kind in ("money", "rate"):
        return not figure.vague
    return figure.kind == "count" and figure.text[0].isdigit() and figure.unit not in _SPANS_OF_TIME


def unclaimed(
    document: Document, claimed: Iterable[Span], waivers: Iterable[WaiverFile], changed: frozenset[str] = frozenset()
) -> list[str]:
    """A fault for each figure that nobody accounts for, and for each waiver that meets no figure.

    Clauses that `changed` since the review have no rules in force: their figures are left out.
    """
    taken = list(claimed)
    waived = {(str(w.clause), squeeze(w.figure).text): w for w in waivers}
    used: set[tuple[str, str]] = set()
    faults = []
    for clause in document.clauses:
        if clause.id in changed:
            continue
        view = squeeze(clause.text)
        for figure in scan(view.text):
            if not _counts(figure):
                continue
            start, end = view.span(figure.start, figure.end)
            start, end = start + clause.start, end + clause.start
            key = (clause.id, figure.text)
            if key in waived:
                used.add(key)
            elif not any(s <= start and end <= e for s, e in taken):
                around = view.text[max(0, figure.start - 12) : figure.end + 6]
                faults.append(f"第 {clause.id} 条的“{figure.text}”（…{around}…）没有规则认领，也没有写明不认领的理由（waived）")
    for key, waiver in waived.items():
        if key not in used and key[0] not in changed:
            faults.append(f"waived：第 {waiver.clause} 条里没有“{waiver.figure}”这个数目")
    return faults
