"""Numbering traps, stable ids, and offsets that give the source back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SourceError
from corpus.html import html_to_text
from corpus.parser import parse
from corpus.schema import Document, Pack


def rebuilt(document: Document) -> str:
    text, at = "", 0
    for clause in document.clauses:
        assert at <= clause.start <= clause.end
        text += document.source[at : clause.start] + clause.text
        at = clause.end
    return text + document.source[at:]


def test_jinan_has_the_clauses_of_the_document(jinan: Pack) -> None:
    expected = ["0", "1.1", "1.2.1", "1.2.2"]
    expected += [f"2.1.{n}" for n in range(1, 7)] + [f"2.2.{n}" for n in range(7, 10)] + [f"2.3.{n}" for n in range(10, 13)]
    expected += [f"2.4.{n}" for n in range(13, 16)] + [f"2.5.{n}" for n in range(16, 20)] + ["3.1", "3.2", "3.3"]
    assert [clause.id for clause in jinan.document.clauses] == expected


def test_liuhe_articles_are_read_through_stray_blanks(liuhe: Pack) -> None:
    assert [clause.id for clause in liuhe.document.clauses] == ["0", *(str(n) for n in range(1, 27))]


def test_clauses_and_gaps_give_the_source_back(jinan: Pack, liuhe: Pack) -> None:
    for pack in (jinan, liuhe):
        assert rebuilt(pack.document).encode() == pack.document.source.encode()
        assert all(pack.document.source[c.start : c.end] == c.text for c in pack.document.clauses)


@pytest.mark.parametrize(
    ("clause", "units"),
    [
        ("2.1.1", ("市科技局", "市发展改革委", "市工业和信息化局", "市人力资源社会保障局", "市财政局")),
        ("2.1.5", ("市科技局", "市工信局", "市发改委", "各有关区县", "功能区")),
        ("2.3.12", ("市发改委", "市科技局", "市工信局")),
        ("2.4.15", ("市科技局",)),
        ("3.1", ()),
    ],
)
def test_responsible_units_in_all_their_forms(jinan: Pack, clause: str, units: tuple[str, ...]) -> None:
    found = jinan.document.clause(clause)
    assert found is not None
    assert found.units == units


def test_heading_path_and_title(jinan: Pack) -> None:
    clause = jinan.document.clause("2.5.16")
    assert clause is not None
    assert clause.path == ("重点任务", "聚焦创新成果转化，强化技术转移服务")
    assert clause.title == "强化重大科技创新产品推广应用"


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        (
            "第一章 总则\n第一条 目的。为了发展。\n第二条 范围如下：\n（一）甲；\n（二）乙。\n第二章 附则\n第三条 施行。",
            ["1", "2", "3"],
        ),
        ("第 1 0 条 甲。\n第１１条 乙。", ["10", "11"]),
        ("一、总则\n（一）甲\n正文甲。\n（二）乙\n1.子甲\n2.子乙\n二、其他\n正文。", ["1.1", "1.2.1", "1.2.2", "2"]),
        ("一、总则\n1、甲。\n（1）子一。\n（2）子二。\n2、乙。", ["1.1", "1.1.1", "1.1.2", "1.2"]),
        ("一、甲\n①子一。\n②子二。\n二、乙", ["1.1", "1.2", "2"]),
        ("1.到2025年，力争实现目标。\n54.75%不是编号。\n2.乙。", ["1", "2"]),
    ],
)
def test_numbering_styles(source: str, ids: list[str]) -> None:
    document = parse(source)
    assert [clause.id for clause in document.clauses] == ids
    assert rebuilt(document) == source


def test_an_empty_source_is_refused() -> None:
    with pytest.raises(SourceError, match="空的"):
        parse(" \n ")


def test_html_gives_one_line_a_block_and_drops_scripts() -> None:
    assert html_to_text("<p>一、甲&nbsp;乙</p><script>x()</script><div><p>二、丙<br>丁</p></div>") == "一、甲 乙\n二、丙\n丁\n"


def test_the_older_liuhe_page_parses_too(root: Path) -> None:
    page = root.parent / "shared" / "policies" / "liuhe-key-industries.html"
    if not page.is_file():
        pytest.skip("the shared policies are not beside the project")
    document = parse(html_to_text(page.read_text(encoding="utf-8")))
    assert [c.id for c in document.clauses][:6] == ["0", "1", "2.1.1", "2.1.2", "2.1.3", "2.1.4"]
    assert rebuilt(document) == document.source


@given(
    st.lists(
        st.sampled_from(
            ["一、总则", "（一）甲。乙，丙", "1.子项。正文", "第 3 条 正文", "　 缩进", "正文。", "", "（1）x", "①y", "2.5%"]
        )
    )
)
def test_any_mixture_of_lines_gives_the_source_back(lines: list[str]) -> None:
    source = "\n".join(lines)
    if source.strip():
        assert rebuilt(parse(source)) == source
