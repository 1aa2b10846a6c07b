"""Building the index: what changed, what must be read and embedded again, and the new generation."""

from rag.indexing.builder import build
from rag.indexing.changes import compare_with_sources
from rag.indexing.doctor import diagnose_index
from rag.indexing.returning import roll_back
from rag.indexing.settings import BuildSettings
from rag.indexing.sharing import embed_share, parse_worker

__all__ = [
    "BuildSettings",
    "build",
    "compare_with_sources",
    "diagnose_index",
    "embed_share",
    "parse_worker",
    "roll_back",
]
