"""What goes to the evaluators: answers that a user found wrong, and questions that found no answer; personal data masked."""

import logging
from collections.abc import Sequence
from pathlib import Path

from filelock import Timeout

from assistant.privacy import mask
from assistant.state import Answer
from corpus.errors import MingceError

UNANSWERED = frozenset({"not_found", "gap", "unverified"})
_QUESTION, _ANSWER, _REASON, _TURNS = 600, 2000, 500, 6
_log = logging.getLogger("mingce.review")


def report(data: Path, questions: Sequence[str], answer: Answer, wrong: str) -> bool:
    """Put a turn, with some turns before it, into the queue; whether it is there now.

    A queue that is full, locked or damaged costs the user nothing: it is logged.
    """
    from evals.candidates import add, candidate, load

    asked = [mask(question)[:_QUESTION] for question in questions[-_TURNS:]]
    entry = candidate(asked, mask(answer.text)[:_ANSWER], mask(wrong)[:_REASON], source="网页")
    try:
        return add(data, [entry]) > 0 or any(known.id == entry.id for known in load(data))
    except (MingceError, OSError, Timeout) as error:
        _log.warning("a reported question was not kept: %s", error)
        return False
