"""Dense search: exact inner products over unit vectors, in FAISS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError

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


class FaissVectorStore:
    """A `VectorStore` on FAISS's flat index: no training, no approximation, 10 ms for 100,000 vectors of MiniLM."""

    def __init__(self, dimension: int) -> None:
        """Make an empty store."""
        import faiss

        self._index: Any = faiss.IndexFlatIP(dimension)

    @classmethod
    def load(cls, path: Path) -> FaissVectorStore:
        """Open a saved store, mapped into memory and read as it is used; it cannot be added to.

        Raises IndexDamagedError when the file is missing or no flat inner-product index.
        """
        import faiss

        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise IndexDamagedError(
                f"The vectors of the index in {path} cannot be read. Make the index again: rag index --rebuild"
            ) from error
        if not isinstance(index, faiss.IndexFlat) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise IndexDamagedError(
                f"{path} holds another kind of FAISS index than this program writes. "
                "Make the index again: rag index --rebuild"
            )
        store = cls.__new__(cls)
        store._index = index
        return store

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Append unit vectors."""
        self._index.add(self._checked(vectors))

    def search(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return the nearest rows and their cosine similarities, best first; equal ones by row."""
        return _ordered(*self.nearest(query, count, allowed), count)

    def nearest(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return what `search` does, in any order, and beyond `count` all that are as near as the last of them."""
        checked = self._checked(np.asarray(query)[None, :] if np.ndim(query) == 1 else query)
        if len(checked) != 1:
            raise ValueError(f"search takes one query at a time, not {len(checked)}")
        if allowed is not None and allowed.shape != (len(self),):
            raise ValueError(f"a mask of shape {allowed.shape} for {len(self)} vectors")
        available = len(self) if allowed is None else int(allowed.sum())
        if min(count, available) <= 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        restriction = _restriction(allowed)
        found, numbers = self._index.search(checked, min(count + 1, available), params=restriction)
        similarities, rows = found[0], numbers[0]
        if len(rows) > count and similarities[count - 1] == similarities[count]:
            least = float(np.nextafter(similarities[count], np.float32(-2)))
            _, similarities, rows = self._index.range_search(checked, least, params=restriction)
        there = rows >= 0  # FAISS pads with row -1
        return rows[there], similarities[there]

    def reconstruct(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`."""
        wanted = np.asarray(rows, dtype=np.int64)
        if wanted.size == 0:
            return np.zeros((0, self.dimension), dtype=np.float32)
        if wanted.min() < 0 or wanted.max() >= len(self):
            raise IndexError(f"rows {wanted.min()} to {wanted.max()} of a store of {len(self)}")
        return cast("Vectors", self._index.reconstruct_batch(wanted))

    def save(self, path: Path) -> None:
        """Write the store in FAISS's own format."""
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(f"{path} cannot be written: {error}") from error

    def _checked(self, vectors: Vectors) -> Vectors:
        """Return `vectors` as FAISS wants them. Raises ValueError unless they are unit vectors of the dimension."""
        checked = np.ascontiguousarray(vectors, dtype=np.float32)
        if checked.ndim != 2 or checked.shape[1] != self.dimension:
            raise ValueError(f"vectors of shape {checked.shape} in a store of dimension {self.dimension}")
        # a NaN fails every comparison, so the condition is put as what must hold
        if not bool(np.all(np.abs(np.linalg.norm(checked, axis=1) - 1) <= LENGTH_TOLERANCE)):
            raise ValueError("vectors that are not finite and of unit length")
        return checked


class SegmentedVectorStore:
    """Several stores read as one. Safe to search from several threads at once."""

    def __init__(self, dimension: int, stores: Sequence[FaissVectorStore], places: Sequence[Rows]) -> None:
        """Take the stores, and for each the row of each of its rows among all: -1 for one that does not count."""
        self.dimension = dimension
        self._stores, self._places = tuple(stores), tuple(places)
        self._count = sum(int((rows >= 0).sum()) for rows in places)
        self._store_of = np.zeros(self._count, dtype=np.int64)
        self._row_in = np.zeros(self._count, dtype=np.int64)
        for number, rows in enumerate(places):
            live = np.flatnonzero(rows >= 0)
            self._store_of[rows[live]], self._row_in[rows[live]] = number, live

    def __len__(self) -> int:
        return self._count

    def search(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return the nearest rows and their cosine similarities, best first; equal ones by row."""
        if allowed is not None and allowed.shape != (self._count,):
            raise ValueError(f"a mask of shape {allowed.shape} for {self._count} vectors")
        found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))]
        for store, places in zip(self._stores, self._places, strict=True):
            rows, similarities = store.nearest(query, count, _within(places, allowed))
            found.append((places[rows], similarities))
        every, similarities = (np.concatenate(values) for values in zip(*found, strict=True))
        return _ordered(every, similarities, count)

    def reconstruct(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`."""
        wanted = np.asarray(rows, dtype=np.int64)
        vectors = np.zeros((len(wanted), self.dimension), dtype=np.float32)
        if wanted.size and (wanted.min() < 0 or wanted.max() >= self._count):
            raise IndexError(f"rows {wanted.min()} to {wanted.max()} of a store of {self._count}")
        for number, store in enumerate(self._stores):
            here = np.flatnonzero(self._store_of[wanted] == number)
            vectors[here] = store.reconstruct(self._row_in[wanted[here]])
        return vectors


def _within(places: Rows, allowed: Mask | None) -> Mask | None:
    """Return which rows of one store may be found, None where all may."""
    live = places >= 0
    if allowed is not None:
        live[live] = allowed[places[live]]
    return None if bool(live.all()) else live


def _ordered(rows: Rows, similarities: Vectors, count: int) -> tuple[Rows, Vectors]:
    order = np.lexsort((rows, -similarities))[: max(count, 0)]
    return rows[order], similarities[order]


def _restriction(allowed: Mask | None) -> Any:
    """Return FAISS's parameters for a search among the rows that are true in `allowed`, None for all rows."""
    if allowed is None:
        return None
    import faiss

    library: Any = faiss  # its type stubs do not know what its Python layer adds
    return library.SearchParameters(sel=library.IDSelectorBitmap(np.packbits(allowed, bitorder="little")))
