"""How much of what an exact search finds another one finds, measured on queries made of the vectors themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.vector_store.base import Rows, VectorReader, Vectors

QUERIES = 200
_DEPTHS = (10, 50)
DEEPEST = max(_DEPTHS)
_AT_A_TIME = 16_384
_MOVED, _MIXED = np.float32(0.8), 256
"""How far a query is moved from a vector, and of how many others the direction is mixed."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of the 10 and of the 50 nearest vectors that are found, over `queries` queries."""

    at_10: float
    at_50: float
    queries: int


def sample_queries(vectors: VectorReader, count: int = QUERIES) -> Vectors:
    """Return queries made of vectors, always the same ones for the same vectors, shape (count, dimension).

    A query is a vector taken at random, moved in a random direction among those in which the vectors differ: so far
    that its tenth nearest vector is about as near as that of a question is, and that no more is found for it than for a
    question (`python -m tests.benchmarks.vectors` prints both).
    """
    chooser = np.random.default_rng(1)
    some, others = (vectors.reconstruct(chooser.integers(0, len(vectors), size)) for size in (count, _MIXED))
    directions = chooser.normal(size=(count, _MIXED)).astype(np.float32) / np.float32(np.sqrt(_MIXED))
    queries = some + _MOVED * (directions @ others)
    unit: Vectors = (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)
    return unit


def exact_nearest(vectors: VectorReader, queries: Vectors, count: int) -> Rows:
    """Return the rows nearest to each query, shape (queries, count), reading a part of the vectors at a time."""
    rows = np.zeros((len(queries), 0), dtype=np.int64)
    best = np.zeros((len(queries), 0), dtype=np.float32)
    for start in range(0, len(vectors), _AT_A_TIME):
        some = np.arange(start, min(start + _AT_A_TIME, len(vectors)))
        best = np.concatenate([best, queries @ vectors.reconstruct(some).T], axis=1)
        rows = np.concatenate([rows, np.broadcast_to(some, (len(queries), len(some)))], axis=1)
        if best.shape[1] > count:
            kept = np.argpartition(-best, count, axis=1)[:, :count]
            best, rows = np.take_along_axis(best, kept, axis=1), np.take_along_axis(rows, kept, axis=1)
    order = np.lexsort((rows, -best), axis=1)[:, :count]
    nearest: Rows = np.take_along_axis(rows, order, axis=1)
    return nearest


def measure_recall(store: VectorReader, queries: Vectors, exact: Rows) -> Recall:
    """Return how much of `exact` (shape (queries, 50), best first) a store finds."""
    found = [store.search(query, exact.shape[1])[0] for query in queries]

    def share(depth: int) -> float:
        return float(
            np.mean([np.isin(every[:depth], mine[:depth]).mean() for mine, every in zip(found, exact, strict=True)])
        )

    at_10, at_50 = (share(depth) for depth in _DEPTHS)
    return Recall(at_10, at_50, len(queries))
