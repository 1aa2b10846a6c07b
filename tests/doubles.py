"""Small real parts for tests: pure functions of their input, so that results can be told exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from rag.embedding import EmbeddingProgress, Vectors
from rag.text.words import terms


class HashingEmbedder:
    """An `Embedder` that gives each stem a direction of its own, by hash: texts are near that share words.

    `passages` records every text that was embedded, in order.
    """

    def __init__(self, dimension: int = 64, name: str = "hashing", max_pieces: int = 256) -> None:
        self.name = name
        self.fingerprint = hashlib.sha256(f"{name} {dimension}".encode()).hexdigest()
        self.dimension = dimension
        self.max_pieces = max_pieces
        self.passages: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        self.passages.extend(texts)
        vectors = self._embed(texts)
        if progress is not None and texts:
            progress(len(texts))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def count_pieces(self, text: str) -> int:
        return len(text.split()) + 2

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.1  # so that a text without words has a direction too
            for term in terms(" ".join(text.split()[: self.max_pieces - 2])):
                digest = hashlib.sha256(term.encode()).digest()
                vectors[row, int.from_bytes(digest[:4], "big") % self.dimension] += 1.0
        unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit
