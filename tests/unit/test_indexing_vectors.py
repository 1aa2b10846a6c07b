"""Vectors come from texts that are embedded in the meantime: each once, in order, and not beyond the end of a build."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.embedding import Embedder, EmbeddingProgress, Vectors
from rag.errors import EmbeddingModelError
from rag.indexing.cache import EmbeddingCache
from rag.indexing.vectors import AT_A_TIME, FIRST, Embeddings
from tests.doubles import HashingEmbedder

TEXTS = [f"bread number {number}" for number in range(3 * AT_A_TIME + 7)]
Report = Callable[[int, int], None]


class Waiting(HashingEmbedder):
    """Embeds nothing before it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let = threading.Event(), threading.Event()

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        self.begun.set()
        assert self.let.wait(20)
        return super().embed_passages(texts, progress)


class Endless(HashingEmbedder):
    """Goes on until the progress that it reports stops it."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        assert progress is not None
        while True:
            progress(1)
            self.begun.set()


class Failing(HashingEmbedder):
    """Fails at the first text."""

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        raise EmbeddingModelError("The model is gone.")


@contextmanager
def collecting(index: Path, embedder: Embedder, progress: Report = lambda done, total: None) -> Iterator[Embeddings]:
    cache = EmbeddingCache(index, embedder.fingerprint, embedder.dimension)
    with closing(cache), closing(Embeddings(embedder, (), cache, progress, anew=False)) as embeddings:
        yield embeddings


def test_vectors_are_those_of_the_texts_in_order_each_embedded_once(tmp_path: Path) -> None:
    embedder, reports = HashingEmbedder(), []
    with collecting(tmp_path, embedder, lambda done, total: reports.append((done, total))) as embeddings:
        for start in range(0, len(TEXTS), 50):
            embeddings.want(TEXTS[start : start + 50])
            embeddings.want(TEXTS[:20])
        wanted = [*TEXTS, *TEXTS[:20]]
        assert np.array_equal(embeddings.take(wanted), HashingEmbedder().embed_passages(wanted))
        assert embeddings.embedded == len(TEXTS)
    assert sorted(embedder.passages) == sorted(TEXTS)
    assert reports[-1] == (len(TEXTS), len(TEXTS))
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)


def test_the_first_texts_are_embedded_while_others_are_announced(tmp_path: Path) -> None:
    embedder = Waiting()
    with collecting(tmp_path, embedder) as embeddings:
        embeddings.want(TEXTS[: FIRST - 1])
        assert not embedder.begun.is_set()
        embeddings.want(TEXTS[FIRST - 1 : FIRST])
        assert embedder.begun.wait(20)
        embeddings.want(TEXTS[: FIRST + 10])  # while the model is busy
        embedder.let.set()
        assert len(embeddings.take(TEXTS[: FIRST + 10])) == FIRST + 10
        assert embeddings.embedded == FIRST + 10


def test_what_was_embedded_before_comes_out_of_the_cache(tmp_path: Path) -> None:
    for wanted, embedded in ((100, 100), (120, 20), (90, 0)):
        with collecting(tmp_path, HashingEmbedder()) as embeddings:
            embeddings.want(TEXTS[:wanted])
            expected = HashingEmbedder().embed_passages(TEXTS[:wanted])
            assert np.array_equal(embeddings.take(TEXTS[:wanted]), expected)
            assert embeddings.embedded == embedded


def test_closing_stops_what_is_under_way(tmp_path: Path) -> None:
    embedder = Endless()
    with collecting(tmp_path, embedder) as embeddings:
        embeddings.want(TEXTS[:FIRST])
        assert embedder.begun.wait(20)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("embedding")]


def test_an_error_of_the_model_reaches_who_asks_for_the_vectors(tmp_path: Path) -> None:
    with collecting(tmp_path, Failing()) as embeddings:
        embeddings.prepare()
        embeddings.want(TEXTS[:3])
        with pytest.raises(EmbeddingModelError, match=r"The model is gone\."):
            embeddings.take(TEXTS[:3])
