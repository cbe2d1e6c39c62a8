"""The check of an answer, whoever wrote it: no figure, kind, quote or clause without a source. What fails is not shown.

Figures of any spelling are traced to a cited clause, a step of a calculation or the user's words; in the result only what was
computed or stands in a rule may appear, with the word of its kind; quotes are verbatim; clauses exist; nothing is promised.
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from assistant.compose.draft import fixed
from assistant.language.claims import claims, promises, undenied
from assistant.state import Answer, State
from assistant.understand.script import to_simplified
from calculators import Outcome, Step
from corpus.figures import Figure, scan
from corpus.numerals import read_numeral
from corpus.schema import Benefit, Token
from corpus.text import fold, squeeze

Value = tuple[str, Fraction]
_BOLD = re.compile(r"^\*\*(.+)\*\*$")
_BOUNDED = re.compile(  # right before the figure; 不止最高 and 突破上限 are no bounds
    r"(?<![不非没破无过止])(?:最高|最多|至多|不超过|不高于|(?:上限|封顶)[是为]?|up ?to|at ?most|"
    r"maximum(?: ?of)?|ceiling(?: ?of)?|not ?exceed(?:ing)?)(?:可[得获拿]|能[得拿])?(?:人民币|rmb)?\s*$",
    re.IGNORECASE,
)
_BOUNDED_AFTER = re.compile(r"\s*(?:为上限|封顶|以内|为限|at ?most|maximum)", re.IGNORECASE)
_AVERAGE = re.compile(r"平均(?:不高于|不超过)?(?:人民币|rmb)?\s*$|average.{0,20}$", re.IGNORECASE)
_STILL_ASKED = re.compile("还需要知道|還需要知道|Still needed|I also need|Also needed")
_OF_USER = re.compile(
    "您说|您提到|您听|不是|没有“|里没有|更正|多算|少算|should be|you (?:said|named|gave)|not|correction", re.IGNORECASE
)
_PER = re.compile("每|第|前|后|per|each|first|the", re.IGNORECASE)
_AWARDED = re.compile(
    "可得|可以?[拿领]|能[拿领得]|可获|拿到|领到|到手|will (?:get|receive)|can (?:get|receive|claim)", re.IGNORECASE
)
_OPEN, _CLOSE = "“「『", "”」』"
_QUOTED = re.compile(rf"[{_OPEN}]((?:[^{_OPEN}{_CLOSE}]|[{_OPEN}][^{_OPEN}{_CLOSE}]*[{_CLOSE}])+)[{_CLOSE}]")
_OF_CLAUSE = re.compile(rf"\[(\d+(?:\.\d+)*)\]([^{_OPEN}{_CLOSE}\n\[\]；。]{{0,60}})(?={_QUOTED.pattern})")
_BEFORE_CLAUSE = re.compile(rf"{_QUOTED.pattern} ?[（(]\[(\d+(?:\.\d+)*)\][）)]")
_TOKEN = re.compile(r"[\[【](\d+(?:\.\d+)*)[\]】]")
_ARTICLE = re.compile(r"第\s*(\d{1,3}|[一二三四五六七八九十百]{1,5})\s*[条款]")
_SPELT = re.compile(
    "成[百千]上[千万]|上[百千十]万|[百千十][把来]万|若干万|半个亿|小目标|[一二三四五六七八九两几]位数|一半|对半|[二三四五六七八九]分之|[½⅓¼⅔¾]|"
    "[两三四五六七八九十]倍|双倍|双份|翻番|[一二三四五六七八九]折|half a million|\\d[（(]万|[oOlI]+万"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_LEAST = 100  # smaller bare numbers are parts of names and of counting
_SEGMENT = re.compile(r"[，；;。]|,(?!\d)")
_SUM = r"\d[\d.,]*(?:亿|万)?(?:元|家|[%‰]|)"
_WRITTEN = re.compile(r"\d[\d.,]*(?:[万亿]元?|元|[%‰])")
_RARE = re.compile(r"[廿卅卌皕仨亖][万亿千百元一二三四五六七八九零]")
_PRODUCT = re.compile(rf"(?<![\d.至–-])({_SUM}) × (?:最高)?({_SUM}) = ({_SUM})(?![\d.,亿万元至])")


def verify(state: State) -> State:
    """The state with its answer if every figure and citation has a source, else with the safe reply."""
    assert state.answer is not None
    if faults(state, state.answer):
        return replace(state, answer=fixed(state, "unverified").answer("decline", "unverified"))
    return state


def faults(state: State, answer: Answer) -> list[str]:
    """What an answer says that no source bears out; empty for a sound one."""
    plain = re.sub(r"[*_`\\]|<[^<>\n]*>", "", answer.text).replace("\n", "。")  # no figure goes on in the next line
    text = squeeze(to_simplified(fold(plain))).text
    sources = _sources(state, answer)
    return [
        *_citations(state, answer),
        *_figures(state, answer, text, sources | _steps(state, answer) | _said(state)),
        *_results(state, answer),
        *_told(answer, sources),
        *_quotes(state, answer.text),
        *_clauses(state, answer.text),
        *_products(answer.text),
        *_claims(state, to_simplified(answer.text)),
    ]


def figures_of(text: str) -> list[Figure]:
    """The figures of a text that need a source: money, rates and counts; a vague one always fails."""
    return _sourced(scan(squeeze(to_simplified(fold(text))).text))


def _sourced(figures: Iterable[Figure]) -> list[Figure]:
    return [f for f in figures if f.kind in ("money", "rate") or (f.kind == "count" and f.text[0].isdigit())]


def _citations(state: State, answer: Answer) -> Iterator[str]:
    source = state.policy.document.source
    for citation in answer.citations:
        clause = state.policy.document.clause(citation.clause)
        if clause is None or source[citation.start : citation.end] != citation.quote:
            yield f"citation of {citation.clause} does not stand at {citation.start}"
        elif not clause.start <= citation.start <= citation.end <= clause.end:
            yield f"citation of {citation.clause} lies outside the clause"
    if answer.outcome == "answer" and not answer.citations:
        yield "an answer without a source"


def _figures(state: State, answer: Answer, text: str, allowed: Set[Value]) -> Iterator[str]:
    read = scan(text)
    for match in _WRITTEN.finditer(text):
        if not any(figure.start < match.end() and match.start() < figure.end for figure in read):
            alone = scan(match[0])  # 540万元 - 180万元 is no range
            if not alone or (alone[0].kind, alone[0].high) not in allowed:
                yield f"{match[0]} cannot be read"
    unquoted = _QUOTED.sub("", text)
    yield from (f"{match[0]} cannot be read" for match in _RARE.finditer(text))
    yield from (f"{match[0]} cannot be read" for match in _SPELT.finditer(unquoted) if match[0] not in _words(state, answer))
    bare = [f for f in read if f.kind == "bare" and f.text[0].isdigit()] if answer.outcome == "answer" else []
    for figure in bare:
        values = {("money", figure.high), ("count", figure.high), ("money", figure.high * 10_000)}
        if figure.high >= _LEAST and not _FIRST_YEAR <= figure.high <= _LAST_YEAR and not values & allowed:
            yield f"{figure.text} has no source"
    for figure in _sourced(read):
        for value in (figure.low, figure.high):
            if figure.vague or (figure.kind, value) not in allowed:
                yield f"{figure.text} has no source"


def _results(state: State, answer: Answer) -> Iterator[str]:
    """Sums in the lines that state the result, and wherever something is said to be got: computed ones, with their kind."""
    if answer.outcome != "answer" or not answer.totals:
        return
    amounts = [total.amount for total in answer.totals]
    due = {end for amount in amounts for end in (amount.low, amount.high) if end is not None}
    ceilings = {amount.high for amount in amounts if amount.kind == "upper_bound"}
    means = {amount.high for amount in amounts if amount.kind == "average"}
    exact = {end for amount in amounts if amount.kind not in ("upper_bound", "average") for end in (amount.low, amount.high)}
    ruled = {end for token in _tokens(state, answer) for end in (token.low, token.high)}
    names = {o.benefit.name for total in answer.totals for o in total.outcomes}
    names |= {state.policy.english.get(name, name) for name in names}
    for line, headline in _lines_of_result(state, answer):
        for name in names:
            line = line.replace(name, "")
        for segment in _SEGMENT.split(line):
            plain = squeeze(to_simplified(fold(segment))).text
            if "=" in plain:
                continue  # a working, whose products are checked
            for figure in (f for f in figures_of(plain) if f.kind == "money"):
                before = plain[: figure.start]
                bounded = bool(_BOUNDED.search(before) or _BOUNDED_AFTER.match(plain[figure.end :]))
                averaged = bool(_AVERAGE.search(before))
                for end in {figure.low, figure.high}:
                    if end not in due and not (end in ruled and (bounded or averaged or (headline and _PER.search(plain)))):
                        yield f"{figure.text} is not a result"
                    elif end in due and end not in exact and not ((bounded and end in ceilings) or (averaged and end in means)):
                        yield f"{figure.text} is no fixed sum"


def _lines_of_result(state: State, answer: Answer) -> Iterator[tuple[str, bool]]:
    """The bold lines, or the first where none is bold; and parts of other lines that say that something is got."""
    lines = [line.strip() for line in answer.text.splitlines() if line.strip()]
    bold = [match[1] for line in lines if (match := _BOLD.match(line))]
    for line in bold or lines[:1]:
        if not _STILL_ASKED.match(line) and not _is_title(state, line):
            yield line, True
    for line in lines:
        if not _BOLD.match(line):
            unquoted = _QUOTED.sub("", line)
            for part in _SEGMENT.split(unquoted):
                if _AWARDED.search(part):
                    yield part, False


def _is_title(state: State, line: str) -> bool:
    """Whether a bold line only names a clause, as the parts of an answer on several clauses do."""
    number, _, title = line.partition(" ")
    clause = state.policy.document.clause(number)
    return clause is not None and to_simplified(title) in (
        clause.title,
        state.policy.english.get(clause.title),
        to_simplified(clause.title),
    )


def _told(answer: Answer, sources: Set[Value]) -> Iterator[str]:
    """Sums of the user's alone in lines that neither work with them nor speak of what he said."""
    for line in answer.text.splitlines():
        plain = squeeze(to_simplified(fold(_QUOTED.sub("", line)))).text
        if "=" in plain or _OF_USER.search(plain):
            continue
        for figure in (f for f in figures_of(plain) if f.kind == "money" and not f.vague):
            if any(("money", end) not in sources for end in (figure.low, figure.high)):
                yield f"{figure.text} is only what the user said"


def _tokens(state: State, answer: Answer) -> Iterator[Token]:
    cited = {citation.clause for citation in answer.citations}
    benefits: list[Benefit] = [b for b in state.policy.benefits.values() if b.clause in cited]
    for benefit in benefits:
        yield from (token for token in (benefit.figure, benefit.cap) if token is not None)
        yield from (period.figure for period in benefit.periods)
    yield from (cap.cap for cap in state.policy.joint_caps if cap.quote.clause in cited)


def _quotes(state: State, text: str) -> Iterator[str]:
    """Quotes behind or before a clause's number that are not its words; quotes with figures that nobody said."""
    document = state.policy.document
    pairs = [(m[1], m[3]) for m in _OF_CLAUSE.finditer(text)] + [(m[2], m[1]) for m in _BEFORE_CLAUSE.finditer(text)]
    for number, quote in pairs:
        clause = document.clause(number)
        if clause is not None and squeeze(quote).text not in _squeezed(clause.text):
            yield f"“{quote[:20]}” is not in {number}"
    source = _squeezed(document.source)
    said = squeeze(to_simplified(fold(state.told))).text
    for quote in _QUOTED.findall(text):
        if figures_of(quote) and squeeze(to_simplified(quote)).text not in source:
            folded = squeeze(to_simplified(fold(quote))).text
            if folded not in said and folded.lower() not in said.lower().replace(",", ""):
                yield f"“{quote[:20]}” is nobody's words"


def _clauses(state: State, text: str) -> Iterator[str]:
    document = state.policy.document
    numbers = {clause.number for clause in document.clauses}
    for number in _TOKEN.findall(text):
        if document.clause(number) is None:
            yield f"there is no clause {number}"
    for written in _ARTICLE.findall(text):
        number = written if written.isdigit() else str(read_numeral(written) or "")
        if number not in numbers and written not in fold(state.told) and f"第{written}" not in document.source:
            yield f"there is no article {number}"


def _claims(state: State, text: str) -> Iterator[str]:
    """Promises, and limits denied that the text does not deny."""
    unquoted = _QUOTED.sub("“”", text)
    yield from (f"promises “{word}”" for word in promises(unquoted))
    known = _squeezed(state.policy.document.source)
    yield from (
        f"denies a limit: “{word}”"
        for word in undenied(claims()["no_limit"], unquoted)
        if not word.isascii() and word not in known
    )


def _words(state: State, answer: Answer) -> str:
    """What the cited clauses and the user say."""
    cited = {citation.clause for citation in answer.citations} | {finding.topic.clause for finding in state.findings}
    clauses = [clause.text for clause_id in cited if (clause := state.policy.document.clause(clause_id))]
    return squeeze(to_simplified(fold("".join([*clauses, state.told])))).text


def _products(text: str) -> Iterator[str]:
    """Workings that do not come out."""
    for match in _PRODUCT.finditer(text):
        values = [_value(match[group]) for group in (1, 2, 3)]
        if values[0] * values[1] != values[2]:
            yield f"{match[0]} does not come out"


def _value(text: str) -> Fraction:
    number = Fraction(re.sub(r"[^\d.]", "", text).strip(".") or "0")
    scales = {"亿": Fraction(10**8), "万": Fraction(10**4), "%": Fraction(1, 100), "‰": Fraction(1, 1000)}
    for sign, scale in scales.items():
        if sign in text:
            number *= scale
    return number


def _sources(state: State, answer: Answer) -> set[Value]:
    """Figures of the cited clauses, of the amounts, and of the document's own name and status."""
    allowed: set[Value] = {("money", Fraction(0))}
    document = state.policy.document
    cited = {citation.clause for citation in answer.citations} | {total.clause for total in answer.totals}
    cited |= {finding.topic.clause for finding in state.findings}
    for clause_id in cited:
        clause = document.clause(clause_id)
        if clause is not None:
            allowed |= _values_of(clause.text)
    amounts = [a for o in _outcomes(state, answer) for a in o.amounts] + [t.amount for t in answer.totals]
    for amount in amounts:
        allowed |= {("money", end) for end in (amount.low, amount.high) if end is not None}
    for text in (*state.policy.meta.inferred, state.policy.meta.name, state.policy.meta.title, state.policy.meta.status_text):
        allowed |= _values_of(text)
    return allowed


def _steps(state: State, answer: Answer) -> set[Value]:
    """The steps of the workings, the user's sums that they start from among them."""
    steps = [s for o in _outcomes(state, answer) for s in o.steps] + [s for t in answer.totals for s in t.steps]
    return {(_kind_of(step), step.value) for step in steps}


def _outcomes(state: State, answer: Answer) -> list[Outcome]:
    return [o for finding in state.findings for o in finding.outcomes] + [o for t in answer.totals for o in t.outcomes]


def _said(state: State) -> set[Value]:
    """What the user has said, which an answer may repeat but not give as its result."""
    said: set[Value] = set()
    for figure in state.figures:
        said |= {(figure.kind, end) for end in (figure.low, figure.high)}
        if figure.kind == "bare":
            said |= {("money", figure.high), ("money", figure.high * 10_000)}
    return said


def _kind_of(step: Step) -> str:
    if step.unit == "元":
        return "money"
    return "rate" if step.token is not None and step.token.kind == "rate" else "count"


@lru_cache(maxsize=512)
def _values_of(text: str) -> frozenset[Value]:
    """The figures of a policy's own text, which does not change."""
    return frozenset((figure.kind, end) for figure in figures_of(text) for end in (figure.low, figure.high))


@lru_cache(maxsize=512)
def _squeezed(text: str) -> str:
    return squeeze(text).text
