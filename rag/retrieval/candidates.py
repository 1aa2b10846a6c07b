"""The first stage: what dense and lexical search find. The one place where retrieval searches the index."""

from __future__ import annotations

from rag.embedding.base import Embedder
from rag.index_reader import OpenIndex
from rag.stores.base import Candidates, Mask, Rows, Standings


class CandidateSearch:
    """Searches one open index both ways. Safe to use from several threads."""

    def __init__(self, index: OpenIndex, embedder: Embedder) -> None:
        """Take an index and the model that made it."""
        self._store, self._embedder = index.store, embedder

    def find(self, question: str, count: int, allowed: Mask | None) -> Candidates:
        """Return the `count` best of each search; only rows true in `allowed`."""
        query = self._embedder.embed_queries([question])[0]
        return self._store.find(question, query, count, allowed)

    def standings(self, question: str, rows: Rows, allowed: Mask | None) -> Standings:
        """Return what each of `rows` gets and where it stands among all rows, or those true in `allowed`.

        For a person who asks, not for every search.
        """
        query = self._embedder.embed_queries([question])[0]
        return self._store.standings(question, query, rows, allowed)
