"""The one place that wires the parts: what the command line, the chat page and other programs call."""

from __future__ import annotations

import difflib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.answering import ALL, Holdings, Views, applied, ranked_passages, with_filter
from rag.auditing import audit_answers
from rag.config import EXTRACTIVE, Settings
from rag.conversation import standalone
from rag.embedding import load_embedder
from rag.errors import EmbeddingModelError, IndexUnusableError, RagError, SourceError, UsageError
from rag.evidence import find_speaker
from rag.fetching import FetchLimits, Permit, fetch, is_public
from rag.generations import read_pointer
from rag.index_reader import OpenIndex, check_settings, check_sources, open_index
from rag.indexing import build, compare_with_sources, diagnose_index, roll_back
from rag.models import create_chat_model, installed_models
from rag.retrieval import Retriever
from rag.sources import SourceListing, describe_fetched, find_sources, name_for, require_folder, save
from rag.sources.formats import FORMATS
from rag.sources.pictures import draw_page, has_page_pictures
from rag.text.filters import Understood
from rag.text.words import terms
from rag.types import (
    Answer,
    AnswerEvent,
    AppliedFilter,
    Document,
    DocumentFacts,
    Fault,
    Finished,
    IndexReport,
    IndexStatus,
    Passage,
    Progress,
    Quotation,
    Retrieved,
    Rollback,
    Skipped,
    SourceChanges,
    SourceFilter,
)

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from rag.embedding import Embedder
    from rag.langchain_retriever import EngineRetriever


class Engine:
    """One open generation of the index and the models that answer from it.

    Opened once and used from several threads; it keeps what it opened, whatever is built meanwhile.
    """

    def __init__(self, settings: Settings, index: OpenIndex, embedder: Embedder) -> None:
        """Wire the parts; use `open`."""
        self.settings = settings
        self._index = index
        self._holdings = Holdings(index, embedder)
        retriever = Retriever(index, embedder, settings.candidate_count)
        self._views = Views(self._holdings, retriever.search, settings.passage_count)
        self._model = lru_cache(maxsize=8)(self._create_model)

    @classmethod
    def open(cls, settings: Settings) -> Engine:
        """Open the index that `settings` name.

        Raises IndexMissingError, IndexMismatchError, IndexDamagedError or EmbeddingModelError.
        """
        index = open_index(settings.index)
        check_sources(index.manifest, settings.sources)
        embedder = _embedder(settings)
        check_settings(
            index.manifest,
            model=settings.embedding_model,
            fingerprint=embedder.fingerprint,
            chunk_tokens=settings.chunk_tokens,
            overlap_tokens=settings.chunk_overlap_tokens,
        )
        return cls(settings, index, embedder)

    @property
    def generation(self) -> str:
        """Return the id of the generation that answers."""
        return self._index.generation

    @property
    def trouble(self) -> str | None:
        """Return what is wrong with the index and what to do, where an older generation answers for a damaged one."""
        return self._index.trouble

    def close(self) -> None:
        """Close the index's files."""
        self._index.close()

    def _create_model(self, name: str) -> BaseChatModel:
        settings = self.settings
        return create_chat_model(
            name,
            base_url=settings.llm_base_url,
            api_key=settings.llm_api_keys.get(name.partition(":")[0]),
            timeout_seconds=settings.llm_timeout_seconds,
            max_tokens=settings.llm_max_tokens,
            weights_folder=_weights_folder(settings),
        )

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
        history: Sequence[str] = (),
        llm: str | None = None,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = True,
    ) -> Iterator[AnswerEvent]:
        """Yield the passages found, each statement once it is checked, and last the whole answer.

        `history` holds the earlier questions of the conversation, oldest first; `llm` names another language model
        than the settings'. Only what `source_filter` admits answers, and with `understand` only what the question
        itself says of its sources ('since May 2025'); the answer's `filter` has both. Raises UsageError for a question
        that cannot be asked and a filter that admits nothing, LanguageModelError and its kinds when the model cannot
        be used.
        """
        plain = self._checked(question)
        name = llm or self.settings.llm
        model, extractive = self._model(name), self._model(EXTRACTIVE)
        started = time.perf_counter()
        chosen = self._views.chosen(source_filter)
        alone = standalone(plain, [" ".join(each.split()) for each in history], chosen.holdings.people())
        heard, view = self._views.heard(alone, source_filter) if understand else (Understood(alone), chosen)
        shown = applied(source_filter, heard)
        for event in view.answerer.answer(plain, heard.question, model, name, extractive):
            if isinstance(event, Finished):
                total = round((time.perf_counter() - started) * 1000, 1)
                answer = replace(event.answer, timings_ms={**event.answer.timings_ms, "total": total})
                yield Finished(with_filter(answer, alone, shown, view, chosen))
            else:
                yield replace(event, standalone_question=alone) if isinstance(event, Retrieved) else event

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        llm: str | None = None,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = True,
    ) -> Answer:
        """Return the whole answer; see `stream`."""
        events = self.stream(question, history, llm, source_filter=source_filter, understand=understand)
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
        """Return a page of a document as a PNG, as long as the file is the one that was read; else SourceError."""
        document = self.document(source)
        read = {record.path: record.sha256 for record in self._index.catalog.files()}
        return draw_page(self.settings.sources, document, read.get(source, ""), number)

    def skipped(self) -> tuple[Skipped, ...]:
        """Return the files of the sources folder that are not indexed, each with the reason and what to do."""
        unread = [one for file in self._index.catalog.files() for one in file.skipped]
        listed = _listing(self.settings).skipped
        return tuple({one.source: one for one in (*unread, *listed)}.values())

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
        return compare_with_sources(self._index, settings.sources, settings.file_size_limit, settings.ignore)


def _listing(settings: Settings) -> SourceListing:
    return find_sources(settings.sources, settings.file_size_limit, settings.ignore)


def _embedder(settings: Settings) -> Embedder:
    return load_embedder(settings.embedding_model, settings.index / "encoders")


def _weights_folder(settings: Settings) -> Path:
    return settings.index / "models"


def build_index(
    settings: Settings,
    *,
    rebuild: bool = False,
    paths: Sequence[Path] = (),
    progress: Callable[[Progress], None] | None = None,
) -> IndexReport:
    """Bring the index up to date with the sources; see `rag.indexing.build` for what it raises."""
    require_folder(settings.sources)
    return build(
        sources=settings.sources,
        index=settings.index,
        embedder=_embedder(settings),
        chunk_tokens=settings.chunk_tokens,
        overlap_tokens=settings.chunk_overlap_tokens,
        size_limit=settings.file_size_limit,
        seconds_limit=settings.file_seconds_limit,
        ignore=settings.ignore,
        rebuild=rebuild,
        paths=paths,
        progress=progress,
    )


def watch_sources(settings: Settings, stop: threading.Event) -> Iterator[SourceChanges]:
    """Look at the sources now, and return an iterator that waits for what changes; see `rag.watching.watch`."""
    from rag.watching import watch

    def look() -> dict[str, tuple[int, int]]:
        files = _listing(settings).files
        return {file.source: (file.size, file.mtime_ns) for file in files}

    return watch(settings.sources, look, stop)


def rollback(settings: Settings) -> Rollback:
    """Let the generation before answer again; see `rag.indexing.roll_back` for what it raises."""
    return roll_back(settings.index)


def add_file(settings: Settings, name: str, data: bytes) -> Path:
    """Save a file among the sources, under a safe name and never over another one, and return where it is.

    Raises UsageError or SourceError where it would not be read.
    """
    limit = settings.file_size_limit
    if len(data) > limit:
        raise UsageError(
            f"{name} has {len(data):,} bytes, more than {limit:,}. Split it, or raise RAG_FILE_SIZE_LIMIT."
        )
    return save(settings.sources, name, data, ignore=settings.ignore)


def add_url(settings: Settings, url: str, *, permit: Permit = is_public) -> Path:
    """Fetch a page or file of the public web once, save it among the sources, and return where it is.

    Its documents will have the address. Raises UsageError or SourceError where it is not fetched or would not be read.
    """
    require_folder(settings.sources)
    fetched = fetch(url, FetchLimits(settings.file_size_limit), permit=permit)
    name = name_for(fetched.url, fetched.file_name, fetched.media_type, fetched.data)
    came = describe_fetched(fetched.data, fetched.url, datetime.now(UTC).isoformat(timespec="seconds"))
    return save(settings.sources, name, fetched.data, ignore=settings.ignore, provenance=came)


def current_generation(settings: Settings) -> str | None:
    """Return the id of the generation that counts now, None where there is none; reads one small file."""
    try:
        pointer = read_pointer(settings.index)
    except IndexUnusableError:
        return None
    return pointer.generation if pointer else None


def diagnose(settings: Settings) -> tuple[Fault, ...]:
    """Return every fault of the index, the models and the settings, each with the command that mends it."""
    faults = list(diagnose_index(settings.index, settings.sources))
    try:
        _embedder(settings)
    except EmbeddingModelError as error:
        faults.append(Fault("embedding model", str(error), "pip install -e ."))
    if not faults:
        faults += _diagnose_open(settings)
    return tuple(faults)


def _diagnose_open(settings: Settings) -> Iterator[Fault]:
    """Yield what shows only once the index is opened: other settings, changed sources, a missing language model."""
    try:
        engine = Engine.open(settings)
    except RagError as error:
        yield Fault("index", str(error), "rag index --rebuild")
        return
    try:
        status = engine.index_status()
        if status.stale:
            changed = [*status.added, *status.changed, *status.removed]
            yield Fault("index", f"The sources have changed since it was built: {', '.join(changed[:5])}.", "rag index")
        engine._model(settings.llm)
    except SourceError as error:
        yield Fault("sources", str(error), "rag index --sources DIR")
    except RagError as error:
        yield Fault("language model", str(error), "rag ask --llm extractive")
    finally:
        engine.close()


def verify_answer(answer: Mapping[str, Any], settings: Settings) -> tuple[Fault, ...]:
    """Re-check one saved answer object against the source files; see `rag.auditing.audit_answers`."""
    (faults,) = verify_answers([answer], settings)
    return faults


def verify_answers(answers: Iterable[Mapping[str, Any]], settings: Settings) -> Iterator[tuple[Fault, ...]]:
    """Re-check saved answer objects one after the other, reading each file once."""
    return audit_answers(answers, settings.sources, settings.file_seconds_limit)


def available_models(settings: Settings) -> tuple[str, ...]:
    """Return the names of language models worth offering: `extractive`, the one set, and what is installed here."""
    names = (EXTRACTIVE, settings.llm, *installed_models(_weights_folder(settings)))
    return tuple(dict.fromkeys(names))


def readable_endings() -> tuple[str, ...]:
    """Return the endings of the files that are read, in lower case with their point, by the alphabet."""
    return tuple(sorted(FORMATS))
