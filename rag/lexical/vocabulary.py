"""Looking up a term in the vocabulary of a segment, which stays in its file."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache

from rag.lexical.postings import Postings

_BLOCK = 64
"""Terms that are read together; the first of each block is kept in memory: 100 KB for 100,000 terms."""
_KEPT = 32
"""Blocks kept taken apart: the spellings of one word that somebody tries stand near each other."""


class Vocabulary:
    """The sorted terms of one segment."""

    def __init__(self, postings: Postings) -> None:
        """Take the postings; the vocabulary is read through once."""
        ends = postings.ends
        self._characters = postings.vocabulary
        last = ends[_BLOCK - 1 :: _BLOCK]
        whole = len(last) * _BLOCK == len(ends)
        self._ends: list[int] = last.tolist() if whole else [*last.tolist(), int(ends[-1])]
        self._starts = [0, *(end + 1 for end in self._ends[:-1])][: len(self._ends)]
        firsts = ends[::_BLOCK].tolist()
        pairs = zip(self._starts, firsts, strict=True)
        self._first = [self._characters[start:end].tobytes() for start, end in pairs]
        self._block = lru_cache(maxsize=_KEPT)(self._read)

    def place(self, term: bytes) -> int | None:
        """Return the number of a term, None where it is not there."""
        block = bisect_right(self._first, term) - 1
        if block < 0:
            return None
        terms = self._block(block)
        inside = bisect_left(terms, term)
        return block * _BLOCK + inside if inside < len(terms) and terms[inside] == term else None

    def _read(self, block: int) -> list[bytes]:
        return self._characters[self._starts[block] : self._ends[block]].tobytes().split(b"\n")
