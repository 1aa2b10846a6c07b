"""What an index knows in words, over all its segments: files, documents, chunks and quotations.

The row of a chunk is its row in the vector store and in the lexical index. Rows are numbered in the order of the
documents, whichever segment they stand in: as in an index that was made from nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.catalog.records import DocumentRecord, FileRecord, IndexedDocument
from rag.catalog.register import Register
from rag.catalog.segment import SegmentCatalog
from rag.errors import SourceError
from rag.types import Chunk, Document, DocumentFacts, Quotation

Rows = NDArray[np.int64]


class Catalog:
    """A catalog opened for reading; safe to use from several threads at once. Rows count from 0."""

    def __init__(self, register: Register, segments: Mapping[int, SegmentCatalog]) -> None:
        """Take the register of a generation and its segments by number."""
        self._register, self._segments = register, segments

    def close(self) -> None:
        """Close the files."""
        self._register.close()
        for segment in self._segments.values():
            segment.close()

    @cached_property
    def _layout(self) -> tuple[list[str], Rows]:
        return self._register.layout()

    @cached_property
    def _starts(self) -> Rows:
        """The first row of each document, and the count of rows behind them."""
        return np.concatenate(([0], np.cumsum(self._layout[1][:, 3]))).astype(np.int64)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {source: at for at, source in enumerate(self._layout[0])}

    @property
    def layout(self) -> Rows:
        """Return where the documents stand, in order: segment, number, first row and chunks, shape (documents, 4)."""
        return self._layout[1]

    @property
    def document_count(self) -> int:
        """Return how many documents there are."""
        return len(self._layout[0])

    @property
    def chunk_count(self) -> int:
        """Return how many chunks there are."""
        return int(self._starts[-1])

    def places(self, segment: int, count: int) -> Rows:
        """Return the row of each of the `count` rows of a segment, -1 for one whose document counts no more."""
        _, layout = self._layout
        here = layout[:, 0] == segment
        first, sizes = layout[here, 2], layout[here, 3]
        within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.full(count, -1, dtype=np.int64)
        places[np.repeat(first, sizes) + within] = np.repeat(self._starts[:-1][here], sizes) + within
        return places

    def files(self) -> tuple[FileRecord, ...]:
        """Return the source files, those that could not be read too, by path."""
        return self._register.files()

    def records(self) -> list[DocumentRecord]:
        """Return what the register says of every document, in order."""
        return self._register.documents()

    def sources(self) -> tuple[str, ...]:
        """Return the names of the documents."""
        return tuple(self._layout[0])

    def facts(self) -> tuple[DocumentFacts, ...]:
        """Return what every document says of itself, in the order of `sources`, without reading the texts."""
        return self._register.facts()

    def copies(self) -> dict[str, str]:
        """Return the sources that are near-identical copies of others: copy → original."""
        return self._register.copies()

    def rows_of(self, sources: Iterable[str]) -> Rows:
        """Return the rows of the chunks of some documents, ascending; a name that is not there has none."""
        numbers = sorted(self._numbers[source] for source in set(sources) if source in self._numbers)
        ranges = [np.arange(self._starts[number], self._starts[number + 1]) for number in numbers]
        return np.concatenate([np.zeros(0, dtype=np.int64), *ranges])

    def documents(self) -> tuple[Document, ...]:
        """Return every document."""
        return tuple(self._document(record) for record in self._register.documents())

    def document(self, source: str) -> Document:
        """Return one document. Raises SourceError when the index has none of that name."""
        return self._document(self._record(source))

    def chunks(self, rows: Sequence[int]) -> tuple[Chunk, ...]:
        """Return the chunks at `rows`, in that order. Raises IndexDamagedError when one is not there."""
        wanted = np.array(rows, dtype=np.int64)
        if wanted.size and (wanted.min() < 0 or wanted.max() >= self.chunk_count):
            raise self._register.database.damaged(f"it has no chunk {wanted.max()}")
        sources, layout = self._layout
        owners = np.searchsorted(self._starts, wanted, side="right") - 1
        inner = wanted - self._starts[owners] + layout[owners, 2]
        found: dict[int, Chunk] = {}
        for number in np.unique(layout[owners, 0]).tolist():
            here = np.flatnonzero(layout[owners, 0] == number)
            local, names = inner[here].tolist(), [sources[owner] for owner in owners[here]]
            chunks = self._segments[number].chunks(local, names)
            found.update((row, chunks[at]) for row, at in zip(wanted[here].tolist(), local, strict=True))
        return tuple(found[row] for row in wanted.tolist())

    def chunks_of(self, source: str) -> tuple[Chunk, ...]:
        """Return the chunks of one source, in order."""
        record = self._record(source)
        return self._segment(record).chunks_of(record)

    def page_starts(self, source: str) -> tuple[int, ...]:
        """Return where each page of one source begins, in order; nothing for one without pages."""
        record = self._record(source)
        return self._segment(record).page_starts(record)

    def quotations(self, source: str | None = None) -> tuple[Quotation, ...]:
        """Return the quotations of one source, or of all, in order."""
        if source is not None:
            record = self._record(source)
            return self._segment(record).quotations_of(record)
        sources, layout = self._layout
        names: dict[int, dict[int, str]] = {segment: {} for segment in self._segments}
        for name, (segment, number, *_) in zip(sources, layout.tolist(), strict=True):
            names[segment][number] = name
        found = {number: segment.quotations(names[number]) for number, segment in self._segments.items()}
        return tuple(each for segment, number, *_ in layout.tolist() for each in found[segment][number])

    def indexed_documents(self) -> Iterator[IndexedDocument]:
        """Yield each document with its chunks and quotations."""
        return (self.indexed_document(record) for record in self._register.documents())

    def documents_of(self, file: str) -> Iterator[IndexedDocument]:
        """Yield what came from one file; nothing for a file that could not be read."""
        return (self.indexed_document(record) for record in self._register.documents(file))

    def indexed_document(self, record: DocumentRecord) -> IndexedDocument:
        """Return the document of a record with its chunks and quotations."""
        return self._segment(record).indexed(record)

    def _document(self, record: DocumentRecord) -> Document:
        return self._segment(record).document(record)

    def _segment(self, record: DocumentRecord) -> SegmentCatalog:
        return self._segments[record.place.segment]

    def _record(self, source: str) -> DocumentRecord:
        record = self._register.find(source)
        if record is None:
            raise SourceError(f"The index has no source {source!r}. Run rag index if the file is new.")
        return record
