"""What a reply says in its own words, beside what it reports: the headline, quotes and clause numbers in the text."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from corpus.schema import Pack
from evals.cases import Case
from evals.figures import Value, plain, read_figures, spoken_figures, yuan_text

_UPPER = re.compile("最高|不超过|不高于|上限|封顶|up to|at most", re.I)
_QUOTED = re.compile(r"\[(?P<clause>\d+(?:\.\d+)*)\](?P<between>[^“”\n\[\]]{0,60})“(?P<quote>(?:[^“”]|“[^“”]*”)+)”")
_ANY_QUOTE = re.compile(r"“((?:[^“”]|“[^“”]*”)+)”")
_TOKEN = re.compile(r"\[(\d+(?:\.\d+)*)\]")
_ARTICLE = re.compile(r"第\s*(\d{1,3})\s*条")


def stray_headline(case: Case, reply: Mapping[str, Any]) -> str:
    """A sum in the opening lines that is no reported amount or word of the user; empty where there is none.

    A ceiling may stand beside the amount of its own line (每1家5万元，最高50万元); a question may name a threshold.
    """
    reported: set[Fraction] = set()
    for amount in reply["amounts"]:
        reported |= {Fraction(str(end)) for end in (amount["low_yuan"], amount["high_yuan"]) if end is not None}
    said = {value for turn in case.turns for kind, value in spoken_figures(turn) if kind == "yuan"}
    for line in reply["text"].split("\n\n")[0].splitlines():
        result = re.split("[：:]", line)[-1]
        sums = {value for kind, value in read_figures(result) if kind == "yuan" and value}
        stray = sums - reported - said
        beside = bool(sums & reported) and bool(_UPPER.search(result))
        if stray and not beside and not re.search("[？?]|请", line):
            return f"开头写了 {'、'.join(yuan_text(value) for value in sorted(stray))}，不是报出的金额"
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
    said = _bare("".join(case.turns))
    for quote in _ANY_QUOTE.findall(text):
        figures: set[Value] = read_figures(quote)
        if figures and _bare(quote) not in source and _bare(plain(quote)) not in _bare(plain(said)):
            return f"引号里的“{quote[:30]}”既不是原文，也不是用户的话"
    asked = {number for turn in case.turns for number in re.findall(r"\d+(?:\.\d+)*", plain(turn))}
    numbers = {clause.number for clause in pack.document.clauses}
    unknown = [c for c in _TOKEN.findall(text) if pack.document.clause(c) is None]
    unknown += [c for c in _ARTICLE.findall(text) if c not in numbers and c not in asked]
    return f"政策里没有条款 {'、'.join(unknown)}" if unknown else ""


def _own_words(between: str) -> bool:
    """Whether the quote is not said to be the clause's: [2.1.4] 的责任单位……“符合条件”."""
    return "；" in between or "。" in between


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
