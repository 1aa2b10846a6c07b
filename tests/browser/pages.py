"""What the browser tests do on the chat page again and again."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def ask(page: Page, question: str) -> Locator:
    """Ask, and return the turn when its answer has ended."""
    count = page.locator(".turn").count()
    page.locator("textarea").fill(question)
    page.locator("textarea").press("Enter")
    turn = page.locator(".turn").nth(count)
    expect(turn).to_have_attribute("aria-busy", "false", timeout=30_000)
    return turn


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Ask what was said")).to_be_visible(timeout=60_000)


def in_view(mark: Locator) -> bool:
    """Whether an element is inside the window and inside the box that scrolls it."""
    return bool(
        mark.evaluate(
            """element => {
                const box = element.getBoundingClientRect();
                const reader = element.closest(".reader").getBoundingClientRect();
                const top = Math.max(0, reader.top), bottom = Math.min(innerHeight, reader.bottom);
                return box.top >= top && box.bottom <= bottom && box.height > 0;
            }"""
        )
    )


def expect_in_view(page: Page, mark: Locator) -> None:
    expect(mark).to_be_visible()
    for _ in range(40):
        if in_view(mark):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the highlighted words did not come into view")
