"""The check of a model's words: what code lets stand beside its own answer."""

import random
from collections import Counter
from pathlib import Path

import pytest
import yaml

from assistant.pipeline import STEPS
from assistant.privacy import mask
from assistant.state import Answer, Desk, State
from assistant.talk.guard import tidy, word_faults
from assistant.talk.slots import Slots, fill, names_in
from assistant.talk.step import checked, open_box
from assistant.talk.talker import Reply
from evals.redteam import fuzz, passes, read_replies, respelt

EXACT = "我们研发单位首次卖出重大科技创新产品，合同800万元，能补多少"
BOUNDED = "高新技术企业，研发经费投入320万，最多补多少"
AVERAGE = "能力提升工程立项的科技型中小企业能拿多少"
TWO = "开发合同登记成交2000万，咨询合同登记成交3000万，各补多少"
REFUSED = "老牌国家级孵化器，好几年前备案的，还能领新备案的钱吗"
ASK = "孵化器培育高新技术企业给多少，我们培育了一些"
ENGLISH = "We are a high-tech enterprise in Jinan with R&D spending of RMB 5.6 million, how much at most"
OUTSIDE = "长春市的孵化器补多少"


def state_of(desk: Desk, question: str) -> State:
    state = State(desk, question)
    for step in STEPS[:-1]:
        state = step(state)
    return state


def shown(desk: Desk, question: str, words: str, kind: str = "answer") -> str | None:
    """What the user would see, or None where the words are stopped."""
    state = state_of(desk, question)
    answer, _ = checked(state, Reply.model_validate({"kind": kind, "words": words}), open_box(state))
    return answer.text if answer else None


@pytest.mark.parametrize(
    ("question", "words", "kind"),
    [
        (EXACT, "按条文，可得{{r1}}。算法是{{r1.formula}}。", "answer"),
        (EXACT, "研发单位对应{{r1}}，前提是{{b1.premise}}。请核对备案是不是还在期限里。", "answer"),
        (EXACT, "按{{f1}}算，可得{{r1}}。\n原文写的是{{q1}}。", "answer"),
        (EXACT, "1. 结果是{{r1}}。\n2. 有不清楚的地方请告诉我。", "answer"),
        (EXACT, "可得{r1}。", "answer"),
        (BOUNDED, "可得{{r1}}。请核对研发经费投入有没有算全。可以咨询{{c1.units}}。", "answer"),
        (AVERAGE, "条文写的是{{b1}}。您的项目如果已经立项，请看立项文件。", "answer"),
        (TWO, "技术开发对应{{r1}}，技术咨询对应{{r2}}。", "answer"),
        (REFUSED, "很遗憾，按条文不符合条件。原因是{{b1.why}}。", "answer"),
        (ASK, "恭喜培育出好企业。{{a1}}", "ask"),
        (ENGLISH, "Under the text, the result is {{r1}}. The working is {{r1.formula}}. Please contact {{c1.units}}.", "answer"),
        (OUTSIDE, "这份文件不管别的城市，我答不了，请问问当地的主管部门。", "decline"),
    ],
)
def test_honest_words_are_shown(desk: Desk, question: str, words: str, kind: str) -> None:
    assert shown(desk, question, words, kind) is not None


def test_code_writes_the_figure_with_name_kind_and_clause(desk: Desk) -> None:
    text = shown(desk, BOUNDED, "可得{{r1}}。")
    assert text is not None
    assert "AI 解读：可得研究开发财政补助最高8万元（[2.1.2]）。" in text


FIGURES = yaml.safe_load(Path(__file__).with_name("numerals.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("figure", FIGURES)
def test_no_numeral_stands_outside_of_a_slot(desk: Desk, figure: str) -> None:
    assert shown(desk, EXACT, f"可得{{{{r1}}}}。另外是{figure}。") is None
    assert shown(desk, EXACT, f"大约{figure}。") is None


@pytest.mark.parametrize(
    "words",
    [
        "至少{{r1}}。",
        "{{r1}}以上。",
        "每年可得{{r1}}。",
        "{{r1}}，每家都有。",
        "{{r1}}只是底线。",
        "实发{{r1}}。",
        "可得{{r1}}，足额发放。",
        "可得{{r1}}的两倍。",
        "可得双倍的{{r1}}。",
        "不会低于{{r1}}。",
        "上不封顶，可得{{r1}}。",
        "可得{{r1}}。上限已经取消。",
        "可得{{r1}}。往上还有空间。",
        "可得{{r1}}。每个项目都是这个数。",
        "可得{{r1}}。平均数就是定额。",
        "这是最低档。",
    ],
)
@pytest.mark.parametrize("question", [EXACT, BOUNDED])
def test_the_kind_of_an_amount_stays(desk: Desk, question: str, words: str) -> None:
    assert shown(desk, question, words) is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (EXACT, "保证能拿到{{r1}}。"),
        (EXACT, "可得{{r1}}。一定能拿到。"),
        (EXACT, "可得{{r1}}。不仅保证，还很快。"),
        (EXACT, "可得{{r1}}。已经批准了。"),
        (EXACT, "可得{{r1}}。文件已经生效。"),
        (EXACT, "可得{{r1}}。这是现行有效的文件。"),
        (EXACT, "可得{{r1}}。没登记也能领。"),
        (EXACT, "可得{{r1}}。无需备案。"),
        (EXACT, "可得{{r1}}。区里另有配套。"),
        (EXACT, "可得{{r1}}。请登录网站申报。"),
        (EXACT, "可得{{r1}}。请找市商务局。"),
        (EXACT, "补助就是{{f1}}。"),
        (EXACT, "结论：{{f1}}。"),
        (EXACT, "上限是{{f1}}，可得{{r1}}。"),
        (EXACT, "原文写的是“每家均可重复享受补助”。"),
        (EXACT, "原文写的是“分别按照“产品首次购买合同金额”全额予以补助”。"),
        (EXACT, "依据[9.9.9]，可得{{r1}}。"),
        (EXACT, "可得{{r7}}。"),
        (EXACT, "很遗憾，您拿不到这笔补助。"),
        (EXACT, "<b>可得</b>{{r1}}"),
        (EXACT, "可得{{r1}}，见 https://a.example"),
        (EXACT, "You get {{r1}}."),
        (ENGLISH, "The limit is {{r1}} and also {{b1}}."),
        (ENGLISH, "You get {{r1}} each year."),
        (ENGLISH, "The result is a fifth of your spend."),
        (EXACT, "もらえます。"),
        (EXACT, "是。"),
        (EXACT, " \n "),
        (EXACT, "好" * 1300),
        (TWO, "技术咨询对应{{r1}}，技术开发对应{{r2}}。"),
        (TWO, "技术咨询合同的原文：{{q1}}。"),
        (TWO, "{{b1}}，算下来是{{r2}}。"),
        (REFUSED, "您符合条件，可以申领。"),
        (REFUSED, "可得{{r1}}。"),
        (OUTSIDE, "长春也一样，规则是{{b1}}。"),
    ],
)
def test_a_lie_is_stopped(desk: Desk, question: str, words: str) -> None:
    kind = "decline" if question is OUTSIDE else "answer"
    assert shown(desk, question, words, kind) is None


@pytest.mark.parametrize(("kind", "question"), [("decline", EXACT), ("ask", EXACT), ("chat", ASK), ("chat", OUTSIDE)])
def test_a_reply_may_not_change_the_outcome(desk: Desk, kind: str, question: str) -> None:
    assert shown(desk, question, "请看旁边的答复。", kind) is None


def test_an_amount_that_the_answer_does_not_report_is_no_slot_of_it(desk: Desk) -> None:
    state = state_of(desk, EXACT)
    box = open_box(state)
    tool = next(tool for tool in box.tools() if tool.name == "compute_benefit")
    tool.run({"benefit": "2.5.17.c"})
    tool.run({"benefit": "2.2.8.d"})
    assert state.answer is not None
    for name, slot in box.slots.found.items():
        if slot.kind == "amount" and name != "r1":
            assert word_faults(f"可得{{{{{name}}}}}。", box.slots, state.answer)


@pytest.mark.parametrize(
    ("words", "clean"),
    [
        ("**可得**{{r1}}", "可得{{r1}}"),
        ("## 结果\n> 可得{{r1}}", "结果。\n可得{{r1}}"),
        ("1. 先看\n2) 再看\n* 三看", "先看。\n再看。\n三看。"),
        ("好\n\n\n\n的\n---\n", "好。\n\n的。"),
        ("先问：{{a1}}国家级对应{{b1}}。", "先问：\n{{a1}}\n国家级对应{{b1}}。"),
    ],
)
def test_marks_of_markdown_and_lists_are_taken_off(words: str, clean: str) -> None:
    assert tidy(words) == clean


def test_traditional_words_with_the_quote_as_the_source_has_it(desk: Desk) -> None:
    state = state_of(desk, "我們研發單位首次賣出重大科技創新產品，合同800萬元，能補多少")
    text = fill("原文写的是{{q1}}。", open_box(state).slots)
    assert text.startswith("原文寫的是“")
    assert "研究开发并备案" in text


def test_hardly_an_honest_reply_is_refused() -> None:
    honest = [passes(row) for row in read_replies("honest")] + [passed for _, passed in respelt(7)]
    assert len(honest) >= 500
    assert honest.count(False) * 100 <= len(honest)


@pytest.mark.parametrize("seed", [11, 12])
def test_no_mutated_reply_slips(seed: int) -> None:
    tally = fuzz(seed, 200)
    assert tally.tried.total() == 200
    assert tally.slipped == Counter(), tally.examples


def test_the_red_team_sees_a_check_that_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_unknown_slots(words: str, slots: Slots, _base: Answer) -> list[str]:
        return [name for name in names_in(words) if slots.get(name) is None]

    monkeypatch.setattr("assistant.talk.step.word_faults", only_unknown_slots)
    assert fuzz(11, 60).slipped.total() > 6


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("13812345678", "手机号"),
        ("１３８１２３４５６７８", "手机号"),
        ("138.1234.5678", "手机号"),
        ("微信wx13812345678", "手机号"),
        ("110105 19491231 002X", "身份证号"),
        ("(0531) 6660 1234", "电话"),
        ("400-800-1234", "电话"),
        ("li＠example.com", "邮箱"),
        ("138 1234 5678", "手机号"),
        ("+86 138-1234-5678", "手机号"),
        ("0531-66601234", "电话"),
        ("(0531)66601234", "电话"),
        ("11010519491231002X", "身份证号"),
        ("91350100M000100Y43", "信用代码"),
        ("6222 0212 3456 7890 128", "银行账号"),
        ("li.ming+a@mail.example.com.cn", "邮箱"),
    ],
)
def test_personal_data_is_masked(secret: str, kind: str) -> None:
    masked = mask(f"请回{secret}，合同800万元")
    assert masked.removeprefix("请回微信wx").removeprefix("请回") == f"［{kind}］，合同800万元"


@pytest.mark.parametrize(
    "text",
    [
        "13800000000元",
        "合同金额12345678901元",
        "8000000000000000元",
        "第2.5.16条",
        "2023-2025年",
        "1,234,567元",
        "20231231",
        "300家",
    ],
)
def test_sums_are_not_masked(text: str) -> None:
    assert mask(text) == text


def test_masking_random_sums_leaves_them() -> None:
    rng = random.Random(3)
    for _ in range(2000):
        text = f"{rng.randint(1, 10**12)}元"
        assert mask(text) == text


def test_a_sum_of_several_amounts_has_its_slot(desk: Desk) -> None:
    state = state_of(desk, "孵化器和众创空间同一批新备上国家级了。两块财政补助加一起落在什么区间")
    slots = open_box(state).slots
    assert any("合计" in slot.text and "180万元至600万元" in slot.text for slot in slots.found.values())
