"""The states of the page around its sources: adding, picking, pages, what is not read; by Streamlit's AppTest."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rag.errors import IndexMissingError
from rag.types import SourceFilter
from rag.ui import resources
from tests.engine_double import BOLTON, GONE, HEARD, SCRIPTS, UNREAD, ScriptedBackend, read_seeds
from tests.page_app import SECONDS, drawn
from tests.paged_documents import make_paged

REPORT = make_paged("report.pdf", "The first page.", "A second page with words.", "The end.")
NOTE = ("note.txt", b"Harbour notes\n\nThe harbour is closed.", "text/plain")
ALL = SourceFilter()


pytestmark = pytest.mark.usefixtures("fresh_resources")


@pytest.fixture
def place(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedBackend:
    made = ScriptedBackend((*read_seeds(seeds), REPORT, replace(REPORT, source=GONE)))
    monkeypatch.setattr(resources, "backend", made.backend)
    monkeypatch.setenv("RAG_SOURCES", str(tmp_path))
    monkeypatch.setitem(SCRIPTS, "report", ("The report says", ("second page",)))
    return made


def settled(page: AppTest) -> AppTest:
    """Run until nothing is being added and every answer has ended."""
    for intake in resources.service().intakes.all():
        assert intake.wait(SECONDS)
    for _ in range(50):
        page.run()
        if not any(turn["busy"] for turn in drawn(page, "turn")):
            break
    return page


def said(page: AppTest) -> list[str]:
    """What became of the documents that were added."""
    return [one["words"] for listed in drawn(page, "intakes") for item in listed["items"] for one in item["outcomes"]]


# ---------------------------------------------------------------- adding


def test_files_in_the_sidebar_are_added_once(page: AppTest, place: ScriptedBackend, tmp_path: Path) -> None:
    page.run()
    page.file_uploader[0].set_value([NOTE]).run()
    settled(page).run()
    assert said(page) == ["Added “Harbour notes” (note.txt)."]
    assert (tmp_path / "note.txt").is_file()
    assert place.builds == [False]
    assert page.file_uploader[0].value == []


def test_an_address_is_added_and_one_that_is_refused_says_why(page: AppTest) -> None:
    page.run().text_input(key="address").set_value(" http://127.0.0.1/x ")
    page.button[[button.label for button in page.button].index("Add the page")].click().run()
    assert said(settled(page)) == ["http://127.0.0.1/x leads to a private address. Give one of a page on the web."]
    page.text_input(key="address").set_value("https://example.org/a")
    page.button[[button.label for button in page.button].index("Add the page")].click().run()
    assert said(settled(page)) == ["Added “The page” (https://example.org/a)."]


def test_a_question_with_a_file_waits_for_it(page: AppTest, place: ScriptedBackend) -> None:
    place.build_gate = threading.Event()
    page.run().chat_input(key="question").upload(*NOTE).set_value("What did Bolton say?").run()
    assert [turn["label"] for turn in drawn(page, "turn")] == ["Adding the documents first"]
    assert drawn(page, "intakes")[0]["items"][0]["busy"] is True
    place.build_gate.set()
    (turn,) = drawn(settled(page), "turn")
    assert json.loads(turn["json"])["index"] == "g2"
    assert said(page) == ["Added “Harbour notes” (note.txt)."]


def test_a_file_without_a_question_is_added_and_nothing_is_asked(page: AppTest) -> None:
    page.run().chat_input(key="question").upload(*NOTE).run()
    assert said(settled(page)) == ["Added “Harbour notes” (note.txt)."]
    assert drawn(page, "turn") == []


def test_without_an_index_the_first_documents_can_be_added(page: AppTest, place: ScriptedBackend) -> None:
    place.trouble, place.generation = IndexMissingError("There is no index yet. Make it: rag index"), None
    page.run()
    assert page.title[0].value == "Nothing is indexed yet"
    assert "or add them here" in page.warning[0].value
    page.file_uploader[0].set_value([NOTE]).run()
    assert settled(page).title[0].value == "Ask what was said"


# ---------------------------------------------------------------- picking


def test_what_is_picked_stands_in_the_address_and_narrows_the_next_question(
    page: AppTest, place: ScriptedBackend
) -> None:
    page.run()
    assert drawn(page, "chips") == []
    page.multiselect(key="only-sources").select("report.pdf").run()
    page.multiselect(key="only-outlets").select("The Daily").run()
    page.date_input(key="only-after").set_value(date(2025, 5, 1)).run()
    assert {name: page.query_params[name] for name in ("only", "outlet", "after")} == {
        "only": "report.pdf",
        "outlet": "The Daily",
        "after": "2025-05-01",
    }
    assert [chip["label"] for chip in drawn(page, "chips")[0]["items"]] == [
        "The paged report",
        "The Daily",
        "since 1 May 2025",
    ]
    page.chat_input(key="question").set_value("What did Bolton say?").run()
    (turn,) = drawn(settled(page), "turn")
    assert place.engines[0].filters[-1] == (SourceFilter(("report.pdf",), "2025-05-01", None, ("The Daily",)), True)
    assert turn["narrowed"]["words"] == "Only “The paged report” from The Daily since 1 May 2025"
    page.button(key="only-none").click().run()
    assert drawn(page, "chips") == []
    assert "only" not in page.query_params


def test_an_address_with_a_filter_is_taken_up_and_what_no_field_can_show_stays(page: AppTest) -> None:
    page.query_params["only"] = ["*.pdf", "report.pdf"]
    page.query_params["before"] = "2025-06-30"
    page.query_params["after"] = "soon"
    page.run()
    assert page.multiselect(key="only-sources").value == ["report.pdf"]
    assert page.date_input(key="only-before").value == date(2025, 6, 30)
    page.multiselect(key="only-sources").unselect("report.pdf").run()
    assert page.query_params["only"] == "*.pdf"
    assert [chip["id"] for chip in drawn(page, "chips")[0]["items"]] == ["only:*.pdf", "before"]


def test_a_filter_that_was_understood_is_shown(page: AppTest, place: ScriptedBackend) -> None:
    page.run().chat_input(key="question").set_value(f"What did Bolton say {HEARD}?").run()
    (turn,) = drawn(settled(page), "turn")
    assert turn["narrowed"] == {
        "words": "Only sources since 1 May 2025 — understood from “since May 2025” in your question",
        "offer": {"label": "Ask all sources", "understand": False, "narrowed": True},
    }
    assert place.engines[0].filters[-1] == (ALL, True)


# ---------------------------------------------------------------- pages


def open_report(page: AppTest, source: str = "report.pdf", *more: tuple[str, str]) -> dict[str, Any]:
    start = REPORT.text.index("second page")
    page.query_params["source"] = source
    page.query_params["span"] = f"{start}-{start + len('second page')}"
    for name, value in more:
        page.query_params[name] = value
    page.run()
    (reader,) = drawn(page, "reader")
    return reader


def test_a_document_with_pages_opens_at_the_page_of_the_words(page: AppTest) -> None:
    reader = open_report(page)
    assert reader["leaves"] == {"word": "Page", "number": 2, "first": 1, "last": 3}
    assert [box["strong"] for box in reader["page"]["boxes"]] == [True]
    assert reader["page"]["picture"].startswith("data:image/png;base64,")
    assert reader["article"]["blocks"] == []
    assert reader["article"]["byline"] == "The Office · A. Writer · 1 February 2024"


def test_another_page_and_the_text_stand_in_the_address(page: AppTest) -> None:
    assert open_report(page, "report.pdf", ("page", "3"))["leaves"]["number"] == 3
    reader = open_report(page, "report.pdf", ("view", "text"))
    assert "page" not in reader
    assert [block["page"] for block in reader["article"]["blocks"]] == [1, 2, 3]
    assert reader["pictured"] is True


def test_a_file_that_has_changed_is_read_as_text_and_the_page_says_why(page: AppTest) -> None:
    reader = open_report(page, GONE)
    assert reader["problem"] == "gone.pdf has changed since it was indexed. Update the index, then ask again."
    assert [run["text"] for block in reader["article"]["blocks"] for run in block["runs"] if run.get("mark")] == [
        "second page"
    ]


def test_a_source_without_pages_has_no_pictures(page: AppTest) -> None:
    reader = open_report(page, "004_f8a082d0fecacf2d.txt")
    assert reader["pictured"] is False
    assert "page" not in reader


def test_a_citation_says_its_page(page: AppTest) -> None:
    page.run().chat_input(key="question").set_value("What does the report say?").run()
    (turn,) = drawn(settled(page), "turn")
    assert turn["citations"]["1"]["meta"] == "The Office · A. Writer · 1 February 2024 · page 2"
    assert "A. Writer, The paged report, The Office, 1 February 2024, page 2 (report.pdf" in turn["copy"]
    assert BOLTON[0] not in turn["copy"]


# ---------------------------------------------------------------- what is not read, and the index before


def test_files_that_are_not_read_are_listed_with_their_reason(page: AppTest, place: ScriptedBackend) -> None:
    page.run()
    assert "Not read (1)" not in [expander.label for expander in page.expander]
    place.unread, place.generation = (UNREAD,), "g2"
    page.run()
    assert "Not read (1)" in [expander.label for expander in page.expander]
    (listed,) = [listing for listing in drawn(page, "listing") if listing["label"] == "Files that are not read"]
    assert listed["still"] is True
    assert listed["items"] == [
        {"id": "scan.pdf", "title": "scan.pdf", "meta": "It has no text layer: install OCR", "hint": ""}
    ]


def test_a_damaged_index_that_was_passed_over_is_named(page: AppTest, place: ScriptedBackend) -> None:
    place.engine_trouble = "The newest index is damaged. Make it again: rag index --rebuild"
    page.run()
    assert [warning.value for warning in page.warning] == [
        r"The newest index is damaged\. Make it again\: rag index \-\-rebuild"
    ]


def test_the_index_before_can_be_gone_back_to_once(page: AppTest, place: ScriptedBackend) -> None:
    page.run().button(key="roll-back").click().run()
    assert place.rolled_back == 1
    assert [engine.generation for engine in place.engines] == ["g1", "g0"]
    page.button(key="roll-back").click().run()
    assert [warning.value for warning in page.warning] == [r"There is no generation before this one\. Run rag index\."]
