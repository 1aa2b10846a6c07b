"""The open index as the answering parts need it: documents, their units and quotations, kept once read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from rag.copies import stands_in
from rag.embedding.base import Embedder
from rag.evidence import Unit, UnitReader, UnitScorer, units_of
from rag.index_reader import OpenIndex
from rag.lexical import inverse_document_frequency
from rag.quotations.naming import unify_speakers
from rag.scope import Scope
from rag.text.dates import date_in_words
from rag.text.normalise import normalise
from rag.text.questions import Question
from rag.types import Document, Quotation
from rag.vector_store import Mask
from rag.verification import Checker, Verifier, premise_objections

_MOST_DOCUMENTS = 512
_MOST_STEMS = 20_000
_AROUND = 2_000
"""Characters around a sentence in which a number or a date that it is about may stand ('in the third quarter')."""
_CHUNKS_AT_A_TIME = 2_000
"""Of copies: where many print the same, they are most of a collection."""


class Holdings:
    """What the sources hold, read from one generation of the index. Safe to use from several threads."""

    copies: Mapping[str, tuple[str, ...]] = {}
    """Each source that has copies → the other sources that are the same document."""
    rows: Mask | None = None
    """The rows of the index that answer; None for all."""
    _quotations: tuple[Quotation, ...] | None = None
    _people: list[str] | None = None
    _known: frozenset[str] | None = None

    def __init__(
        self, index: OpenIndex, embedder: Embedder, reader: UnitReader, checker: Checker | None = None
    ) -> None:
        """Take an open index and the models: that made it, that reads evidence, that checks what is written."""
        self.index = index
        self._total = max(1, len(index.store))
        self._document = lru_cache(maxsize=_MOST_DOCUMENTS)(index.catalog.document)
        self._units = lru_cache(maxsize=_MOST_DOCUMENTS)(self._read_units)
        self._count: Callable[[str], int] = index.store.frequency
        self.scorer = UnitScorer(
            embedder.embed_passages, embedder.embed_queries, self.weight, reader, self.premise_objections
        )
        self.verifier = Verifier(embedder.embed_passages, checker)

    def document(self, source: str) -> Document:
        """Return a document by source. Raises SourceError where the index has none of that name."""
        return self._document(source)

    def documents(self) -> tuple[Document, ...]:
        """Return all documents, by source."""
        return tuple(self.document(source) for source in self.index.catalog.sources())

    def units(self, source: str) -> list[Unit]:
        """Return the units of a document."""
        return self._units(source)

    def _read_units(self, source: str) -> list[Unit]:
        return units_of(self.document(source))

    def quotations(self) -> tuple[Quotation, ...]:
        """Return every quotation of every source, speakers named as fully as any source names them."""
        if self._quotations is None:
            self._quotations = unify_speakers(self.index.catalog.quotations())
        return self._quotations

    def people(self) -> list[str]:
        """Return the names of those whom the sources quote."""
        if self._people is None:
            self._people = sorted({quotation.speaker for quotation in self.quotations() if quotation.speaker})
        return self._people

    def quotes(self, name: str) -> bool:
        """Say whether the sources quote somebody of that full name."""
        if self._known is None:
            self._known = frozenset(person.lower() for person in self.people())
        return name.lower() in self._known

    def weight(self, stem: str) -> float:
        """Return the inverse document frequency of a stem over the chunks (as in BM25, never negative)."""
        return inverse_document_frequency(self._count(stem), self._total)

    def mentions(self, stem: str) -> bool:
        """Say whether a stem occurs in the sources."""
        return self._count(stem) > 0

    def premise_objections(self, question: Question, unit: Unit) -> dict[str, str]:
        """Return the rules by which a unit has otherwise what a question takes as given, with a clause about each."""
        if question.yes_no:
            return {}
        around = self.document(unit.source).text[max(0, unit.start - _AROUND) : unit.end + _AROUND]
        known = f"{around}\n{unit.title}\n{unit.heading}\n{unit.date or ''} {date_in_words(unit.date)}"
        return dict(premise_objections(question.text, unit.text, known))


class NarrowedHoldings(Holdings):
    """What the sources of a scope hold; of what a copy says, only what its original does not say too."""

    def __init__(self, whole: Holdings, scope: Scope) -> None:
        """Take what all sources hold, whose documents and vectors are shared, and what of it answers."""
        self.index = whole.index
        self._whole, self._scope = whole, scope
        self._document, self._units = whole._document, whole._units
        self._plain = lru_cache(maxsize=_MOST_DOCUMENTS)(self._read_plain)
        self._count = lru_cache(maxsize=_MOST_STEMS)(self._count_rows)
        self.copies = scope.copies
        self.rows = allowed = self._allowed()
        self._allowed_rows = allowed
        self._total = max(1, int(allowed.sum()))
        self.scorer = whole.scorer.weighing(self.weight)
        self.verifier = whole.verifier

    def documents(self) -> tuple[Document, ...]:
        """Return the documents of the scope without copies, by source."""
        answering = self._scope.answering
        return tuple(self.document(source) for source in self.index.catalog.sources() if source in answering)

    def quotations(self) -> tuple[Quotation, ...]:
        """Return the quotations of the scope, each once however many copies print it."""
        if self._quotations is None:
            self._quotations = tuple(each for each in self._whole.quotations() if self._answers(each))
        return self._quotations

    def _answers(self, quotation: Quotation) -> bool:
        original = self._scope.originals.get(quotation.source)
        if original is None:
            return quotation.source in self._scope.sources
        sentence = self.document(quotation.source).text[quotation.sentence_start : quotation.sentence_end]
        return not self._repeats(sentence, original)

    def _allowed(self) -> Mask:
        """Return which rows answer: all of the originals', and what the copies have beyond these."""
        catalog, scope = self.index.catalog, self._scope
        allowed = np.zeros(len(self.index.store), dtype=np.bool_)
        allowed[catalog.rows_of(scope.answering)] = True
        rows = catalog.rows_of(scope.originals).tolist()
        for start in range(0, len(rows), _CHUNKS_AT_A_TIME):
            some = rows[start : start + _CHUNKS_AT_A_TIME]
            for row, chunk in zip(some, catalog.chunks(some), strict=True):
                allowed[row] = not self._repeats(chunk.text, scope.originals[chunk.source])
        return allowed

    def _repeats(self, passage: str, original: str) -> bool:
        """Say whether the original of a copy has a passage of it too."""
        return passage in self.document(original).text or stands_in(passage, self._plain(original))

    def _read_plain(self, source: str) -> str:
        return normalise(self.document(source).text)

    def _count_rows(self, stem: str) -> int:
        return self.index.store.frequency(stem, self._allowed_rows)
