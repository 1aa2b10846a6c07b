"""Making the postings of one segment out of those of several, a stretch of the vocabulary at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.lexical.postings import Counts, Postings, Rows, assembled

AT_A_TIME = 4_000_000
"""Postings that are put in order at once, about 100 MB; a term that has more is put in order alone."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The postings of one segment, with the new row of each of its rows and the new number of each of its terms."""

    postings: Postings
    moved: Rows
    numbers: Rows

    def between(self, low: int, high: int) -> tuple[Rows, Rows, Counts]:
        """Return new term, new row and count of what stays of the terms from `low` up to `high`."""
        first, last = np.searchsorted(self.numbers, (low, high))
        pointers = self.postings.pointers[first : last + 1]
        start, stop = (int(pointers[0]), int(pointers[-1])) if last > first else (0, 0)
        rows = self.moved[self.postings.rows[start:stop]]
        stays = rows >= 0
        terms = np.repeat(self.numbers[first:last], np.diff(pointers)) if last > first else rows
        return terms[stays], rows[stays], self.postings.frequencies[start:stop][stays]


def merge_postings(parts: Sequence[tuple[Postings, Rows]], count: int, at_a_time: int = AT_A_TIME) -> Postings:
    """Return the postings of `count` rows taken from several segments.

    Each part comes with the new row of each of its rows, -1 for one that is left out. At no time more than `at_a_time`
    postings are held beside the result, or those of the most frequent term.
    """
    every = sorted(set().union(*(part.terms() for part, _ in parts)))
    place = {term: at for at, term in enumerate(every)}
    known = [
        _Part(part, moved, np.array([place[term] for term in part.terms()], dtype=np.int64)) for part, moved in parts
    ]
    lengths = np.zeros(count, dtype=np.uint32)
    for part in known:
        stays = part.moved >= 0
        lengths[part.moved[stays]] = part.postings.lengths[stays]
    most = sum(len(part.postings.rows) for part in known)
    rows = np.zeros(most, dtype=np.uint32)
    counts = np.zeros(most, dtype=np.result_type(np.uint8, *(part.postings.frequencies for part in known)))
    frequencies, filled = np.zeros(len(every), dtype=np.int64), 0
    for low, high in _stretches(known, len(every), at_a_time):
        terms, there, times = _ordered(known, low, high)
        frequencies[low:high] = np.bincount(terms - low, minlength=high - low)
        rows[filled : filled + len(terms)], counts[filled : filled + len(terms)] = there, times
        filled += len(terms)
    used = np.flatnonzero(frequencies)
    return assembled([every[at] for at in used], frequencies[used], rows[:filled], counts[:filled], lengths)


def _stretches(parts: Sequence[_Part], count: int, at_a_time: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of `count` terms, each with at most `at_a_time` postings or one term."""
    sizes = np.zeros(count, dtype=np.int64)
    for part in parts:
        sizes[part.numbers] += np.diff(part.postings.pointers)
    ends, low = np.cumsum(sizes), 0
    while low < count:
        done = int(ends[low - 1]) if low else 0
        high = max(int(np.searchsorted(ends, done + at_a_time, side="right")), low + 1)
        yield low, high
        low = high


def _ordered(parts: Sequence[_Part], low: int, high: int) -> tuple[Rows, Rows, NDArray[np.unsignedinteger]]:
    """Return term, row and count of all postings from term `low` up to `high`, by term and then by row."""
    pieces = [part.between(low, high) for part in parts]
    terms, rows, counts = (np.concatenate(values) for values in zip(*pieces, strict=True))
    order = np.lexsort((rows, terms))
    return terms[order], rows[order], counts[order]
