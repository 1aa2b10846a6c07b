"""The store in a Milvus server: dense and lexical search, filters and updates run there.

What is kept there is vectors and weighed terms, one entity a chunk; texts stay in the catalog of the index. A segment
of the index is the entities that bear its number, and a generation sees those of its own segments only, so that the
next one can be put beside it, and the one before be gone back to.
"""

from rag.stores.milvus.collection import ChunkCollection, open_collection, segment_id
from rag.stores.milvus.searching import MilvusStore, SearchedSegment
from rag.stores.milvus.segments import WORD_COUNTS, RemoteSegments, RemoteVectors

__all__ = [
    "WORD_COUNTS",
    "ChunkCollection",
    "MilvusStore",
    "RemoteSegments",
    "RemoteVectors",
    "SearchedSegment",
    "open_collection",
    "segment_id",
]
