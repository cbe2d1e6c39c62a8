"""The language data: English apart from Chinese, courtesy aside, unknown subjects."""

import pytest

from assistant.compose.wording import Wording, english_phrases
from assistant.language import Pattern, language
from assistant.pipeline import answer
from assistant.retrieve.fragments import quoted_clause
from assistant.retrieve.phrases import BEYOND, phrases
from assistant.state import Desk
from assistant.understand.headings import clause_under_heading, named_heading
from assistant.understand.script import normalise
from corpus.loader import PACKS, load_pack, pack_ids
from corpus.schema import Pack


def test_english_alternatives_meet_only_texts_with_latin_words() -> None:
    pattern = Pattern(["多少"], ["how much"])
    assert pattern.search("how much is it")
    assert pattern.search("补多少")
    assert pattern.blank("补多少钱") == "补  钱"


def test_every_pattern_compiles_and_none_matches_nothing() -> None:
    rules = language()
    for group in (rules.intents, rules.speech, rules.subjects):
        for name, pattern in group.items():
            assert pattern.search("") is None or name == "follow_up", name
            assert pattern.search("zz zz") is None or name in ("follow_up", "filler"), name


@pytest.mark.parametrize("pack_id", pack_ids())
def test_english_catalogues_translate_what_the_pack_says(pack_id: str) -> None:
    pack = load_pack(PACKS / pack_id)
    said = [b.name for b in pack.benefits.values()] + [f.ask for f in pack.facts.values() if f.ask]
    said += [b.to for b in pack.benefits.values()] + [gap.say for topic in pack.topics for gap in topic.gaps]
    said += [clause.title for clause in pack.document.clauses if clause.title]
    assert [text for text in said if text not in pack.english] == []


def test_an_english_question_is_answered_in_english(desk: Desk) -> None:
    said, _ = answer("High-tech enterprise in Jinan, R&D spending RMB 5.6 million. Max R&D subsidy?", desk)
    assert said.text.startswith("**Fiscal subsidy for R&D: up to RMB 140,000**")
    assert "Working: R&D expenditure RMB 5,600,000" in said.text
    assert "对符合条件的科技型中小企业" in said.text  # quotes stay as the source has them


def test_templates_keep_their_slots_in_english() -> None:
    for template, text in english_phrases().items():
        slots = {part.split("}")[0] for part in template.split("{")[1:]}
        assert slots == {part.split("}")[0] for part in text.split("{")[1:]}, template


def test_amounts_are_spelt_in_rmb(jinan: Pack) -> None:
    words = Wording(jinan, english=True)
    token = jinan.benefits["2.2.8.a"].figure
    assert token is not None
    assert words.token(token) == "RMB 200,000 to RMB 300,000"


@pytest.mark.parametrize(
    ("question", "topic"),
    [("谁是创新的主体，文件怎么定位的", "指导思想"), ("今天午饭吃什么好", BEYOND), ("办公室房租能不能报一半", BEYOND)],
)
def test_the_nearest_example_question_names_the_topic(jinan: Pack, question: str, topic: str) -> None:
    index = phrases(jinan)
    assert index is not None
    near = index.nearest(normalise(question))
    assert near is not None
    assert near.topic == topic


def test_a_quoted_run_names_its_clause(jinan: Pack) -> None:
    assert quoted_clause(jinan, normalise("建立企业界出题、科技界答题工作机制在哪一条")) == "2.4.14"
    assert quoted_clause(jinan, normalise("高新技术企业")) is None


def test_headings_are_named_by_title_and_number(jinan: Pack) -> None:
    heading = named_heading(jinan, "最后那部分“主要措施”分哪几块")
    assert heading is not None
    assert heading.id == "3"
    assert clause_under_heading(jinan, "“主要措施”的(二)写了什么") == "3.2"


def test_a_heading_lists_its_clauses(desk: Desk) -> None:
    said, _ = answer("最后那部分“主要措施”分哪几块,标题给我", desk)
    assert [citation.clause for citation in said.citations] == ["3.1", "3.2", "3.3"]
