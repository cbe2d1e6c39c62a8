"""The screener: what is asked, what comes out, whose money it is."""

from dataclasses import replace
from fractions import Fraction

import pytest

from assistant.screening import Fault, Profile, ProfileError, gate_of, read_number, read_profile, screen, write_profile
from assistant.screening.payees import payee_of
from corpus.schema import Pack


def profile(pack: Pack, events: list[str], **answers: object) -> Profile:
    return Profile(pack.id, tuple(events), {key.replace("__", "/"): value for key, value in answers.items()})


def with_answer(filled: Profile, key: str, answer: tuple[str, ...]) -> Profile:
    return replace(filled, answers={**filled.answers, key: answer})


def standing(pack: Pack, filled: Profile) -> dict[str, str]:
    return {line.benefit.id: line.standing for line in screen(pack, filled).lines}


def wan(value: int | str) -> Fraction:
    return Fraction(value) * 10_000


def test_every_benefit_of_every_pack_is_behind_an_option(jinan: Pack, liuhe: Pack) -> None:
    for pack in (jinan, liuhe):
        assert {b for option in gate_of(pack) for b in option.benefits} == set(pack.benefits)
        ids = [option.id for option in gate_of(pack)]
        assert len(ids) == len(set(ids))


def test_what_the_form_says_has_its_english(jinan: Pack) -> None:
    facts = jinan.facts.values()
    said = {option.say for option in gate_of(jinan)} | {fact.ask or fact.name for fact in facts}
    said |= {option for fact in facts for option in fact.options}
    assert sorted(said - set(jinan.english)) == []


def test_nothing_is_asked_before_something_happened(jinan: Pack) -> None:
    found = screen(jinan, Profile(jinan.id))
    assert (found.questions, found.lines, found.payees) == ((), (), ())


def test_only_facts_that_matter_are_asked_and_the_sum_comes_after_the_condition(jinan: Pack) -> None:
    filled = profile(jinan, ["first"])
    assert [q.fact.name for q in screen(jinan, filled).questions] == ["工业企业规模"]
    filled = profile(jinan, ["research"])
    keys = [q.key for q in screen(jinan, filled).questions]
    assert "/企业资质" in keys and "research/研发经费投入" not in keys
    known = with_answer(filled, "/企业资质", ("高新技术企业",))
    assert "research/研发经费投入" in [q.key for q in screen(jinan, known).questions]


def test_首次认定规上工业企业_20到30万(jinan: Pack) -> None:
    found = screen(jinan, profile(jinan, ["first"], __工业企业规模=("规模以上工业企业",)))
    (asker,) = found.payees
    assert (asker.payee, asker.floor, asker.ceiling) == ("asker", wan(20), wan(30))
    assert {line.benefit.id: line.standing for line in found.lines} == {"2.2.8.a": "computed", "2.2.8.b": "not_eligible"}


def test_非工业企业首次认定是文中未规定_不是不符合(jinan: Pack) -> None:
    found = screen(jinan, profile(jinan, ["first"], __工业企业规模=("非工业企业",)))
    assert {line.standing for line in found.lines} == {"not_stated"}
    assert all("文中未规定" in line.gap for line in found.lines)
    assert found.payees == ()


def test_both_research_benefits_meet_the_joint_cap(jinan: Pack) -> None:
    filled = profile(
        jinan,
        ["research", "chips"],
        __企业资质=("高新技术企业",),
        research__研发经费投入="8000万",
        research__入库企业研发费用="8000万",
        chips__加计扣除费用总额="2000万",
    )
    (asker,) = screen(jinan, filled).payees
    # 8000万×2.5% = 200万 at most, 2000万×5% = 100万: no more than 250万 a firm and year, of which 100万 is promised
    assert (asker.floor, asker.ceiling) == (wan(100), wan(250))
    assert [cap.id for cap in asker.shared] == ["2.1.2.*"]
    assert [why for _, why in asker.left_out] == ["deduction"]


def test_a_level_belongs_to_what_it_was_said_of(jinan: Pack) -> None:
    filled = profile(
        jinan,
        ["carrier-new", "centre"],
        **{"carrier-new__载体类型": ("科技企业孵化器",), "carrier-new__级别": ("国家级",), "centre__级别": ("省级",)},
    )
    standings = standing(jinan, filled)
    assert standings["2.1.1.a"] == "computed"
    assert (standings["2.3.11.a"], standings["2.3.11.b"]) == ("not_eligible", "ceiling")


def test_money_of_a_bank_or_a_district_is_never_the_firms(jinan: Pack) -> None:
    filled = profile(
        jinan,
        ["loans", "district", "renewed"],
        loans__备案贷款不良本金="1000万",
        district__超额认定家数="12",
    )
    found = {total.payee: total for total in screen(jinan, filled).payees if total.payee == "asker"}
    others = [total for total in screen(jinan, filled).payees if total.payee == "other"]
    assert (found["asker"].floor, found["asker"].ceiling) == (wan(10), wan(10))
    assert sorted(total.ceiling for total in others) == [wan(50), wan(350)]


@pytest.mark.parametrize(
    ("benefit", "payee"), [("2.1.4", "other"), ("2.2.8.e", "other"), ("2.5.18.a", "unstated"), ("2.5.18.c", "asker")]
)
def test_whose_money_it_is(jinan: Pack, benefit: str, payee: str) -> None:
    assert payee_of(jinan.benefits[benefit]) == payee


@pytest.mark.parametrize(
    ("to", "payee"),
    [
        ("银行（不是借款企业）", "other"),
        ("担保公司、小额贷款公司", "other"),
        ("市财政局", "other"),
        ("银行业务外包企业", "asker"),
        ("从银行获得贷款的文化企业", "asker"),
        ("经区县推荐的企业", "asker"),
        ("企业（不是银行）", "asker"),
        ("购买成果或开展产学研合作的中小微企业（购买方）", "asker"),
        ("企业、所在区县", "unstated"),
        ("园区", "unstated"),
        ("引荐人", "unstated"),
        ("条文未规定", "unstated"),
        ("推荐单位", "other"),
    ],
)
def test_who_is_paid_is_read_from_the_end_of_the_name(jinan: Pack, to: str, payee: str) -> None:
    assert payee_of(replace(jinan.benefits["2.1.2.a"], to=to)) == payee
    assert payee_of(replace(jinan.benefits["2.1.2.a"], to=to, payee="other")) == "other"


def test_a_line_is_never_over_the_joint_ceiling(jinan: Pack) -> None:
    filled = profile(jinan, ["research"], __企业资质=("高新技术企业",), research__研发经费投入="2亿")
    line = screen(jinan, filled).lines[0]
    assert (line.benefit.id, line.outcome.amounts[0].high) == ("2.1.2.a", wan(250))
    assert "超过上限，按上限 250万元" in line.outcome.formula and [cap.id for cap in line.caps] == ["2.1.2.*"]


def test_what_cannot_happen_in_one_year_is_not_added(jinan: Pack) -> None:
    found = screen(jinan, profile(jinan, ["first", "renewed"], __工业企业规模=("规模以上工业企业",)))
    assert found.payees == () and {line.clash for line in found.lines} == {"首次通过高新技术企业认定", "通过高新技术企业复审"}


def test_two_answers_to_an_exclusive_choice_are_a_fault(jinan: Pack) -> None:
    found = screen(jinan, profile(jinan, ["centre"], centre__级别=("国家级", "省级")))
    assert found.payees == () and str(found.questions[0].fault) == "只能选一项"


def test_an_answer_that_no_field_shows_does_not_count(jinan: Pack) -> None:
    filled = profile(jinan, ["first"], __工业企业规模=("规模以上工业企业",), first__同获奖补家数="100")
    (asker,) = screen(jinan, filled).payees
    assert asker.ceiling == wan(30)


def test_nought_is_a_total_and_what_is_not_added_is_none(jinan: Pack) -> None:
    (nought,) = screen(jinan, profile(jinan, ["carrier-firms"], **{"carrier-firms__培育高新技术企业数": "0"})).payees
    assert (len(nought.counted), len(nought.left_out), nought.ceiling) == (1, 0, 0)
    (average,) = screen(jinan, profile(jinan, ["programme"])).payees
    assert (average.counted, len(average.left_out)) == ((), 1)


def test_a_carrier_that_the_text_does_not_name_is_not_refused(jinan: Pack) -> None:
    filled = profile(jinan, ["carrier-new"], **{"carrier-new__载体类型": ("加速器",), "carrier-new__级别": ("国家级",)})
    assert set(standing(jinan, filled).values()) == {"not_stated"}


def test_a_changed_clause_has_a_standing_of_its_own(jinan: Pack) -> None:
    changed = replace(jinan, withdrawn=frozenset({"2.2.8.d"}))
    assert [line.standing for line in screen(changed, profile(jinan, ["renewed"])).lines] == ["changed"]


def test_a_total_tells_what_has_no_result_yet(jinan: Pack) -> None:
    (asker,) = screen(jinan, profile(jinan, ["renewed", "centre", "challenge"])).payees
    assert (asker.ceiling, asker.open) == (wan(10), 3)


def test_a_rule_without_a_sum_waits_for_its_conditions(liuhe: Pack) -> None:
    found = screen(liuhe, Profile(liuhe.id, ("3",)))
    assert [(line.standing, line.outcome.missing) for line in found.lines] == [("missing", ("固定资产投资",))]


def test_an_average_is_no_ceiling_of_one_project(jinan: Pack) -> None:
    found = screen(jinan, profile(jinan, ["programme"]))
    (asker,) = found.payees
    assert (asker.ceiling, [why for _, why in asker.left_out]) == (0, ["average"])


def test_contracts_of_two_kinds_are_two_sums(jinan: Pack) -> None:
    filled = profile(
        jinan,
        ["contracts-develop", "contracts-consult"],
        **{
            "contracts-develop__年度技术合同成交额@技术开发合同": "2000万",
            "contracts-consult__年度技术合同成交额@技术咨询合同": "500万",
        },
    )
    (total,) = screen(jinan, filled).payees
    assert (total.payee, total.floor, total.ceiling) == ("unstated", 0, wan("3.5"))


def test_threshold_is_refused_with_the_condition(jinan: Pack) -> None:
    below = profile(jinan, ["transfer"], transfer__促成转化的年度技术合同成交额="2999999元")
    (line,) = screen(jinan, below).lines
    assert line.standing == "not_eligible" and line.outcome.failed[0].fact == "促成转化的年度技术合同成交额"
    (at,) = screen(jinan, profile(jinan, ["transfer"], transfer__促成转化的年度技术合同成交额="300")).payees
    assert (at.floor, at.ceiling) == (wan("4.5"), wan("4.5"))


def test_unreadable_figures_are_faults_and_no_facts(jinan: Pack) -> None:
    filled = profile(jinan, ["transfer"], transfer__促成转化的年度技术合同成交额="很多")
    found = screen(jinan, filled)
    assert "读不懂" in str(found.questions[0].fault) and found.lines[0].standing == "missing"


def test_none_of_the_options_is_an_answer_and_no_answer_is_none(jinan: Pack) -> None:
    open_ = profile(jinan, ["centre"])
    assert set(standing(jinan, open_).values()) == {"missing"}
    none = with_answer(open_, "centre/级别", ())
    assert set(standing(jinan, none).values()) == {"not_stated"}


def test_a_second_policy_needs_no_gate_of_its_own(liuhe: Pack) -> None:
    options = {option.say: option for option in gate_of(liuhe)}
    chosen = next(option for say, option in options.items() if "高新技术企业" in say)
    (line,) = screen(liuhe, Profile(liuhe.id, (chosen.id,))).lines
    assert (line.standing, line.outcome.amounts[0].high) == ("computed", wan(20))


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("320", 3_200_000),
        ("320万", 3_200_000),
        ("3,200,000元", 3_200_000),
        ("三百二十万元", 3_200_000),
        ("１．２亿", 120_000_000),
    ],
)
def test_money_as_people_type_it(jinan: Pack, typed: str, yuan: int) -> None:
    number = read_number(typed, jinan.facts["研发经费投入"])
    assert not isinstance(number, Fault) and number.high == yuan


@pytest.mark.parametrize(
    "typed", ["", "abc", "-5", "约300万", "10万 20万", "1e999", "五家", "9" * 60, "<img src=x>", "$100万", "0." + "0" * 20 + "1"]
)
def test_what_is_no_sum_is_refused_in_words(jinan: Pack, typed: str) -> None:
    assert isinstance(read_number(typed, jinan.facts["研发经费投入"]), Fault)


def test_counts_are_whole(jinan: Pack) -> None:
    fact = jinan.facts["培育高新技术企业数"]
    assert isinstance(read_number("2.5", fact), Fault)
    assert isinstance(read_number("3年", fact), Fault)
    number = read_number("3家", fact)
    assert not isinstance(number, Fault) and number.high == 3


def test_a_profile_comes_back_from_its_file(jinan: Pack) -> None:
    filled = profile(jinan, ["first"], __工业企业规模=("规模以上工业企业",), first__合同经认定登记=True)
    assert read_profile(write_profile(filled), (jinan.id,)) == filled


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "JSON"),
        ("[]", "填写记录"),
        ('{"mingce_profile": 2, "policy": "x"}', "mingce_profile"),
        ('{"mingce_profile": 1, "policy": "x"}', "没有"),
    ],
)
def test_a_foreign_file_is_refused_by_name(jinan: Pack, text: str, says: str) -> None:
    with pytest.raises(ProfileError, match=says):
        read_profile(text, (jinan.id,))
