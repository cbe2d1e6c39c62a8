"""One benefit at a time, for whoever looks things up: figures in, the result out, what is no figure taken as met."""

from collections.abc import Mapping

from assistant.screening.amounts import Fault, read_number
from assistant.screening.screen import Line, line_of, multiplied, said_by
from calculators import Facts, Number
from corpus.schema import Benefit, Fact, Pack


def quick_fields(pack: Pack, benefit: Benefit) -> tuple[Fact, ...]:
    """The sums and counts that a benefit needs, in the order of its rule."""
    names = [c.fact for c in benefit.when if c.threshold is not None]
    return tuple(pack.facts[name] for name in dict.fromkeys([*names, *multiplied(pack, benefit)]))


def quick(pack: Pack, benefit: Benefit, typed: Mapping[str, str]) -> tuple[Line, dict[str, Fault]]:
    """The result of a benefit whose choices and yes-or-no conditions are taken as met, and the fault of each field."""
    numbers: dict[tuple[str, str], Number] = {}
    faults: dict[str, Fault] = {}
    for fact in quick_fields(pack, benefit):
        text = typed.get(fact.name, "").strip()
        if not text:
            continue
        number = read_number(text, fact)
        if isinstance(number, Fault):
            faults[fact.name] = number
        else:
            numbers[(fact.name, "")] = number
    met = said_by(benefit.when)
    return line_of(pack, benefit, Facts(numbers, met.chosen, {}, met.flags)), faults
