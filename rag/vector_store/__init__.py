"""Dense search: inner products over unit vectors, in FAISS.

Exact where vectors are few, and wherever that is asked for; where they are many, an inverted file with 8-bit codes
finds candidates, and the exact vectors rank them.
"""

from __future__ import annotations

from rag.vector_store.approximate import ApproximateVectorStore, load_inverted
from rag.vector_store.base import (
    LENGTH_TOLERANCE,
    Mask,
    Rows,
    SegmentVectors,
    VectorReader,
    Vectors,
    VectorStore,
)
from rag.vector_store.flat import FaissVectorStore
from rag.vector_store.inverted import InvertedFile, InvertedRecord, record_of
from rag.vector_store.making import make_inverted, recall_of
from rag.vector_store.recall import Recall, measure_recall
from rag.vector_store.rows import FlatWriter
from rag.vector_store.segmented import SegmentedVectorStore

__all__ = [
    "LENGTH_TOLERANCE",
    "ApproximateVectorStore",
    "FaissVectorStore",
    "FlatWriter",
    "InvertedFile",
    "InvertedRecord",
    "Mask",
    "Recall",
    "Rows",
    "SegmentVectors",
    "SegmentedVectorStore",
    "VectorReader",
    "VectorStore",
    "Vectors",
    "load_inverted",
    "make_inverted",
    "measure_recall",
    "recall_of",
    "record_of",
]
