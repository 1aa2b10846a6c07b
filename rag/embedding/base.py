"""The seam for embedding models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (number of texts, dimension), each row of unit length."""

EmbeddingProgress = Callable[[int], None]
"""Called with the number of texts embedded so far."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product is higher the closer the meanings are.

    Safe to use from several threads at once.
    """

    @property
    def name(self) -> str:
        """Return the name that the settings give the model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Return a SHA-256 (64 hex digits) over everything that decides the vectors: weights, tokenizer, pipeline."""
        ...

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        ...

    @property
    def max_pieces(self) -> int:
        """Return how many word pieces of a text the model reads, special tokens included; the rest is cut off."""
        ...

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Return one vector for each passage, in the order given."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one vector for each question, in the order given."""
        ...

    def count_pieces(self, text: str) -> int:
        """Return how many word pieces `text` is as a passage, special tokens and the model's prompt included."""
        ...
