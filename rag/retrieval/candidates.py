"""The first stage: what dense and lexical search find. The one place where retrieval searches the index."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder
from rag.index_reader import OpenIndex
from rag.lexical import best
from rag.types import Standing
from rag.vector_store import Mask

Rows = NDArray[np.int64]
Values = NDArray[np.float32]

_BLOCK = 16_384
"""Vectors that are read at once: 25 MB of MiniLM's."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The rows that either search found, each with the score of both."""

    nearest: Rows
    """What dense search found, best first."""
    matching: Rows
    """What lexical search found, best first."""
    rows: Rows
    """All of them, ascending."""
    dense: Values
    """The cosine similarity of each of `rows`."""
    lexical: Values
    """The BM25 score of each of `rows`, 0 where no content word of the question stands in it."""

    def with_row(self, row: int, dense: float, lexical: float) -> Candidates:
        """Return the candidates and one more, at the end of `rows`."""
        return replace(
            self,
            rows=np.append(self.rows, row),
            dense=np.append(self.dense, np.float32(dense)),
            lexical=np.append(self.lexical, np.float32(lexical)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """Where some rows stand among all rows that were searched, exactly. All arrays are in the order of `rows`."""

    rows: Rows
    admitted: Mask
    """Whether the row is one of those that were searched."""
    dense: Values
    dense_ranks: Rows
    lexical: Values
    """0 where no content word of the question stands in the row."""
    lexical_ranks: Rows
    searched: int
    """How many rows were searched."""

    def dense_of(self, at: int) -> Standing:
        """Return the rank and cosine similarity of `rows[at]`."""
        return Standing(int(self.dense_ranks[at]), float(self.dense[at]))

    def lexical_of(self, at: int) -> Standing:
        """Return the rank and BM25 score of `rows[at]`, neither where no content word stands in it."""
        score = float(self.lexical[at])
        return Standing(int(self.lexical_ranks[at]), score) if score > 0 else Standing()


class CandidateSearch:
    """Searches one open index both ways. Safe to use from several threads."""

    def __init__(self, index: OpenIndex, embedder: Embedder) -> None:
        """Take an index and the model that made it."""
        self._index, self._embedder = index, embedder

    def find(self, question: str, count: int, allowed: Mask | None) -> Candidates:
        """Return the `count` best of each search; only rows true in `allowed`."""
        index = self._index
        query = self._embedder.embed_queries([question])[0]
        lexical = index.lexical.scores(question)
        if allowed is not None:
            lexical[~allowed] = 0.0
        nearest, _ = index.vectors.search(query, count, allowed)
        matching, _ = best(lexical, count)
        rows = np.union1d(nearest, matching)
        return Candidates(nearest, matching, rows, index.vectors.reconstruct(rows) @ query, lexical[rows])

    def standings(self, question: str, rows: Rows, allowed: Mask | None) -> Standings:
        """Return what each of `rows` gets and where it stands among all rows, or those true in `allowed`, exactly.

        Of a row that is not `allowed`, the rank that it would have with those that are. Reads every vector: for a
        person who asks, not for every search.
        """
        vectors = self._index.vectors
        query = self._embedder.embed_queries([question])[0]
        blocks = (np.arange(at, min(at + _BLOCK, len(vectors))) for at in range(0, len(vectors), _BLOCK))
        none = np.zeros(0, dtype=np.float32)
        dense = np.concatenate([none, *(vectors.reconstruct(block) @ query for block in blocks)])
        lexical = self._index.lexical.scores(question)
        mask = np.ones(len(dense), dtype=np.bool_) if allowed is None else allowed
        return Standings(
            rows,
            mask[rows],
            dense[rows],
            _ranks(dense, rows, mask),
            lexical[rows],
            _ranks(lexical, rows, mask),
            int(mask.sum()),
        )


def _ranks(scores: Values, rows: Rows, mask: Mask) -> Rows:
    """Return the rank (from 1) of each of `rows` by score among the rows true in `mask`, equal ones by row."""
    every = np.arange(len(scores))
    before = (mask & ((scores > scores[row]) | ((scores == scores[row]) & (every < row))) for row in rows)
    return np.array([1 + int(each.sum()) for each in before], dtype=np.int64)
