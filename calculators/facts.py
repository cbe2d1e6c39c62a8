"""What is known of the asker. What is absent is unknown, never zero and never no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

NO_NUMBERS: Mapping[tuple[str, str], "Number"] = {}


@dataclass(frozen=True, slots=True)
class Number:
    """A sum in yuan or a count, from `low` to `high`; `parts` are the figures it was added up from.

    A `loose` number only bounds the fact (不到500万): it decides conditions and computes nothing.
    """

    low: Fraction
    high: Fraction
    parts: tuple[Fraction, ...] = ()
    loose: bool = False

    @staticmethod
    def of(value: Fraction | int) -> "Number":
        """A number given exactly."""
        exact = Fraction(value)
        return Number(exact, exact, (exact,))

    def plus(self, other: "Number") -> "Number":
        """The sum, which remembers its parts."""
        return Number(self.low + other.low, self.high + other.high, self.parts + other.parts, self.loose or other.loose)

    @property
    def is_range(self) -> bool:
        """Whether only bounds are known."""
        return self.low != self.high


@dataclass(frozen=True, slots=True)
class Facts:
    """Numbers by (fact, option) with option "" for all, options affirmed and denied, flags."""

    numbers: Mapping[tuple[str, str], Number] = field(default_factory=dict)
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    denied: Mapping[str, frozenset[str]] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)

    def number(self, fact: str, options: tuple[str, ...] = ()) -> Number | None:
        """The number of a fact: the sum over the options where it was given by option, else the plain one.

        Where only other options were given, nothing is known of these: a plain sum beside them is the whole.
        """
        keyed = [number for (name, option), number in self.numbers.items() if name == fact and option in options]
        plain = self.numbers.get((fact, ""))
        if keyed:
            total = keyed[0]
            for number in keyed[1:]:
                total = total.plus(number)
            return total
        return None if any(name == fact and option for name, option in self.numbers) and options else plain
