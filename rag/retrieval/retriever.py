"""The stages of retrieval, one after the other: from a question to ranked passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np

from rag.embedding.base import Embedder
from rag.fusion import fuse, without_near_duplicates
from rag.index_reader import OpenIndex
from rag.paging import rank_by_page
from rag.retrieval.candidates import Candidates, CandidateSearch
from rag.types import Hit, Scores
from rag.vector_store import Mask

_MOST_DOCUMENTS = 512


class Retriever:
    """Searches one open index. Safe to use from several threads at once."""

    def __init__(self, index: OpenIndex, embedder: Embedder, candidate_count: int) -> None:
        """Take an index and the model that made it; each kind of search hands `candidate_count` chunks to fusion."""
        self._candidates = CandidateSearch(index, embedder)
        self._chunks = index.catalog.chunks
        self._candidate_count = candidate_count
        self._page_starts = lru_cache(maxsize=_MOST_DOCUMENTS)(index.catalog.page_starts)

    def search(self, question: str, count: int, allowed: Mask | None = None) -> list[Hit]:
        """Return the `count` best passages, best first, without near-duplicates; only rows true in `allowed`.

        Every hit has its cosine similarity (`dense`), its BM25 score (`lexical`, None where no content word of the
        question stands in it) and the fused score that it is ranked by, between 0 and 1 among the candidates; passages
        of documents with pages are ranked among themselves by `rerank` (see `rag.paging`).
        """
        found = self._candidates.find(question, max(count, self._candidate_count), allowed)
        ranked = self._fused(found)
        return list(islice(self._by_page(without_near_duplicates(ranked), ranked), count))

    def _fused(self, found: Candidates) -> list[Hit]:
        """Return every candidate, best fused score first, ties by similarity."""
        fused = fuse(found.dense, found.lexical)
        order = np.lexsort((found.rows, -found.dense, -fused))
        chunks = self._chunks(found.rows[order].tolist())
        return [
            Hit(chunk, Scores(float(dense), float(lexical) if lexical > 0 else None, float(score)))
            for chunk, dense, lexical, score in zip(
                chunks, found.dense[order], found.lexical[order], fused[order], strict=True
            )
        ]

    def _by_page(self, distinct: Iterable[Hit], ranked: Sequence[Hit]) -> Iterable[Hit]:
        """Return `distinct` in the order of their pages, lazily where no document of `ranked` has any."""
        if any(map(self._page_starts, {hit.chunk.source for hit in ranked})):
            return rank_by_page(list(distinct), self._page_starts)
        return distinct
