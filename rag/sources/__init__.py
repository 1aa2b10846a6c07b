"""Sources: from the files of a folder to documents with layout, title, author, outlet and date.

`find_sources` lists the files, `read_text` decodes one, `read_document` reads it whole. The steps, in order:
`decoding` (bytes to text), `blocks` (lines to layout), `furniture`, `metadata`, `headings` (passes over the blocks).
"""

from __future__ import annotations

from pathlib import PurePosixPath

from rag.errors import SourceError
from rag.sources.blocks import layout
from rag.sources.decoding import read_text
from rag.sources.files import MARKDOWN_ENDINGS, SourceFile, SourceListing, find_sources, require_folder
from rag.sources.furniture import mark_furniture
from rag.sources.headings import promote_headings
from rag.sources.lines import BLANK
from rag.sources.metadata import read_metadata
from rag.types import Document

__all__ = [
    "SourceFile",
    "SourceListing",
    "find_sources",
    "parse_document",
    "read_document",
    "read_text",
    "require_folder",
]


def read_document(file: SourceFile) -> Document:
    """Read one source.

    Raises SourceError, with the reason and what to do, when it cannot be opened, is not text, or has no words.
    """
    text = read_text(file.path)
    if not text.strip(BLANK):
        raise SourceError(f"{file.source} has nothing in it but white space: fill it or remove it.")
    return parse_document(file.source, text, markdown=file.path.suffix.lower() in MARKDOWN_ENDINGS)


def parse_document(source: str, text: str, *, markdown: bool = False) -> Document:
    """Return the document that `text` is: its layout, and what it says of itself."""
    blocks = mark_furniture(text, layout(text, markdown=markdown), markdown=markdown)
    facts, blocks = read_metadata(text, blocks, fallback_title=PurePosixPath(source).stem)
    blocks = promote_headings(text, blocks, markdown=markdown)
    return Document(source, text, facts.title or source, facts.author, facts.outlet, facts.date, tuple(blocks))
