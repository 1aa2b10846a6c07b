"""Where a build keeps the vectors and words of segments: in files beside their catalogs, or on a server."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from rag.catalog import SegmentCatalog
from rag.errors import IndexUnusableError, StoreUnreachableError
from rag.generations import Manifest, SegmentEntry, StoreEntry, locate_generation, steps_to_open
from rag.index_reader import (
    CATALOG,
    LEXICAL,
    VECTORS,
    Segment,
    StoredSegment,
    open_remote_segment,
    open_segment,
)
from rag.indexing.inverting import invert_segments
from rag.indexing.settings import BuildSettings
from rag.lexical import Postings, merge_postings
from rag.stores.base import Rows, SegmentContents, Values
from rag.stores.milvus import ChunkCollection, RemoteSegments
from rag.vector_store import FlatWriter

SEGMENT_CHUNKS = 32_768
"""Chunks from which on a segment is closed: what a build holds in memory, about 100 MB."""
LARGE = 131_072
"""Chunks from which on a segment is not merged because there are many, and does not count among them."""

_VECTORS_AT_A_TIME = 10_000
_PREFIX = "ontherecord"

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
            for block in _moved_vectors(parts, len(documents)):
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


class ServerKeeper:
    """Keeps segments in the collection that an index has in Milvus: before the generation counts that names them."""

    large = SEGMENT_CHUNKS
    """What was once put there is seldom moved: that costs a network its vectors twice."""

    def __init__(self, settings: BuildSettings) -> None:
        """Connect to the store that settings name."""
        self._index, self._store, self._dimension = settings.index, settings.store, settings.embedder.dimension
        self._before = self._collections()
        name, average = self._before_or_new(settings)
        self._collection = ChunkCollection(self._store, name)
        self._segments = RemoteSegments(self._collection, self._dimension, average)
        self._written: dict[str, int] = {}

    def _before_or_new(self, settings: BuildSettings) -> tuple[str, float | None]:
        """Return the collection that the index has for such vectors, and how words are weighed in it."""
        for manifest in _kept(self._index):
            found = manifest.store
            if found and found.address == str(settings.store.address) and manifest.dimension == self._dimension:
                return found.collection, found.average_length
        return f"{_PREFIX}_{uuid.uuid4().hex[:12]}", None

    def close(self) -> None:
        """Let the connection go."""
        self._collection.close()

    def write(self, contents: SegmentContents, take: Callable[[], Values]) -> None:
        """Put a new segment into the collection."""
        self._segments.write(contents, [take()])
        self._written[contents.name] = len(contents.texts)

    def open(self, working: Path, number: int, entry: SegmentEntry) -> StoredSegment:
        """Open a segment whose chunks were just put there."""
        self._segments.settle({entry.name: entry.chunks})
        return open_remote_segment(working, number, entry, self._dimension, self._collection)

    def merge(self, name: str, folder: Path, documents: Rows, parts: Parts) -> None:
        """Put rows of other segments into the collection as a new one."""
        catalog = SegmentCatalog(folder / CATALOG)
        try:
            texts = catalog.embedded_texts()
        finally:
            catalog.close()
        contents = SegmentContents(name, folder, texts, documents.tolist())
        self._segments.write(contents, _moved_vectors(parts, len(documents)))
        self._written[name] = len(texts)

    def complete(self, working: Path, entries: Sequence[SegmentEntry]) -> tuple[str, ...]:
        """Wait until everything that was put there can be searched."""
        names = {entry.name for entry in entries}
        self._segments.settle({name: count for name, count in self._written.items() if name in names})
        return ()

    def entry(self) -> StoreEntry | None:
        """Return where the chunks are."""
        return StoreEntry(str(self._store.address), self._collection.name, self._segments.average or 1.0)

    def tidy(self) -> tuple[str, ...]:
        """Delete the segments, and the collections of this index, that no generation names any more."""
        try:
            self._segments.keep({entry.name for manifest in _kept(self._index) for entry in manifest.segments})
            for name in self._before - self._collections():
                ChunkCollection(self._store, name).drop()
        except StoreUnreachableError as error:
            return (f"What is not needed any more stays in the store until the next build: {error}",)
        return ()

    def _collections(self) -> set[str]:
        address = str(self._store.address)
        stores = [manifest.store for manifest in _kept(self._index)]
        return {store.collection for store in stores if store and store.address == address}


def _kept(index: Path) -> Iterator[Manifest]:
    """Yield the manifests of the generations that can be gone back to, the one that counts first."""
    for step in steps_to_open(index)[0]:
        try:
            yield locate_generation(index, step).manifest
        except IndexUnusableError:
            continue  # none can go back to it: nothing of it needs to be kept


def _moved_vectors(parts: Parts, count: int) -> Iterator[Values]:
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
