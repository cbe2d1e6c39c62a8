"""What goes to the evaluators: answers that a user found wrong, and questions that found no answer; personal data masked."""

from collections.abc import Sequence
from pathlib import Path

from assistant.privacy import mask
from assistant.state import Answer

UNANSWERED = frozenset({"not_found", "gap", "unverified"})


def report(data: Path, questions: Sequence[str], answer: Answer, wrong: str) -> bool:
    """Put a turn, with the turns before it, into the queue; whether it is new there."""
    from evals.candidates import add, candidate

    masked = [mask(question) for question in questions]
    return add(data, [candidate(masked, mask(answer.text), mask(wrong), source="网页")]) > 0
