"""A model that is loaded when the first text is embedded: an update of nothing needs none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from rag.embedding.base import Embedder, EmbeddingProgress, Vectors
from rag.embedding.record import EncoderRecord


class DeferredEmbedder:
    """What the record of a prepared model says of it, and the model itself once it is needed."""

    def __init__(self, record: EncoderRecord, load: Callable[[], Embedder]) -> None:
        """Take the record and a function that loads the model, which may raise EmbeddingModelError."""
        self._record, self._load = record, load
        self._lock = threading.Lock()
        self._loaded: Embedder | None = None

    @property
    def name(self) -> str:
        """Return the name that the settings give the model."""
        return self._record.model

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 over the model's files."""
        return self._record.fingerprint

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return self._record.dimension

    @property
    def max_pieces(self) -> int:
        """Return how many word pieces of a text the model reads."""
        return self._record.max_pieces

    @property
    def _model(self) -> Embedder:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Return one unit vector for each passage."""
        return self._model.embed_passages(texts, progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each question."""
        return self._model.embed_queries(texts)

    def count_pieces(self, text: str) -> int:
        """Return how many word pieces `text` is as a passage, however many the model reads."""
        return self._model.count_pieces(text)
