"""How a follow-up was understood, put right on the page: the answer and the next question follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import ask, open_page

pytestmark = pytest.mark.browser


def test_a_follow_up_is_put_right_and_the_next_one_builds_on_that(wide: Page, address: str) -> None:
    open_page(wide, address)
    first = ask(wide, "What did Bolton say about Putin?")
    expect(first.locator(".understood")).to_be_hidden()
    turn = ask(wide, "And Peskov?")
    expect(turn.locator(".understood")).to_contain_text("Understood as: What did Peskov say about Putin?")

    turn.get_by_role("button", name="Change", exact=True).click()
    field = turn.get_by_label("The question as you mean it")
    expect(field).to_be_focused()
    expect(field).to_have_value("What did Peskov say about Putin?")
    field.press("Escape")
    expect(turn.get_by_role("button", name="Change", exact=True)).to_be_focused()

    turn.get_by_role("button", name="Change", exact=True).click()
    field.fill("What did Bolton say about the Nobel Peace Prize, according to the article?")
    field.press("Enter")
    expect(wide.locator(".turn")).to_have_count(2)
    corrected = wide.locator(".turn").nth(1)
    expect(corrected.locator(".understood")).to_contain_text("As you put it: What did Bolton say about the Nobel")
    expect(corrected).to_have_attribute("aria-busy", "false")
    expect(corrected.locator(".question")).to_have_text("And Peskov?")
    expect(corrected).to_contain_text("He actually needs a Nobel Peace Prize")

    third = ask(wide, "And about Zelensky?")
    expect(third.locator(".understood")).to_contain_text("Bolton")
    wide.reload()
    expect(wide.locator(".turn").nth(1).locator(".understood")).to_contain_text("As you put it")


def test_what_is_not_clear_is_said_and_can_be_said_better(wide: Page, address: str) -> None:
    open_page(wide, address)
    ask(wide, "What did John Bolton and Dmitry Peskov say about Putin?")
    turn = ask(wide, "When did he say it?")
    expect(turn.locator(".understood")).to_contain_text("may be John Bolton or Dmitry Peskov")
    turn.get_by_role("button", name="Say what you mean").click()
    field = turn.get_by_label("The question as you mean it")
    expect(field).to_have_value("When did he say it?")
    field.fill("What did Bolton say?")
    turn.get_by_role("button", name="Answer this").click()
    expect(wide.locator(".turn").nth(1).locator(".understood")).to_contain_text("As you put it: What did Bolton say?")
