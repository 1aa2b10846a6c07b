"""What an index knows in words: files, documents, chunks and quotations, in SQLite.

Each segment has a catalog of its own (`segment`), which is written once; the register of the generation (`register`)
says which of the documents count and what they are called; `Catalog` (`view`) reads all of it as one.
"""

from __future__ import annotations

from rag.catalog.records import (
    DocumentRecord,
    FileRecord,
    IndexedDocument,
    Place,
    document_digest,
    embedding_key,
    record_of,
    relabelled,
)
from rag.catalog.register import Register, RegisterDraft
from rag.catalog.register import draft as draft_register
from rag.catalog.segment import SegmentCatalog, SegmentDraft
from rag.catalog.segment import draft as draft_segment
from rag.catalog.view import Catalog

__all__ = [
    "Catalog",
    "DocumentRecord",
    "FileRecord",
    "IndexedDocument",
    "Place",
    "Register",
    "RegisterDraft",
    "SegmentCatalog",
    "SegmentDraft",
    "document_digest",
    "draft_register",
    "draft_segment",
    "embedding_key",
    "record_of",
    "relabelled",
]
