"""Who said what: the quotations and reported statements of a document."""

from __future__ import annotations

from rag.types import Document, Quotation


def extract_quotations(document: Document) -> list[Quotation]:
    """Return every quotation and reported statement of `document`, in order."""
    return []
