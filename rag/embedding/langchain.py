"""An embedding model of this program where LangChain wants one of its own."""

from __future__ import annotations

from pathlib import Path

from langchain_core.embeddings import Embeddings

from rag.embedding import load_embedder
from rag.embedding.base import Embedder


class LangChainEmbeddings(Embeddings):
    """An `Embedder` as `langchain_core` has it: passages and queries embedded each in their own way, unit vectors.

    The async methods run in a thread, so that they do not block.
    """

    def __init__(self, embedder: Embedder) -> None:
        """Take the model; `load` finds one by its name."""
        self.embedder = embedder

    @classmethod
    def load(cls, name: str, cache_folder: str | Path) -> LangChainEmbeddings:
        """Return the model called `name`, prepared in `cache_folder` the first time; see `load_embedder`."""
        return cls(load_embedder(name, Path(cache_folder)))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one unit vector for each passage, in the order given."""
        vectors: list[list[float]] = self.embedder.embed_passages(texts).tolist() if texts else []
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question."""
        vector: list[float] = self.embedder.embed_queries([text])[0].tolist()
        return vector
