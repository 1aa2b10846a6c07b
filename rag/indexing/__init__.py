"""Building the index: what changed, what must be read and embedded again, and the new generation."""

from rag.indexing.builder import build
from rag.indexing.changes import compare_with_sources
from rag.indexing.doctor import diagnose_index
from rag.indexing.returning import roll_back

__all__ = ["build", "compare_with_sources", "diagnose_index", "roll_back"]
