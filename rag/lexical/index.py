"""Searching the words of several segments as one: every score, or only the best rows, which takes less."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError
from rag.lexical.postings import Counts, Postings, Rows
from rag.lexical.vocabulary import Vocabulary
from rag.lexical.weighing import inverse_document_frequency, length_weight
from rag.text.words import terms

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Local = NDArray[np.uint32]
"""Rows of one segment."""

_NOTHING = np.zeros(0, dtype=np.uint32)
_NO_ROWS = np.zeros(0, dtype=np.int64)
_ROUNDING = 1 + 1e-5
"""What a sum of single-precision scores may be more than the sum of their bounds."""
_MOST_QUESTIONS = 16
_MOST_TERMS = 10_000

Method = TypeVar("Method", bound=Callable[..., Any])


def _damage_told(method: Method) -> Method:
    """Have IndexDamagedError raised where postings name rows that are not there."""

    @wraps(method)
    def told(*arguments: Any, **keywords: Any) -> Any:
        try:
            return method(*arguments, **keywords)
        except IndexError as error:
            raise IndexDamagedError(
                f"The lexical index does not fit the passages ({error}). Make the index again: rag index --rebuild"
            ) from error

    return told  # type: ignore[return-value]


@dataclass(frozen=True, slots=True, eq=False)
class _Term:
    """A term of a question: what a row gains by it at most, and the rows that have it, for each segment."""

    weight: np.float32
    found: tuple[tuple[Local, Counts], ...]


class _Segment:
    """The postings of one segment with what looking up needs, and the place of its rows among all."""

    def __init__(self, postings: Postings, places: Rows) -> None:
        self.postings, self.places = postings, places
        self._vocabulary = Vocabulary(postings)
        live = places >= 0
        self._live = None if bool(live.all()) else live
        self.count = int(live.sum())
        self.tokens = int(postings.lengths[live].sum(dtype=np.int64))

    def find(self, term: bytes) -> tuple[Local, Counts]:
        """Return the rows that hold a term, those that count no more too, and how often."""
        at = self._vocabulary.place(term)
        if at is None:
            return _NOTHING, _NOTHING
        start, stop = self.postings.pointers[at], self.postings.pointers[at + 1]
        return self.postings.rows[start:stop], self.postings.frequencies[start:stop]

    def counting(self, rows: Local) -> int:
        """Return how many of `rows` count."""
        return len(rows) if self._live is None else int(np.count_nonzero(self._live[rows]))

    def admitted(self, rows: Rows, allowed: Mask | None) -> Rows:
        """Return those of `rows` that count and are allowed."""
        if self._live is None and allowed is None:
            return rows
        places = self.places[rows]
        return rows[places >= 0 if allowed is None else (places >= 0) & allowed[places]]


class LexicalIndex:
    """The words of the chunks by row number, over one segment or several. Holds no text."""

    def __init__(self, segments: Sequence[Postings], places: Sequence[Rows]) -> None:
        """Take the postings of the segments, and for each the row of each of its rows among all: -1 for none."""
        self._segments = [_Segment(*pair) for pair in zip(segments, places, strict=True)]
        self._count = sum(segment.count for segment in self._segments)
        self._terms = lru_cache(maxsize=_MOST_QUESTIONS)(self._weigh)
        self._frequency = lru_cache(maxsize=_MOST_TERMS)(self._count_rows)

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index `texts`, the first at row 0."""
        return cls([Postings.build(texts)], [np.arange(len(texts), dtype=np.int64)])

    def __len__(self) -> int:
        return self._count

    @_damage_told
    def document_frequency(self, term: str) -> int:
        """Return in how many rows a term (as `rag.text.words.terms` gives it) occurs."""
        return self._frequency(term)

    @_damage_told
    def rows_with(self, term: str) -> Rows:
        """Return the rows in which a term (as `rag.text.words.terms` gives it) occurs."""
        found = zip(self._segments, self._find(term), strict=True)
        places = [segment.places[segment.admitted(rows.astype(np.int64), None)] for segment, (rows, _) in found]
        return np.concatenate([np.zeros(0, dtype=np.int64), *places])

    @_damage_told
    def scores(self, question: str) -> Scores:
        """Return the BM25 score of every row, 0 where no term of `question` stands in the text.

        Raises IndexDamagedError when the postings name rows that are not there, as every search does.
        """
        scores = np.zeros(self._count + 1, dtype=np.float32)  # the last place is for rows that count no more
        for at, segment in enumerate(self._segments):
            for term in self._terms(question):
                rows, gains = self._gains(term, at)
                scores[segment.places[rows]] += gains
        return scores[:-1]

    @_damage_told
    def scores_of(self, question: str, rows: Rows) -> Scores:
        """Return what `scores` has for `rows`, reading no more than these need."""
        scores = np.zeros(len(rows), dtype=np.float32)
        homes = self._home[rows]
        for at in np.unique(homes).tolist():
            here = np.flatnonzero(homes == at)
            local = self._local[rows[here]].astype(np.int64)
            for term in self._terms(question):
                scores[here] += self._gains_of(term, at, local)
        return scores

    @_damage_told
    def search(self, question: str, count: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """Return the rows that match best and their scores, best first; at most `count`, none that does not match.

        With `allowed` (shape (rows,)) only rows that are true there. The same as the best of `scores`, to the bit.
        Frequent terms are not read through where they cannot lift another row among the best (Turtle and Flood, "Query
        Evaluation: Strategies and Optimizations", 1995: term at a time, with the bounds of MaxScore).
        """
        found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))]
        least = np.float32(0)
        for at, segment in enumerate(self._segments if count > 0 else ()):
            local, scores = self._best_within(at, self._terms(question), count, allowed, least)
            found.append((segment.places[local], scores))
            least = max(least, _lowest(np.concatenate([scores for _, scores in found]), count))
        rows, scores = (np.concatenate(values) for values in zip(*found, strict=True))
        order = np.lexsort((rows, -scores))[: max(count, 0)]
        return rows[order], scores[order]

    def _best_within(
        self, at: int, wanted: Sequence[_Term], count: int, allowed: Mask | None, least: np.float32
    ) -> tuple[Rows, Scores]:
        """Return the rows of one segment that may be among the best, all but those below `least`, and their scores."""
        segment = self._segments[at]
        scores = np.zeros(len(segment.places), dtype=np.float32)
        seen = _NO_ROWS
        coming = math.fsum(float(term.weight) for term in wanted) * _ROUNDING
        for term in wanted:
            reached = scores[seen]
            least = max(least, _lowest(reached, count))
            if coming < least:  # no row that was not seen yet can be among the best
                seen = seen[reached >= least - coming]
                scores[seen] += self._gains_of(term, at, seen)
            else:
                rows, gains = self._gains(term, at)
                before = scores[rows]
                scores[rows] = before + gains
                seen = np.concatenate([seen, segment.admitted(rows[before == 0], allowed)])
            coming -= float(term.weight)
        reached = scores[seen]
        best = reached >= max(least, _lowest(reached, count))
        return seen[best], reached[best]

    def _gains(self, term: _Term, at: int) -> tuple[Rows, Scores]:
        """Return the rows of a segment that have a term, and what each gains by it."""
        rows, counts = term.found[at]
        places = rows.astype(np.int64)  # once, as every use of other numbers as an index would do it again
        return places, term.weight * (counts / (counts + self._lengths[at][places]))

    def _gains_of(self, term: _Term, at: int, wanted: Rows) -> Scores:
        """Return what some rows of a segment gain by a term."""
        rows, counts = term.found[at]
        if not len(rows):
            return np.zeros(len(wanted), dtype=np.float32)
        places = np.minimum(np.searchsorted(rows, wanted.astype(rows.dtype)), len(rows) - 1)
        has = rows[places] == wanted
        times = np.where(has, counts[places], 0).astype(counts.dtype)
        gains: Scores = term.weight * (times / (times + self._lengths[at][wanted]))
        return gains

    def _weigh(self, question: str) -> tuple[_Term, ...]:
        """Return the terms of a question that occur, the one that tells most first."""
        found = []
        for text, times in Counter(terms(question)).items():
            each = tuple(self._find(text))
            having = sum(segment.counting(rows) for segment, (rows, _) in zip(self._segments, each, strict=True))
            weight = np.float32(times * inverse_document_frequency(having, self._count))
            found += [_Term(weight, each)] if having else []
        return tuple(sorted(found, key=lambda term: -term.weight))

    def _count_rows(self, term: str) -> int:
        found = zip(self._segments, self._find(term), strict=True)
        return sum(segment.counting(rows) for segment, (rows, _) in found if len(rows))

    def _find(self, term: str) -> Iterator[tuple[Local, Counts]]:
        encoded = term.encode()
        return (segment.find(encoded) for segment in self._segments)

    @cached_property
    def _lengths(self) -> list[Scores]:
        """What the length of each row of each segment adds to the count of a term below the fraction."""
        average = sum(segment.tokens for segment in self._segments) / max(self._count, 1) or 1.0
        return [length_weight(segment.postings.lengths, average).astype(np.float32) for segment in self._segments]

    @cached_property
    def _home(self) -> NDArray[np.int32]:
        """The segment of each row."""
        homes = np.zeros(self._count, dtype=np.int32)
        for at, segment in enumerate(self._segments):
            homes[segment.places[segment.places >= 0]] = at
        return homes

    @cached_property
    def _local(self) -> Local:
        """The row of each row in its segment."""
        local = np.zeros(self._count, dtype=np.uint32)
        for segment in self._segments:
            here = np.flatnonzero(segment.places >= 0)
            local[segment.places[here]] = here
        return local


def _lowest(scores: Scores, count: int) -> np.float32:
    """Return the score that the last of the `count` best has, 0 where there are fewer."""
    if len(scores) < count:
        return np.float32(0)
    found: np.float32 = np.partition(scores, len(scores) - count)[len(scores) - count]
    return found


def best(scores: Scores, count: int) -> tuple[Rows, Scores]:
    """Return the rows of the `count` highest scores above zero and those scores, best first, equal ones by row."""
    matching = np.flatnonzero(scores > 0)
    if len(matching) > max(count, 0) > 0:
        values = scores[matching]
        least = np.partition(values, len(values) - count)[len(values) - count]
        matching = matching[values >= least]
    order = np.lexsort((matching, -scores[matching]))[: max(count, 0)]
    rows = matching[order].astype(np.int64)
    return rows, scores[rows]
