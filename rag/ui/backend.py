"""What the page needs of the engine: the seam at which a test puts a scripted one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rag.config import Settings
from rag.types import (
    Answer,
    AnswerCheck,
    AnswerEvent,
    Document,
    DocumentFacts,
    Explanation,
    IndexReport,
    IndexStatus,
    Progress,
    Quotation,
    SavedTrace,
    Skipped,
    SourceChanges,
    SourceFilter,
)
from rag.types.exchanges import History

ALL = SourceFilter()


class AnsweringEngine(Protocol):
    """An opened index with everything that answers from it; used by several threads at once."""

    @property
    def generation(self) -> str:
        """Id of the generation of the index that was opened."""

    @property
    def trouble(self) -> str | None:
        """What was wrong with a newer generation that was passed over, None where nothing was."""

    def ask(self, question: str, history: History = (), llm: str | None = None) -> Answer:
        """Answer a question; raises RagError."""

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
        """Answer a question event by event, the last one `Finished`; raises RagError."""

    def trace(
        self,
        question: str,
        count: int = 10,
        *,
        source_filter: SourceFilter = ALL,
        understand: bool = False,
        parts: bool = False,
    ) -> SavedTrace:
        """What every stage of retrieval makes of every candidate for a question that stands alone; raises RagError."""

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
        """Why the passages at a place are among the `count` found, or are not; raises RagError."""

    def documents(self) -> tuple[Document, ...]:
        """All documents of the index."""

    def facts(self) -> tuple[DocumentFacts, ...]:
        """What each document says of itself, without the texts."""

    def document(self, source: str) -> Document:
        """One document; raises SourceError where there is none of that name."""

    def skipped(self) -> tuple[Skipped, ...]:
        """The files that could not be read when the index was built, each with the reason."""

    def has_page_pictures(self, source: str) -> bool:
        """Whether the pages of a document can be shown as pictures."""

    def page_picture(self, source: str, number: int) -> bytes:
        """One page as a PNG; raises SourceError where it cannot be shown, or the file is no longer what was read."""

    def quotations(self, speaker: str | None = None, about: str | None = None) -> tuple[Quotation, ...]:
        """Who said what."""

    def index_status(self) -> IndexStatus:
        """Compare the index with the sources on disk."""

    def close(self) -> None:
        """Let go of files and models."""


class Builder(Protocol):
    """Brings the index up to date, or builds it from nothing; raises RagError."""

    def __call__(
        self, settings: Settings, *, rebuild: bool = False, progress: Callable[[Progress], None] | None = None
    ) -> IndexReport:
        """Build, telling how far it is."""


@dataclass(frozen=True, slots=True)
class Backend:
    """The functions of `rag.engine` that the page uses."""

    open: Callable[[Settings], AnsweringEngine]
    build: Builder
    current_generation: Callable[[Settings], str | None]
    available_models: Callable[[Settings], tuple[str, ...]]
    readable_endings: Callable[[], tuple[str, ...]]
    """Of the files that are read, in lower case with their point."""
    add_file: Callable[[Settings, str, bytes], Path]
    """Saves a file of that name among the sources; raises RagError."""
    add_url: Callable[[Settings, str], Path]
    """Fetches a page and saves it among the sources; raises RagError."""
    watch: Callable[[Settings, threading.Event], Iterator[SourceChanges]]
    """Yields what changes among the sources, until the event is set; raises SourceError without the folder."""
    check: Callable[[Sequence[Mapping[str, Any]], Settings], Iterator[AnswerCheck]]
    """Looks the citations of answer objects up in the files as they are now; raises RagError."""
    rollback: Callable[[Settings], object]
    """Makes the index before this one the one that counts; raises RagError where there is none."""


def real_backend() -> Backend:
    """Return the engine itself. Imported here, so that nothing heavy loads before a page is asked for."""
    from rag import engine

    return Backend(
        open=engine.Engine.open,
        build=engine.build_index,
        current_generation=engine.current_generation,
        available_models=engine.available_models,
        readable_endings=engine.readable_endings,
        watch=engine.watch_sources,
        add_file=engine.add_file,
        add_url=engine.add_url,
        check=engine.check_saved,
        rollback=engine.rollback,
    )
