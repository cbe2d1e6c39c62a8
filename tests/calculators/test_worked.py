"""Joint caps, schedules, ranges and tiers; the worked cases of each benefit are a question set (tests/evals/test_bank.py)."""

from calculators import Facts, Number, evaluate, totals
from corpus.schema import Pack
from evals.cases import CalculatorCase
from evals.library import find_sets


def test_every_benefit_has_a_worked_case(jinan: Pack) -> None:
    (worked,) = find_sets(["jinan-2023-2025-calculators"])
    assert {case.benefit for case in worked.cases if isinstance(case, CalculatorCase)} == set(jinan.benefits)


def test_joint_cap_binds_over_two_benefits(jinan: Pack) -> None:
    facts = Facts(
        {("研发经费投入", ""): Number.of(80_000_000), ("加计扣除费用总额", ""): Number.of(20_000_000)},
        {"企业资质": frozenset({"高新技术企业", "集成电路领域企业"})},
    )
    outcomes = [evaluate(jinan.benefits[name], facts, jinan.facts) for name in ("2.1.2.a", "2.1.2.b")]
    (total,) = totals(outcomes, jinan.joint_caps)
    assert (total.id, total.amount.kind, total.amount.high) == ("2.1.2.*", "upper_bound", 2_500_000)


def test_joint_cap_leaves_smaller_sums_apart(jinan: Pack) -> None:
    facts = Facts(
        {("研发经费投入", ""): Number.of(30_000_000), ("加计扣除费用总额", ""): Number.of(20_000_000)},
        {"企业资质": frozenset({"科技型中小企业", "集成电路领域企业"})},
    )
    outcomes = [evaluate(jinan.benefits[name], facts, jinan.facts) for name in ("2.1.2.a", "2.1.2.b")]
    assert [(t.id, t.amount.high) for t in totals(outcomes, jinan.joint_caps)] == [("2.1.2.a", 750_000), ("2.1.2.b", 1_000_000)]


def test_joint_cap_binds_one_benefit_alone(jinan: Pack) -> None:
    facts = Facts({("研发经费投入", ""): Number.of(100_010_000)}, {"企业资质": frozenset({"高新技术企业"})})
    (total,) = totals([evaluate(jinan.benefits["2.1.2.a"], facts, jinan.facts)], jinan.joint_caps)
    assert (total.id, total.amount.high, total.amount.capped) == ("2.1.2.a", 2_500_000, True)


def test_a_withdrawn_rule_computes_nothing(jinan: Pack) -> None:
    facts = Facts({}, {"高企事项": frozenset({"复审通过"})})
    outcome = evaluate(jinan.benefits["2.2.8.d"], facts, jinan.facts, withdrawn=True)
    assert (outcome.status, outcome.amounts) == ("changed", ())


def test_schedule_has_one_amount_a_period_each_under_the_cap(liuhe: Pack) -> None:
    facts = Facts({("年度地方财政贡献", ""): Number.of(70_000_000)})
    outcome = evaluate(liuhe.benefits["4.a"], facts, liuhe.facts)
    assert [(a.label, a.high) for a in outcome.amounts] == [("前2年，每年", 50_000_000), ("后3年，每年", 35_000_000)]


def test_rate_range_gives_a_range(liuhe: Pack) -> None:
    facts = Facts({("固定资产投资", ""): Number.of(10_000_000)}, {"项目类别": frozenset({"工业类"})})
    (amount,) = evaluate(liuhe.benefits["2.a"], facts, liuhe.facts).amounts
    assert (amount.kind, amount.low, amount.high) == ("range", 500_000, 2_000_000)


def test_excess_counts_only_what_is_above(liuhe: Pack) -> None:
    facts = Facts({("年产值同比增长额", ""): Number.of(36_000_000)})
    (amount,) = evaluate(liuhe.benefits["11.a"], facts, liuhe.facts).amounts
    assert amount.high == 130_000


def test_tier_edges_belong_to_one_tier(liuhe: Pack) -> None:
    for sum_yuan, tier in ((10_000_000, "5.a"), (20_000_000, "5.a"), (20_000_001, "5.b"), (50_000_001, "5.c")):
        facts = Facts({("年度地方财政贡献", ""): Number.of(sum_yuan)})
        paid = [n for n in ("5.a", "5.b", "5.c") if evaluate(liuhe.benefits[n], facts, liuhe.facts).status == "calculated"]
        assert paid == [tier]
