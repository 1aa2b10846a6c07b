"""The documents of a new generation: those taken over from the one before, and those made of what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.catalog import (
    DocumentRecord,
    FileRecord,
    IndexedDocument,
    RegisterDraft,
    document_digest,
    record_of,
    relabelled,
)
from rag.chunking import chunk_document
from rag.copies import find_copies, may_be_copies, signature
from rag.indexing.segments import SegmentWriter
from rag.indexing.settings import BuildSettings
from rag.quotations import extract_quotations
from rag.types import Chunk, Document, Skipped

_Kept = tuple[DocumentRecord, bytes]
"""A document and the sketch of its text."""
_FEW = 50
"""Documents up to which it is looked up first whether any of them has a copy at all."""


def chunks_of(document: Document, settings: BuildSettings) -> list[Chunk]:
    """Cut a document as the settings say."""
    return chunk_document(
        document,
        budget=settings.chunk_tokens,
        overlap=settings.overlap_tokens,
        piece_limit=settings.embedder.max_pieces,
        count_pieces=settings.embedder.count_pieces,
    )


class Draft:
    """Edits the register of a generation. What was struck out and put down is counted by document, for the report."""

    def __init__(self, settings: BuildSettings, register: RegisterDraft, writer: SegmentWriter) -> None:
        """Take the register of the generation and where new documents are written."""
        self._settings, self._register, self._writer = settings, register, writer
        self._before: dict[str, str] = {}
        self._after: dict[str, str] = {}
        self._struck_out: dict[str, bytes] = {}
        self._put_down: dict[str, bytes] = {}
        self._spare: dict[str, list[_Kept]] = {}

    def know(self, source: str, digest: str) -> None:
        """Count a document as one that was there before, although the register does not have it."""
        self._before[source] = digest

    def strike_out(self, path: str) -> None:
        """Strike out a file and its documents; one of them may come again with another file."""
        for record, sketch in self._register.take_file(path):
            self._before[record.source] = record.digest
            self._note(self._struck_out, record.source, sketch)
            self._spare.setdefault(record.digest, []).append((record, sketch))

    def rename(self, files: Sequence[tuple[FileRecord, str]]) -> None:
        """Put files down under other names than before, their documents as they are."""
        taken = [(record, before, self._register.take_file(before)) for record, before in files]
        for record, before, documents in taken:
            self._register.put_file(record)
            for each, sketch in documents:
                self._before[each.source] = each.digest
                self._note(self._struck_out, each.source, sketch)
                self._put(relabelled(each, before, record.path), sketch)

    def put_file(self, record: FileRecord, documents: Sequence[Document]) -> tuple[Skipped, ...]:
        """Put down a file with the documents that were read from it; nothing is made of one that was there before.

        Returns what of it could not be read, or not be put down.
        """
        refused = [each for at, document in enumerate(documents) if (each := self._document(record, at, document))]
        complete = replace(record, skipped=(*record.skipped, *refused))
        self._register.put_file(complete)
        return complete.skipped

    def _document(self, record: FileRecord, position: int, document: Document) -> Skipped | None:
        if self._register.has(document.source):
            return Skipped(document.source, "another document has this name already: rename one of the two")
        spare = self._spare.get(document_digest(document))
        if spare:
            before, sketch = spare.pop()
            self._put(record_of(record.path, position, document, before.place), sketch)
        else:
            place = self._writer.add(self._indexed(record.path, document))
            self._put(record_of(record.path, position, document, place), signature(document.text))
        return None

    def _put(self, record: DocumentRecord, sketch: bytes) -> None:
        self._register.put_document(record, sketch)
        self._after[record.source] = record.digest
        self._note(self._put_down, record.source, sketch)

    def _indexed(self, path: str, document: Document) -> IndexedDocument:
        chunks = chunks_of(document, self._settings)
        return IndexedDocument(path, document, tuple(chunks), tuple(extract_quotations(document)))

    def _note(self, side: dict[str, bytes], source: str, sketch: bytes) -> None:
        """Keep a sketch of what came or went, as long as they are few."""
        if len(side) <= _FEW:
            side[source] = sketch

    def mark_copies(self) -> None:
        """Find out again which documents are near-identical copies of others, where that may have changed."""
        if self._may_change_copies():
            self._register.put_copies(find_copies(self._register.signatures()))

    def _may_change_copies(self) -> bool:
        """Say whether a document that came, or one that went, may be a copy of another that was there with it."""
        if len(self._struck_out) + len(self._put_down) > _FEW:
            return True
        sketches = self._register.sketches()
        staying = [sketch for source, sketch in sketches.items() if source not in self._put_down]
        return any(
            may_be_copies(sketch, [*staying, *(other for name, other in side.items() if name != source)])
            for side in (self._struck_out, self._put_down)
            for source, sketch in side.items()
        )

    def counts(self) -> tuple[int, int, int]:
        """Return how many documents were added, changed and removed."""
        both = self._before.keys() & self._after.keys()
        changed = sum(self._before[source] != self._after[source] for source in both)
        return len(self._after) - len(both), changed, len(self._before) - len(both)
