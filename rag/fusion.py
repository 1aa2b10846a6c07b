"""Making one score of several, and one passage of near-duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from rag.text.spans import overlap
from rag.text.words import words
from rag.types import Chunk, Hit

SHINGLE_LENGTH = 4
"""Words in a row that are compared as one."""
DUPLICATE_CONTAINMENT = 0.8
"""Share of the shorter passage's shingles that the longer one has, from which on they say the same."""
DUPLICATE_OVERLAP = 0.6
"""Share of the shorter passage that lies inside the other one of the same source, from which on they are one."""


def fuse(*searches: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return one score between 0 and 1 for each candidate: the mean of its scores, each search's put on that scale.

    Each argument holds one search's scores of the same candidates. The best candidate of a search gets 1 from it and
    the worst 0, so neither the unit nor the zero of a search matters, but, unlike its rank, how far apart candidates
    are does. A search that tells no candidates apart adds the same to all.

    Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2023): a convex combination of
    normalised scores finds more than reciprocal rank fusion, with any model, and needs no tuning to do so.
    """
    mean: NDArray[np.float64] = np.mean([_unit_scale(scores) for scores in searches], axis=0)
    return mean


def best_first(fused: NDArray[np.float64], dense: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the order of the candidates, best fused score first, ties by similarity, then by row."""
    order: NDArray[np.int64] = np.lexsort((rows, -dense, -fused))
    return order


def _unit_scale(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return scores stretched to reach from 0 to 1; 1 for all where they are equal and above zero, else 0."""
    exact = scores.astype(np.float64)
    if exact.size == 0 or exact.max() == exact.min():
        return (exact > 0).astype(np.float64)
    stretched: NDArray[np.float64] = (exact - exact.min()) / (exact.max() - exact.min())
    return stretched


def without_near_duplicates(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield the hits in order, leaving out each that says the same as one before it; see `folded`."""
    return (hit for hit, into in folded(hits) if into is None)


def folded(hits: Iterable[Hit]) -> Iterator[tuple[Hit, Chunk | None]]:
    """Yield the hits in order, each with the passage before it that says the same, None where it says something new.

    Two passages say the same when most word shingles of the shorter stand in the longer (Broder, "On the resemblance
    and containment of documents", 1997), or when they are mostly the same stretch of one source.
    """
    kept: list[tuple[Chunk, frozenset[tuple[str, ...]]]] = []
    for hit in hits:
        shingles = _shingles(hit.chunk.text)
        alike = (chunk for chunk, others in kept if _same_stretch(hit.chunk, chunk) or _contained(shingles, others))
        into = next(alike, None)
        if into is None:
            kept.append((hit.chunk, shingles))
        yield hit, into


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of words of a text; a text shorter than a run is one."""
    found = words(text)
    count = max(len(found) - SHINGLE_LENGTH + 1, 1)
    return frozenset(tuple(found[start : start + SHINGLE_LENGTH]) for start in range(count))


def _contained(first: frozenset[tuple[str, ...]], second: frozenset[tuple[str, ...]]) -> bool:
    return len(first & second) >= DUPLICATE_CONTAINMENT * min(len(first), len(second))


def _same_stretch(first: Chunk, second: Chunk) -> bool:
    return overlap(first, second) >= DUPLICATE_OVERLAP
