"""The learned signs of what a message asks for, and their training."""

import pytest

from assistant.understand.reading import read_turn
from assistant.understand.signs import CLAIM, FOLDER, GAP, claim_share, gap_share, masked
from corpus.schema import Pack
from evals.train_signs import Example, weights


def test_terms_and_figures_are_masked(jinan: Pack) -> None:
    assert masked(read_turn("创新券在哪个网上领，50万的那种", jinan)) == "■在哪个网上领,#的那种"


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("高企复审的材料交到哪个窗口", True),
        ("孵化器补贴什么时候打到账上", True),
        ("创新券是在哪个网站上申请的", True),
        ("高企，研发经费投入800万，最多补多少", False),
        ("第16条由哪些部门负责", False),
        ("首购补助给买方还是给研发单位", False),
    ],
)
def test_a_gap_of_the_text_is_told_from_its_contents(text: str, gap: bool, jinan: Pack) -> None:
    assert (gap_share(read_turn(text, jinan)) > 0.5) == gap


def test_somebodys_sum_is_told_from_the_rule(jinan: Pack) -> None:
    somebody = claim_share([read_turn("我们是高企，研发补助帮算下能到手多少", jinan)])
    rule = claim_share([read_turn("研发补助的比例和封顶分别写的多少", jinan)])
    assert rule < 0.3 < 0.7 < somebody


def test_english_is_left_to_the_rules(jinan: Pack) -> None:
    reading = read_turn("Where do we hand in the documents for the subsidy?", jinan)
    assert (gap_share(reading), claim_share([reading])) == (0.0, 0.5)


@pytest.mark.parametrize("name", [GAP, CLAIM])
def test_no_weight_is_for_a_subject_of_a_policy(name: str) -> None:
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    features = {line.rpartition("\t")[0] for line in lines}
    assert not {"孵化器", "创新券", "众创空间", "集成电路", "技术合同", "科技型中"} & features


def test_training_is_repeatable_and_learns_what_tells() -> None:
    seen = [Example({"在哪", "领", f"~{n}"}, True) for n in range(4)] + [
        Example({"多少", "补", f"~{n}"}, False) for n in range(4)
    ]
    found = weights(seen, 10.0)
    assert found == weights(list(seen), 10.0)
    assert found["在哪"] > 0 > found["多少"]
