"""Opening an index for reading. Nothing here writes."""

from __future__ import annotations

from rag.index_reader.agreement import check_settings, check_sources
from rag.index_reader.opening import OpenIndex, open_generation, open_index
from rag.index_reader.segment import CATALOG, INVERTED, LEXICAL, REGISTER, SEGMENTS, VECTORS, Segment, open_segment

__all__ = [
    "CATALOG",
    "INVERTED",
    "LEXICAL",
    "REGISTER",
    "SEGMENTS",
    "VECTORS",
    "OpenIndex",
    "Segment",
    "check_settings",
    "check_sources",
    "open_generation",
    "open_index",
    "open_segment",
]
