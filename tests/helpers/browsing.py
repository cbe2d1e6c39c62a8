"""What a user does on a page."""

from typing import Any


def ask(page: Any, question: str) -> None:
    """Type a question as a user does and wait for its answer."""
    before = page.locator(".turn .answer").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.locator(".turn .answer").nth(before).wait_for()


def go_to(page: Any, desk: str) -> None:
    """Open a desk."""
    page.get_by_role("tab", name=desk, exact=True).click()
