"""Plain text and Markdown: the canonical text is the decoded file."""

from __future__ import annotations

from rag.errors import SourceError
from rag.sources.decoding import decode, require_shown
from rag.sources.formats.base import RawFile, Reading
from rag.sources.lines import BLANK
from rag.sources.parsing import parse_document

MARKDOWN_ENDINGS = frozenset({".md", ".markdown"})


def read_plain(raw: RawFile) -> Reading:
    """Read plain text, or Markdown where the name says so."""
    text = decode(raw.data)
    require_shown(text)
    if not text.strip(BLANK):
        raise SourceError("it has nothing in it but white space: fill it or remove it")
    return Reading((parse_document(raw.source, text, markdown=raw.ending in MARKDOWN_ENDINGS),))
