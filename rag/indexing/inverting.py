"""Inverted files for the vectors of segments, made where the index is large."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.generations import SegmentEntry
from rag.index_reader import INVERTED, SEGMENTS, VECTORS
from rag.vector_store import FaissVectorStore, InvertedRecord, make_inverted, record_of

EXACT_UP_TO = 50_000
"""Chunks that are searched exactly: in 5 ms."""
LEAST = 8_192
"""Chunks of a segment that is searched exactly in any index: in less than a millisecond."""


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
        if entry.chunks >= LEAST and not record_of(path).exists():
            made.append(make_inverted(FaissVectorStore.load(path.with_name(VECTORS)), path))
    return tuple(_notes(made))


def _notes(made: Sequence[InvertedRecord]) -> Sequence[str]:
    used = [record for record in made if record.is_used]
    others = sum(record.vectors for record in made if not record.is_used)
    notes = []
    if used:
        sizes = [record.vectors for record in used]
        recall = float(np.average([record.recall_10 for record in used], weights=sizes))
        notes.append(
            f"The vectors of {sum(sizes):,} passages are searched through inverted files, which find {recall:.1%} of "
            "the 10 nearest. RAG_VECTOR_INDEX=exact searches exactly, and longer."
        )
    if others:
        notes.append(
            f"The vectors of {others:,} passages are searched exactly: they are not such that an inverted file would "
            "be quicker."
        )
    return notes
