"""What retrieval finds and what of it may answer: filters, scores, hits, passages, evidence."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types.documents import Chunk


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """Which sources an answer may stand on; what is empty or None admits all."""

    sources: tuple[str, ...] = ()
    """Patterns of source names (`*` and `?` as in a shell, `**` over folders): one of them must match."""
    after: str | None = None
    """ISO 8601 date: published on that day or later. A source without a date is left out."""
    before: str | None = None
    """ISO 8601 date: published on that day or earlier."""
    outlets: tuple[str, ...] = ()
    """Names of outlets or authors, one of which must be the source's, whatever the case."""

    @property
    def admits_all(self) -> bool:
        """Whether nothing is left out."""
        return self == SourceFilter()


@dataclass(frozen=True, slots=True)
class AppliedFilter:
    """The filter that an answer was found under: what was asked for, and what the question itself says of sources."""

    sources: tuple[str, ...] = ()
    after: str | None = None
    before: str | None = None
    outlets: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    """The words of the question that were taken as conditions on the sources: `since May 2025`."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What each stage of retrieval gave a passage; None where the stage did not see it."""

    dense: float | None = None
    lexical: float | None = None
    fused: float | None = None
    rerank: float | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that retrieval found, with every score that it was given."""

    chunk: Chunk
    scores: Scores


@dataclass(frozen=True, slots=True)
class Passage:
    """A hit as an answer shows it: the rank (from 1), the place, the text, the scores, and whether it was used."""

    rank: int
    source: str
    start: int
    end: int
    text: str
    scores: Scores
    used: bool = False
    title: str = ""
    heading: str = ""
    shortfall: str | None = None
    """Of the nearest passages of a refusal: why it does not answer, as a clause ('does not mention NATO')."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a source that may answer the question: whole sentences, no quotation cut in two."""

    source: str
    start: int
    end: int
    text: str
    score: float
    speaker: str | None = None
    """Who says it, where the source tells."""
    title: str = ""
    date: str | None = None
    heading: str = ""
    item: bool = False
    """Whether it is an item of a list."""
    focus: tuple[tuple[int, int], ...] = ()
    """The words of it that the question asks for, as spans of `text`, in order; empty where that cannot be told."""
    refers_to: str | None = None
    """Whom the pronoun or description that it opens with means, where that is sure."""
    under: str = ""
    """The heading or line above it that makes it hold only on a condition, or not at all: it is shown with it."""
    also: tuple[Evidence, ...] = ()
    """What other sources have that says the same: cited with it, and not shown beside it."""
