"""Making an inverted file of vectors, and measuring what it finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.vector_store.approximate import ApproximateVectorStore
from rag.vector_store.flat import FaissVectorStore
from rag.vector_store.inverted import InvertedFile, InvertedRecord, lists_for, seen_of, structure_hash
from rag.vector_store.recall import DEEPEST, Recall, exact_nearest, measure_recall, sample_queries

WANTED_RECALL = 0.98
"""Of the 10 nearest; below it more vectors are looked at, in steps of _STEP."""
_STEP = 1.4
MOST_SEEN = 0.5
"""Share of the vectors that a search may look at; where that is not enough they are searched exactly."""
_TRAINING, _ROUNDS = 32, 6
"""Vectors for each list that the centroids are trained on, and rounds of training."""
_AT_A_TIME = 16_384


def make_inverted(vectors: FaissVectorStore, path: Path) -> InvertedRecord:
    """Write an inverted file of vectors to `path`, its record beside it, and return the record.

    The same vectors give the same file. A search looks at more vectors than the size asks for as long as the
    sample says that too little is found. Where that does not help, since near vectors do not lie together, only the
    record stays, which says so. Raises OSError when a file cannot be written.
    """
    import faiss

    library: Any = faiss
    index = _trained(vectors)
    for start in range(0, len(vectors), _AT_A_TIME):
        index.add(vectors.reconstruct(np.arange(start, min(start + _AT_A_TIME, len(vectors)))))
    try:
        library.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"{path} cannot be written: {error}") from error
    lists = index.nlist
    del index
    structure = structure_hash(path, len(vectors), vectors.dimension)
    made = InvertedRecord(len(vectors), vectors.dimension, lists, 1.0, structure)
    record = _measured(vectors, InvertedFile.load(path, made))
    if not record.is_used:
        path.unlink()
    record.write(path)
    return record


def _trained(vectors: FaissVectorStore) -> Any:
    import faiss

    library: Any = faiss
    lists = lists_for(len(vectors))
    quantizer = library.IndexFlatIP(vectors.dimension)
    index = library.IndexIVFScalarQuantizer(
        quantizer, vectors.dimension, lists, library.ScalarQuantizer.QT_8bit, library.METRIC_INNER_PRODUCT
    )
    index.cp.seed, index.cp.niter = 1, _ROUNDS
    index.cp.min_points_per_centroid, index.cp.max_points_per_centroid = 1, _TRAINING
    count = min(len(vectors), _TRAINING * lists)
    chosen = np.sort(np.random.default_rng(1).permutation(len(vectors))[:count])
    index.train(vectors.reconstruct(chosen))
    return index


def recall_of(vectors: FaissVectorStore, inverted: InvertedFile) -> Recall:
    """Return how much of the nearest vectors is found, always over the same queries for the same vectors."""
    queries = sample_queries(vectors)
    exact = exact_nearest(vectors, queries, min(DEEPEST, len(vectors)))
    return measure_recall(ApproximateVectorStore(vectors, inverted), queries, exact)


def _measured(vectors: FaissVectorStore, inverted: InvertedFile) -> InvertedRecord:
    """Return the record of a file with as many vectors looked at as needed, of none where those are too many."""
    queries = sample_queries(vectors)
    exact = exact_nearest(vectors, queries, min(DEEPEST, len(vectors)))
    seen = 1.0
    while seen * seen_of(len(vectors)) <= MOST_SEEN * len(vectors):
        looking = inverted.looking_at(seen)
        recall = measure_recall(ApproximateVectorStore(vectors, looking), queries, exact)
        if recall.at_10 >= WANTED_RECALL:
            return replace(
                looking.record,
                recall_10=round(recall.at_10, 4),
                recall_50=round(recall.at_50, 4),
                queries=recall.queries,
            )
        seen = round(seen * _STEP, 2)
    return replace(inverted.record, lists=0, queries=len(queries))
