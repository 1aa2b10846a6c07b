"""A vector store for LangChain: exact search in FAISS, plain checked files, no pickle. It can be used alone."""

from __future__ import annotations

from rag.langchain_store.filters import Condition
from rag.langchain_store.store import FaissStore

__all__ = ["Condition", "FaissStore"]
