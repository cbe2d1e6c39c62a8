"""The question sets and their variants."""

from pathlib import Path

import pytest

from corpus.errors import MingceError
from corpus.schema import Pack
from evals.cases import Case
from evals.library import SETS, Card, QuestionSet, index, read_set, write_set
from evals.transform import misspelt, noisy, relayed, respelt, split, traditional, variants


@pytest.mark.parametrize("name", index())
def test_every_set_is_well_formed(name: str) -> None:
    found = index()[name]
    assert found.cases
    assert found.outdated() == ""


def test_every_file_is_in_the_index() -> None:
    assert {path.stem for path in SETS.iterdir() if path.suffix in (".jsonl", ".yaml")} - {"sets"} == set(index())


def test_ids_are_unique_over_all_sets() -> None:
    ids = [case.id for found in index().values() for case in found.cases]
    assert len(ids) == len(set(ids))


def test_kept_questions_are_in_no_other_set() -> None:
    turns = {kept: set[tuple[str, ...]]() for kept in (True, False)}
    for found in index().values():
        turns[found.card.kept] |= {tuple(case.turns) for case in found.cases if isinstance(case, Case)}
    assert turns[True]
    assert not turns[True] & turns[False]


def test_a_set_for_another_text_is_named(tmp_path: Path) -> None:
    found = QuestionSet("old", tmp_path / "old.jsonl", Card(pack="jinan-2023-2025", version="000000000000"))
    assert "000000000000" in found.outdated()


def test_a_faulty_index_names_set_and_field(tmp_path: Path) -> None:
    (tmp_path / "sets.yaml").write_text("mine: {pack: nowhere-1999}\n", encoding="utf-8")
    with pytest.raises(MingceError, match=r"mine pack.*nowhere-1999"):
        index(tmp_path)
    (tmp_path / "sets.yaml").write_text("mine: {pack: liuhe-2023, kinds: check}\n", encoding="utf-8")
    with pytest.raises(MingceError, match="mine kinds：不认识的键"):
        index(tmp_path)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"id": "a"}', "turns：缺少这个键"),
        ("{", "不是有效的 JSON"),
        ('{"id":"a","persona":"hotline","category":"c","turns":["x"],"outcome":"maybe"}', "outcome"),
        (
            '{"id":"a","persona":"hotline","category":"c","turns":["x"],"outcome":"answer",'
            '"amounts":[{"kind":"upper_bound","low_yuan":1,"high_yuan":2}]}',
            "low_yuan 应为 null",
        ),
        ('{"id":"a","persona":"hotline","category":"c","turns":["x"],"outcome":"decline","clauses":["2.1.1"]}', "不写 clauses"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(MingceError, match="第 1 行") as raised:
        read_set(path)
    assert fault in str(raised.value)


def case(*turns: str, **fields: object) -> Case:
    return Case.model_validate(
        {"id": "x-1", "persona": "enterprise", "category": "calc", "turns": list(turns), "outcome": "answer", **fields}
    )


def test_a_set_is_read_back_as_written(tmp_path: Path) -> None:
    cases = [case("研发投入320万，补多少", amounts=[{"kind": "upper_bound", "high_yuan": 80000}], clauses=["2.1.2"])]
    write_set(tmp_path / "set.jsonl", cases)
    assert read_set(tmp_path / "set.jsonl") == cases


def test_figures_are_respelt_with_their_value() -> None:
    spellings = [respelt(case("研发投入320万，补多少"), kind) for kind in "abcdefgh"]
    texts = {made.turns[0] for made in spellings if made is not None}
    assert texts <= {f"研发投入{f}，补多少" for f in ("三百二十万", "3,200,000元", "320w", "３２０万元")}
    assert len(texts) > 2
    assert respelt(case("100-500万那个")) is None


def test_variants_change_the_form_and_keep_the_gold(jinan: Pack) -> None:
    seed = case("我们是高新技术企业。研发投入320万，补多少？", must_say=[["上限"]])
    for made in (traditional(seed), noisy(seed), relayed(seed), misspelt(seed, jinan), split(seed)):
        assert made is not None
        assert made.turns != seed.turns
        assert (made.outcome, made.amounts, made.clauses) == (seed.outcome, seed.amounts, seed.clauses)
    assert list(variants([seed], jinan)) == list(variants([seed], jinan))
