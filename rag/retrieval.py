"""From a question to ranked passages: dense and lexical search, fused, near-duplicates folded."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

import numpy as np

from rag.embedding.base import Embedder
from rag.fusion import fuse, without_near_duplicates
from rag.index_reader import OpenIndex
from rag.lexical import best
from rag.paging import rank_by_page
from rag.types import Hit, Scores
from rag.vector_store import Mask

_MOST_DOCUMENTS = 512


class Retriever:
    """Searches one open index. Safe to use from several threads at once."""

    def __init__(self, index: OpenIndex, embedder: Embedder, candidate_count: int) -> None:
        """Take an index and the model that made it; each kind of search hands `candidate_count` chunks to fusion."""
        self._index = index
        self._embedder = embedder
        self._candidate_count = candidate_count
        self._page_starts = lru_cache(maxsize=_MOST_DOCUMENTS)(index.catalog.page_starts)

    def search(self, question: str, count: int, allowed: Mask | None = None) -> list[Hit]:
        """Return the `count` best passages, best first, without near-duplicates; only rows true in `allowed`.

        Every hit has its cosine similarity (`dense`), its BM25 score (`lexical`, None where no content word of the
        question stands in it) and the fused score that it is ranked by, between 0 and 1 among the candidates; passages
        of documents with pages are ranked among themselves by `rerank` (see `rag.paging`).
        """
        ranked = self._ranked(question, max(count, self._candidate_count), allowed)
        distinct = without_near_duplicates(ranked)
        if any(map(self._page_starts, {hit.chunk.source for hit in ranked})):
            distinct = iter(rank_by_page(list(distinct), self._page_starts))
        return list(islice(distinct, count))

    def _ranked(self, question: str, candidate_count: int, allowed: Mask | None) -> list[Hit]:
        """Return every candidate of either search, best fused score first, ties by similarity."""
        index = self._index
        query = self._embedder.embed_queries([question])[0]
        lexical = index.lexical.scores(question)
        if allowed is not None:
            lexical[~allowed] = 0.0
        dense_rows, _ = index.vectors.search(query, candidate_count, allowed)
        lexical_rows, _ = best(lexical, candidate_count)
        rows = np.union1d(dense_rows, lexical_rows)
        dense, words = index.vectors.reconstruct(rows) @ query, lexical[rows]
        fused = fuse(dense, words)
        order = np.lexsort((rows, -dense, -fused))
        chunks = index.catalog.chunks(rows[order].tolist())
        return [
            Hit(chunk, Scores(float(dense[at]), float(words[at]) if words[at] > 0 else None, float(fused[at])))
            for chunk, at in zip(chunks, order, strict=True)
        ]
