"""Plain text and Markdown as documents: layout, hidden text, furniture, facts, headings, one pass after the other."""

from __future__ import annotations

from rag.sources.blocks import layout
from rag.sources.furniture import mark_furniture
from rag.sources.headings import promote_headings
from rag.sources.hiding import hide
from rag.sources.metadata import read_metadata
from rag.types import Document, file_title


def parse_document(source: str, text: str, *, markdown: bool = False) -> Document:
    """Return the document that `text` is: its layout, and what it says of itself."""
    blocks = hide(text, layout(text, markdown=markdown), markdown=markdown)
    blocks = mark_furniture(text, blocks, markdown=markdown)
    facts, blocks = read_metadata(text, blocks, fallback_title="")
    blocks = promote_headings(text, blocks, markdown=markdown)
    return Document(
        source,
        text,
        facts.title or file_title(source),
        facts.author,
        facts.outlet,
        facts.date,
        tuple(blocks),
        language=facts.language,
        url=facts.url,
        titled=bool(facts.title),
    )
