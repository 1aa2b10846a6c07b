"""Searching one generation in Milvus: filters in the engine, its answers by row."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rag.errors import IndexDamagedError
from rag.stores.base import Candidates, Mask, Rows, Standings, Values
from rag.stores.layout import Layout
from rag.stores.milvus.collection import DENSE, MOST_HITS, ROW_BITS, WORDS, ChunkCollection, segment_id, within
from rag.stores.words import Frequencies, SparseVector, question_vector, term_dimension

_SPARE = 16
"""Hits asked for beyond those wanted: some may not count, and the last may share their score with more."""
_MOST_NAMED = 20_000
"""Documents that a filter names in a request; beyond it the answer is filtered here."""
_MOST_COUNTED = 1_000
"""Rows up to which a word is counted in the engine where only some rows count; beyond it the share of these counts."""
_MOST_TERMS = 20_000
_THREADS = 4


@dataclass(frozen=True, slots=True)
class SearchedSegment:
    """A segment whose chunks are in the collection."""

    number: int
    """What the register calls it."""
    name: str
    chunks: int
    """Written into it, those that do not count any more too."""
    frequencies: Frequencies


class MilvusStore:
    """A `ChunkStore` whose dense and lexical search run in Milvus. Words are weighed as `rag.lexical` weighs them."""

    def __init__(self, collection: ChunkCollection, layout: Layout, segments: Sequence[SearchedSegment]) -> None:
        """Take the collection, and what the generation consists of."""
        self._collection, self._layout = collection, layout
        self._segments = {segment_id(segment.name): segment for segment in segments}
        self._numbers = {segment.number: identifier for identifier, segment in self._segments.items()}
        self._live = {number: layout.count(number) for number in self._numbers}
        self._frequency = lru_cache(maxsize=_MOST_TERMS)(self._count_all)
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="milvus")

    def close(self) -> None:
        """End the threads and let the connection go."""
        self._executor.shutdown()
        self._collection.close()

    def __len__(self) -> int:
        return len(self._layout)

    def find(self, question: str, query: Values, count: int, allowed: Mask | None = None) -> Candidates:
        """Return the best of each search, all with both scores, which are exact whatever the engine's index is."""
        wanted = question_vector(question, self.frequency, len(self))
        by_meaning = self._executor.submit(self._best, DENSE, query, count, allowed)
        matching, _ = self._best(WORDS, wanted, count, allowed)
        nearest, _ = by_meaning.result()
        rows = np.union1d(nearest, matching)
        cosines, words, vectors = self._scores(query, wanted, rows)
        return Candidates(
            _best_first(nearest, cosines[np.searchsorted(rows, nearest)]),
            _best_first(matching, words[np.searchsorted(rows, matching)]),
            rows,
            cosines,
            words,
            vectors,
        )

    def standings(self, question: str, query: Values, rows: Rows, allowed: Mask | None = None) -> Standings:
        """Return scores and ranks of `rows`; ranks beyond the 16,384 that Milvus returns are all that plus one."""
        wanted = question_vector(question, self.frequency, len(self))
        cosines, words, vectors = self._scores(query, wanted, rows)
        mask = np.ones(len(self), dtype=np.bool_) if allowed is None else allowed
        return Standings(
            rows,
            mask[rows],
            cosines,
            _ranks(rows, cosines, *self._best(DENSE, query, MOST_HITS, allowed)),
            words,
            _ranks(rows, words, *self._best(WORDS, wanted, MOST_HITS, allowed)),
            int(mask.sum()),
            vectors,
        )

    def frequency(self, term: str, allowed: Mask | None = None) -> int:
        """Return in how many rows a term occurs; beyond 1,000 an estimate where only some of the rows count."""
        return self._frequency(term) if allowed is None else self._count_among(term, tuple(self._segments), allowed)

    def _count_all(self, term: str) -> int:
        whole = [key for key, segment in self._segments.items() if self._live[segment.number] == segment.chunks]
        worn = tuple(self._segments.keys() - whole)
        return sum(self._segments[key].frequencies.of(term) for key in whole) + self._count_among(term, worn, None)

    def _count_among(self, term: str, segments: Sequence[int], allowed: Mask | None) -> int:
        """Return in how many rows of some segments that count, and are `allowed`, a term occurs."""
        written = sum(self._segments[key].frequencies.of(term) for key in segments)
        if not written:
            return 0
        if written <= _MOST_COUNTED:
            # a few more, for terms that share the dimension
            vector = {term_dimension(term): 1.0}
            rows, *_ = self._asked(WORDS, vector, written + _SPARE, self._expression(segments, allowed), allowed)
            return min(len(rows), written)
        chunks = sum(self._segments[key].chunks for key in segments)
        live = sum(self._live[self._segments[key].number] for key in segments) if allowed is None else allowed.sum()
        return max(1, round(written * int(live) / chunks))

    def _best(self, field: str, vector: Values | SparseVector, count: int, allowed: Mask | None) -> tuple[Rows, Values]:
        """Return the `count` best rows of one search and their scores, best first, equal ones by row.

        The engine is asked for more and more until it has no more, or gave enough that count.
        """
        nothing = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        if not len(vector) or count <= 0 or not len(self) or (allowed is not None and not allowed.any()):
            return nothing
        expression = self._expression(tuple(self._segments), allowed)
        limit = min(count + _SPARE, MOST_HITS)
        while True:
            rows, scores, hits, last = self._asked(field, vector, limit, expression, allowed)
            enough = len(rows) > count and scores[count - 1] > last
            if enough or hits < limit or limit == MOST_HITS:
                return rows[:count], scores[:count]
            limit = min(4 * limit, MOST_HITS)

    def _asked(
        self, field: str, vector: Values | SparseVector, limit: int, expression: str, allowed: Mask | None
    ) -> tuple[Rows, Values, int, float]:
        """Return the rows of one request that count and their scores; how many hits it had, and the last score."""
        ids, scores = self._collection.search(field, vector, limit, expression)
        rows = self._rows(ids)
        kept = rows >= 0
        if allowed is not None:
            kept[kept] = allowed[rows[kept]]
        order = np.lexsort((rows[kept], -scores[kept]))
        return rows[kept][order], scores[kept][order], len(ids), float(scores[-1]) if len(scores) else 0.0

    def _rows(self, ids: Rows) -> Rows:
        rows = np.full(len(ids), -1, dtype=np.int64)
        for key in np.unique(ids >> ROW_BITS).tolist():
            here = (ids >> ROW_BITS) == key
            rows[here] = self._layout.rows(self._segments[key].number, ids[here] & ((1 << ROW_BITS) - 1))
        return rows

    def _ids(self, rows: Rows) -> Rows:
        numbers, inner = self._layout.homes(rows)
        keys = np.array([self._numbers[number] for number in numbers.tolist()], dtype=np.int64)
        return (keys << ROW_BITS) | inner

    def _expression(self, segments: Sequence[int], allowed: Mask | None) -> str:
        """Return the filter for rows of some segments, and of the documents of `allowed` rows where these are few."""
        expression = within("segment", segments)
        if allowed is None:
            return expression
        having, without = self._layout.documents_with(allowed)
        if min(len(having), len(without)) > _MOST_NAMED:
            return expression
        if len(having) <= len(without):
            return f"{expression} and {within('document', self._documents(having))}"
        return f"{expression} and not ({within('document', self._documents(without))})" if len(without) else expression

    def _documents(self, documents: Rows) -> list[int]:
        return [(self._numbers[number] << ROW_BITS) | document for number, document in documents.tolist()]

    def _scores(self, query: Values, wanted: SparseVector, rows: Rows) -> tuple[Values, Values, Values]:
        """Return cosine similarity, BM25 score and vector of `rows`, from what is stored of them."""
        ids = self._ids(rows)
        found = self._collection.fetch(ids, [DENSE, WORDS])
        if len(found) < len(rows):
            raise IndexDamagedError(
                f"The store {self._collection.address} lacks {len(rows) - len(found)} passages of the index. "
                "Make the index again: rag index --rebuild"
            )
        stored = [found[each] for each in ids.tolist()]
        vectors = np.array([each[DENSE] for each in stored], dtype=np.float32).reshape(len(rows), len(query))
        words = [sum(weight * each[WORDS].get(key, 0.0) for key, weight in wanted.items()) for each in stored]
        return vectors @ query, np.array(words, dtype=np.float32), vectors


def _best_first(rows: Rows, scores: Values) -> Rows:
    return rows[np.lexsort((rows, -scores))]


def _ranks(rows: Rows, scores: Values, found: Rows, found_scores: Values) -> Rows:
    """Return the rank (from 1) of each of `rows` by score among what was found, equal ones by row.

    What scores less than all that was found is behind it; the first such place is its rank.
    """
    ranks = []
    for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
        at = np.flatnonzero(found == row)
        own = float(found_scores[at[0]]) if len(at) else score  # the engine's own, for ranks of its own
        before = (found_scores > own) | ((found_scores == own) & (found < row))
        ranks.append(1 + int(before.sum()))
    return np.array(ranks, dtype=np.int64)
