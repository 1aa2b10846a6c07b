"""An open index and the models that answer from it."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.answering import ALL, Holdings, Views, applied, ranked_passages, with_filter, with_spelling
from rag.config import EXTRACTIVE, Settings
from rag.conversation import Understanding, rewrite, understand
from rag.engine.calibrating import least_confidence
from rag.engine.places import (
    checker_of,
    embedder_of,
    evidence_model,
    listing_of,
    reranker_of,
    store_of,
    weights_folder,
)
from rag.errors import SourceError, UsageError
from rag.evidence import find_speaker
from rag.index_reader import OpenIndex, check_settings, check_sources, open_index
from rag.indexing import compare_with_sources
from rag.models import create_chat_model
from rag.retrieval import Retriever
from rag.sources import (
    SourceReader,
    has_page_pictures,
    picture_request,
)
from rag.text.filters import Understood
from rag.text.words import terms
from rag.types import (
    Answer,
    AnswerEvent,
    AppliedFilter,
    Document,
    DocumentFacts,
    Explanation,
    Finished,
    IndexStatus,
    Passage,
    Quotation,
    Retrieved,
    SavedTrace,
    Skipped,
    SourceFilter,
    TraceComparison,
)
from rag.types.exchanges import History

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from rag.answering.views import View
    from rag.embedding import Embedder
    from rag.engine.tracing import Tracer
    from rag.langchain_retriever import EngineRetriever
    from rag.reranking import Reranker
    from rag.verification import Checker


class Engine:
    """One open generation of the index and the models that answer from it.

    Opened once and used from several threads; it keeps what it opened, whatever is built meanwhile.
    """

    def __init__(
        self,
        settings: Settings,
        index: OpenIndex,
        embedder: Embedder,
        reranker: Reranker | None = None,
        checker: Checker | None = None,
    ) -> None:
        """Wire the parts; use `open`."""
        self.settings = settings
        self._index = index
        self._holdings = Holdings(index, embedder, evidence_model(), checker)
        self._retriever = Retriever(index, embedder, settings.candidate_count, reranker)
        self._views = Views(self._holdings, self._retriever.search, settings.passage_count, least_confidence(settings))
        self._model = lru_cache(maxsize=8)(self._create_model)
        self._pictures = SourceReader(seconds=settings.file_seconds_limit, workers=1)

    @classmethod
    def open(cls, settings: Settings) -> Engine:
        """Open the index that `settings` name.

        Raises IndexMissingError, IndexMismatchError, IndexDamagedError, EmbeddingModelError, RerankerError or
        CheckerError.
        """
        index = open_index(settings.index, exact=settings.vector_index == "exact", store=store_of(settings))
        check_sources(index.manifest, settings.sources)
        embedder = embedder_of(settings)
        check_settings(
            index.manifest,
            model=settings.embedding_model,
            fingerprint=embedder.fingerprint,
            chunk_tokens=settings.chunk_tokens,
            overlap_tokens=settings.chunk_overlap_tokens,
        )
        return cls(settings, index, embedder, reranker_of(settings), checker_of(settings))

    @property
    def generation(self) -> str:
        """Return the id of the generation that answers."""
        return self._index.generation

    @property
    def trouble(self) -> str | None:
        """Return what is wrong with the index and what to do, where an older generation answers for a damaged one."""
        return self._index.trouble

    def close(self) -> None:
        """Close the index's files, and end the process that draws pages where there is one."""
        self._pictures.close()
        self._index.close()

    def _create_model(self, name: str) -> BaseChatModel:
        settings = self.settings
        return create_chat_model(
            name,
            base_url=settings.llm_base_url,
            api_key=settings.llm_api_keys.get(name.partition(":")[0]),
            timeout_seconds=settings.llm_timeout_seconds,
            max_tokens=settings.llm_max_tokens,
            weights_folder=weights_folder(settings),
        )

    def _rewrites(self, name: str) -> bool:
        """Say whether the language model of that name makes follow-up questions stand alone."""
        by_whom = self.settings.follow_ups
        return name != EXTRACTIVE and (by_whom == "model" or (by_whom == "auto" and not name.startswith("local:")))

    def _checked(self, question: str) -> str:
        """Return a question without control characters. Raises UsageError for an empty or overlong one."""
        limit = self.settings.question_length_limit
        if len(question) > limit:
            raise UsageError(
                f"The question has {len(question):,} characters, more than the {limit:,} that are read. Ask it shorter."
            )
        plain = " ".join("".join(c if c.isprintable() else " " for c in question).split())
        if not any(character.isalnum() for character in plain):
            raise UsageError("The question is empty. Ask something in words.")
        return plain

    def stream(
        self,
        question: str,
        history: History = (),
        llm: str | None = None,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = True,
        meant: str | None = None,
    ) -> Iterator[AnswerEvent]:
        """Yield the passages found, each statement once it is checked, and last the whole answer.

        `history` holds the earlier questions of the conversation, oldest first, with their answers where these are
        known; `llm` names another language model than the settings'. Only what `source_filter` admits answers, and
        with `understand` only what the question itself says of its sources ('since May 2025'); the answer's `filter`
        has both. `meant` is the question as a person says that it is to be understood, whatever those before it were.
        Raises UsageError for a question that cannot be asked and a filter that admits nothing, LanguageModelError and
        its kinds when the model cannot be used.
        """
        plain = self._checked(question)
        name = llm or self.settings.llm
        model, extractive = self._model(name), self._model(EXTRACTIVE)
        started = time.perf_counter()
        chosen = self._views.chosen(source_filter)
        taken = Understanding(self._checked(meant)) if meant else _understood(plain, history, chosen)
        if history and not meant and self._rewrites(name):
            taken = rewrite(plain, history, taken, model)
        alone = taken.question
        heard, view = self._views.heard(alone, source_filter) if understand else (Understood(alone), chosen)
        shown = applied(source_filter, heard)
        spelt = self._retriever.meant(heard.question)
        for event in view.answerer.answer(plain, heard.question, model, name, extractive):
            if isinstance(event, Finished):
                total = round((time.perf_counter() - started) * 1000, 1)
                timings = {**event.answer.timings_ms, "total": total}
                answer = replace(event.answer, timings_ms=timings, unclear=taken.problem)
                yield Finished(with_spelling(with_filter(answer, alone, shown, view, chosen), heard.question, spelt))
            else:
                yield replace(event, standalone_question=alone) if isinstance(event, Retrieved) else event

    def ask(
        self,
        question: str,
        history: History = (),
        llm: str | None = None,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = True,
        meant: str | None = None,
    ) -> Answer:
        """Return the whole answer; see `stream`."""
        events = self.stream(question, history, llm, source_filter=source_filter, understand=understand, meant=meant)
        return [event.answer for event in events if isinstance(event, Finished)][-1]

    def search(
        self, question: str, count: int = 10, *, source_filter: SourceFilter = ALL, understand: bool = False
    ) -> tuple[Passage, ...]:
        """Return the `count` best passages with every score, no answer.

        With `understand`, those of the sources that the question speaks of: show `applied_filter` with them.
        """
        plain = self._checked(question)
        chosen = self._views.chosen(source_filter)
        heard, view = self._views.heard(plain, source_filter) if understand else (Understood(plain), chosen)
        return ranked_passages(view.search(heard.question, count))

    def standalone(self, question: str, history: History, source_filter: SourceFilter = ALL) -> str:
        """Return a question so that it can be understood without those before it, oldest first."""
        return _understood(self._checked(question), history, self._views.chosen(source_filter)).question

    def trace(
        self,
        question: str,
        count: int = 10,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = False,
        parts: bool = False,
    ) -> SavedTrace:
        """Return what every stage of `search` makes of every candidate, to be shown, saved and run again.

        With `parts`, the searches of an answer: those for the parts of a question that asks several things too. Of an
        answer, give the `standalone_question`.
        """
        plain = self._checked(question)
        return self._tracer.trace(plain, count, source_filter, understand=understand, parts=parts)

    def compare_with(self, saved: Sequence[SavedTrace]) -> Iterator[TraceComparison]:
        """Run saved searches again, and yield what each finds otherwise now; see `rag.traces.compare_traces`."""
        from rag.traces import compare_traces

        for each in saved:
            again = self._tracer.replay(replace(each, question=self._checked(each.question)))
            yield from compare_traces([each], [again], self._tracer.is_indexed)

    def why(
        self,
        question: str,
        source: str,
        start: int,
        end: int,
        count: int = 10,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = False,
    ) -> Explanation:
        """Return why the passages that overlap `text[start:end]` of a source are among the `count` found, or are not.

        Raises SourceError where the index has no such source, UsageError for offsets that are not in it.
        """
        plain, document = self._checked(question), self.document(source)
        return self._tracer.why(plain, document, (start, end), count, source_filter, understand=understand)

    @property
    def _tracer(self) -> Tracer:
        from rag.engine.tracing import Tracer

        return Tracer(self._index, self._views, self._retriever, self.settings)

    def applied_filter(
        self, question: str, source_filter: SourceFilter = ALL, *, understand: bool = True
    ) -> AppliedFilter:
        """Return the filter that `question` is searched under."""
        plain = self._checked(question)
        heard = self._views.heard(plain, source_filter)[0] if understand else Understood(plain)
        return applied(source_filter, heard)

    def as_retriever(self, count: int = 10) -> EngineRetriever:
        """Return `search` as a retriever of LangChain that finds `count` passages; open as long as this is."""
        from rag.langchain_retriever import EngineRetriever

        return EngineRetriever(engine=self, k=count)

    def documents(self) -> tuple[Document, ...]:
        """Return the indexed documents, by source."""
        return self._holdings.documents()

    def document(self, source: str) -> Document:
        """Return one document. Raises SourceError, with names that are near, where the index has none such."""
        sources = self._index.catalog.sources()
        if source in sources:
            return self._holdings.document(source)
        near = difflib.get_close_matches(source, sources, n=3, cutoff=0.3) or sources[:3]
        raise SourceError(f"There is no source {source!r} in the index. Perhaps: {', '.join(near)}.")

    def has_page_pictures(self, source: str) -> bool:
        """Return whether the pages of a document can be drawn. Raises SourceError where there is no such document."""
        return has_page_pictures(self.document(source))

    def page_picture(self, source: str, number: int) -> bytes:
        """Return a page of a document as a PNG, drawn in another process.

        Raises SourceError where it cannot be drawn, and where the file is not the one that was read any more.
        """
        document = self.document(source)
        read = {record.path: record.sha256 for record in self._index.catalog.files()}
        request = picture_request(self.settings.sources, document, read.get(source, ""), number)
        try:
            return self._pictures.picture(request)
        except SourceError as error:
            raise SourceError(f"{source}: {error}.") from error

    def skipped(self) -> tuple[Skipped, ...]:
        """Return the files of the sources folder that are not indexed, each with the reason and what to do."""
        unread = [one for file in self._index.catalog.files() for one in file.skipped if not one.hidden]
        listed = listing_of(self.settings).skipped
        return tuple({one.source: one for one in (*unread, *listed)}.values())

    def hidden_text(self) -> tuple[Skipped, ...]:
        """Return the documents out of which hidden text was left, each with how many stretches of it."""
        return tuple(one for file in self._index.catalog.files() for one in file.skipped if one.hidden)

    def facts(self) -> tuple[DocumentFacts, ...]:
        """Return what each document says of itself, copies with the source that they are copies of."""
        return self._views.facts

    def copies(self, source: str, source_filter: SourceFilter = ALL) -> tuple[str, ...]:
        """Return the other sources that are the same document as one that answers for them; none for any other."""
        return self._views.chosen(source_filter).holdings.copies.get(source, ())

    def quotations(
        self, speaker: str | None = None, about: str | None = None, *, source_filter: SourceFilter = ALL
    ) -> tuple[Quotation, ...]:
        """Return who said what, each once however many copies print it.

        Of one speaker, with the words of `about`, and of the sources that `source_filter` admits, where given.
        """
        found: Sequence[Quotation] = self._views.chosen(source_filter).holdings.quotations()
        if speaker:
            _, found = find_speaker(speaker, found, lambda source: self._holdings.document(source).text)
        wanted = set(terms(about or ""))
        if wanted:
            found = [quotation for quotation in found if wanted <= set(terms(self._reported(quotation)))]
        return tuple(found)

    def _reported(self, quotation: Quotation) -> str:
        return self._holdings.document(quotation.source).text[quotation.sentence_start : quotation.sentence_end]

    def index_status(self) -> IndexStatus:
        """Return what is indexed and what of the sources changed since. Raises SourceError for a missing folder."""
        settings = self.settings
        return compare_with_sources(self._index, settings.sources, settings.file_size_limit, settings.passed_over)


def _understood(question: str, history: History, view: View) -> Understanding:
    return understand(question, history, view.holdings.people() if history else ())
