"""Ordering the best candidates anew: one seam (`Reranker`), one function to get one by name."""

from __future__ import annotations

from rag.reranking.base import Reranker, rerank

__all__ = ["Reranker", "load_reranker", "rerank"]


def load_reranker(name: str) -> Reranker:
    """Return the reranker called `name`: a cross-encoder of the hub or in a folder. `load` loads it, or first use does.

    Nothing is downloaded. Raises RerankerError where it is not on this machine or is no cross-encoder.
    """
    from rag.cross_encoders import find_cross_encoder
    from rag.reranking.cross_encoder import RERANKING, CrossEncoderReranker

    return CrossEncoderReranker(name, find_cross_encoder(name, RERANKING))
