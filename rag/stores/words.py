"""BM25 as an inner product of sparse vectors, for engines that search these.

The score of `rag.lexical` is a sum over terms of (weight of the term in the question) × (saturated count of the term in
the text). The second factor is what a text is stored with, the first what a question is asked with, so that an engine
of sparse inner products gives the same scores, whatever else stands in its collection: the weights in a question are
those of the generation that is asked. What must be fixed when a text is stored is the average length of texts.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError
from rag.lexical import inverse_document_frequency, length_weight
from rag.text.words import terms

_DIMENSIONS = 2**32 - 1
"""Of the sparse vectors of Milvus."""
_WORDLESS: dict[int, float] = {0: 1e-6}
"""What a text without words is stored with, since an engine may refuse a vector of nothing."""
_ENTRY = 12

SparseVector = dict[int, float]


@lru_cache(maxsize=100_000)
def term_key(term: str) -> int:
    """Return 64 bits that stand for a term."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")


def term_dimension(term: str) -> int:
    """Return the dimension of a term; terms that share one by chance are one to the engine."""
    return term_key(term) % _DIMENSIONS


def average_length(texts: Iterable[str]) -> float:
    """Return how many terms the texts have on average; 1 where they have none."""
    lengths = [len(terms(text)) for text in texts]
    return sum(lengths) / max(len(lengths), 1) or 1.0


def text_vector(text: str, average: float) -> SparseVector:
    """Return what a text is stored with, `average` being the length of texts in terms."""
    counts = Counter(terms(text))
    length = length_weight(counts.total(), average)
    vector: SparseVector = {}
    for term, count in counts.items():
        dimension = term_dimension(term)
        vector[dimension] = vector.get(dimension, 0.0) + count / (count + length)
    return vector or dict(_WORDLESS)


def question_vector(question: str, frequency: Callable[[str], int], total: int) -> SparseVector:
    """Return what a question is asked with: `frequency` tells in how many of `total` texts a term stands."""
    vector: SparseVector = {}
    for term, times in Counter(terms(question)).items():
        having = frequency(term)
        if having:
            dimension = term_dimension(term)
            vector[dimension] = vector.get(dimension, 0.0) + times * inverse_document_frequency(having, total)
    return vector


class Frequencies:
    """In how many texts of one segment each term stands, in a file that is mapped into memory."""

    def __init__(self, keys: NDArray[np.uint64], counts: NDArray[np.uint32]) -> None:
        """Take the keys of the terms, ascending, and how many texts have each."""
        self._keys, self._counts = keys, counts

    @classmethod
    def count(cls, texts: Sequence[str]) -> Frequencies:
        """Count the terms of texts."""
        having: Mapping[int, int] = Counter(term_key(term) for text in texts for term in set(terms(text)))
        keys = np.array(sorted(having), dtype="<u8")
        return cls(keys, np.array([having[int(key)] for key in keys], dtype="<u4"))

    @classmethod
    def load(cls, path: Path) -> Frequencies:
        """Open a file. Raises IndexDamagedError when it cannot be read."""
        try:
            count, rest = divmod(path.stat().st_size, _ENTRY)
            if rest:
                raise ValueError("it is cut short")
            if not count:
                return cls.count([])
            return cls(np.memmap(path, "<u8", "r", 0, (count,)), np.memmap(path, "<u4", "r", 8 * count, (count,)))
        except (OSError, ValueError) as error:
            raise IndexDamagedError(
                f"The word counts in {path} cannot be read ({error}). Make the index again: rag index --rebuild"
            ) from error

    def save(self, path: Path) -> None:
        """Write a new file. Raises OSError when it cannot be written."""
        path.write_bytes(self._keys.tobytes() + self._counts.tobytes())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frequencies):
            return NotImplemented
        return np.array_equal(self._keys, other._keys) and np.array_equal(self._counts, other._counts)

    __hash__ = None  # type: ignore[assignment]

    def of(self, term: str) -> int:
        """Return in how many texts a term stands."""
        key = np.uint64(term_key(term))
        at = int(np.searchsorted(self._keys, key))
        return int(self._counts[at]) if at < len(self._keys) and self._keys[at] == key else 0
