"""What dense search is asked for, and what its implementations share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

LENGTH_TOLERANCE = 1e-3
"""How far from 1 the length of a vector may be."""


class VectorReader(Protocol):
    """Unit vectors by row number."""

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        ...

    def __len__(self) -> int: ...

    def search(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return the rows nearest to `query` (shape (dimension,)) and their cosine similarities, best first.

        At most `count` of them, fewer when the store holds fewer; with `allowed` (shape (rows,)) only rows that are
        true there. Raises ValueError for a query of another dimension, not finite or not of unit length, and for a
        mask of another length.
        """
        ...

    def reconstruct(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`, shape (len(rows), dimension). Raises IndexError for a row that is not there."""
        ...


class VectorStore(VectorReader, Protocol):
    """Unit vectors that can be added to. The row of a vector is the count of vectors that were there before it."""

    def add(self, vectors: Vectors) -> None:
        """Append vectors of shape (n, dimension). Raises ValueError unless all are finite and of unit length."""
        ...

    def save(self, path: Path) -> None:
        """Write the store to one file. Raises OSError when it cannot be written."""
        ...


class SegmentVectors(VectorReader, Protocol):
    """The vectors of one segment, which can be searched for what may be among the nearest of all segments."""

    def nearest(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return what `search` does, in any order, and beyond `count` all that are as near as the last of them."""
        ...


def checked_vectors(vectors: Vectors, dimension: int) -> Vectors:
    """Return `vectors` as FAISS wants them. Raises ValueError unless they are unit vectors of the dimension."""
    checked = np.ascontiguousarray(vectors, dtype=np.float32)
    if checked.ndim != 2 or checked.shape[1] != dimension:
        raise ValueError(f"vectors of shape {checked.shape} in a store of dimension {dimension}")
    # a NaN fails every comparison, so the condition is put as what must hold
    if not bool(np.all(np.abs(np.linalg.norm(checked, axis=1) - 1) <= LENGTH_TOLERANCE)):
        raise ValueError("vectors that are not finite and of unit length")
    return checked


def checked_query(query: Vectors, dimension: int) -> Vectors:
    """Return a query as FAISS wants it, shape (1, dimension). Raises ValueError unless it is one unit vector."""
    checked = checked_vectors(np.asarray(query)[None, :] if np.ndim(query) == 1 else query, dimension)
    if len(checked) != 1:
        raise ValueError(f"search takes one query at a time, not {len(checked)}")
    return checked


def admitted(allowed: Mask | None, count: int) -> int:
    """Return how many of `count` rows a mask admits. Raises ValueError for a mask of another length."""
    if allowed is None:
        return count
    if allowed.shape != (count,):
        raise ValueError(f"a mask of shape {allowed.shape} for {count} vectors")
    return int(np.count_nonzero(allowed))


def checked_rows(rows: Rows, count: int) -> Rows:
    """Return row numbers as an array. Raises IndexError for one that is not among `count`."""
    wanted = np.asarray(rows, dtype=np.int64)
    if wanted.size and (wanted.min() < 0 or wanted.max() >= count):
        raise IndexError(f"rows {wanted.min()} to {wanted.max()} of a store of {count}")
    return wanted


def nothing() -> tuple[Rows, Vectors]:
    """Return the result of a search that finds nothing."""
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)


def ordered(rows: Rows, similarities: Vectors, count: int) -> tuple[Rows, Vectors]:
    """Return the `count` best, best first; equal ones by row."""
    order = np.lexsort((rows, -similarities))[: max(count, 0)]
    return rows[order], similarities[order]


def inner_products(query: Vectors, vectors: Vectors) -> Vectors:
    """Return those of a query, shape (1, dimension), with vectors: to the bit what the flat index computes."""
    import faiss

    library: Any = faiss
    found = np.empty(len(vectors), dtype=np.float32)
    if len(vectors):
        pointers = map(library.swig_ptr, (found, query, vectors))
        library.fvec_inner_products_ny(*pointers, query.shape[1], len(vectors))
    return found


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let FAISS use so many threads for what this thread asks of it."""
    import faiss

    library: Any = faiss
    before = library.omp_get_max_threads()
    library.omp_set_num_threads(count)
    try:
        yield
    finally:
        library.omp_set_num_threads(before)


def selector(allowed: Mask) -> Any:
    """Return FAISS's way to say which rows may be found."""
    import faiss

    library: Any = faiss  # its type stubs do not know what its Python layer adds
    return library.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
