"""Search among many vectors: an inverted file finds candidates, the exact vectors rank them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rag.errors import IndexDamagedError
from rag.vector_store.base import (
    Mask,
    Rows,
    Vectors,
    admitted,
    checked_query,
    inner_products,
    nothing,
    ordered,
)
from rag.vector_store.flat import FaissVectorStore
from rag.vector_store.inverted import InvertedFile, read_record, record_of

EXACT_UP_TO = 1_024
"""Rows that are read and compared one by one where a mask admits no more."""
_MARGIN, _LEAST_MARGIN = 0.5, 32
"""Candidates beyond those asked for, as a share of them and at least: codes do not rank exactly."""


class ApproximateVectorStore:
    """A `SegmentVectors` that finds nearly all of what an exact search finds, with the exact similarities.

    Exact where a mask admits few rows.
    """

    def __init__(self, exact: FaissVectorStore, inverted: InvertedFile) -> None:
        """Take the vectors, and an inverted file of the same."""
        self.exact, self.inverted = exact, inverted

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return self.exact.dimension

    def __len__(self) -> int:
        return len(self.exact)

    def search(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return the nearest rows that are found and their cosine similarities, best first; equal ones by row."""
        return ordered(*self.nearest(query, count, allowed), count)

    def nearest(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return what `search` does, in any order, and more."""
        checked = checked_query(query, self.dimension)
        available = admitted(allowed, len(self))
        if min(count, available) <= 0:
            return nothing()
        if allowed is not None and available <= EXACT_UP_TO:
            rows = np.flatnonzero(allowed)
        else:
            wanted = count + max(_LEAST_MARGIN, int(_MARGIN * count))
            rows = np.sort(self.inverted.candidates(checked, min(wanted, available), available, allowed))
        return rows, inner_products(checked, self.exact.reconstruct(rows))

    def reconstruct(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`."""
        return self.exact.reconstruct(rows)


def load_inverted(path: Path, vectors: FaissVectorStore) -> InvertedFile | None:
    """Open the inverted file of vectors, None where there is none.

    Raises IndexDamagedError when it cannot be read, or is of other vectors.
    """
    if not record_of(path).exists() and not path.exists():
        return None
    record = read_record(path)
    if (record.vectors, record.dimension) != (len(vectors), vectors.dimension):
        raise IndexDamagedError(
            f"{path} is of {record.vectors} vectors of {record.dimension} numbers, the segment holds {len(vectors)} of "
            f"{vectors.dimension}. Make the index again: rag index --rebuild"
        )
    return InvertedFile.load(path, record) if record.is_used else None
