"""The store that is part of the program: vectors in FAISS and postings of our own, in the index folder."""

from __future__ import annotations

import numpy as np

from rag.lexical import LexicalIndex
from rag.stores.base import Candidates, Mask, Rows, Standings, Values
from rag.vector_store import VectorReader

_BLOCK = 16_384
"""Vectors that are read at once: 25 MB of MiniLM's."""


class LocalStore:
    """A `ChunkStore` over open files, exact as they are."""

    def __init__(self, vectors: VectorReader, lexical: LexicalIndex) -> None:
        """Take the vectors and the words of the same rows."""
        self._vectors, self._lexical = vectors, lexical

    def __len__(self) -> int:
        return len(self._lexical)

    def find(self, question: str, query: Values, count: int, allowed: Mask | None = None) -> Candidates:
        """Return the best of each search, all with both scores."""
        nearest, _ = self._vectors.search(query, count, allowed)
        matching, _ = self._lexical.search(question, count, allowed)
        rows = np.union1d(nearest, matching)
        vectors = self._vectors.reconstruct(rows)
        return Candidates(nearest, matching, rows, vectors @ query, self._lexical.scores_of(question, rows), vectors)

    def standings(self, question: str, query: Values, rows: Rows, allowed: Mask | None = None) -> Standings:
        """Return scores and ranks of `rows`, exactly. Reads every vector."""
        count = len(self._vectors)
        blocks = (np.arange(at, min(at + _BLOCK, count)) for at in range(0, count, _BLOCK))
        none = np.zeros(0, dtype=np.float32)
        dense = np.concatenate([none, *(self._vectors.reconstruct(block) @ query for block in blocks)])
        lexical = self._lexical.scores(question)
        mask = np.ones(count, dtype=np.bool_) if allowed is None else allowed
        return Standings(
            rows,
            mask[rows],
            dense[rows],
            _ranks(dense, rows, mask),
            lexical[rows],
            _ranks(lexical, rows, mask),
            int(mask.sum()),
            self._vectors.reconstruct(rows),
        )

    def frequency(self, term: str, allowed: Mask | None = None) -> int:
        """Return in how many rows a term occurs."""
        if allowed is None:
            return self._lexical.document_frequency(term)
        return int(allowed[self._lexical.rows_with(term)].sum())


def _ranks(scores: Values, rows: Rows, mask: Mask) -> Rows:
    """Return the rank (from 1) of each of `rows` by score among the rows true in `mask`, equal ones by row."""
    every = np.arange(len(scores))
    before = (mask & ((scores > scores[row]) | ((scores == scores[row]) & (every < row))) for row in rows)
    return np.array([1 + int(each.sum()) for each in before], dtype=np.int64)
