"""A segment: a part of an index that was written once, and is read as it is until it is merged into another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rag.catalog import SegmentCatalog
from rag.errors import IndexDamagedError
from rag.generations import REBUILD, SegmentEntry
from rag.lexical import Postings
from rag.stores.base import StoredVectors
from rag.vector_store import ApproximateVectorStore, FaissVectorStore, InvertedFile, SegmentVectors, load_inverted

if TYPE_CHECKING:
    from rag.stores.milvus import ChunkCollection, RemoteVectors
    from rag.stores.words import Frequencies

REGISTER = "files.sqlite"
SEGMENTS = "segments"
CATALOG = "catalog.sqlite"
VECTORS = "vectors.faiss"
INVERTED = "vectors.ivf.faiss"
LEXICAL = "lexical"


class StoredSegment(Protocol):
    """Documents, the vectors of their chunks and their words, by the same rows, whatever store has these."""

    @property
    def number(self) -> int:
        """Return what the register calls it."""
        ...

    @property
    def entry(self) -> SegmentEntry:
        """Return what the manifest says of it."""
        ...

    @property
    def catalog(self) -> SegmentCatalog:
        """Return its documents and chunks."""
        ...

    @property
    def vectors(self) -> StoredVectors:
        """Return the vectors of its chunks."""
        ...

    @property
    def folder(self) -> str:
        """Return its folder within the generation."""
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that is all in files."""

    number: int
    """What the register calls it."""
    entry: SegmentEntry
    catalog: SegmentCatalog
    vectors: FaissVectorStore
    postings: Postings
    inverted: InvertedFile | None = None
    """What finds candidates among the vectors, where they are many."""

    @property
    def folder(self) -> str:
        """Return its folder within the generation."""
        return f"{SEGMENTS}/{self.entry.name}"

    def searched(self, *, exact: bool) -> SegmentVectors:
        """Return the vectors as they are searched."""
        if exact or self.inverted is None:
            return self.vectors
        return ApproximateVectorStore(self.vectors, self.inverted)


@dataclass(frozen=True, slots=True)
class RemoteSegment:
    """A segment of which the vectors and words of the chunks are on a server."""

    number: int
    entry: SegmentEntry
    catalog: SegmentCatalog
    vectors: RemoteVectors
    frequencies: Frequencies
    """In how many of its chunks each term stands."""

    @property
    def folder(self) -> str:
        """Return its folder within the generation."""
        return f"{SEGMENTS}/{self.entry.name}"


def open_remote_segment(
    generation: Path, number: int, entry: SegmentEntry, dimension: int, collection: ChunkCollection
) -> RemoteSegment:
    """Open a segment whose chunks are in a collection.

    Raises IndexDamagedError when what is in files cannot be read or does not fit the manifest.
    """
    from rag.stores.milvus import WORD_COUNTS, RemoteVectors
    from rag.stores.words import Frequencies

    folder = generation / SEGMENTS / entry.name
    catalog = SegmentCatalog(folder / CATALOG)
    try:
        if catalog.name() != entry.name or catalog.counts() != (entry.documents, entry.chunks):
            raise IndexDamagedError(f"{folder / CATALOG} belongs to another segment. Make the index again: {REBUILD}")
        frequencies = Frequencies.load(folder / WORD_COUNTS)
    except IndexDamagedError:
        catalog.close()
        raise
    vectors = RemoteVectors(collection, entry.name, entry.chunks, dimension)
    return RemoteSegment(number, entry, catalog, vectors, frequencies)


def open_segment(generation: Path, number: int, entry: SegmentEntry, dimension: int) -> Segment:
    """Open a segment of the generation in a folder.

    Raises IndexDamagedError when a part of it cannot be read or does not belong to the others.
    """
    folder = generation / SEGMENTS / entry.name
    catalog = SegmentCatalog(folder / CATALOG)
    try:
        if catalog.name() != entry.name:
            raise IndexDamagedError(f"{folder / CATALOG} belongs to another segment. Make the index again: {REBUILD}")
        vectors, postings = FaissVectorStore.load(folder / VECTORS), Postings.load(folder / LEXICAL)
        inverted = load_inverted(folder / INVERTED, vectors)
        documents, chunks = catalog.counts()
        counts = (entry.chunks, chunks, len(vectors), len(postings.lengths))
        if len(set(counts)) != 1 or documents != entry.documents or vectors.dimension != dimension:
            raise IndexDamagedError(
                f"The parts of the index in {folder} do not belong together: chunks in manifest, catalog, vectors and "
                f"lexical index are {', '.join(map(str, counts))}, documents {entry.documents} and {documents}, "
                f"dimensions {dimension} and {vectors.dimension}. Make the index again: {REBUILD}"
            )
    except IndexDamagedError:
        catalog.close()
        raise
    return Segment(number, entry, catalog, vectors, postings, inverted)
