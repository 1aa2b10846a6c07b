"""Where a build keeps the vectors and words of segments: in files beside their catalogs, or on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from rag.generations import SegmentEntry, StoreEntry
from rag.index_reader import (
    LEXICAL,
    VECTORS,
    Segment,
    StoredSegment,
    open_segment,
)
from rag.indexing.inverting import invert_segments
from rag.indexing.settings import BuildSettings
from rag.lexical import Postings, merge_postings
from rag.stores.base import Rows, SegmentContents, Values
from rag.vector_store import FlatWriter

SEGMENT_CHUNKS = 32_768
"""Chunks from which on a segment is closed: what a build holds in memory, about 100 MB."""
LARGE = 131_072
"""Chunks from which on a segment is not merged because there are many, and does not count among them."""

_VECTORS_AT_A_TIME = 10_000

Parts = Sequence[tuple[StoredSegment, Rows]]
"""Segments that are to become one, each with the new row of each of its rows, -1 for one that is left out."""


class Keeper(Protocol):
    """Keeps what is searched of the segments of one build.

    Every method raises OSError when something cannot be written, IndexDamagedError when something that is taken over is
    not what was written, and StoreUnreachableError when a server does not answer.
    """

    @property
    def large(self) -> int:
        """Return the chunks from which on a segment is not merged because there are many."""
        ...

    def write(self, contents: SegmentContents, take: Callable[[], Values]) -> None:
        """Keep a new segment; `take` waits for its vectors, so what needs none is done first."""
        ...

    def open(self, working: Path, number: int, entry: SegmentEntry) -> StoredSegment:
        """Open a segment that was just written into the generation at `working`."""
        ...

    def merge(self, name: str, folder: Path, documents: Rows, parts: Parts) -> None:
        """Keep a new segment, whose catalog is there, of rows of others; `documents` are the numbers of its rows'."""
        ...

    def complete(self, working: Path, entries: Sequence[SegmentEntry]) -> tuple[str, ...]:
        """See that all segments of the generation can be searched, and return what the person should know."""
        ...

    def entry(self) -> StoreEntry | None:
        """Return what the manifest says of the store."""
        ...

    def tidy(self) -> tuple[str, ...]:
        """Remove what no generation needs any more, and return what the person should know."""
        ...


@contextmanager
def keeper_of(settings: BuildSettings) -> Iterator[Keeper]:
    """Lend the keeper that settings name. Raises StoreUnreachableError when there is no answer from its server."""
    dimension = settings.embedder.dimension
    if not settings.store.address.uri:
        yield FileKeeper(dimension, exact=settings.exact)
        return
    from rag.indexing.remote_keeping import ServerKeeper

    keeper = ServerKeeper(settings)
    try:
        yield keeper
    finally:
        keeper.close()


class FileKeeper:
    """Keeps segments in files, which come and go with the generation."""

    large = LARGE

    def __init__(self, dimension: int, *, exact: bool) -> None:
        """Take the length of a vector; `exact` makes no inverted files."""
        self._dimension, self._exact = dimension, exact

    def write(self, contents: SegmentContents, take: Callable[[], Values]) -> None:
        """Write the files of a new segment."""
        Postings.build(contents.texts).save(contents.folder / LEXICAL)
        with FlatWriter(contents.folder / VECTORS, self._dimension) as writer:
            writer.add(take())

    def open(self, working: Path, number: int, entry: SegmentEntry) -> StoredSegment:
        """Open a segment of files."""
        return open_segment(working, number, entry, self._dimension)

    def merge(self, name: str, folder: Path, documents: Rows, parts: Parts) -> None:
        """Write the files of a segment that is made of others."""
        with FlatWriter(folder / VECTORS, self._dimension) as writer:
            for block in moved_vectors(parts, len(documents)):
                writer.add(block)
        postings = [(segment.postings, moved) for segment, moved in parts if isinstance(segment, Segment)]
        merge_postings(postings, len(documents)).save(folder / LEXICAL)

    def complete(self, working: Path, entries: Sequence[SegmentEntry]) -> tuple[str, ...]:
        """Make inverted files where the index is large."""
        return () if self._exact else invert_segments(working, entries)

    def entry(self) -> StoreEntry | None:
        """Return None: nothing is elsewhere."""
        return None

    def tidy(self) -> tuple[str, ...]:
        """Return at once: the files went with their generation."""
        return ()


def moved_vectors(parts: Parts, count: int) -> Iterator[Values]:
    """Yield the vectors of `count` rows that are taken from several segments, in order, some at a time."""
    home, row_in = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for at, (_, moved) in enumerate(parts):
        kept = np.flatnonzero(moved >= 0)
        home[moved[kept]], row_in[moved[kept]] = at, kept
    for start in range(0, count, _VECTORS_AT_A_TIME):
        some = slice(start, min(start + _VECTORS_AT_A_TIME, count))
        vectors = np.zeros((some.stop - some.start, parts[0][0].vectors.dimension), dtype=np.float32)
        for at, (segment, _) in enumerate(parts):
            here = home[some] == at
            vectors[here] = segment.vectors.reconstruct(row_in[some][here])
        yield vectors
