"""Which row of a generation is which row of which segment, kept by document: memory does not grow with the chunks."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.stores.base import Mask, Rows

_SEGMENT, _NUMBER, _FIRST, _CHUNKS = range(4)


class Layout:
    """The documents that count, in order. Rows are numbered through them, and each is a stretch of a segment's rows."""

    def __init__(self, documents: NDArray[np.int64]) -> None:
        """Take of each document its segment, its number in it, its first row in it and its chunks: shape (n, 4)."""
        self._documents = documents
        self._starts = np.concatenate(([0], np.cumsum(documents[:, _CHUNKS]))).astype(np.int64)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int(self._starts[-1])

    def count(self, segment: int) -> int:
        """Return how many rows of a segment count."""
        return int(self._documents[self._documents[:, _SEGMENT] == segment, _CHUNKS].sum())

    @cached_property
    def _by_place(self) -> tuple[Rows, Rows, Rows]:
        """The documents with chunks by segment and first row: these two, and which documents they are."""
        with_chunks = np.flatnonzero(self._documents[:, _CHUNKS] > 0)
        segments, firsts = self._documents[with_chunks, _SEGMENT], self._documents[with_chunks, _FIRST]
        order = np.lexsort((firsts, segments))
        return segments[order], firsts[order], with_chunks[order]

    def rows(self, segment: int, inner: Rows) -> Rows:
        """Return the rows of a segment's rows: -1 for one whose document does not count."""
        segments, firsts, documents = self._by_place
        low, high = np.searchsorted(segments, [segment, segment + 1])
        if low == high:
            return np.full(len(inner), -1, dtype=np.int64)
        at = np.maximum(np.searchsorted(firsts[low:high], inner, side="right") - 1, 0)
        owners = documents[low:high][at]
        offsets = inner - self._documents[owners, _FIRST]
        there = (offsets >= 0) & (offsets < self._documents[owners, _CHUNKS])
        return np.where(there, self._starts[owners] + offsets, -1)

    def homes(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the segment of each of `rows`, and the row that it is there."""
        owners = np.searchsorted(self._starts, rows, side="right") - 1
        return self._documents[owners, _SEGMENT], rows - self._starts[owners] + self._documents[owners, _FIRST]

    def documents_with(self, allowed: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the documents that have rows in `allowed`, and those that have none, as (segment, number) each."""
        counts = np.diff(np.concatenate(([0], np.cumsum(allowed)))[self._starts])
        names = self._documents[:, [_SEGMENT, _NUMBER]]
        return names[counts > 0], names[counts == 0]
