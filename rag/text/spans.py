"""Spans of texts: whether they are there, and what they share."""

from __future__ import annotations

from typing import Protocol

from rag.errors import UsageError
from rag.types import Document


def check_span(document: Document, start: int, end: int) -> None:
    """Raise UsageError, with the length of the text, for offsets that are not in the text of a document."""
    if not 0 <= start <= end <= len(document.text):
        raise UsageError(
            f"{start} to {end} is no span of {document.source}, which has {len(document.text)} characters. "
            f"Give offsets with 0 <= START <= END <= {len(document.text)}."
        )


class Stretch(Protocol):
    """Where something stands: `text[start:end]` of a source."""

    @property
    def source(self) -> str:
        """Return the name of the source."""
        ...

    @property
    def start(self) -> int:
        """Return where it begins."""
        ...

    @property
    def end(self) -> int:
        """Return where it ends."""
        ...


def overlap(one: Stretch, other: Stretch) -> float:
    """Return which share of the shorter of two stretches lies in the other, between 0 and 1."""
    if one.source != other.source:
        return 0.0
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(shared, 0) / max(min(one.end - one.start, other.end - other.start), 1)
