"""What the page needs of the engine: the seam at which a test puts a scripted one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.config import Settings
from rag.types import Answer, AnswerEvent, Document, IndexReport, IndexStatus, Progress, Quotation


class AnsweringEngine(Protocol):
    """An opened index with everything that answers from it; used by several threads at once."""

    @property
    def generation(self) -> str:
        """Id of the generation of the index that was opened."""

    def ask(self, question: str, history: Sequence[str] = (), llm: str | None = None) -> Answer:
        """Answer a question; raises RagError."""

    def stream(self, question: str, history: Sequence[str] = (), llm: str | None = None) -> Iterator[AnswerEvent]:
        """Answer a question event by event, the last one `Finished`; raises RagError."""

    def documents(self) -> tuple[Document, ...]:
        """All documents of the index."""

    def document(self, source: str) -> Document:
        """One document; raises SourceError where there is none of that name."""

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


def real_backend() -> Backend:
    """Return the engine itself. Imported here, so that nothing heavy loads before a page is asked for."""
    from rag.engine import Engine, available_models, build_index, current_generation

    return Backend(Engine.open, build_index, current_generation, available_models)
