"""The slots that a model may put into its words, and what code writes in their place.

A model never writes a figure: it writes {{r1}}, and code writes 研究开发财政补助最高8万元（[2.1.2]）, with the name, the word
of its kind and the clause. What cannot be filled is a fault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from assistant.compose.passages import passages
from assistant.compose.wording import Wording
from assistant.compose.words import amount_text, failure_text, open_text, rule_text, total_name
from assistant.state import Finding, State
from assistant.understand.script import to_traditional
from calculators import Outcome, Total
from corpus.schema import Benefit, Clause, Quote

Kind = Literal["amount", "rule", "figure", "quote", "clause", "units", "text", "said"]
VALUES = frozenset({"amount", "rule", "figure"})
MARK = "\ufffc"  # stands for a slot where only the words around it are read
_SLOT = re.compile(r"\{{1,2}\s*([a-z]{1,2}\d{1,3}(?:\.[a-z]+)?)\s*\}{1,2}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A name with the text that code writes for it; `clause` is the clause that bears the text out."""

    name: str
    kind: Kind
    text: str
    clause: str = ""
    benefit: Benefit | None = None
    quote: Quote | None = None


@dataclass(slots=True)
class Slots:
    """The slots of one turn: from the engine's findings, and from what the tools brought."""

    state: State
    found: dict[str, Slot] = field(default_factory=dict)
    words: Wording = field(init=False)

    def __post_init__(self) -> None:
        self.words = Wording(self.state.policy, self.state.read.script == "english")

    def get(self, name: str) -> Slot | None:
        """The slot of a name; None where there is none."""
        return self.found.get(name)

    def add(self, finding: Finding) -> tuple[str, ...]:
        """Slots for what a topic comes to; their names."""
        before = set(self.found)
        clause = self.state.policy.document.clause(finding.topic.clause)
        assert clause is not None
        self.add_clause(clause)
        for total in finding.totals:
            self._total(total)
        for outcome in finding.outcomes:
            self._rule(outcome, finding)
        if not finding.outcomes:
            for quote in passages(self.state, clause.id, 2):
                self.add_quote(quote)
        for said in finding.roles.said if not self.words.english else ():  # their spelling is that of a Chinese reading
            self._put("f", "said", self._told(said.fact, said.figure.text))
        if finding.gap is not None:
            self.add_text("g", self.words.own(finding.gap.say), clause.id)
        return tuple(name for name in self.found if name not in before)

    def add_sum(self, total: Total) -> str:
        """What several amounts come to together; the slot's name."""
        return self._put("r", "amount", self.amount_line(total), total.clause, total.outcomes[0].benefit)

    def add_clause(self, clause: Clause) -> str:
        """A clause's number and title, and its responsible units; the slot's name."""
        title = self.words.own(clause.title)
        name = self._put("c", "clause", f"[{clause.id}] {title}".strip(), clause.id)
        if clause.units:
            self._beside(name, "units", "units", self.words.listed(clause.units), clause.id)
        return name

    def add_quote(self, quote: Quote, benefit: Benefit | None = None) -> str:
        """A sentence of a clause, word for word; the slot's name."""
        shown = " ".join(quote.text.split())
        return self._put("q", "quote", f"“{shown}”{self._where(quote.clause)}", quote.clause, benefit, quote)

    def add_text(self, prefix: str, text: str, clause: str = "") -> str:
        """A sentence that code wrote; the slot's name."""
        return self._put(prefix, "text", text, clause)

    def amount_line(self, total: Total) -> str:
        """An amount with the name of its benefit, the word of its kind and its clause."""
        words = self.words
        parts = [total_name(total, words), words.own(total.amount.label), amount_text(total.amount, words)]
        return (" " if words.english else "").join(part for part in parts if part) + self._where(total.clause)

    def _where(self, clause: str) -> str:
        """A clause's number in brackets, as the language has them."""
        return f" ([{clause}])" if self.words.english else f"（[{clause}]）"

    def _total(self, total: Total) -> None:
        words = self.words
        name = self._put("r", "amount", self.amount_line(total), total.clause, total.outcomes[0].benefit)
        formulas = [words.sentence(outcome.formula) for outcome in total.outcomes if outcome.formula]
        if formulas:
            self._beside(name, "formula", "figure", words.join(formulas, "；"), total.clause, total.outcomes[0].benefit)

    def _rule(self, outcome: Outcome, finding: Finding) -> None:
        benefit, words = outcome.benefit, self.words
        if any(slot.benefit is benefit and slot.kind == "rule" for slot in self.found.values()):
            return
        text = words("{name}：{result}", name=words.own(benefit.name), result=rule_text(benefit, words))
        name = self._put("b", "rule", f"{text}{self._where(benefit.clause)}", benefit.clause, benefit)
        if benefit.cap is not None:
            limit = words("最高{figure}", figure=words.token(benefit.cap))
            self._beside(name, "cap", "figure", f"{limit}{self._where(benefit.clause)}", benefit.clause, benefit)
        to = words("{name}：给{to}", name=words.own(benefit.name), to=words.own(benefit.to))
        self._beside(name, "to", "rule", to, benefit.clause, benefit)
        if outcome.failed:
            why = [failure_text(condition, finding.facts, outcome, words) for condition in outcome.failed]
            self._beside(name, "why", "text", words.join(why, "；"), benefit.clause, benefit)
        premises = open_text(outcome, finding.facts, words)
        if premises:
            self._beside(name, "premise", "text", premises, benefit.clause, benefit)
        self.add_quote(benefit.quote, benefit)

    def _told(self, fact: str, figure: str) -> str:
        return self.words("您说的{fact}{figure}", fact=self.words.own(fact), figure=figure)

    def _put(
        self,
        prefix: str,
        kind: Kind,
        text: str,
        clause: str = "",
        benefit: Benefit | None = None,
        quote: Quote | None = None,
    ) -> str:
        again = next((s for s in self.found.values() if s.kind == kind and s.text == text and "." not in s.name), None)
        if again is not None:
            return again.name
        number = 1 + sum(1 for name in self.found if re.fullmatch(rf"{prefix}\d+", name))
        name = f"{prefix}{number}"
        self.found[name] = Slot(name, kind, text, clause, benefit, quote)
        return name

    def _beside(self, base: str, part: str, kind: Kind, text: str, clause: str, benefit: Benefit | None = None) -> None:
        name = f"{base}.{part}"
        self.found.setdefault(name, Slot(name, kind, text, clause, benefit))


def slot_spans(words: str) -> Iterator[tuple[int, int, str]]:
    """Where the slots of a text stand, and their names."""
    for match in _SLOT.finditer(words):
        yield match.start(), match.end(), match[1]


def names_in(words: str) -> tuple[str, ...]:
    """The slots that a text names, in order, each once."""
    return tuple(dict.fromkeys(name for _, _, name in slot_spans(words)))


def masked(words: str) -> str:
    """A text with one mark for each slot."""
    return _SLOT.sub(MARK, words)


def fill(words: str, slots: Slots) -> str:
    """A text with its slots filled, in traditional characters where the user writes so; quotes stay as the source has them."""
    traditional = slots.state.read.script == "traditional"

    def text(match: re.Match[str]) -> str:
        slot = slots.found[match[1]]
        return to_traditional(slot.text) if traditional and slot.kind != "quote" else slot.text

    return _SLOT.sub(text, to_traditional(words) if traditional else words)


def listing(slots: Slots, names: tuple[str, ...] | None = None) -> str:
    """The slots with their texts, a line each, for the model to read."""
    chosen = slots.found if names is None else {name: slots.found[name] for name in names}
    return "\n".join(f"{{{{{name}}}}} = {slot.text}" for name, slot in chosen.items())
