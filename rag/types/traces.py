"""What each stage of retrieval made of each passage, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rag.types.retrieval import AppliedFilter, SourceFilter


class Fate(StrEnum):
    """What became of a passage in a search."""

    SHOWN = "shown"
    CUT = "cut"
    """Ranked below the number of passages asked for."""
    FOLDED = "folded"
    """It says the same as a passage ranked before it."""
    NOT_FOUND = "not found"
    """Neither search had it among its candidates."""
    COPY = "copy"
    """Its document is a copy of another one, which answers for it."""
    EXCLUDED = "excluded"
    """The filter leaves its source out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The rank (from 1) and the score that one stage gave a passage; None where it gave none."""

    rank: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: `text[start:end]` of a source."""

    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TracedPassage:
    """One passage, what every stage gave it, what became of it and why."""

    place: Place
    title: str
    dense: Standing
    """By cosine similarity. In a trace the rank is that among the candidates of dense search, None beyond them."""
    lexical: Standing
    """By BM25, likewise; the score is None where no content word of the question stands in the passage."""
    fused: Standing
    rerank: Standing
    """By the reranker where one is set, else by page among the passages of documents with pages."""
    rank: int | None
    """The place in the result, near-duplicates left out; beyond the count asked for it is cut."""
    fate: Fate
    reason: str
    """Why, in words, as a whole sentence."""
    into: Place | None = None
    """Where it is folded: the passage that says the same."""
    refined_dense: float | None = None
    """What fusion saw as its similarity, after a second look at the candidates; None where it is none of them."""
    refined_lexical: float | None = None
    """Likewise by words."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Every candidate of one search: by rank, then what was folded."""

    question: str
    """As it was searched for."""
    count: int
    """How many passages were asked for."""
    candidate_count: int
    """How many each of dense and lexical search handed on."""
    passages: tuple[TracedPassage, ...]


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """The settings that decide what a search finds."""

    embedding_model: str
    fingerprint: str
    """SHA-256 of the embedding model's weights."""
    chunk_tokens: int
    overlap_tokens: int
    candidate_count: int
    reranker: str | None = None
    store: str = "faiss"
    """What holds the vectors, without its address."""
    vector_index: str = "auto"
    embedding_precision: str = "auto"


@dataclass(frozen=True, slots=True)
class SavedTrace:
    """The searches of one question, with all that it takes to run them again and to tell why they differ."""

    generation: str
    settings: TraceSettings
    question: str
    """As it stands alone, before what it says of its sources was taken out of it."""
    understand: bool
    """Whether what the question says of its sources was taken for conditions."""
    source_filter: SourceFilter
    """The filter asked for."""
    filter: AppliedFilter
    """The filter searched under."""
    traces: tuple[Trace, ...]
    """The search for the whole question, then those for its parts where an answer looked for each of several."""
    id: str | None = None
    """Of the question in its file, where it has one."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the passages of a stretch of a source were chosen for a question, or were not.

    Unlike in a trace, ranks are among all passages that the filter leaves, exactly: what the passage pointed at has or
    would have there. Of one that is no candidate, `fused` is what fusion would have given it among the others.
    """

    generation: str
    question: str
    place: Place
    count: int
    filter: AppliedFilter
    searched: int
    """How many passages the filter leaves."""
    passages: tuple[TracedPassage, ...] = field(default=())
    """Those that overlap the stretch, in order; none where nothing of it is searched."""


class Change(StrEnum):
    """What became of a passage from one search to another."""

    SAME = "same"
    MOVED = "moved"
    CAME = "came"
    """Shown in the later search only."""
    WENT = "went"
    """Shown in the earlier search only."""


class Stage(StrEnum):
    """Where two searches part ways over a passage."""

    CANDIDATES = "candidates"
    """Only one of them has it among its candidates at all."""
    DENSE = "dense"
    LEXICAL = "lexical"
    FUSED = "fused"
    RERANK = "rerank"
    FOLDED = "folded"
    ORDER = "order"
    """Nothing about the passage itself: others came, went, or were folded before it."""


@dataclass(frozen=True, slots=True)
class PassageChange:
    """A passage that one of two searches shows, or both."""

    place: Place
    """Where it stands in the later search, or else in the earlier one."""
    title: str
    change: Change
    stage: Stage | None
    """The first stage at which its rank is another one; None where it is the same."""
    reason: str
    """What changed, in words."""
    before: TracedPassage | None
    after: TracedPassage | None


@dataclass(frozen=True, slots=True)
class TraceComparison:
    """Two searches for the same question, passage by passage."""

    question: str
    id: str | None
    before: str
    """The generation of the earlier one."""
    after: str
    settings: tuple[str, ...]
    """What is set otherwise: `chunk_tokens 160 → 200`."""
    passages: tuple[PassageChange, ...]
    """Those shown, in the order of the later search, then those that went."""

    @property
    def same(self) -> bool:
        """Return whether both show the same passages in the same order."""
        return all(passage.change is Change.SAME for passage in self.passages)
