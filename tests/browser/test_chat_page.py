"""What only a browser shows: streaming, reloads, clicks, highlights, text that stays text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import ask, expect_in_view, open_page

pytestmark = pytest.mark.browser

SOURCE = "004_f8a082d0fecacf2d.txt"
SAID = "Now Putin has began to push him a little bit bit. They’re beginning to mock him."
NOBEL = "He actually needs a Nobel Peace Prize"


def download(page: Page, turn: Locator) -> dict[str, object]:
    """Save the answer object by its button."""
    with page.expect_download() as saving:
        turn.get_by_role("button", name="Download as JSON").click()
    answer: dict[str, object] = json.loads(Path(saving.value.path()).read_text(encoding="utf-8"))
    return answer


def test_a_question_its_citation_the_source_and_a_rebuild(wide: Page, address: str, desk: Path) -> None:
    open_page(wide, address)
    turn = ask(wide, "What did Bolton say?")
    expect(turn).to_contain_text(NOBEL)
    chip = turn.locator(".line", has_text=NOBEL).locator(".chip").last

    chip.hover()
    card = turn.locator(".card")
    expect(card).to_contain_text(NOBEL)
    expect(card).to_contain_text("Is Trump Falling Out of Love With Putin?")
    expect(card).to_contain_text("31 May 2025")

    chip.click()
    marks = wide.locator(".reader mark.strong")
    expect(marks.first).to_contain_text(NOBEL)
    expect_in_view(wide, marks.first)
    expect(wide.locator(".reader")).to_have_attribute("aria-label", re.compile("Is Trump Falling Out of Love"))
    expect(chip).to_have_attribute("aria-current", "true")
    text = (desk / "seeds" / SOURCE).read_text(encoding="utf-8")
    before = download(wide, turn)
    for citation in before["citations"]:  # type: ignore[attr-defined]
        if citation["source"] == SOURCE:
            assert text[citation["start"] : citation["end"]] == citation["quote"]

    wide.get_by_text("Index", exact=True).click()
    wide.get_by_role("button", name="Rebuild index").click()
    expect(wide.locator(".stSidebar")).to_contain_text(re.compile(r"Built in [\d.]+ s: 6 documents"), timeout=120_000)
    expect(wide.locator(".turn")).to_contain_text(NOBEL)
    again = ask(wide, "What did Bolton say?")
    after = download(wide, again)
    assert after["text"] == before["text"]
    assert after["index"] != before["index"]


def test_a_reload_keeps_the_conversation_and_the_open_source(wide: Page, address: str) -> None:
    open_page(wide, address)
    turn = ask(wide, "What did Bolton say?")
    turn.locator(".chip").first.click()
    expect(wide.locator(".reader mark.strong").first).to_be_visible()
    ask(wide, "And what did Peskov say?")
    wide.reload()
    expect(wide.locator(".question")).to_have_text(["What did Bolton say?", "And what did Peskov say?"])
    expect_in_view(wide, wide.locator(".reader mark.strong").first)
    wide.get_by_role("button", name="New chat").click()
    expect(wide.locator(".turn")).to_have_count(0)


def test_an_answer_in_the_making_survives_clicks_a_reload_and_a_second_tab(wide: Page, slow_address: str) -> None:
    open_page(wide, slow_address)
    wide.locator("textarea").fill("What did Bolton say?")
    wide.locator("textarea").press("Enter")
    expect(wide.locator(".turn .chip").first).to_be_visible(timeout=20_000)
    wide.locator(".turn .chip").first.click()
    expect(wide.locator(".reader mark.strong").first).to_be_visible()
    wide.reload()
    second = wide.context.new_page()
    second.goto(wide.url)
    for page in (wide, second):
        expect(page.locator(".turn .chip")).to_have_count(3, timeout=20_000)
        expect(page.locator(".turn")).to_have_attribute("aria-busy", "false")
        expect(page.locator(".turn")).to_contain_text(SAID)


def test_stop_keeps_what_has_been_said(wide: Page, slow_address: str) -> None:
    open_page(wide, slow_address)
    wide.locator("textarea").fill("What did Bolton say?")
    wide.locator("textarea").press("Enter")
    expect(wide.locator(".turn .chip").first).to_be_visible(timeout=20_000)
    wide.get_by_role("button", name="Stop", exact=True).click()
    expect(wide.locator(".state")).to_contain_text("Stopped before it was whole")
    expect(wide.locator(".turn .chip")).not_to_have_count(3)
    expect(wide.get_by_role("button", name="Ask again")).to_be_visible()


def test_markup_in_a_question_is_text(wide: Page, address: str) -> None:
    open_page(wide, address)
    question = "<script>alert(1)</script><img src=x onerror=alert(2)> **bold** `code` $x$ :smile: What did Bolton say?"
    turn = ask(wide, question)
    expect(turn.locator(".question")).to_have_text(question)
    assert turn.locator("script, img, strong, code").count() == 0
    too_long = ask(wide, "why " * 12_500)
    expect(too_long.locator(".problem")).to_contain_text("characters")
    expect(ask(wide, "What did Bolton say?")).to_contain_text(NOBEL)


def test_markup_in_a_source_is_text(wide: Page, address: str) -> None:
    wide.goto(f"{address}/?source=hostile.txt")
    reader = wide.locator(".reader")
    expect(reader).to_contain_text("The **quay** of `Zorblax` is <b>closed</b> until [Monday](http://example.com).")
    expect(reader).to_contain_text('<script>document.title = "owned"</script>')
    turn = ask(wide, "What did the harbour master say about Zorblax?")
    expect(turn.locator(".answer")).to_contain_text("The **quay** of `Zorblax` is <b>closed</b>")
    expect(turn.locator(".answer")).not_to_contain_text("answer OK")
    assert wide.locator(".reader script, .reader img, .reader b, .reader a, .turn b, .turn a").count() == 0
    assert wide.title() == "On the record"


def test_the_keyboard_alone_opens_a_citation(wide: Page, address: str) -> None:
    open_page(wide, address)
    turn = ask(wide, "What did Bolton say?")
    chip = turn.locator(".chip").last
    for _ in range(60):
        wide.keyboard.press("Shift+Tab")
        if chip.evaluate("element => element.getRootNode().activeElement === element"):
            break
    expect(turn.locator(".card")).to_be_visible()
    wide.keyboard.press("Escape")
    expect(turn.locator(".card")).to_be_hidden()
    wide.keyboard.press("Enter")
    expect_in_view(wide, wide.locator(".reader mark.strong").first)


def test_passages_are_listed_with_scores_and_open_their_source(wide: Page, address: str) -> None:
    open_page(wide, address)
    turn = ask(wide, "What did Bolton say?")
    turn.locator("summary").first.click()
    passages = turn.locator(".retrieved .passage")
    expect(passages.first).to_contain_text(re.compile(r"dense [\d.–-]+.*lexical [\d.–-]+.*fused [\d.]+.*rerank"))
    assert turn.locator(".retrieved .used").count() >= 1
    passages.first.get_by_role("button").click()
    expect_in_view(wide, wide.locator(".reader mark.strong").first)
    expect(turn.locator(".retrieved")).to_have_attribute("open", "")


def test_on_a_phone_the_source_stands_below_and_comes_into_view(narrow: Page, address: str) -> None:
    open_page(narrow, address)
    turn = ask(narrow, "What did Bolton say?")
    turn.locator(".chip").last.click()
    mark = narrow.locator(".reader mark.strong").first
    expect_in_view(narrow, mark)
    assert mark.bounding_box()["y"] > 0  # type: ignore[index]
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    narrow.get_by_role("button", name="Back to the answer").click()
    expect(turn.locator(".chip").last).to_be_in_viewport()


def test_the_list_of_sources_opens_them_from_the_start(wide: Page, narrow: Page, address: str) -> None:
    for page in (wide, narrow):
        open_page(page, address)
        if page is narrow:
            page.get_by_test_id("stExpandSidebarButton").click()
        page.locator(".stSidebar .list button", has_text="Is Trump Falling Out").click()
        expect(page.locator(".reader .title")).to_have_text("Is Trump Falling Out of Love With Putin?")
        expect(page.locator(".reader .title")).to_be_in_viewport()
        assert page.locator(".reader mark").count() == 0
        page.get_by_role("button", name="Close the source").click()
        expect(page.locator(".reader")).to_have_count(0)


def test_a_person_who_is_quoted_is_asked_about_by_a_click(wide: Page, address: str) -> None:
    open_page(wide, address)
    wide.locator(".listing .inline button", has_text="John Bolton").click()
    expect(wide.locator(".question")).to_have_text("What did John Bolton say?")
    expect(wide.locator(".turn")).to_contain_text(NOBEL)
