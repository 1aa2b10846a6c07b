"""The documents of an index as lists to pick from. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.types import Document
from rag.ui.wording import byline, displayable, shortened

TITLE_LENGTH_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one generation of the index has to pick from."""

    generation: str = ""
    items: tuple[dict[str, str], ...] = ()
    """Each document as an item of the list of sources."""
    titles: dict[str, str] = field(default_factory=dict)
    """By source."""
    outlets: tuple[str, ...] = ()
    """Who published or wrote any of it, in the order of the alphabet."""


def shelve(generation: str, documents: Iterable[Document]) -> Shelf:
    """Return what can be picked from `documents`."""
    listed = tuple(documents)
    names = {name for document in listed for name in (document.outlet, document.author) if name}
    items = tuple(view_document(document) for document in listed)
    return Shelf(generation, items, {item["id"]: item["title"] for item in items}, tuple(sorted(names, key=str.lower)))


def view_document(document: Document) -> dict[str, str]:
    """Return a document as an item of the list of sources."""
    title = shortened(document.title or document.source, TITLE_LENGTH_SHOWN)
    return {"id": document.source, "title": title, "meta": displayable(byline(document)), "hint": document.source}
