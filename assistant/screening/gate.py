"""The first question of the screener, 今年发生了哪些情况: a pack's own options, and derived ones for what they leave out."""

from assistant.screening.payees import payee_of
from corpus.schema import Benefit, Condition, GateOption, Pack


def gate_of(pack: Pack) -> tuple[GateOption, ...]:
    """The options in the order of the text; every benefit of the pack is in one of them.

    What gate.yaml leaves out gets an option a clause and recipient, or one for each value of the choice that tells its
    benefits apart (企业技术中心 and 专精特新 of one clause may both have happened).
    """
    written = {benefit for option in pack.gate for benefit in option.benefits}
    found = list(pack.gate)
    for clause in pack.document.clauses:
        left = [b for b in pack.benefits.values() if b.clause == clause.id and b.id not in written]
        if left:
            found += _derived(pack, clause.id, left)
    return tuple(found)


def _derived(pack: Pack, clause_id: str, benefits: list[Benefit]) -> list[GateOption]:
    clause = pack.document.clause(clause_id)
    assert clause is not None
    title = clause.title or benefits[0].name
    alike = sum(other.title == clause.title for other in pack.document.clauses) > 1
    said = f"{title}（第{clause.number or clause.id}条）" if alike else title
    told_apart = _open_choice(pack, benefits)
    groups: dict[tuple[Condition | None, str], list[str]] = {}
    for benefit in benefits:
        condition = next((c for c in benefit.when if c.fact == told_apart), None)
        groups.setdefault((condition, payee_of(benefit)), []).append(benefit.id)
    several = len({payee for _, payee in groups}) > 1
    options = []
    for number, ((condition, payee), ids) in enumerate(groups.items(), 1):
        name = clause_id if len(groups) == 1 else f"{clause_id}-{number}"
        to = f"（给{'、'.join(dict.fromkeys(pack.benefits[i].to for i in ids))}）" if several and payee != "asker" else ""
        value = f"：{'、'.join(condition.options)}" if condition else ""
        options.append(GateOption(name, f"{said}{value}{to}", tuple(ids), (condition,) if condition else ()))
    return options


def _open_choice(pack: Pack, benefits: list[Benefit]) -> str:
    """The choice by which most of the benefits differ, if it is none of the asker's; empty where there is none."""
    found = {}
    for name in dict.fromkeys(c.fact for benefit in benefits for c in benefit.when if c.op == "in"):
        values = [c.options for benefit in benefits for c in benefit.when if c.fact == name]
        if len(set(values)) > 1 and not pack.facts[name].of_asker:
            found[name] = len(values)
    return max(found, key=lambda name: found[name], default="")
