"""The seam for stores: where the vectors and the words of the chunks lie, and what searches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.types import Standing

Rows = NDArray[np.int64]
Values = NDArray[np.float32]
Mask = NDArray[np.bool_]


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
    vectors: Values
    """The vector of each of `rows`, shape (rows, dimension)."""

    def with_row(self, standings: Standings, at: int) -> Candidates:
        """Return the candidates and one more at the end of `rows`, with the scores that `standings` has for it."""
        return replace(
            self,
            rows=np.append(self.rows, standings.rows[at]),
            dense=np.append(self.dense, standings.dense[at]),
            lexical=np.append(self.lexical, standings.lexical[at]),
            vectors=np.vstack([self.vectors, standings.vectors[at]]),
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
    vectors: Values
    """Shape (rows, dimension)."""

    def dense_of(self, at: int) -> Standing:
        """Return the rank and cosine similarity of `rows[at]`."""
        return Standing(int(self.dense_ranks[at]), float(self.dense[at]))

    def lexical_of(self, at: int) -> Standing:
        """Return the rank and BM25 score of `rows[at]`, neither where no content word stands in it."""
        score = float(self.lexical[at])
        return Standing(int(self.lexical_ranks[at]), score) if score > 0 else Standing()


class ChunkStore(Protocol):
    """The chunks of one generation as they are searched, by row. Safe to use from several threads at once.

    With `allowed` (shape (rows,)) only rows that are true there are searched. Higher scores are better, and equal ones
    stand by row.
    """

    def __len__(self) -> int: ...

    def find(self, question: str, query: Values, count: int, allowed: Mask | None = None) -> Candidates:
        """Return the `count` best rows of either search, each with both scores.

        Dense search is for what is nearest to `query`, a unit vector of shape (dimension,), lexical search for the
        words of `question`. Raises StoreUnreachableError where a server is asked and does not answer.
        """
        ...

    def standings(self, question: str, query: Values, rows: Rows, allowed: Mask | None = None) -> Standings:
        """Return what each of `rows` gets and where it stands among all rows: for a person who asks.

        Of a row that is not `allowed`, the rank that it would have with those that are.
        """
        ...

    def frequency(self, term: str, allowed: Mask | None = None) -> int:
        """Return in how many rows a term (as `rag.text.words.terms` gives it) occurs.

        What it was asked of all rows before, it knows without looking.
        """
        ...


class StoredVectors(Protocol):
    """The vectors of one segment, by the segment's own rows."""

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        ...

    def __len__(self) -> int: ...

    def reconstruct(self, rows: Rows) -> Values:
        """Return the vectors of `rows`, shape (len(rows), dimension). Raises IndexError for a row that is not there."""
        ...


@dataclass(frozen=True, slots=True)
class SegmentContents:
    """What is kept of a new segment: its chunks in the order of their rows."""

    name: str
    folder: Path
    """Where its files stand in the generation that is being made."""
    texts: Sequence[str]
    """What was embedded, and is searched by its words."""
    documents: Sequence[int]
    """The number of the document in the segment that each chunk belongs to, ascending."""
