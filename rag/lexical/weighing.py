"""What a term weighs: the two factors of BM25, for every part that scores words.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), in Lucene's variant.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

from numpy.typing import NDArray

Length = TypeVar("Length", float, NDArray[Any])

K1 = 0.9
B = 0.6
"""How soon more of a word gains less, and how much the length of a passage counts. 0.9 and 0.4 are Anserini's defaults;
a chunk is as long as its budget, or short because a section, a list or a piece of code is, which tells a little more:
on the open sets 0.6 gains on one set and loses on none (see docs/retrieval.md)."""


def inverse_document_frequency(having: int, total: int) -> float:
    """Return how much a term tells that stands in `having` of `total` texts; never negative."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def length_weight(length: Length, average: float) -> Length:
    """Return what the length of a text adds to the count of a term, below the fraction count / (count + it).

    `length` and `average` are in terms; an array of lengths gives an array.
    """
    return K1 * (1 - B + B * length / average)
