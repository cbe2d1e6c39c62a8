"""Properties of every rule: never above the cap, monotone in the base, ends in order, unknown never computed."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import Facts, Number, evaluate, totals
from corpus.loader import PACKS, load_pack
from corpus.schema import Benefit, Pack

PACK = load_pack(PACKS / "jinan-2023-2025")
LIUHE = load_pack(PACKS / "liuhe-2023")
BASED = [(pack, b) for pack in (PACK, LIUHE) for b in pack.benefits.values() if b.of or b.times]
COUNTS = st.integers(0, 10**7)
SUMS = st.integers(0, 10**14).map(lambda fen: Fraction(fen, 100))


def facts_for(pack: Pack, benefit: Benefit, low: Fraction, high: Fraction | None = None) -> Facts:
    """Facts that meet the benefit's choices, with the base given."""
    base = benefit.of or benefit.times
    return Facts(
        numbers={(base, ""): Number(low, low if high is None else high, (low,))},
        chosen={c.fact: frozenset(c.options[:1]) for c in benefit.when if c.op == "in"},
        flags={c.fact: c.op == "is" for c in (*benefit.when, *benefit.premises) if c.op in ("is", "not")},
    )


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(BASED), COUNTS, COUNTS)
def test_monotone_in_the_base_and_never_above_the_cap(rule: tuple[Pack, Benefit], first: int, second: int) -> None:
    pack, benefit = rule
    scale = 1 if benefit.times else 1000
    small, large = sorted((Fraction(first * scale), Fraction(second * scale)))
    less = evaluate(benefit, facts_for(pack, benefit, small), pack.facts)
    more = evaluate(benefit, facts_for(pack, benefit, large), pack.facts)
    for outcome in (less, more):
        for amount in outcome.amounts:
            assert benefit.cap is None or amount.high <= benefit.cap.high
            assert amount.low is None or 0 <= amount.low <= amount.high
    if less.amounts and more.amounts:
        assert all(a.high <= b.high for a, b in zip(less.amounts, more.amounts, strict=True))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(BASED), SUMS, SUMS)
def test_range_ends_are_ordered(rule: tuple[Pack, Benefit], first: Fraction, second: Fraction) -> None:
    pack, benefit = rule
    low, high = sorted((first, second))
    if benefit.times:
        low, high = Fraction(int(low) % 1000), Fraction(int(low) % 1000 + int(high) % 1000)
    for amount in evaluate(benefit, facts_for(pack, benefit, low, high), pack.facts).amounts:
        assert amount.low is None or amount.low <= amount.high


@given(st.sampled_from([(p, b) for p in (PACK, LIUHE) for b in p.benefits.values() if b.of or b.times or b.when]))
def test_unknown_is_never_computed(rule: tuple[Pack, Benefit]) -> None:
    pack, benefit = rule
    outcome = evaluate(benefit, Facts(), pack.facts)
    assert outcome.status in ("missing", "unstated")
    assert outcome.amounts == ()


@settings(max_examples=200, deadline=None)
@given(SUMS, SUMS)
def test_joint_result_never_exceeds_the_joint_cap(rd: Fraction, deduction: Fraction) -> None:
    facts = Facts(
        {("研发经费投入", ""): Number.of(rd), ("加计扣除费用总额", ""): Number.of(deduction)},
        {"企业资质": frozenset({"高新技术企业", "集成电路领域企业"})},
    )
    outcomes = [evaluate(PACK.benefits[name], facts, PACK.facts) for name in ("2.1.2.a", "2.1.2.b")]
    assert sum(total.amount.high for total in totals(outcomes, PACK.joint_caps)) <= PACK.joint_caps[0].cap.high


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(BASED), COUNTS)
def test_every_step_follows_from_earlier_ones(rule: tuple[Pack, Benefit], count: int) -> None:
    """A step is a figure of the text, of the user, or the product, sum or difference of two earlier values."""
    pack, benefit = rule
    base = Fraction(count)
    known = {base}
    for step in evaluate(benefit, facts_for(pack, benefit, base), pack.facts).steps:
        made = any(step.value in (a * b, a + b, a - b) for a in known for b in known)
        assert step.token is not None or step.value in known or made or step.value == 0
        known.add(step.value)
