"""The first stage: what dense and lexical search find. The one place where retrieval searches the index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder
from rag.index_reader import OpenIndex
from rag.lexical import best
from rag.vector_store import Mask

Rows = NDArray[np.int64]
Values = NDArray[np.float32]


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
