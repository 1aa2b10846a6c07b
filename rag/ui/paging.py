"""A page of a document as a picture, the cited words marked on it. Pure functions."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from rag.text.pages import boxes_of, page_at
from rag.types import Document, Page
from rag.ui.article import Mark
from rag.ui.wording import page_word

PADDING = 0.002
"""By how much a mark is larger than the words on each side, as a share of the page."""


def shown_page(document: Document, number: int | None, marks: Sequence[Mark]) -> Page:
    """Return the page of that number; without one, the page that the clicked words stand on, or the first."""
    found = next((page for page in document.pages if page.number == number), None)
    if found is not None:
        return found
    clicked = next((mark for mark in marks if mark.strong), None)
    if clicked is None:
        return document.pages[0]
    boxes = boxes_of(document.pages, clicked.start, clicked.end)
    named = next((page for page in document.pages if boxes and page.number == boxes[0].page), None)
    return named or page_at(document.pages, clicked.start) or document.pages[0]


def view_page(document: Document, page: Page, marks: Sequence[Mark], picture: bytes) -> dict[str, Any]:
    """Return a page for the reading pane: its picture (PNG), its shape, and where words are marked, in per cent."""
    return {
        "number": page.number,
        "picture": f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}",
        "width": page.width,
        "height": page.height,
        "boxes": [box for mark in _ordered(marks) for box in _boxes(document, page, mark)],
    }


def view_leaves(document: Document, page: Page) -> dict[str, Any]:
    """Return what stands between the buttons that leaf: which page of how many, and what a page is called."""
    first, last = document.pages[0].number, document.pages[-1].number
    return {"word": page_word(document.source), "number": page.number, "first": first, "last": last}


def _ordered(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks with the clicked one last, and each span once: marks are translucent, and would add up."""
    clicked = [mark for mark in marks if mark.strong]
    spans = {(mark.start, mark.end) for mark in clicked}
    light = {(mark.start, mark.end): mark for mark in marks if (mark.start, mark.end) not in spans}
    return [*light.values(), *clicked]


def _boxes(document: Document, page: Page, mark: Mark) -> list[dict[str, Any]]:
    found = (box for box in boxes_of(document.pages, mark.start, mark.end) if box.page == page.number)
    return [
        {
            "left": _percent(box.left - PADDING),
            "top": _percent(box.top - PADDING),
            "width": _percent(box.right - box.left + 2 * PADDING),
            "height": _percent(box.bottom - box.top + 2 * PADDING),
            "strong": mark.strong,
        }
        for box in found
    ]


def _percent(share: float) -> float:
    return round(100 * share, 2)
