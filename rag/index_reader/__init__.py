"""Opening an index for reading. Nothing here writes."""

from __future__ import annotations

from rag.index_reader.agreement import check_settings, check_sources, check_store
from rag.index_reader.opening import OpenIndex, open_generation, open_index
from rag.index_reader.segment import (
    CATALOG,
    INVERTED,
    LEXICAL,
    REGISTER,
    SEGMENTS,
    VECTORS,
    RemoteSegment,
    Segment,
    StoredSegment,
    open_remote_segment,
    open_segment,
)

__all__ = [
    "CATALOG",
    "INVERTED",
    "LEXICAL",
    "REGISTER",
    "SEGMENTS",
    "VECTORS",
    "OpenIndex",
    "RemoteSegment",
    "Segment",
    "StoredSegment",
    "check_settings",
    "check_sources",
    "check_store",
    "open_generation",
    "open_index",
    "open_remote_segment",
    "open_segment",
]
