"""The main text of real pages, where they are at hand: see `tests/benchmarks/web_pages.py`."""

from __future__ import annotations

import pytest

from rag.config import evaluation_data
from tests.benchmarks.web_pages import Page, measure, plainly, read_pages, scores, verdicts
from tests.documents import make_document

LEAST = 0.92


def test_the_counting() -> None:
    gold = {"file": "a.html", "with": ["kept", "lost"], "without": ["menu", "share"]}
    page = Page(gold, make_document("The kept\n~ menu\nshare"), 0.5)

    assert scores(verdicts([page])) == {"precision": 0.5, "recall": 0.5, "f_score": 0.5, "accuracy": 0.5}
    assert measure([page, Page(gold, None, 0.1)])["without_text"] == ["a.html"]
    assert plainly("Über\xadle\xadben  und\xa0mehr") == "Überleben und mehr"


def test_what_is_kept_and_dropped_of_real_pages() -> None:
    data = evaluation_data()
    if data is None:
        pytest.skip("RAG_EVAL_DATA is not set")

    figures = measure(read_pages(data / "files"))

    assert figures["without_text"] == []
    assert figures["f_score"] >= LEAST
