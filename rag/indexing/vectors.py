"""The vectors of texts: taken over where the same text was embedded before, else embedded, each text once.

Embedding takes most of the time of a build, so it goes on in threads of its own while the next documents are read,
cut into chunks and written.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

import numpy as np

from rag.catalog import embedding_key
from rag.embedding import Embedder, Vectors
from rag.index_reader import StoredSegment
from rag.indexing.cache import VectorCache

AT_A_TIME = 512
"""Texts that are embedded together, in an order of their own, before they are put into the cache."""
FIRST = 64
"""Texts that are embedded together first, so that the processor is busy soon; then twice as many, and so on."""
_WINDOWS = 2
"""Lots of texts that are under way: when one comes to its end, the other keeps the processor busy."""
_REPORT_SECONDS = 0.2


class _ClosedError(Exception):
    """Raised in the threads that embed, when nobody waits for them any more."""


class Embeddings:
    """Collects texts and gives their vectors. `embedded` counts the texts that the model had to embed.

    For one thread; close it at the end.
    """

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

        `progress` is called, by the thread that asks for vectors, with how many texts are embedded of how many so far.
        """
        self._embedder, self._known, self._cache, self._progress = embedder, known, cache, progress
        self._anew = anew
        self._waiting: dict[str, str] = {}
        self._vectors: dict[str, Vectors] = {}
        self._under_way: deque[_Window] = deque()
        self._coming: set[str] = set()
        self._next_size = FIRST
        self._executor = ThreadPoolExecutor(_WINDOWS, thread_name_prefix="embedding")
        self._closed = threading.Event()
        self._total = 0
        self.embedded = 0

    def prepare(self) -> None:
        """Let the model be loaded now, in another thread, because it will be needed."""
        self._executor.submit(self._embedder.embed_passages, ())

    def want(self, texts: Sequence[str]) -> None:
        """Announce texts that will be asked for; now and then some are begun to be embedded."""
        for text in texts:
            key = embedding_key(text)
            if key not in self._vectors and key not in self._coming:
                self._waiting[key] = text
        if len(self._waiting) >= self._next_size:
            self._begin()
        while self._under_way and self._under_way[0].vectors.done():
            self._collect()

    def begin(self) -> None:
        """Begin to embed all texts that were announced."""
        if self._waiting:
            self._begin()

    def take(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts that were announced, shape (texts, dimension), and forget all."""
        self.begin()
        while self._under_way:
            self._collect()
        vectors = np.zeros((len(texts), self._embedder.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vectors[embedding_key(text)]
        self._vectors.clear()
        return vectors

    def close(self) -> None:
        """Stop what is under way, as soon as the texts that are being embedded this moment are done."""
        self._closed.set()
        self._executor.shutdown(cancel_futures=True)

    def _begin(self) -> None:
        """Take over the vectors of what waits as far as they are known, and begin to embed the others."""
        waiting, self._waiting = self._waiting, {}
        for segment in () if self._anew else self._known:
            rows = segment.catalog.rows_of_keys([key for key in waiting if key not in self._vectors])
            if rows:
                found = segment.vectors.reconstruct(np.array(list(rows.values()), dtype=np.int64))
                self._vectors.update(zip(rows, found, strict=True))
        left = [key for key in waiting if key not in self._vectors]
        if left and not self._anew:
            self._vectors.update(self._cache.get(left))
            left = [key for key in left if key not in self._vectors]
        self._total += len(left)
        for start in range(0, len(left), AT_A_TIME):
            self._embed({key: waiting[key] for key in left[start : start + AT_A_TIME]})

    def _embed(self, texts: dict[str, str]) -> None:
        """Begin to embed some texts, as soon as there are few enough under way."""
        while len(self._under_way) >= _WINDOWS:
            self._collect()
        self._under_way.append(_Window(self._executor, self._embedder, texts, self._closed))
        self._coming |= texts.keys()
        self._next_size = min(2 * self._next_size, AT_A_TIME)

    def _collect(self) -> None:
        """Wait for the texts that were begun first, and keep their vectors."""
        window = self._under_way[0]
        while not window.vectors.done():
            self._progress(self.embedded + sum(each.done for each in self._under_way), self._total)
            wait_for([window.vectors], timeout=_REPORT_SECONDS)
        self._under_way.popleft()
        fresh = dict(zip(window.keys, window.vectors.result(), strict=True))
        self._cache.put(fresh)
        self._vectors.update(fresh)
        self._coming -= fresh.keys()
        self.embedded += len(fresh)
        self._progress(self.embedded + sum(each.done for each in self._under_way), self._total)


class _Window:
    """Texts that are embedded together. `done` counts those that are."""

    def __init__(
        self, executor: ThreadPoolExecutor, embedder: Embedder, texts: dict[str, str], closed: threading.Event
    ) -> None:
        self.keys = list(texts)
        self.done = 0
        self._closed = closed
        self.vectors: Future[Vectors] = executor.submit(embedder.embed_passages, list(texts.values()), self._report)

    def _report(self, done: int) -> None:
        self.done = done
        if self._closed.is_set():
            raise _ClosedError
