"""The fast question sets, one test a question (`--eval-set NAME` for others)."""

from collections.abc import Callable

from evals.run import Job, Result


def test_question(eval_case: Job, ask_case: Callable[[Job], Result]) -> None:
    result = ask_case(eval_case)
    assert result.verdict.faults == []
