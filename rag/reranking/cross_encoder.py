"""Reranking by a cross-encoder: a model that reads question and passage together, and gives one score.

Nogueira and Cho, "Passage Re-ranking with BERT" (2019). A passage longer than the model reads is scored by the best of
its windows (MaxP of Dai and Callan, "Deeper Text Understanding for IR with Contextual Neural Language Modeling", 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.cross_encoders.finding import Purpose
from rag.cross_encoders.pairs import PairReader
from rag.errors import RerankerError
from rag.reranking.base import Scores
from rag.types import Hit

RERANKING = Purpose("reranker", RerankerError, "cross-encoder/ms-marco-MiniLM-L6-v2", "question and passage")


class CrossEncoderReranker:
    """A cross-encoder on the processor, through sentence-transformers; loaded, and torch with it, when first used."""

    def __init__(self, name: str, folder: Path) -> None:
        """Take what the model is called and where it is; see `find_cross_encoder`."""
        self.name = name
        self._folder = folder
        self._reader = PairReader(folder, RERANKING)

    def load(self) -> None:
        """Load the model where it is not. Raises RerankerError when it cannot be, or gives no single score."""
        self._reader.load()
        labels = self._reader.model.num_labels
        if labels != 1:
            raise RerankerError(
                f"The model in {self._folder} gives {labels} scores for a question and a passage; a reranker gives "
                "one. Name another model."
            )

    def scores(self, question: str, hits: Sequence[Hit]) -> Scores:
        """Return one score between 0 and 1 for each hit: the sigmoid of what the model gives it.

        The model reads title and heading in front of the passage, as both searches do. Of a question that fills more
        than half of what it reads at once, it reads the beginning.
        """
        self.load()
        given, starts = self._reader.read(question, [hit.chunk.embedding_text for hit in hits])
        if not len(given):
            return np.zeros(0, dtype=np.float32)
        best: Scores = np.maximum.reduceat(given[:, 0], starts)
        return (1 / (1 + np.exp(-best))).astype(np.float32)
