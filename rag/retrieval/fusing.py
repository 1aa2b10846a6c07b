"""The second stage: candidates made hits, in the order of one score. Scores are made in `rag.fusion`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.fusion import best_first, fuse
from rag.retrieval.candidates import Candidates, Rows
from rag.types import Chunk, Hit, Scores, Standing

Chunks = Callable[[Sequence[int]], Sequence[Chunk]]
"""From rows to their chunks, in that order."""


def fused_scores(found: Candidates) -> tuple[NDArray[np.float64], Rows]:
    """Return the fused score of each of the candidates' rows, and their order by it, best first."""
    scores = fuse(found.dense, found.lexical)
    return scores, best_first(scores, found.dense, found.rows)


def fused_hits(found: Candidates, chunks: Chunks) -> list[Hit]:
    """Return every candidate, best fused score first, ties by similarity."""
    scores, order = fused_scores(found)
    values = zip(found.dense[order].tolist(), found.lexical[order].tolist(), scores[order].tolist(), strict=True)
    given = [Scores(dense, lexical if lexical > 0 else None, fused) for dense, lexical, fused in values]
    return [Hit(*pair) for pair in zip(chunks(found.rows[order].tolist()), given, strict=True)]


def standing_among(found: Candidates, row: int, dense: float, lexical: float) -> Standing:
    """Return the fused rank and score that a row would have if it were one of the candidates."""
    scores, order = fused_scores(found.with_row(row, dense, lexical))
    last = len(scores) - 1
    return Standing(1 + int(np.flatnonzero(order == last)[0]), float(scores[last]))
