"""Exact search over all vectors."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import numpy as np

from rag.errors import IndexDamagedError
from rag.vector_store.base import (
    Mask,
    Rows,
    Vectors,
    admitted,
    checked_query,
    checked_rows,
    checked_vectors,
    nothing,
    ordered,
    selector,
    threads,
)
from rag.vector_store.rows import RowFile

_ONE_THREAD = 65_536
"""Vectors up to which one thread searches: where the processor is busy, waiting for a second one takes longer than the
search, up to a hundred times."""


class FaissVectorStore:
    """A `VectorStore` on FAISS's flat index: no training, no approximation, 10 ms for 100,000 vectors of MiniLM."""

    def __init__(self, dimension: int) -> None:
        """Make an empty store."""
        import faiss

        self._index: Any = faiss.IndexFlatIP(dimension)
        self._rows: RowFile | None = None

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
        store._rows = RowFile(path, index.d, index.ntotal) if hasattr(os, "preadv") else None
        return store

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Append unit vectors."""
        self._index.add(checked_vectors(vectors, self.dimension))

    def search(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return the nearest rows and their cosine similarities, best first; equal ones by row."""
        return ordered(*self.nearest(query, count, allowed), count)

    def nearest(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return what `search` does, in any order, and beyond `count` all that are as near as the last of them."""
        import faiss

        checked = checked_query(query, self.dimension)
        available = admitted(allowed, len(self))
        if min(count, available) <= 0:
            return nothing()
        library: Any = faiss
        restriction = None if allowed is None else library.SearchParameters(sel=selector(allowed))
        with threads(1) if len(self) <= _ONE_THREAD else nullcontext():
            found, numbers = self._index.search(checked, min(count + 1, available), params=restriction)
            similarities, rows = found[0], numbers[0]
            if len(rows) > count and similarities[count - 1] == similarities[count]:
                least = float(np.nextafter(similarities[count], np.float32(-2)))
                _, similarities, rows = self._index.range_search(checked, least, params=restriction)
        there = rows >= 0  # FAISS pads with row -1
        return rows[there], similarities[there]

    def reconstruct(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`."""
        wanted = checked_rows(rows, len(self))
        if wanted.size == 0:
            return np.zeros((0, self.dimension), dtype=np.float32)
        if self._rows is not None:
            return self._rows.read(wanted)
        return cast("Vectors", self._index.reconstruct_batch(wanted))

    def save(self, path: Path) -> None:
        """Write the store in FAISS's own format. Raises OSError when it cannot be written."""
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(f"{path} cannot be written: {error}") from error
