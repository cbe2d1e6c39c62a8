"""The page: built from the pack, user text never markup, cards cut at the quote."""

import pytest

from assistant.pipeline import answer
from assistant.state import Desk
from ui.cards import source_cards, working
from ui.web import build_page, plain


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "**粗** [链接](http://x) ![](http://y/z.png)", "a~~b~~ `c` #标题"]
)
def test_user_text_is_shown_as_typed_and_is_no_markup(text: str) -> None:
    shown = plain(text)
    assert "<" not in shown
    assert not any(mark in shown.replace("\\" + mark[0], "") for mark in ("**", "![", "](", "~~", "`"))


def test_cards_give_the_clause_around_the_quote(desk: Desk) -> None:
    said, _ = answer("重大科技创新产品首次购买合同800万，研发单位补多少", desk)
    (card,) = source_cards(said, desk.packs["jinan-2023-2025"])["cards"]
    assert card["clause"] == "2.5.16"
    assert card["hit"] == said.citations[0].quote
    (total,) = working(said, desk.packs["jinan-2023-2025"])["totals"]
    assert (total["amount"], total["kind"]) == ("80万元", "精确")
    assert {"label": "比例", "value": "10%"} in total["steps"]


def test_the_page_is_built_with_the_status_and_the_examples(desk: Desk) -> None:
    config = str(build_page(desk).get_config_file())
    assert "征求意见稿" in config
    for example in desk.packs[desk.default].meta.examples:
        assert example in config
