"""The vectors of texts: taken over where the same text was embedded before, else embedded, each text once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rag.catalog import embedding_key
from rag.embedding import Embedder, Vectors
from rag.index_reader import StoredSegment
from rag.indexing.cache import VectorCache

AT_A_TIME = 512
"""Texts that are embedded before they are put into the cache."""


class Embeddings:
    """Collects texts and gives their vectors. `embedded` counts the texts that the model had to embed."""

    def __init__(
        self,
        embedder: Embedder,
        known: Sequence[StoredSegment],
        cache: VectorCache,
        progress: Callable[[int, int], None],
        *,
        anew: bool,
    ) -> None:
        """Take the model, segments and a cache that hold its vectors; `anew` embeds whatever they hold.

        `progress` is called with how many texts are embedded of how many so far.
        """
        self._embedder, self._known, self._cache, self._progress = embedder, known, cache, progress
        self._anew = anew
        self._waiting: dict[str, str] = {}
        self._vectors: dict[str, Vectors] = {}
        self._total = 0
        self.embedded = 0

    def want(self, texts: Sequence[str]) -> None:
        """Announce texts that will be asked for; now and then some are embedded."""
        self._waiting.update((key, text) for text in texts if (key := embedding_key(text)) not in self._vectors)
        if len(self._waiting) >= AT_A_TIME:
            self._settle()

    def take(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts that were announced, shape (texts, dimension), and forget all."""
        self._settle()
        vectors = np.zeros((len(texts), self._embedder.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vectors[embedding_key(text)]
        self._vectors.clear()
        return vectors

    def _settle(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for segment in () if self._anew else self._known:
            rows = segment.catalog.rows_of_keys([key for key in waiting if key not in self._vectors])
            if rows:
                found = segment.vectors.reconstruct(np.array(list(rows.values()), dtype=np.int64))
                self._vectors.update(zip(rows, found, strict=True))
        left = [key for key in waiting if key not in self._vectors]
        if left and not self._anew:
            self._vectors.update(self._cache.get(left))
        self._embed({key: waiting[key] for key in left if key not in self._vectors})

    def _embed(self, texts: dict[str, str]) -> None:
        self._total += len(texts)
        keys = list(texts)
        for start in range(0, len(keys), AT_A_TIME):
            some = keys[start : start + AT_A_TIME]
            self._progress(self.embedded, self._total)
            vectors = self._embedder.embed_passages([texts[key] for key in some], self._report)
            fresh = dict(zip(some, vectors, strict=True))
            self._cache.put(fresh)
            self._vectors.update(fresh)
            self.embedded += len(some)

    def _report(self, done: int) -> None:
        self._progress(self.embedded + done, self._total)
