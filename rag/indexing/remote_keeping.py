"""Keeping segments on a server: in the collection of an index, beside those of the generations before."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rag.catalog import SegmentCatalog
from rag.errors import IndexUnusableError, StoreUnreachableError
from rag.generations import Manifest, SegmentEntry, StoreEntry, locate_generation, steps_to_open
from rag.index_reader import CATALOG, StoredSegment, open_remote_segment
from rag.indexing.keeping import SEGMENT_CHUNKS, Parts, moved_vectors
from rag.indexing.settings import BuildSettings
from rag.stores.base import Rows, SegmentContents, Values
from rag.stores.milvus import ChunkCollection, RemoteSegments

_PREFIX = "ontherecord"


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
        self._segments.write(contents, moved_vectors(parts, len(documents)))
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
