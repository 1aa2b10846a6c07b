"""The third stage: candidates made hits, in the order of one score. Scores are made in `rag.fusion`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.fusion import best_first, fuse
from rag.lexical import inverse_document_frequency
from rag.retrieval.refining import DEFAULT, Refinement, refined
from rag.stores.base import Candidates, ChunkStore, Rows, Standings
from rag.types import Chunk, Hit, Scores, Standing


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """The candidates of one search with the score that they are ranked by."""

    question: str
    found: Candidates
    seen: Candidates
    """With the scores that were fused: see `rag.retrieval.refining`."""
    chunks: Sequence[Chunk]
    """Those of the candidates' rows, in that order."""
    scores: NDArray[np.float64]
    """Likewise; between 0 and 1."""
    order: Rows
    """The places of the candidates in these, best first, ties by similarity."""

    def hits(self) -> list[Hit]:
        """Return every candidate, best first."""
        found, order = self.found, self.order.tolist()
        values = zip(found.dense.tolist(), found.lexical.tolist(), self.scores.tolist(), strict=True)
        given = [Scores(dense, lexical if lexical > 0 else None, fused) for dense, lexical, fused in values]
        return [Hit(self.chunks[at], given[at]) for at in order]


class Fusion:
    """Fuses candidates of one index. Safe to use from several threads at once."""

    def __init__(self, store: ChunkStore, refinement: Refinement = DEFAULT) -> None:
        """Take what was searched, whose words tell how rare a word is."""
        self._store, self._refinement = store, refinement

    def fuse(self, question: str, found: Candidates, chunks: Sequence[Chunk]) -> Fused:
        """Return the candidates in order; `chunks` are those of their rows."""
        texts = [chunk.embedding_text for chunk in chunks]
        seen = refined(question, found, texts, self._weight, self._refinement)
        scores = fuse(seen.dense, seen.lexical)
        return Fused(question, found, seen, chunks, scores, best_first(scores, found.dense, found.rows))

    def standing_among(self, fused: Fused, chunk: Chunk, standings: Standings, at: int) -> Standing:
        """Return the rank and score that a chunk would have if `standings.rows[at]`, its row, were a candidate too."""
        more = self.fuse(fused.question, fused.found.with_row(standings, at), [*fused.chunks, chunk])
        last = len(more.scores) - 1
        return Standing(1 + int(np.flatnonzero(more.order == last)[0]), float(more.scores[last]))

    def _weight(self, term: str) -> float:
        return inverse_document_frequency(self._store.frequency(term), len(self._store))
