"""How passages were found, why one was not chosen, and the figures of evaluation sets, in a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.engine import parse_trace
from rag.evaluation.records import FailedQuestion, Problem, ProblemKind, save_evaluation
from rag.types import Fate
from tests.browser.pages import ask, open_page
from tests.measured import RUN

pytestmark = pytest.mark.browser

SECONDS = 60_000
"""How long anything may take on a busy machine, in milliseconds."""
SOURCE = "004_f8a082d0fecacf2d.txt"
TITLE = "Is Trump Falling Out of Love With Putin?"
MARKUP = "<b>set</b> **bold** <img src=x onerror=alert(1)>"
FAILED = (
    FailedQuestion(
        "p01",
        "And what did Peskov say?",
        (Problem(ProblemKind.NOT_FOUND, f"{SOURCE} is at rank 14."),),
        ("What did Bolton say?",),
        (SOURCE,),
    ),
    FailedQuestion("p02", MARKUP, (Problem(ProblemKind.REFUSED, "Refused."),)),
)


@pytest.fixture
def measured(desk: Path) -> Iterator[Path]:
    kept = save_evaluation(desk / "index", replace(RUN, name=MARKUP, generation="before", failed=FAILED))
    yield kept
    kept.unlink()


def opened(page: Page) -> Locator:
    """Open the article from the list of sources, and return the reader."""
    page.locator(".stSidebar .list button", has_text="Is Trump Falling Out").click()
    expect(page.locator(".reader .title")).to_have_text(TITLE, timeout=SECONDS)
    return page.locator(".reader")


def paragraphs(reader: Locator) -> Locator:
    return reader.locator(".body p[data-start]:not(.furniture)")


def test_questions_that_failed_are_filtered_opened_and_asked(wide: Page, address: str, measured: Path) -> None:
    open_page(wide, address)
    wide.get_by_role("button", name="How well it answers").click()
    one = wide.locator(".set")
    expect(one.locator("h2")).to_have_text(MARKUP, timeout=SECONDS)
    expect(one).to_contain_text("The index has changed since.")
    expect(one.locator(".failed")).to_have_count(2)
    assert one.locator("b, strong, img").count() == 0
    one.get_by_role("button", name="Not found 1").click()
    expect(one.locator(".failed")).to_have_count(1)

    one.locator(".gold button").click()
    expect(wide.locator(".reader .title")).to_have_text(TITLE, timeout=SECONDS)
    expect(one.locator(".failed")).to_have_count(1)

    one.get_by_role("button", name="Ask in the chat").click()
    expect(wide.locator(".question")).to_have_text(
        ["What did Bolton say?", "And what did Peskov say?"], timeout=SECONDS
    )
    expect(wide.locator(".turn").last).to_have_attribute("aria-busy", "false", timeout=SECONDS)
    expect(wide.locator(".set")).to_have_count(0)
    expect(wide.locator(".reader .title")).to_have_text(TITLE)


def test_on_a_phone_the_figures_fit(narrow: Page, address: str, measured: Path) -> None:
    narrow.goto(f"{address}/?show=figures")
    expect(narrow.locator(".set .failed")).to_have_count(2, timeout=SECONDS)
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    narrow.get_by_role("button", name="Back to the chat").click()
    expect(narrow.get_by_role("heading", name="Ask what was said")).to_be_visible(timeout=SECONDS)


def test_an_answer_is_traced_when_its_fold_is_opened(wide: Page, address: str) -> None:
    open_page(wide, address)
    turn = ask(wide, "What did Bolton say?")
    fold = turn.locator(".fold.trace")
    fold.locator("> summary").click()
    chosen = fold.locator(".search > .passages > .traced")
    expect(chosen.first).to_contain_text("chosen", timeout=SECONDS)
    count = turn.locator(".retrieved .passage").count()
    expect(chosen).to_have_count(count)

    with wide.expect_download() as saving:
        fold.get_by_role("button", name="Download the trace").click()
    saved = parse_trace(json.loads(Path(saving.value.path()).read_text(encoding="utf-8")))
    assert saved.question == "What did Bolton say?"
    fates = [passage.fate for passage in saved.traces[0].passages]
    assert fates.count(Fate.SHOWN) == count

    fold.locator(".fold summary").click()
    others = fold.locator(".search .fold .traced")
    expect(others).to_have_count(len(fates) - count)
    others.first.get_by_role("button").click()
    expect(wide.locator(".reader mark.strong").first).to_be_visible(timeout=SECONDS)
    expect(fold).to_have_attribute("open", "")


def test_a_paragraph_that_is_pointed_at_tells_why_it_was_not_chosen(wide: Page, address: str) -> None:
    open_page(wide, address)
    reader = opened(wide)
    button = reader.locator(".point")
    expect(button).to_be_hidden()
    ask(wide, "What did Fiona Hill say?")
    expect(button).to_be_visible(timeout=SECONDS)
    expect(reader.locator(".why")).to_have_count(0)

    button.click()
    expect(reader.locator(".pointing")).to_contain_text("What did Fiona Hill say?")
    paragraphs(reader).nth(3).click()
    why = reader.locator(".why")
    expect(why).to_contain_text("for “What did Fiona Hill say?”", timeout=SECONDS)
    expect(why.locator(".stages").first).to_contain_text("By meaning")
    expect(paragraphs(reader).nth(3)).to_have_class("pointed")
    expect(why).to_be_in_viewport()

    wide.reload()
    expect(reader.locator(".title")).to_have_text(TITLE, timeout=SECONDS)
    expect(why).to_have_count(0)


def test_words_that_are_selected_and_the_keyboard_do_as_well(wide: Page, address: str) -> None:
    open_page(wide, address)
    ask(wide, "What did Fiona Hill say?")
    reader = opened(wide)
    paragraphs(reader).nth(2).scroll_into_view_if_needed()
    paragraphs(reader).nth(2).dblclick()
    reader.locator(".point").click()
    why = reader.locator(".why")
    expect(why).to_be_visible(timeout=SECONDS)
    expect(paragraphs(reader).nth(2)).to_have_class("pointed")
    why.get_by_role("button", name="Close this").click()
    expect(why).to_have_count(0, timeout=SECONDS)

    wide.evaluate("getSelection().removeAllRanges()")
    reader.locator(".point").focus()
    wide.keyboard.press("Enter")
    expect(reader.locator(".pointing")).to_be_visible()
    wide.keyboard.press("Escape")
    expect(reader.locator(".pointing")).to_be_hidden()
    wide.keyboard.press("Enter")
    paragraphs(reader).nth(4).focus()
    wide.keyboard.press("Enter")
    expect(why).to_be_visible(timeout=SECONDS)
    expect(paragraphs(reader).nth(4)).to_have_class("pointed")


def test_what_is_pointed_at_on_a_phone_stays_on_it(narrow: Page, address: str) -> None:
    open_page(narrow, address)
    turn = ask(narrow, "What did Bolton say?")
    turn.locator(".chip").last.click()
    reader = narrow.locator(".reader")
    reader.locator(".point").click(timeout=SECONDS)
    reader.locator("mark.strong").first.click()
    why = reader.locator(".why")
    expect(why).to_contain_text("Chosen", timeout=SECONDS)
    expect(why).to_be_in_viewport()
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_is_read_as_text_to_be_pointed_at(wide: Page, own_address: str) -> None:
    open_page(wide, own_address)
    turn = ask(wide, "What did Ida Brook say?")
    turn.locator(".chip").first.click()
    reader = wide.locator(".reader")
    expect(reader.locator(".leaf")).to_be_visible(timeout=SECONDS)
    reader.locator(".point").click()
    expect(reader.locator(".pointing")).to_be_visible(timeout=SECONDS)
    expect(reader.locator(".leaf")).to_be_hidden(timeout=SECONDS)
    paragraphs(reader).first.click()
    expect(reader.locator(".why")).to_be_visible(timeout=SECONDS)
