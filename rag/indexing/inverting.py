"""Inverted files for the vectors of segments, made where the index is large."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.generations import SegmentEntry
from rag.index_reader import INVERTED, SEGMENTS, VECTORS, OpenIndex, Segment
from rag.types import VectorSearch
from rag.vector_store import FaissVectorStore, InvertedRecord, make_inverted, recall_of, record_of

EXACT_UP_TO = 50_000
"""Chunks that are searched exactly: in 5 ms."""
LEAST = 8_192
"""Chunks of a segment that is searched exactly in any index: in less than a millisecond."""

_TOLERANCE = 0.01
"""How much less a file may find than when it was made: another processor rounds otherwise."""


def invert_segments(working: Path, entries: Sequence[SegmentEntry]) -> tuple[str, ...]:
    """Make an inverted file for each segment in the generation at `working` that should have one and has none.

    Returns what the person should know about it. Raises OSError when a file cannot be written, IndexDamagedError when
    vectors cannot be read.
    """
    if sum(entry.chunks for entry in entries) <= EXACT_UP_TO:
        return ()
    made = []
    for entry in entries:
        path = working / SEGMENTS / entry.name / INVERTED
        vectors = path.with_name(VECTORS)
        if entry.chunks >= LEAST and vectors.exists() and not record_of(path).exists():
            made.append(make_inverted(FaissVectorStore.load(vectors), path))
    return tuple(_notes(made))


def vector_search(index: OpenIndex) -> VectorSearch:
    """Return how the vectors of an index are searched."""
    inverted = () if index.exact else tuple(filter(None, (segment.inverted for segment in index.in_files)))
    if not inverted:
        return VectorSearch()
    records = [each.record for each in inverted]
    return VectorSearch(
        sum(record.vectors for record in records),
        _average(records, [record.recall_10 for record in records]),
        _average(records, [record.recall_50 for record in records]),
        records[0].queries,
    )


def inverted_problems(segment: Segment) -> Iterator[str]:
    """Yield what is wrong with the inverted file of a segment, whose vectors were found to be right."""
    inverted = segment.inverted
    if inverted is None:
        return
    if not np.array_equal(np.sort(inverted.rows_by_list()), np.arange(len(segment.vectors))):
        yield "the lists of the inverted file do not hold each vector once"
        return
    found, made = recall_of(segment.vectors, inverted).at_10, inverted.record.recall_10
    if found < made - _TOLERANCE:
        yield f"the inverted file finds {found:.1%} of the 10 nearest vectors; when it was made, it found {made:.1%}"


def _average(records: Sequence[InvertedRecord], values: Sequence[float]) -> float:
    return round(float(np.average(values, weights=[record.vectors for record in records])), 4)


def _notes(made: Sequence[InvertedRecord]) -> Sequence[str]:
    used = [record for record in made if record.is_used]
    others = sum(record.vectors for record in made if not record.is_used)
    notes = []
    if used:
        recall = _average(used, [record.recall_10 for record in used])
        notes.append(
            f"The vectors of {sum(record.vectors for record in used):,} passages are searched through inverted files, "
            f"which find {recall:.1%} of the 10 nearest. RAG_VECTOR_INDEX=exact searches exactly, and longer."
        )
    if others:
        notes.append(
            f"The vectors of {others:,} passages are searched exactly: they are not such that an inverted file would "
            "be quicker."
        )
    return notes
