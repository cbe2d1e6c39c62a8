"""The shipped packs: complete, honest about what is inferred, with glossaries that help."""

from corpus.loader import PACKS, default_pack_id, load_meta, pack_ids
from corpus.schema import Pack


def test_every_benefit_of_the_first_policy_is_there(jinan: Pack) -> None:
    letters = {"2.1.1": "abcde", "2.1.2": "ab", "2.1.3": "ab", "2.2.8": ["a", "b", "c1", "c2", "d", "e"], "2.3.11": "ab"}
    letters |= {"2.5.16": "ab", "2.5.17": "abc", "2.5.18": "abc"}
    expected = {f"{clause}.{letter}" for clause, group in letters.items() for letter in group} | {
        "2.1.4",
        "2.2.7",
        "2.4.13",
        "2.4.14",
    }
    assert set(jinan.benefits) == expected


def test_quotes_stand_at_their_offsets(jinan: Pack, liuhe: Pack) -> None:
    for pack in (jinan, liuhe):
        for benefit in pack.benefits.values():
            for quote in (benefit.quote, *benefit.also):
                assert pack.document.source[quote.start : quote.end] == quote.text


def test_glossary_has_at_least_150_entries(jinan: Pack) -> None:
    assert sum(len(aliases) for aliases in jinan.glossary.values()) >= 150


def test_metadata_states_the_status_and_what_is_inferred(jinan: Pack) -> None:
    assert jinan.meta.status_text == "征求意见稿"
    assert (jinan.meta.valid_from, jinan.meta.valid_to) == ("2023-01-01", "2025-12-31")
    assert any("推断" in line for line in jinan.meta.inferred)


def test_the_second_policy_covers_articles_2_to_12(liuhe: Pack) -> None:
    assert {str(n) for n in range(2, 13)} <= {benefit.clause for benefit in liuhe.benefits.values()}


def test_the_default_is_data() -> None:
    assert default_pack_id() in pack_ids()
    assert load_meta(PACKS / default_pack_id()).id == default_pack_id()
