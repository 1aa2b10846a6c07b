"""Checking what is on a server against the catalog of the segment that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rag.index_reader import RemoteSegment
from rag.stores.words import Frequencies, text_vector
from rag.vector_store import LENGTH_TOLERANCE

_LOOKED_AT = 1_000
"""Chunks of a segment that are fetched and looked at, evenly spread: a server may hold more than a network carries."""
_WEIGHT_TOLERANCE = 1e-5


def remote_problems(segment: RemoteSegment, average: float) -> Iterator[str]:
    """Yield what is wrong with the chunks of a segment on a server; `average` is what their words were weighed by."""
    there = segment.vectors.stored()
    if there != segment.entry.chunks:
        yield f"the store has {there} of its {segment.entry.chunks} passages"
        return
    texts = segment.catalog.embedded_texts()
    if Frequencies.count(texts) != segment.frequencies:
        yield "the word counts are not those of the passages"
    rows = np.unique(np.linspace(0, len(texts) - 1, min(len(texts), _LOOKED_AT)).astype(np.int64))
    lengths = np.linalg.norm(segment.vectors.reconstruct(rows), axis=1)
    wrong = int((~(np.abs(lengths - 1) <= LENGTH_TOLERANCE)).sum())
    if wrong:
        yield f"{wrong} of {len(rows)} vectors looked at are not finite and of unit length"
    stored = segment.vectors.words(rows)
    wrong = sum(
        not _same(text_vector(texts[row], average), words) for row, words in zip(rows.tolist(), stored, strict=True)
    )
    if wrong:
        yield f"the words of {wrong} of {len(rows)} passages looked at are not those in the store"


def _same(made: dict[int, float], stored: dict[int, float]) -> bool:
    return made.keys() == stored.keys() and all(
        abs(weight - stored[dimension]) <= _WEIGHT_TOLERANCE for dimension, weight in made.items()
    )
