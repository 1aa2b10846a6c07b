"""What retrieval did for a question, and why: traces to save and compare, explanations of single passages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.answering.choosing import split_parts
from rag.answering.views import View, Views, applied
from rag.config import Settings
from rag.index_reader import OpenIndex
from rag.retrieval import Retriever
from rag.text.filters import Understood, filter_in_words
from rag.text.spans import check_span
from rag.types import (
    AppliedFilter,
    Document,
    Explanation,
    Fate,
    Place,
    SavedTrace,
    SourceFilter,
    TracedPassage,
    TraceSettings,
)


@dataclass(frozen=True, slots=True)
class Tracer:
    """Traces searches of one open index."""

    index: OpenIndex
    views: Views
    retriever: Retriever
    settings: Settings

    def trace(
        self, question: str, count: int, source_filter: SourceFilter, *, understand: bool, parts: bool
    ) -> SavedTrace:
        """Return the search for a question, and with `parts` those for its parts where it asks several things."""
        view, searched, shown = self._looked_up(question, source_filter, understand)
        parted = split_parts(searched) if parts else []
        asked = [searched, *(parted if len(parted) > 1 else [])]
        return SavedTrace(
            generation=self.index.generation,
            settings=self._trace_settings(),
            question=question,
            understand=understand,
            source_filter=source_filter,
            filter=shown,
            traces=tuple(self.retriever.trace(each, count, view.holdings.rows) for each in asked),
        )

    def replay(self, saved: SavedTrace) -> SavedTrace:
        """Return the searches of a saved trace, run again with the same question, count and filter."""
        again = self.trace(
            saved.question,
            saved.traces[0].count,
            saved.source_filter,
            understand=saved.understand,
            parts=len(saved.traces) > 1,
        )
        return replace(again, id=saved.id)

    def is_indexed(self, place: Place) -> bool:
        """Say whether a passage stands in the index exactly at a place."""
        catalog = self.index.catalog
        if place.source not in catalog.sources():
            return False
        return any((chunk.start, chunk.end) == (place.start, place.end) for chunk in catalog.chunks_of(place.source))

    def why(
        self, question: str, document: Document, span: tuple[int, int], count: int, source_filter: SourceFilter,
        *, understand: bool,
    ) -> Explanation:  # fmt: skip
        """Return what became of each passage that overlaps a span of a document. Raises UsageError for no span."""
        start, end = span
        check_span(document, start, end)
        view, searched, shown = self._looked_up(question, source_filter, understand)
        catalog, rows = self.index.catalog, view.holdings.rows
        chunks = catalog.chunks_of(document.source)
        touched = [at for at, chunk in enumerate(chunks) if chunk.start < max(end, start + 1) and start < chunk.end]
        passages = self.retriever.why(searched, count, catalog.rows_of([document.source])[touched], rows)
        words = filter_in_words(SourceFilter(shown.sources, shown.after, shown.before, shown.outlets))
        return Explanation(
            generation=self.index.generation,
            question=searched,
            place=Place(document.source, start, end),
            count=count,
            filter=shown,
            searched=catalog.chunk_count if rows is None else int(rows.sum()),
            passages=tuple(_left_out(passage, view, words) for passage in passages),
        )

    def _looked_up(
        self, question: str, source_filter: SourceFilter, understand: bool
    ) -> tuple[View, str, AppliedFilter]:
        """Return what is searched for a question, the words that are searched for, and the filter that holds."""
        chosen = self.views.chosen(source_filter)
        heard, view = self.views.heard(question, source_filter) if understand else (Understood(question), chosen)
        return view, heard.question, applied(source_filter, heard)

    def _trace_settings(self) -> TraceSettings:
        made = self.index.manifest
        return TraceSettings(
            embedding_model=made.embedding_model,
            fingerprint=made.fingerprint,
            chunk_tokens=made.chunk_tokens,
            overlap_tokens=made.overlap_tokens,
            candidate_count=self.settings.candidate_count,
            reranker=self.settings.reranker,
            store=self.settings.store.partition(":")[0],
            vector_index=self.settings.vector_index,
            embedding_precision=self.settings.embedding_precision.value,
        )


def _left_out(passage: TracedPassage, view: View, words: str) -> TracedPassage:
    """Return a passage with the reason why its source is not searched, where it is not."""
    if passage.fate is not Fate.EXCLUDED:
        return passage
    original = view.scope.originals.get(passage.place.source)
    if original is None:
        return replace(passage, reason=f"Left out by the filter, which admits only: {words}.")
    reason = f"Its document is a copy of {original}, which says the same and answers for it."
    return replace(passage, fate=Fate.COPY, reason=reason)
