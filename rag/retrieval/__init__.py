"""From a question to ranked passages, as a chain of stages that can be watched.

    candidates (dense, lexical) → refined → fused → reranked → near-duplicates folded → ordered by page → cut

`candidates` is where the index is searched, `retriever` runs the stages, `tracing` tells of each passage what they made
of it.
"""

from rag.retrieval.refining import Refinement
from rag.retrieval.retriever import Retriever

__all__ = ["Refinement", "Retriever"]
