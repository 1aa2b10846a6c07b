"""What everything after reading relies on, checked once for every document that a reader gives."""

from __future__ import annotations

from collections.abc import Sequence

from rag.errors import SourceError
from rag.sources.formats import Reading
from rag.types import Block, Document, Page

MOST_CHARACTERS = 100_000_000
"""In all documents of one file."""


def require_sound(reading: Reading) -> Reading:
    """Return `reading`. Raises SourceError where it is not what a reader must give, or more than can be indexed.

    A document has words and can be written as UTF-8; blocks and pages lie within its text, in order and, the blocks,
    apart; no two documents have the same name.
    """
    if not (reading.documents or reading.skipped):
        raise SourceError("there is nothing in it that can be read: fill it or remove it")
    if sum(len(document.text) for document in reading.documents) > MOST_CHARACTERS:
        raise SourceError(f"it has more than {MOST_CHARACTERS:,} characters: split it")
    names = {document.source for document in reading.documents}
    fault = "two of its parts have the same name" if len(names) < len(reading.documents) else None
    for document in reading.documents:
        fault = fault or fault_of(document)
    if fault:
        raise SourceError(f"its reader made a mistake ({fault}): report it, and convert the file to plain text")
    return reading


def fault_of(document: Document) -> str | None:
    """Return what is wrong with a document, None for a sound one."""
    if not document.text.strip():
        return "a document without words"
    if "\0" in document.text:
        return "a NUL character"
    facts = (document.source, document.title, document.author, document.outlet, document.date, document.language)
    if not all(map(_can_be_written, (document.text, document.url or "", *(fact or "" for fact in facts)))):
        return "half a character"
    if not _in_order(document.blocks, len(document.text)):
        return "a block outside the text"
    return None if _pages_in_order(document.pages, len(document.text)) else "a page outside the text"


def _can_be_written(text: str) -> bool:
    """Say whether a text has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _in_order(blocks: Sequence[Block], length: int) -> bool:
    end = 0
    for block in blocks:
        if not end <= block.start < block.end <= length:
            return False
        end = block.end
    return True


def _pages_in_order(pages: Sequence[Page], length: int) -> bool:
    end = 0
    for number, page in enumerate(pages, start=pages[0].number if pages else 1):
        if page.number != number or not end <= page.start <= page.end <= length:
            return False
        end = page.end
    return True
