"""Segments in Milvus: written before the generation that names them counts, deleted when none names them any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from rag.errors import IndexDamagedError, StoreUnreachableError
from rag.stores.base import Rows, SegmentContents, Values
from rag.stores.milvus.collection import DENSE, ROW_BITS, WORDS, ChunkCollection, Entity, segment_id
from rag.stores.words import Frequencies, SparseVector, average_length, text_vector

WORD_COUNTS = "words.bin"
"""The file of a segment that tells in how many of its chunks each term stands."""


class RemoteVectors:
    """The vectors of one segment in a collection, by the segment's own rows."""

    def __init__(self, collection: ChunkCollection, name: str, count: int, dimension: int) -> None:
        """Take the collection and the segment: its name, rows and dimension."""
        self._collection, self._high, self._count = collection, segment_id(name) << ROW_BITS, count
        self.dimension = dimension

    def __len__(self) -> int:
        return self._count

    def stored(self) -> int:
        """Return how many chunks of the segment the server has."""
        return self._collection.count([self._high >> ROW_BITS])

    def reconstruct(self, rows: Rows) -> Values:
        """Return the vectors of `rows`. Raises IndexError and IndexDamagedError for rows that are not there."""
        return np.array(self._fetch(rows, DENSE), dtype=np.float32).reshape(len(rows), self.dimension)

    def words(self, rows: Rows) -> list[SparseVector]:
        """Return the weighed words of `rows`. Raises what `reconstruct` does."""
        return self._fetch(rows, WORDS)

    def _fetch(self, rows: Rows, field: str) -> list[Any]:
        wanted = np.asarray(rows, dtype=np.int64)
        if wanted.size and (wanted.min() < 0 or wanted.max() >= self._count):
            raise IndexError(f"rows {wanted.min()} to {wanted.max()} of a segment of {self._count}")
        found = self._collection.fetch(self._high | np.unique(wanted), [field])
        try:
            return [found[each][field] for each in (self._high | wanted).tolist()]
        except KeyError as error:
            raise IndexDamagedError(
                f"The store {self._collection.address} lacks passages of the index. "
                "Make the index again: rag index --rebuild"
            ) from error


class RemoteSegments:
    """Where a builder puts segments. `average` is the length of texts in terms that words are weighed by."""

    def __init__(self, collection: ChunkCollection, dimension: int, average: float | None = None) -> None:
        """Take the collection and the length of a vector; `average` is decided by the first texts where it is None."""
        self._collection, self._dimension, self.average = collection, dimension, average

    def write(self, contents: SegmentContents, vectors: Iterable[Values]) -> None:
        """Put the chunks of a new segment into the collection, and their word counts into its folder.

        The vectors come some at a time, each shape (n, dimension), in the order of the texts.

        Raises OSError when the folder cannot be written, StoreUnreachableError when the server cannot.
        """
        if self.average is None:
            self.average = average_length(contents.texts)
        self._collection.create(self._dimension)
        self._collection.insert(_entities(contents, vectors, self.average))
        Frequencies.count(contents.texts).save(contents.folder / WORD_COUNTS)

    def settle(self, segments: dict[str, int]) -> None:
        """Wait until the new segments, by name with their chunks, can be searched; see that none is missing.

        Raises StoreUnreachableError when the server has not as many chunks as were put there.
        """
        if not segments:
            return
        self._collection.flush()
        self._collection.load()
        found, expected = self._collection.count(map(segment_id, segments)), sum(segments.values())
        if found != expected:
            raise StoreUnreachableError(
                f"The store {self._collection.address} has {found} of the {expected} passages that were put there. Run "
                "the command again."
            )

    def keep(self, names: Collection[str]) -> None:
        """Delete every segment from the collection but these; nothing where none is known, which would be all."""
        if names and self._collection.exists():
            self._collection.keep(map(segment_id, names))


def _entities(contents: SegmentContents, vectors: Iterable[Values], average: float) -> Iterator[Entity]:
    segment = segment_id(contents.name)
    chunks = zip(contents.documents, chain.from_iterable(vectors), contents.texts, strict=True)
    for row, (document, vector, text) in enumerate(chunks):
        yield Entity(segment, row, document, vector, text_vector(text, average))
