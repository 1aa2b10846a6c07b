"""What only a browser shows of the sources: pages with marks, uploads, filters, and where the keyboard is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.pages import ask, expect_in_view, open_page

pytestmark = pytest.mark.browser

WORDS = "a second page with words"


def open_report(page: Page, address: str) -> Locator:
    """Ask for the document with pages and open its citation; return the reader."""
    open_page(page, address)
    turn = ask(page, "What does the report say?")
    turn.locator(".chip").first.click()
    reader = page.locator(".reader")
    expect(reader.locator(".number")).to_have_text("Page 2 of 3")
    return reader


def focused(element: Locator) -> bool:
    return bool(element.evaluate("element => element.getRootNode().activeElement === element"))


def expect_focus(page: Page, element: Locator) -> None:
    for _ in range(60):
        if focused(element):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the focus is elsewhere")


def test_a_citation_opens_the_picture_of_its_page_with_the_words_marked(wide: Page, slow_address: str) -> None:
    open_page(wide, slow_address)
    turn = ask(wide, "What does the report say?")
    turn.locator(".chip").first.hover()
    for said in ("The paged report", "The Office · A. Writer · 1 February 2024 · page 2"):
        expect(turn.locator(".card")).to_contain_text(said)
    turn.locator(".chip").first.click()
    reader = wide.locator(".reader")
    picture, box = reader.locator(".sheet img"), reader.locator(".box.strong")
    expect(picture).to_have_js_property("naturalWidth", 60)
    expect_in_view(wide, box.first)
    sheet, marked = picture.bounding_box(), box.first.bounding_box()
    assert sheet is not None
    assert marked is not None
    assert (marked["x"] - sheet["x"]) / sheet["width"] == pytest.approx(0.297, abs=0.01)
    assert (marked["y"] - sheet["y"]) / sheet["height"] == pytest.approx(0.097, abs=0.01)

    reader.get_by_role("button", name="Next").click()
    expect(reader.locator(".number")).to_have_text("Page 3 of 3")
    expect(box).to_have_count(0)
    expect(reader.get_by_role("button", name="Next")).to_be_disabled()
    wide.reload()
    expect(reader.locator(".number")).to_have_text("Page 3 of 3")
    reader.get_by_role("button", name="Previous").click()
    expect_in_view(wide, box.first)


def test_the_text_of_a_paged_document_has_its_pages_marked(wide: Page, slow_address: str) -> None:
    reader = open_report(wide, slow_address)
    reader.get_by_role("button", name="Text", exact=True).click()
    expect(reader.locator("mark.strong")).to_have_text(WORDS)
    expect(reader.locator(".page-mark")).to_have_text(["Page 1", "Page 2", "Page 3"])
    expect(reader.locator(".sheet img")).to_have_count(0)
    reader.get_by_role("button", name="Page", exact=True).click()
    expect(reader.locator(".number")).to_have_text("Page 2 of 3")


def test_a_page_can_be_enlarged_and_fits_a_phone(wide: Page, narrow: Page, slow_address: str) -> None:
    reader = open_report(narrow, slow_address)
    expect_in_view(narrow, reader.locator(".box.strong").first)
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    reader = open_report(wide, slow_address)
    picture = reader.locator(".sheet img")
    before = picture.bounding_box()
    reader.get_by_role("button", name="Larger").click()
    after = picture.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 1.5 * before["width"]
    assert wide.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_goes_into_the_source_leafs_and_comes_back(wide: Page, slow_address: str) -> None:
    open_page(wide, slow_address)
    turn = ask(wide, "What does the report say?")
    chip, reader = turn.locator(".chip").first, wide.locator(".reader")
    chip.focus()
    wide.keyboard.press("Enter")
    expect(reader.locator(".number")).to_have_text("Page 2 of 3")
    expect_focus(wide, reader)
    wide.keyboard.press("ArrowRight")
    expect(reader.locator(".number")).to_have_text("Page 3 of 3")
    wide.keyboard.press("ArrowLeft")
    wide.keyboard.press("ArrowLeft")
    expect(reader.locator(".number")).to_have_text("Page 1 of 3")
    wide.keyboard.press("Escape")
    expect(reader).to_have_count(0)
    expect_focus(wide, chip)


def test_a_filter_is_picked_shown_and_taken_back(wide: Page, slow_address: str) -> None:
    open_page(wide, f"{slow_address}/?outlet=The+Office&after=2024-01-01")
    chips = wide.locator(".chips li")
    expect(chips.locator(".label")).to_have_text(["The Office", "since 1 January 2024"])
    turn = ask(wide, "What did the Pope say?")
    expect(turn.locator(".narrowed")).to_contain_text("Only sources from The Office since 1 January 2024.")
    wide.get_by_role("button", name="Remove: since 1 January 2024").click()
    expect(chips).to_have_count(1)
    wide.get_by_role("button", name="Only these sources").click()
    wide.get_by_role("button", name="All sources", exact=True).click()
    expect(chips).to_have_count(0)
    wide.reload()
    expect(wide.locator(".turn")).to_have_count(1)
    expect(chips).to_have_count(0)


def test_a_filter_that_was_understood_is_taken_back_by_one_click(wide: Page, slow_address: str) -> None:
    open_page(wide, slow_address)
    turn = ask(wide, "What did Bolton say since May 2025?")
    expect(turn.locator(".narrowed")).to_contain_text(
        "Only sources since 1 May 2025 — understood from “since May 2025” in your question."
    )
    turn.get_by_role("button", name="Ask all sources").click()
    again = wide.locator(".turn").nth(1)
    expect(again).to_have_attribute("aria-busy", "false", timeout=30_000)
    expect(again.locator(".question")).to_have_text("What did Bolton say since May 2025?")
    expect(again.locator(".narrowed")).to_be_hidden()


def test_a_file_dropped_on_the_ask_line_answers_the_question(wide: Page, own_address: str, own_desk: Path) -> None:
    open_page(wide, own_address)
    said = b'The ferry log\n\n"The ferry to Zorblax sails at noon," said Olga Brandt, the harbour master.\n'
    upload: FilePayload = {"name": "ferry <b>log.txt", "mimeType": "text/plain", "buffer": said}
    line = wide.get_by_test_id("stChatInput")
    line.locator("input[type=file]").set_input_files([upload])
    expect(line).to_contain_text("ferry")
    expect(line.get_by_test_id("stChatInputSubmitButton")).to_be_enabled()  # without words, once the file is there
    turn = ask(wide, "What did Olga Brandt say about the ferry to Zorblax?")
    expect(turn.locator(".answer")).to_contain_text("The ferry to Zorblax sails at noon")
    expect(wide.locator(".intakes")).to_contain_text(re.compile("Added “The ferry log”"))
    assert wide.locator(".intakes b, .stSidebar .listing b").count() == 0
    expect(wide.locator(".stSidebar .list button", has_text="The ferry log")).to_be_visible()
    turn.locator(".chip").first.click()
    expect_in_view(wide, wide.locator(".reader mark.strong").first)
    wide.locator(".intakes").get_by_role("button", name="Dismiss").click()
    expect(wide.locator(".intakes")).to_have_count(0)
    assert len(list((own_desk / "seeds").glob("ferry*"))) == 1


def test_an_address_inside_the_network_is_refused(wide: Page, own_address: str) -> None:
    open_page(wide, own_address)
    wide.locator(".stSidebar").get_by_text("Add documents").click()
    field = wide.get_by_label("Add a page by its address")
    field.fill(f"{own_address}/secret")
    field.press("Enter")
    expect(wide.locator(".intakes .refused")).to_contain_text("127.0.0.1")
    expect(field).to_have_value("")


def test_a_page_of_a_pdf_is_drawn_with_the_cited_words_marked(wide: Page, own_address: str) -> None:
    open_page(wide, own_address)
    turn = ask(wide, "What did Ida Brook say?")
    expect(turn.locator(".answer")).to_contain_text("forty lanterns")
    turn.locator(".line", has_text="forty lanterns").locator(".chip").first.click()
    reader = wide.locator(".reader")
    expect(reader.locator(".number")).to_have_text("Page 2 of 2")
    expect(reader.locator(".sheet img")).to_have_js_property("complete", True)
    assert reader.locator(".sheet img").evaluate("image => image.naturalWidth") > 500
    expect_in_view(wide, reader.locator(".box.strong").first)


def test_rows_stand_under_their_columns_and_the_list_gets_the_focus_back(wide: Page, own_address: str) -> None:
    open_page(wide, own_address)
    item = wide.locator(".stSidebar .list button", has_text="figures")
    item.focus()
    wide.keyboard.press("Enter")
    reader = wide.locator(".reader")
    expect(reader.locator("th")).to_have_text(["Year", "Revenue"])
    expect(reader.locator("td")).to_have_text(["2022", "5.3", "2023", "<b>6.1</b>"], use_inner_text=True)
    expect_focus(wide, reader)
    wide.keyboard.press("Escape")
    expect(reader).to_have_count(0)
    expect_focus(wide, item)
    wide.goto(f"{own_address}/?source=figures.csv&span=15-42")
    expect(reader.locator("td mark.strong:not(.name)")).to_have_text(["2022", "5.3"])
    expect_in_view(wide, reader.locator("td mark.strong:not(.name)").first)
