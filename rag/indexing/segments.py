"""Writing segments: documents come one by one, and a segment is closed whenever enough of them have come."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from pathlib import Path

from rag.catalog import IndexedDocument, Place, SegmentDraft, draft_segment
from rag.generations import SegmentEntry
from rag.index_reader import CATALOG, SEGMENTS
from rag.indexing.keeping import SEGMENT_CHUNKS, Keeper
from rag.indexing.vectors import Embeddings
from rag.stores.base import SegmentContents


class SegmentWriter:
    """Writes new segments into the folder of a generation. `entries` are those that are whole, by number."""

    def __init__(self, folder: Path, embeddings: Embeddings, keeper: Keeper, first_number: int) -> None:
        """Take the folder, where vectors come from and where they are kept, and the number of the first segment."""
        self._folder, self._embeddings, self._keeper = folder, embeddings, keeper
        self._next_number = first_number
        self._texts: list[str] = []
        self._documents: list[int] = []
        self._stack = ExitStack()
        self._draft: SegmentDraft | None = None
        self._name = ""
        self.entries: dict[int, SegmentEntry] = {}

    def __enter__(self) -> SegmentWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def add(self, each: IndexedDocument) -> Place:
        """Append a document, and return where it stands. Raises OSError when it cannot be written."""
        if self._draft is None:
            self._name = new_name()
            folder = self._folder / SEGMENTS / self._name
            folder.mkdir(parents=True)
            self._draft = self._stack.enter_context(draft_segment(folder / CATALOG, self._name))
        place = self._draft.add(each, self._next_number)
        texts = [chunk.embedding_text for chunk in each.chunks]
        self._embeddings.want(texts)
        self._texts += texts
        self._documents += [place.number] * len(texts)
        if len(self._texts) >= SEGMENT_CHUNKS:
            self.flush()
        return place

    def flush(self) -> None:
        """Close the segment that is being written, if any."""
        if self._draft is None:
            return
        documents, texts = self._draft.documents, self._texts
        contents = SegmentContents(self._name, self._folder / SEGMENTS / self._name, texts, self._documents)
        self._stack.close()
        self._draft, self._texts, self._documents = None, [], []
        self._embeddings.begin()
        self._keeper.write(contents, lambda: self._embeddings.take(texts))
        self.entries[self._next_number] = SegmentEntry(self._name, documents, len(texts))
        self._next_number += 1


def new_name() -> str:
    """Return a name that no segment has."""
    return uuid.uuid4().hex[:16]
