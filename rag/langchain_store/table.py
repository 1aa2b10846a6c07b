"""Documents and their vectors, row by row: what the store of LangChain holds, whoever makes the vectors."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from langchain_core.documents import Document
from numpy.typing import ArrayLike

from rag.langchain_store.filters import Matches
from rag.langchain_store.saving import read_store, write_store
from rag.vector_store import FaissVectorStore, Rows, Vectors


class ShrinkingVectorStore(FaissVectorStore):
    """A `FaissVectorStore` from which rows can be taken out; those behind them move up."""

    def remove(self, rows: Rows) -> None:
        """Take out `rows`; the others keep their order."""
        self._index.remove_ids(np.asarray(rows, dtype=np.int64))


class Table:
    """Documents by id, each with a unit vector, in the order in which they were put.

    While it is empty, vectors of any dimension may come; the first decide it.
    Safe to use from several threads: one at a time reads or changes it. What goes in and comes out are copies.
    """

    def __init__(self) -> None:
        """Make an empty table."""
        self._lock = threading.RLock()
        self._vectors: ShrinkingVectorStore | None = None
        self._documents: list[Document] = []
        self._rows: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._documents)

    def put(self, documents: Sequence[Document], vectors: Vectors) -> None:
        """Put documents with their unit vectors, shape (n, dimension), in place of those with the same ids.

        Of several with one id the last counts. Raises ValueError, and changes nothing, for vectors of another
        dimension.
        """
        latest = sorted({_id(document): position for position, document in enumerate(documents)}.values())
        if not latest:
            return
        fresh = [documents[position].model_copy(deep=True) for position in latest]
        with self._lock:
            store = ShrinkingVectorStore(vectors.shape[1]) if self._vectors is None else self._vectors
            self._check(store, vectors)
            store.add(vectors[latest])
            replaced = self._rows_of(_id(document) for document in fresh)
            self._vectors = store
            self._rows |= {_id(document): row for row, document in enumerate(fresh, start=len(self._documents))}
            self._documents += fresh
            self._take_out(replaced)

    def remove(self, ids: Iterable[str]) -> None:
        """Remove the documents with these ids; ids that are not there are passed over."""
        with self._lock:
            self._take_out(self._rows_of(ids))

    def clear(self) -> None:
        """Remove everything."""
        with self._lock:
            self._take_out(np.arange(len(self._documents)))

    def get(self, ids: Iterable[str]) -> list[Document]:
        """Return the documents with these ids, in the order asked for, without those that are not there."""
        with self._lock:
            return [self._copy(self._rows[each]) for each in ids if each in self._rows]

    def search(self, query: Vectors, count: int, matches: Matches | None) -> list[tuple[Document, float]]:
        """Return the `count` documents nearest to a unit vector, with the cosine similarities, best first.

        Equal ones in the order in which they were put. Only documents that `matches` admits, where it is given.
        Raises ValueError for a vector of another dimension.
        """
        with self._lock:
            rows, similarities = self._nearest(query, count, matches)
            return [(self._copy(row), float(score)) for row, score in zip(rows, similarities, strict=True)]

    def search_diverse(
        self, query: Vectors, count: int, fetch: int, balance: float, matches: Matches | None
    ) -> list[Document]:
        """Return `count` of the `fetch` nearest documents, chosen by maximal marginal relevance; see `diverse`."""
        with self._lock:
            rows, similarities = self._nearest(query, max(count, fetch), matches)
            if self._vectors is None:
                return []
            chosen = diverse(similarities, self._vectors.reconstruct(rows), count, balance)
            return [self._copy(rows[position]) for position in chosen]

    def save(self, folder: Path) -> None:
        """Write everything into a folder; see `write_store`."""
        with self._lock:
            write_store(folder, self._documents, self._vectors)

    @classmethod
    def load(cls, folder: Path) -> Table:
        """Return the table that was written into a folder; see `read_store`."""
        table = cls()
        table.put(*read_store(folder))
        return table

    def _nearest(self, query: Vectors, count: int, matches: Matches | None) -> tuple[Rows, Vectors]:
        store = self._vectors
        if store is None or count <= 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        self._check(store, query[None, :])
        allowed = None if matches is None else np.array([matches(each) for each in self._documents], dtype=np.bool_)
        return store.search(query, count, allowed)

    def _copy(self, row: int) -> Document:
        return self._documents[row].model_copy(deep=True)

    def _rows_of(self, ids: Iterable[str]) -> Rows:
        return np.array(sorted({self._rows[each] for each in ids if each in self._rows}), dtype=np.int64)

    def _take_out(self, rows: Rows) -> None:
        """Remove rows and number the rest anew."""
        if not rows.size or self._vectors is None:
            return
        self._vectors.remove(rows)
        gone = set(rows.tolist())
        self._documents = [each for row, each in enumerate(self._documents) if row not in gone]
        if not self._documents:
            self._vectors = None
        self._rows = {_id(document): row for row, document in enumerate(self._documents)}

    @staticmethod
    def _check(store: FaissVectorStore, vectors: Vectors) -> None:
        if vectors.shape[1] != store.dimension:
            raise ValueError(
                f"The embedding model gives vectors of {vectors.shape[1]} numbers, the store holds vectors of "
                f"{store.dimension}: use the model that the store was made with, or make the store anew."
            )


def _id(document: Document) -> str:
    assert document.id is not None, "the store gives every document an id before it is put here"
    return document.id


def unit_vectors(embedded: ArrayLike, count: int) -> Vectors:
    """Return what an embedding model gave for `count` texts as unit vectors, shape (count, dimension).

    Raises ValueError where it is another number of vectors, or one without a direction (zero, infinite, no number).
    """
    vectors = np.asarray(embedded, dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) != count:
        raise ValueError(f"The embedding model gave an array of shape {vectors.shape} for {count} texts.")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    usable = np.isfinite(lengths) & (lengths > 0)
    if not bool(usable.all()):
        raise ValueError(f"The embedding model gave a vector without a direction for text {int(usable.argmin()) + 1}.")
    unit: Vectors = (vectors / lengths).astype(np.float32)
    return unit


def diverse(similarities: Vectors, vectors: Vectors, count: int, balance: float) -> list[int]:
    """Return up to `count` positions, chosen one by one by maximal marginal relevance (Carbonell & Goldstein, 1998).

    `similarities` are those to the query, best first; `balance` is the weight of nearness to the query, from 0
    (only unlike what was chosen before) to 1 (only near). Raises ValueError for another balance.
    """
    if not 0 <= balance <= 1:
        raise ValueError(f"lambda_mult is {balance}: it must be between 0 (most diverse) and 1 (most similar).")
    chosen: list[int] = []
    likeness = np.full(len(similarities), -1.0)
    while len(chosen) < min(count, len(similarities)):
        worth = balance * similarities - (1 - balance) * likeness if chosen else similarities.astype(np.float64)
        worth[chosen] = -np.inf
        chosen.append(int(np.argmax(worth)))
        likeness = np.maximum(likeness, vectors @ vectors[chosen[-1]])
    return chosen
