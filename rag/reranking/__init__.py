"""Ordering the best candidates by a model that reads question and passage together: one seam, `Reranker`."""

from rag.reranking.base import Reranker, rerank

__all__ = ["Reranker", "rerank"]
