"""A pytest plugin: a test with the fixture `eval_case` runs once a question, so one failing question is one failing test.

`--eval-set NAME` (repeatable) chooses sets by name or path; by default those that are marked fast. Questions that the
committed baseline knows to fail are expected to fail.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from assistant.desk import today
from evals.engines import BUILTIN, Engine
from evals.gate import BASELINE, load_baseline
from evals.library import find_sets
from evals.run import Job, Result, jobs_of, perform

_SPEC = {"engine": BUILTIN, "stage": "answers"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--eval-set`."""
    parser.addoption("--eval-set", action="append", default=[], help="question set by name or path; default: the fast ones")


@lru_cache(maxsize=1)
def _known_to_fail() -> dict[str, frozenset[str]]:
    if not BASELINE.is_file():
        return {}
    return {name: frozenset(entry["failing"]) for name, entry in load_baseline()["sets"].items()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A parameter of `eval_case` for each question of the chosen sets."""
    if "eval_case" not in metafunc.fixturenames:
        return
    names = metafunc.config.getoption("--eval-set")
    sets = find_sets(names) if names else [found for found in find_sets() if found.card.fast]
    if any(found.card.kept for found in sets):
        raise pytest.UsageError("a kept set is never shown question by question")
    parameters = []
    for job in jobs_of(sets, 1, "answers"):
        known = job.case.id in _known_to_fail().get(job.set_name, frozenset())
        marks = [pytest.mark.xfail(reason="known to fail, see evals/baseline.json")] if known else []
        parameters.append(pytest.param(job, id=f"{job.set_name}-{job.case.id}", marks=marks))
    metafunc.parametrize("eval_case", parameters)


@pytest.fixture(scope="session")
def ask_case() -> Callable[[Job], Result]:
    """Asks one question and grades the reply; engines are opened once a session."""
    engines: dict[str, Engine] = {}
    spec = {**_SPEC, "as_of": today()}
    return lambda job: perform(job, spec, engines)
