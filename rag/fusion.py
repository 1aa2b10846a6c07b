"""Making one ranking of several, and one passage of near-duplicates."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from rag.text.words import words
from rag.types import Chunk, Hit

RANK_CONSTANT = 60
"""k of reciprocal rank fusion, as its authors found it best."""

SHINGLE_LENGTH = 4
"""Words in a row that are compared as one."""
DUPLICATE_CONTAINMENT = 0.8
"""Share of the shorter passage's shingles that the longer one has, from which on they say the same."""
DUPLICATE_OVERLAP = 0.6
"""Share of the shorter passage that lies inside the other one of the same source, from which on they are one."""

Key = TypeVar("Key", bound=Hashable)


def reciprocal_rank_fusion(rankings: Iterable[Sequence[Key]]) -> dict[Key, float]:
    """Return a score for everything that is ranked anywhere: the sum of 1 / (60 + rank), best first.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods"
    (2009). Only the order of each ranking counts, not its scores. Equal scores stand in the order of first mention.
    """
    fused: dict[Key, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            fused[key] = fused.get(key, 0.0) + 1 / (RANK_CONSTANT + rank)
    return dict(sorted(fused.items(), key=lambda item: -item[1]))


def without_near_duplicates(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield the hits in order, leaving out each that says the same as one before it.

    Two passages say the same when most word shingles of the shorter stand in the longer (Broder, "On the resemblance
    and containment of documents", 1997), or when they are mostly the same stretch of one source.
    """
    kept: list[tuple[Chunk, frozenset[tuple[str, ...]]]] = []
    for hit in hits:
        shingles = _shingles(hit.chunk.text)
        if any(_overlap(hit.chunk, chunk) or _contained(shingles, others) for chunk, others in kept):
            continue
        kept.append((hit.chunk, shingles))
        yield hit


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of words of a text; a text shorter than a run is one."""
    found = words(text)
    count = max(len(found) - SHINGLE_LENGTH + 1, 1)
    return frozenset(tuple(found[start : start + SHINGLE_LENGTH]) for start in range(count))


def _contained(first: frozenset[tuple[str, ...]], second: frozenset[tuple[str, ...]]) -> bool:
    return len(first & second) >= DUPLICATE_CONTAINMENT * min(len(first), len(second))


def _overlap(first: Chunk, second: Chunk) -> bool:
    if first.source != second.source:
        return False
    shared = min(first.end, second.end) - max(first.start, second.start)
    return shared > 0 and shared >= DUPLICATE_OVERLAP * min(first.end - first.start, second.end - second.start)
