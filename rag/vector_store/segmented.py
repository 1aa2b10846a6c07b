"""Several stores read as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.vector_store.base import Mask, Rows, SegmentVectors, Vectors, admitted, checked_rows, nothing, ordered


class SegmentedVectorStore:
    """Several stores read as one. Safe to search from several threads at once."""

    def __init__(self, dimension: int, stores: Sequence[SegmentVectors], places: Sequence[Rows]) -> None:
        """Take the stores, and for each the row of each of its rows among all: -1 for one that does not count."""
        self.dimension = dimension
        self._stores, self._places = tuple(stores), tuple(places)
        self._live = tuple(_live(rows) for rows in places)
        self._count = sum(int((rows >= 0).sum()) for rows in places)
        self._store_of = np.zeros(self._count, dtype=np.int32)
        self._row_in = np.zeros(self._count, dtype=np.int64)
        for number, rows in enumerate(places):
            live = np.flatnonzero(rows >= 0)
            self._store_of[rows[live]], self._row_in[rows[live]] = number, live

    def __len__(self) -> int:
        return self._count

    def search(self, query: Vectors, count: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Return the nearest rows and their cosine similarities, best first; equal ones by row."""
        admitted(allowed, self._count)
        found = [nothing()]
        for store, places, live in zip(self._stores, self._places, self._live, strict=True):
            rows, similarities = store.nearest(query, count, _within(places, live, allowed))
            found.append((places[rows], similarities))
        every, similarities = (np.concatenate(values) for values in zip(*found, strict=True))
        return ordered(every, similarities, count)

    def reconstruct(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`."""
        wanted = checked_rows(rows, self._count)
        vectors = np.zeros((len(wanted), self.dimension), dtype=np.float32)
        for number, store in enumerate(self._stores):
            here = np.flatnonzero(self._store_of[wanted] == number)
            if here.size:
                vectors[here] = store.reconstruct(self._row_in[wanted[here]])
        return vectors


def _live(places: Rows) -> Mask | None:
    """Return which rows of one store count, None where all do."""
    live: Mask = places >= 0
    return None if bool(live.all()) else live


def _within(places: Rows, live: Mask | None, allowed: Mask | None) -> Mask | None:
    """Return which rows of one store may be found, None where all may."""
    if allowed is None:
        return live
    if live is None:
        within: Mask = allowed[places]
    else:
        within = live.copy()
        within[live] = allowed[places[live]]
    return None if bool(within.all()) else within
