"""What a reply says in its own words, beside what it reports: the headline, quotes and clause numbers in the text."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from corpus.schema import Pack
from evals.cases import Case
from evals.figures import Value, plain, read_figures, yuan_text

BOUNDED = re.compile(
    "最高|最多|顶格|不超过|上限|至多|不高于|封顶|以内|平均|up to|at most|maximum|ceiling|cap|average|not exceed", re.I
)
_AVERAGE = re.compile("平均|average", re.I)
_FIXED = re.compile("固定|保证|一定能|至少|最低|不低于|起步|每年都")
_LESS = re.compile("最高|最多|至多|平均|每年|up to|at most|average", re.I)
_REFUSED = re.compile("不符合|没有这笔|拿不到|领不到|不能享受|无法享受|not eligible", re.I)
_AWARDED = re.compile("可得|可补|可拿|能拿|能补|能得|可以领|可以拿|补助|奖补|奖励|拿到|给予|发放")
_BOLD = re.compile(r"^\*\*.+\*\*$")
_OPEN, _CLOSE = "“「『", "”」』"
_INSIDE = f"(?:[^{_OPEN}{_CLOSE}]|[{_OPEN}][^{_OPEN}{_CLOSE}]*[{_CLOSE}])+"
_QUOTED = re.compile(
    rf"\[(?P<clause>\d+(?:\.\d+)*)\](?P<between>[^{_OPEN}{_CLOSE}\n\[\]]{{0,60}})[{_OPEN}](?P<quote>{_INSIDE})[{_CLOSE}]"
)
_ANY_QUOTE = re.compile(rf"[{_OPEN}]({_INSIDE})[{_CLOSE}]")
_TOKEN = re.compile(r"[\[【](\d+(?:\.\d+)*)[\]】]")
_ARTICLE = re.compile(r"第\s*(\d{1,3})\s*条")


def headlines(text: str) -> list[str]:
    """The lines that state the result: those in bold that are no section's title, else the first that holds a figure."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    bold = [line for line in lines if _BOLD.match(line) and not re.match(r"\*\*\d+(?:\.\d+)+ ", line)]
    if bold:
        first = lines.index(bold[0])
        return [line for line in lines[:first] if _sums(line)] + bold
    return [line for line in lines if _sums(line)][:1] or lines[:1]


def _sums(line: str) -> set[Fraction]:
    return {value for kind, value in read_figures(line) if kind == "yuan" and value}


def wrong_headline(case: Case, reply: Mapping[str, Any]) -> str:
    """What is wrong with the lines that state the result; empty where nothing is.

    Each due sum must stand in one, not denied, with its kind's word and no other's; no line may state a sum that is not
    reported. A ceiling may stand beside the amount of its own line (每1家5万元，最高50万元); a question names what it asks.
    """
    lines = [line for line in headlines(reply["text"]) if not re.search("[？?]", line)]
    reported: set[Fraction] = set()
    for amount in reply["amounts"]:
        reported |= {Fraction(str(end)) for end in (amount["low_yuan"], amount["high_yuan"]) if end is not None}
    for kind, low, high in (amount.key for amount in case.amounts):
        own = [line for line in lines if high in _sums(line) or (not high and not _sums(line))]
        if not own:
            return f"开头没有写出 {yuan_text(high)}"
        fault = next((fault for line in own if (fault := _misworded(kind, low, high, line))), "")
        if fault and not any(not _misworded(kind, low, high, line) for line in own):
            return fault
    for line in lines:
        result = line.split("：", 1)[-1]
        stray = _sums(result) - reported
        beside = bool(_sums(result) & reported) and bool(BOUNDED.search(result))
        if stray and not beside and (case.amounts or _AWARDED.search(result)):
            return f"开头写了 {'、'.join(yuan_text(value) for value in sorted(stray))}，不是报出的金额"
    return ""


def _misworded(kind: str, low: Fraction | None, high: Fraction, line: str) -> str:
    result = line.split("：", 1)[-1]
    if high and _REFUSED.search(result):
        return f"开头否认了 {yuan_text(high)}"
    if _FIXED.search(result):
        return f"开头把 {yuan_text(high)} 说成了保证或下限"
    if kind == "average" and not _AVERAGE.search(result):
        return f"{yuan_text(high)} 是平均数，开头没有这样写"
    if kind == "upper_bound" and not BOUNDED.search(result):
        return f"{yuan_text(high)} 是上限，开头写成了定数"
    if kind in ("exact", "deduction") and high and _LESS.search(re.split("[，,；;]", result)[0]):
        return f"{yuan_text(high)} 是定数，开头写成了上限、平均或每年"
    if kind == "range" and low is not None and low not in _sums(line):
        return f"开头没有写出区间的下限 {yuan_text(low)}"
    return ""


def forged_words(case: Case, reply: Mapping[str, Any], pack: Pack) -> str:
    """A quote or clause number in the text that the policy does not have; empty where all hold.

    A quote behind a clause number must stand in that clause; any other that holds a figure, in the policy or in the
    user's words.
    """
    text, source = reply["text"], _bare(pack.document.source)
    for match in _QUOTED.finditer(text):
        clause = pack.document.clause(match["clause"])
        if clause is not None and _bare(match["quote"]) not in _bare(clause.text) and not _own_words(match["between"]):
            return f"[{match['clause']}] 里没有“{match['quote'][:30]}”"
    said = _bare(plain("".join(case.turns)))
    for quote in _ANY_QUOTE.findall(text):
        figures: set[Value] = read_figures(quote)
        if figures and _bare(quote) not in source and _bare(plain(quote)) not in said:
            return f"引号里的“{quote[:30]}”既不是原文，也不是用户的话"
    asked = {number for turn in case.turns for number in re.findall(r"\d+(?:\.\d+)*", plain(turn))}
    numbers = {clause.number for clause in pack.document.clauses}
    unknown = [c for c in _TOKEN.findall(text) if pack.document.clause(c) is None]
    unknown += [c for c in _ARTICLE.findall(text) if c not in numbers and c not in asked]
    return f"政策里没有条款 {'、'.join(unknown)}" if unknown else ""


def stray_citation(citations: Sequence[Mapping[str, Any]], pack: Pack) -> str:
    """A citation that is empty or stands outside the clause that it names; empty where all hold."""
    for citation in citations:
        clause = pack.document.clause(str(citation["clause"]))
        if not str(citation["quote"]).strip():
            return f"[{citation['clause']}] 的引文是空的"
        if clause is not None and not clause.start <= citation["start"] <= citation["end"] <= clause.end:
            return f"引文“{citation['quote'][:30]}”不在 [{citation['clause']}] 里"
    return ""


def _own_words(between: str) -> bool:
    """Whether the quote is not said to be the clause's: [2.1.4] 的责任单位……“符合条件”."""
    return "；" in between or "。" in between


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
