"""Every word of the interface has its English, with the same places to fill."""

import ast
import re
from pathlib import Path

from assistant.screening import NOT_WRITTEN
from evals.diff import STATES
from evals.sheets import OUTCOMES
from ui.pages.frame import TITLES
from ui.pages.screener import NAMES
from ui.render.amounts import KINDS
from ui.render.answers import OUTCOME_BADGES, STATUS_BADGES
from ui.render.evaluation import TABLES
from ui.render.standings import STANDINGS
from ui.render.totals import LEFT_OUT
from ui.words import Words, english

STEPS = ("比例", "乘积", "相加", "相减", "合计", "起算额", "超出额", "上限")
UI = Path(__file__).resolve().parents[2] / "ui"
_IN_TEMPLATE = re.compile(r"""(?<![\w.])t\((?:"([^"]+)"|'([^']+)')""")


def said() -> set[str]:
    """Every template that the pages fill in."""
    found = {
        match[1] or match[2] for path in (UI / "templates").glob("*.j2") for match in _IN_TEMPLATE.finditer(path.read_text())
    }
    for path in [*UI.rglob("*.py"), *(UI.parent / "assistant" / "screening").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = (
                    node.func.id
                    if isinstance(node.func, ast.Name)
                    else node.func.attr
                    if isinstance(node.func, ast.Attribute)
                    else ""
                )
                if name in ("words", "Fault") and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    tables = (KINDS, OUTCOME_BADGES, STATUS_BADGES, STANDINGS, LEFT_OUT, TITLES, STATES)
    found |= {word for table in tables for word in table.values()} | set(OUTCOMES)
    found |= {NOT_WRITTEN, *NAMES, *STEPS}
    return found | {f"按{title}" for title in TABLES} | set(TABLES)


def test_every_word_has_its_english_with_the_same_places() -> None:
    missing = sorted(word for word in said() if re.search("[\u4e00-\u9fff]", word) and word not in english())
    assert missing == []
    for chinese, text in english().items():
        assert sorted(re.findall(r"\{\w+\}", chinese)) == sorted(re.findall(r"\{\w+\}", text)), chinese


def test_no_english_is_kept_that_nothing_says() -> None:
    assert sorted(set(english()) - said()) == []


def test_words_are_filled_and_marked_by_language() -> None:
    assert Words("zh")("还差 {count} 项", count=2) == "还差 2 项"
    assert Words("en")("还差 {count} 项", count=2) == "2 to go"
    assert (Words("en").tag, Words("en").home, Words().home) == ("en", "/en/", "/")
