"""The answer, what it stands on, and the events of its making."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from rag.types.documents import Box
from rag.types.fates import CheckedQuotation
from rag.types.retrieval import AppliedFilter, Passage


class Verdict(StrEnum):
    """What the check of a statement found."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a source: `document.text[start:end] == quote`."""

    id: int
    source: str
    title: str
    author: str | None
    date: str | None
    page: int | None
    """Counted from 1; None for a source without pages."""
    start: int
    end: int
    quote: str
    speaker: str | None = None
    outlet: str | None = None
    language: str | None = None
    url: str | None = None
    boxes: tuple[Box, ...] = ()
    """Where the quotation stands on the page's picture, one box a line; empty where that is not known."""
    copies: tuple[str, ...] = ()
    """Other sources that are the same document."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or quotation of an answer: `answer.text[start:end] == text`, with the citations it rests on."""

    text: str
    start: int
    end: int
    verdict: Verdict
    citations: tuple[int, ...]
    reason: str | None = None
    """For a statement that was dropped: which check it failed."""
    quotations: tuple[CheckedQuotation, ...] = ()
    """For a statement that was dropped: what became of each quotation in it."""
    focus: tuple[tuple[int, int], ...] = ()
    """The words that the question asks for, as spans of `text` in order: what a surface sets bold."""
    refers_to: str | None = None
    """Whom the pronoun that it opens with means. In the answer's text that stands in brackets in front of it."""

    @property
    def resolution(self) -> str:
        """Return the words in front of the statement that say whom it means: `[John Bolton] `, else nothing."""
        return f"[{self.refers_to}] " if self.refers_to else ""


class Status(StrEnum):
    """Whether the sources answer the question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer object of the contract, and beside it what a language model wrote before it was checked."""

    question: str
    standalone_question: str
    status: Status
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    nearest: tuple[Passage, ...]
    llm: str
    index: str
    timings_ms: dict[str, float] = field(default_factory=dict)
    id: str | None = None
    notes: tuple[str, ...] = ()
    """What the person should know of how the answer came about, e.g. that a model's text was replaced."""
    dropped: tuple[Statement, ...] = ()
    """What a language model wrote and the check refused (offsets are into `model_text`)."""
    model_text: str | None = None
    """What the language model wrote, whole; None for the extractive provider."""
    filter: AppliedFilter = field(default_factory=AppliedFilter)
    """Which sources it was looked for in."""
    confidence: float | None = None
    """How sure it is that the sources answer, from 0 to 1, also of a refusal: 1 or 0 where a rule decides (who said
    what, what the sources are about), else a fitted probability. None in answers of earlier versions."""
    unclear: str = ""
    """What is not clear about a follow-up question, which was then taken as it was asked; empty where all is."""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer object as plain JSON values, keys as in the contract."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages have been found; the answer is being written."""

    standalone_question: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class StatementChecked:
    """One more statement has been written, checked and may be shown.

    `lead` is the line that introduces it (speaker and source), empty where the one before it serves.
    """

    statement: Statement
    citations: tuple[Citation, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole. What it shows replaces whatever the events before showed."""

    answer: Answer


AnswerEvent = Retrieved | StatementChecked | Finished
