"""A segment: a part of an index that was written once, and is read as it is until it is merged into another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.catalog import SegmentCatalog
from rag.errors import IndexDamagedError
from rag.generations import REBUILD, SegmentEntry
from rag.lexical import Postings
from rag.vector_store import ApproximateVectorStore, FaissVectorStore, InvertedFile, SegmentVectors, load_inverted

REGISTER = "files.sqlite"
SEGMENTS = "segments"
CATALOG = "catalog.sqlite"
VECTORS = "vectors.faiss"
INVERTED = "vectors.ivf.faiss"
LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Segment:
    """Documents, the vectors of their chunks and their words, by the same rows."""

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
