"""The stages of retrieval, one after the other: from a question to ranked passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from itertools import islice

from rag.embedding.base import Embedder
from rag.fusion import folded, without_near_duplicates
from rag.index_reader import OpenIndex
from rag.paging import rank_by_page
from rag.reranking import Reranker, rerank
from rag.retrieval.candidates import CandidateSearch
from rag.retrieval.explaining import explained
from rag.retrieval.fusing import Fused, Fusion
from rag.retrieval.refining import DEFAULT, Refinement
from rag.retrieval.spelling import respelled
from rag.retrieval.tracing import Stages, traced
from rag.stores.base import Rows
from rag.types import Hit, Trace, TracedPassage
from rag.vector_store import Mask

_MOST_DOCUMENTS = 512
_MOST_QUESTIONS = 128
"""Whose spelling is kept: an answer asks for it, and each of its searches again."""


class Retriever:
    """Searches one open index. Safe to use from several threads at once."""

    def __init__(
        self,
        index: OpenIndex,
        embedder: Embedder,
        candidate_count: int,
        reranker: Reranker | None = None,
        refinement: Refinement = DEFAULT,
    ) -> None:
        """Take an index and the model that made it; each kind of search hands `candidate_count` chunks to fusion.

        The reranker, where there is one, orders as many of the fused ones.
        """
        self._candidates = CandidateSearch(index, embedder)
        self._fusion = Fusion(index.store, refinement)
        pieces = embedder.count_pieces
        self._respelled = lru_cache(maxsize=_MOST_QUESTIONS)(
            partial(respelled, frequency=index.store.frequency, is_word=lambda word: pieces(word) - pieces("") == 1)
        )
        self._chunks = index.catalog.chunks
        self._candidate_count = candidate_count
        self._reranker = reranker
        self._page_starts = lru_cache(maxsize=_MOST_DOCUMENTS)(index.catalog.page_starts)

    def search(self, question: str, count: int, allowed: Mask | None = None) -> list[Hit]:
        """Return the `count` best passages, best first, without near-duplicates; only rows true in `allowed`.

        They are looked for as `meant` has the question.
        Every hit has its cosine similarity (`dense`), its BM25 score (`lexical`, None where no content word of the
        question stands in it) and the fused score that it is ranked by, between 0 and 1 among the candidates. With a
        reranker the best of them are ranked by its score (`rerank`); without one, passages of documents with pages are
        ranked among themselves by `rerank` (see `rag.paging`).
        """
        meant = self.meant(question)
        ranked = self._ranked(meant, self._fused(meant, self._limit(count), allowed).hits())
        return list(islice(self._by_page(without_near_duplicates(ranked), ranked), count))

    def trace(self, question: str, count: int, allowed: Mask | None = None) -> Trace:
        """Return what every stage of `search` makes of every candidate."""
        limit = self._limit(count)
        meant = self.meant(question)
        return Trace(meant, count, limit, traced(self._stages(self._fused(meant, limit, allowed)), count))

    def why(self, question: str, count: int, rows: Rows, allowed: Mask | None = None) -> tuple[TracedPassage, ...]:
        """Return what became of the passages at `rows` in a search, and why.

        Their ranks by meaning and by words are exact among all rows true in `allowed`; a row that is not has the ranks
        that it would have with those.
        """
        limit = self._limit(count)
        meant = self.meant(question)
        fused = self._fused(meant, limit, allowed)
        candidates = traced(self._stages(fused), count)
        standings = self._candidates.standings(meant, rows, allowed)
        return explained(
            self._chunks(rows.tolist()), standings, self._fusion, fused, candidates=candidates, limit=limit
        )

    def _fused(self, question: str, limit: int, allowed: Mask | None) -> Fused:
        found = self._candidates.find(question, limit, allowed)
        return self._fusion.fuse(question, found, self._chunks(found.rows.tolist()))

    def meant(self, question: str) -> str:
        """Return the question as it is looked for: a word that no passage has as the one that it nearly is."""
        return self._respelled(question)

    def _limit(self, count: int) -> int:
        """Return how many candidates each search hands on where `count` passages are wanted."""
        return max(count, self._candidate_count)

    def _ranked(self, question: str, fused: Sequence[Hit]) -> Sequence[Hit]:
        """Return the fused hits as the reranker orders them, where there is one."""
        if self._reranker is None:
            return fused
        return rerank(self._reranker, question, fused, self._candidate_count)

    def _by_page(self, distinct: Iterable[Hit], ranked: Sequence[Hit]) -> Iterable[Hit]:
        """Return `distinct` in the order of their pages, lazily where no document of `ranked` has any.

        A reranker has read more than a page's other scores can tell: its order stands.
        """
        if self._reranker is None and any(map(self._page_starts, {hit.chunk.source for hit in ranked})):
            return rank_by_page(list(distinct), self._page_starts)
        return distinct

    def _stages(self, fused: Fused) -> Stages:
        """Run the stages behind fusion as `search` does, and keep what each gives."""
        ranked = self._ranked(fused.question, fused.hits())
        folds = list(folded(ranked))
        ordered = list(self._by_page([hit for hit, into in folds if into is None], ranked))
        return Stages(fused, folds, ordered)
