"""Spans that somebody names."""

from __future__ import annotations

from rag.errors import UsageError
from rag.types import Document


def check_span(document: Document, start: int, end: int) -> None:
    """Raise UsageError, with the length of the text, for offsets that are not in the text of a document."""
    if not 0 <= start <= end <= len(document.text):
        raise UsageError(
            f"{start} to {end} is no span of {document.source}, which has {len(document.text)} characters. "
            f"Give offsets with 0 <= START <= END <= {len(document.text)}."
        )
