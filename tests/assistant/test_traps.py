"""Questions that lure a careless reader into a wrong figure."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.pipeline import answer
from assistant.state import Conversation, Desk

CASES = yaml.safe_load(Path(__file__).with_name("traps.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["rule"])
def test_trap(case: dict[str, Any], desk: Desk) -> None:
    talk = Conversation()
    for turn in case["turns"]:
        said, talk = answer(turn, desk, talk)
    amounts = [[total.amount.kind, int(total.amount.high)] for total in said.totals]
    if "outcome" in case:
        assert (said.outcome, amounts) == (case["outcome"], [])
    elif "amounts_not" in case:
        assert not {high for _, high in amounts} & set(case["amounts_not"])
    else:
        assert amounts == case["amounts"]
