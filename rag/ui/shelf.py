"""The documents of an index as lists to pick from. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rag.types import DocumentFacts
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


def shelve(generation: str, documents: Iterable[DocumentFacts]) -> Shelf:
    """Return what can be picked from `documents`."""
    listed = tuple(documents)
    names = {name for document in listed for name in (document.outlet, document.author) if name}
    titles = {document.source: shortened(document.title or document.source, TITLE_LENGTH_SHOWN) for document in listed}
    items = tuple(view_document(document, titles) for document in listed)
    return Shelf(generation, items, titles, tuple(sorted(names, key=str.lower)))


def view_document(document: DocumentFacts, titles: Mapping[str, str]) -> dict[str, str]:
    """Return a document as an item of the list of sources, with whose copy it is."""
    copied = f"copy of {displayable(document.copy_of)}" if document.copy_of else ""
    return {
        "id": document.source,
        "title": titles[document.source],
        "meta": " · ".join(filter(None, (displayable(byline(document)), copied))),
        "hint": displayable(document.source),
    }
