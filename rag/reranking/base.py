"""The seam: something that reads the question beside each passage, and orders the best candidates anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.types import Hit

Scores = NDArray[np.float32]


class Reranker(Protocol):
    """Scores passages against a question. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """Return what it is called in settings and traces."""
        ...

    def load(self) -> None:
        """Make ready what `scores` needs, where it is not. Raises RerankerError when it cannot be."""
        ...

    def scores(self, question: str, hits: Sequence[Hit]) -> Scores:
        """Return one finite score for each hit, higher for better, shape (len(hits),).

        A score depends on the question and the hit alone, not on the others. The hits come best fused score first,
        with the scores of the stages before, for a reranker that weighs these in.
        """
        ...


def rerank(reranker: Reranker, question: str, hits: Sequence[Hit], count: int) -> list[Hit]:
    """Return `hits`, best first, with the first `count` of them ordered by the reranker, whose score is `rerank`.

    The others follow as they came: to read every passage beside the question is too slow. Equal scores stay in order.
    """
    head = hits[:count]
    scores = reranker.scores(question, head) if head else np.zeros(0, dtype=np.float32)
    if scores.shape != (len(head),) or not np.isfinite(scores).all():
        raise ValueError(f"{reranker.name} gave scores of shape {scores.shape}, or not finite, for {len(head)} hits")
    order = np.argsort(-scores, kind="stable").tolist()
    scored = [replace(head[at], scores=replace(head[at].scores, rerank=float(scores[at]))) for at in order]
    return [*scored, *hits[count:]]
