"""The open index as the answering parts need it: documents, their units and quotations, kept once read."""

from __future__ import annotations

from functools import lru_cache
from math import log

from rag.embedding.base import Embedder
from rag.evidence import Unit, UnitScorer, units_of
from rag.index_reader import OpenIndex
from rag.quotations.naming import unify_speakers
from rag.types import Document, Quotation

_MOST_DOCUMENTS = 512


class Holdings:
    """What the sources hold, read from one generation of the index. Safe to use from several threads."""

    def __init__(self, index: OpenIndex, embedder: Embedder) -> None:
        """Take an open index and the model that made it."""
        self._index = index
        self._total = max(1, len(index.lexical))
        self._document = lru_cache(maxsize=_MOST_DOCUMENTS)(index.catalog.document)
        self._units = lru_cache(maxsize=_MOST_DOCUMENTS)(self._read_units)
        self._quotations: tuple[Quotation, ...] | None = None
        self.scorer = UnitScorer(embedder.embed_passages, embedder.embed_queries, self.weight)

    def document(self, source: str) -> Document:
        """Return a document by source. Raises SourceError where the index has none of that name."""
        return self._document(source)

    def documents(self) -> tuple[Document, ...]:
        """Return all documents, by source."""
        return tuple(self.document(source) for source in self._index.catalog.sources())

    def units(self, source: str) -> list[Unit]:
        """Return the units of a document."""
        return self._units(source)

    def _read_units(self, source: str) -> list[Unit]:
        return units_of(self.document(source))

    def quotations(self) -> tuple[Quotation, ...]:
        """Return every quotation of every source, speakers named as fully as any source names them."""
        if self._quotations is None:
            self._quotations = unify_speakers(self._index.catalog.quotations())
        return self._quotations

    def people(self) -> list[str]:
        """Return the names of those whom the sources quote."""
        return sorted({quotation.speaker for quotation in self.quotations() if quotation.speaker})

    def weight(self, stem: str) -> float:
        """Return the inverse document frequency of a stem over the chunks (as in BM25, never negative)."""
        count = self._index.lexical.document_frequency(stem)
        return log(1 + (self._total - count + 0.5) / (count + 0.5))

    def mentions(self, stem: str) -> bool:
        """Say whether a stem occurs in the sources."""
        return self._index.lexical.document_frequency(stem) > 0
