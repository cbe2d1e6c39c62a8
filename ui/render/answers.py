"""An answer as it should be read: large sums, badges, one line a detail, choices where something is asked.

The text of an answer is Markdown of our own making: bold results, `- label：text`, bold section titles, the words of a
model. It is read line by line; whatever else stands in it is shown as typed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from assistant.compose.wording import Wording, english_phrases
from assistant.compose.words import result_text, total_name
from assistant.state import Answer
from assistant.understand.script import to_traditional
from calculators import Total
from corpus.schema import Pack
from ui.render import page_html
from ui.render.amounts import Bar, StepView, Sum, bar_of, step_views, sum_view
from ui.render.sources import Source, clause_link, sources_of
from ui.words import Words

_DETAIL = re.compile(r"- (?P<label>[^：:（(“\[]{1,16})(?:：|: ?)(?P<text>.+)")
_REFERENCE = re.compile(r"\[(\d+(?:\.\d+)*)\]")
OUTCOME_BADGES = {"answer": "有依据", "ask": "待补充", "decline": "未载明"}
STATUS_BADGES = {
    "not_eligible": "不符合",
    "unstated": "文中未规定",
    "not_stated": "文中未规定",
    "changed": "条款已变",
    "zero": "为零",
    "manipulation": "不能照办",
    "elsewhere": "不在范围",
    "outside": "不在范围",
    "unverified": "未通过核对",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: plain words, or a reference to a clause."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the answer: `kind` is lead, section, detail, note or machine."""

    kind: str
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One amount of the answer."""

    name: str
    period: str
    sum: Sum
    bar: Bar
    steps: tuple[StepView, ...]
    to: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that answers a question: its caption and the words it sends."""

    caption: str
    says: str


@dataclass(frozen=True, slots=True)
class AskView:
    """What is asked back: choices, or a field with its unit."""

    question: str
    fact: str
    choices: tuple[Choice, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer ready for its template."""

    badge: str
    tone: str
    cards: tuple[Card, ...]
    rows: tuple[Row, ...]
    sources: tuple[Source, ...]
    ask: AskView | None


def answer_view(answer: Answer, pack: Pack, words: Words, script: str = "") -> AnswerView:
    """An answer cut into what is shown where; figures and quotes are those of the answer, nothing is computed.

    `script` is that of the question (english, traditional, else simplified): sums are named in it, as the text is.
    """
    wording = Wording(pack, words.language == "en")
    rows = _rows(answer, wording)
    tone = answer.totals[0].amount.kind if answer.totals else answer.outcome
    return AnswerView(
        STATUS_BADGES.get(answer.status, OUTCOME_BADGES[answer.outcome]),
        tone,
        _cards(answer, Wording(pack, script == "english"), to_traditional if script == "traditional" else str),
        tuple(rows),
        tuple(sources_of(answer, pack, wording)),
        _ask(answer, pack, words),
    )


def answer_html(answer: Answer, pack: Pack, words: Words, *, script: str = "", open_form: bool = True, turn: int = 0) -> str:
    """One answer; `open_form` shows the choices of a question that is still open."""
    view = answer_view(answer, pack, words, script)
    return page_html("answer.html.j2", words, view=view, open_form=open_form, turn=turn)


def _cards(answer: Answer, words: Wording, spelt: Callable[[str], str]) -> tuple[Card, ...]:
    top = max((total.amount.high for total in answer.totals), default=Fraction(0))
    return tuple(_card(total, words, spelt, top) for total in answer.totals)


def _card(total: Total, words: Wording, spelt: Callable[[str], str], top: Fraction) -> Card:
    names = total_name(total, words)
    to = dict.fromkeys(words.own(outcome.benefit.to) for outcome in total.outcomes)
    period = words.own(total.amount.label) if total.amount.label else ""
    bar = bar_of(total.amount.low or Fraction(0), total.amount.high, top)
    return Card(
        spelt(names),
        spelt(period),
        sum_view(total.amount, words),
        bar,
        tuple(step_views(total.steps, words)),
        spelt("；".join(to)),
    )


def _spellings(label: str) -> tuple[str, ...]:
    """A label of the engine in every language that it answers in."""
    return label, to_traditional(label), english_phrases().get(label, label)


def _rows(answer: Answer, words: Wording) -> list[Row]:
    shown = {text for total in answer.totals for text in _headlines(total, words.pack)}
    said = {label for name in ("依据", *(("给谁",) if answer.totals else ())) for label in _spellings(name)}
    machine = tuple(spelt.partition("{")[0].strip() for spelt in _spellings("AI 解读：{words}"))
    rows: list[Row] = []
    for line in answer.text.splitlines():
        plain = line.strip()
        if not plain or plain.strip("*") in shown:
            continue
        if plain.startswith(machine):
            said_by_model = next(plain.removeprefix(prefix).strip() for prefix in machine if plain.startswith(prefix))
            rows.append(Row("machine", "", _parts(said_by_model, words)))
            continue
        if rows and rows[-1].kind == "machine" and not plain.startswith(("- ", "**")):
            # the words of a model may have several lines; none of them may pass for the engine's
            rows[-1] = Row("machine", "", (*rows[-1].parts, Part("\n"), *_parts(plain, words)))
            continue
        row = _row(plain, words, head=line.startswith("**"))
        if row.label not in said:  # the sources stand beside the answer, who is paid on its card
            rows.append(row)
    return _tidied(rows, answer)


def _headlines(total: Total, pack: Pack) -> list[str]:
    """The result lines that a card says already."""
    chinese = result_text(total, Wording(pack))
    return [chinese, to_traditional(chinese), result_text(total, Wording(pack, True))]


def _row(line: str, words: Wording, *, head: bool) -> Row:
    if head:
        text = line.replace("**", "")
        return Row("section" if re.match(r"\d+(\.\d+)* ", text) else "lead", "", _parts(text, words))
    detail = _DETAIL.fullmatch(line)
    if detail is not None:
        return Row("detail", detail["label"].strip(), _parts(detail["text"], words))
    return Row("note" if line.startswith("- ") else "lead", "", _parts(line.removeprefix("- ").replace("**", ""), words))


def _tidied(rows: list[Row], answer: Answer) -> list[Row]:
    """Rows without sections that hold nothing but sources."""
    kept = []
    for number, row in enumerate(rows):
        after = rows[number + 1] if number + 1 < len(rows) else None
        if row.kind == "section" and (after is None or after.kind == "section") and answer.totals:
            continue
        kept.append(row)
    return kept


def _parts(text: str, words: Wording) -> tuple[Part, ...]:
    parts, at = [], 0
    for match in _REFERENCE.finditer(text):
        if words.pack.document.clause(match[1]) is None:
            continue
        parts += [Part(text[at : match.start()]), Part(match[1], clause_link(words, match[1]))]
        at = match.end()
    return tuple(part for part in (*parts, Part(text[at:])) if part.text)


def _ask(answer: Answer, pack: Pack, words: Words) -> AskView | None:
    """The open question as choices or a field; none where only free words can answer."""
    if answer.outcome != "ask" or not answer.asks:
        return None
    ask = answer.asks[0]
    fact = pack.facts.get(ask.fact)
    if fact is None:
        return None
    own = Wording(pack, words.language == "en").own
    if fact.type == "choice":
        choices = tuple(Choice(own(option), option) for option in fact.options)
        return AskView(ask.question, fact.name, choices, "")
    if fact.type == "flag":
        return AskView(ask.question, fact.name, (Choice(words("是"), "是的"), Choice(words("不是"), "不是")), "")
    return AskView(ask.question, fact.name, (), words("万元") if fact.type == "money" else own(fact.unit) or words("个"))
