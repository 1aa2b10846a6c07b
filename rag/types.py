"""The values that travel through the system, in the order in which they come to be.

    file → Document → Chunk → (embedding, terms) → Index → Hit → Evidence → Statement + Citation → Answer

All are frozen. Offsets are character offsets (Python string indices) into a document's canonical text,
half open, so that `document.text[start:end]` is the span. Every score is higher for better.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


def content_id(*parts: str) -> str:
    """Return a stable identifier (16 hex digits) of the given strings, by SHA-256."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\x00")
    return digest.hexdigest()[:16]


# ---------------------------------------------------------------- documents


class BlockKind(StrEnum):
    """What a stretch of a document is, as far as its layout tells."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    CODE = "code"
    META = "meta"
    """Title, byline, date line: facts about the document, shown with it but no part of its story."""
    FURNITURE = "furniture"
    """Comment forms, share buttons, teasers of other pages: kept in the text, never retrieved or quoted."""


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, … of a document: `document.text[start:end]`, without line ends."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Depth of a heading (1 is the title's) or of a list item (0 is the outermost)."""


@dataclass(frozen=True, slots=True)
class Document:
    """One source, read: its canonical text with nothing removed, its layout, and what it says of itself."""

    source: str
    """Path relative to the sources folder, with `/`."""
    text: str
    title: str
    author: str | None = None
    outlet: str | None = None
    date: str | None = None
    """ISO 8601 date of publication, as far as the source states it."""
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document: the unit of retrieval. `text == document.text[start:end]`, always."""

    source: str
    start: int
    end: int
    text: str
    heading: str = ""
    """The headings above the chunk, outermost first, joined by ' › '."""
    title: str = ""

    @property
    def embedding_text(self) -> str:
        """What is embedded and indexed by word: title and heading in front, then the chunk."""
        return "\n".join(part for part in (self.title, self.heading, self.text) if part)

    @property
    def id(self) -> str:
        """Content hash of the place and of what is embedded."""
        return content_id(self.source, str(self.start), self.embedding_text)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be indexed, why, and what to do."""

    source: str
    reason: str


class QuoteKind(StrEnum):
    """How a source reports what somebody said."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"
    """Reported speech with some of the words quoted."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Something that a source says somebody said: the span, and whose words they are.

    `quote == document.text[start:end]`; for direct speech that is the words between the quotation marks,
    for the other kinds the whole reporting sentence. `speaker` is the fullest name that the source gives,
    None where it names nobody; `speaker_start:speaker_end` is where the speaker is mentioned, if anywhere.
    `sentence_start:sentence_end` is the whole reporting sentence (the quotation, closed, with its attribution).
    """

    source: str
    start: int
    end: int
    quote: str
    speaker: str | None
    speaker_start: int | None
    speaker_end: int | None
    kind: QuoteKind
    verb: str | None
    date: str | None
    sentence_start: int
    sentence_end: int


# ---------------------------------------------------------------- retrieval


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


# ---------------------------------------------------------------- evidence and answers


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
    start: int
    end: int
    quote: str
    speaker: str | None = None


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

    def to_dict(self) -> dict[str, Any]:
        """Return the answer object as plain JSON values, keys as in the contract."""
        return asdict(self)


# ---------------------------------------------------------------- events of an answer in the making


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


# ---------------------------------------------------------------- the index, seen from outside


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run of the indexer did. `embedded` counts chunks, `added` to `unchanged` count documents."""

    generation: str
    documents: int
    chunks: int
    embedded: int
    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    seconds: float
    notes: tuple[str, ...] = ()
    """Why more was done than the changes asked for, e.g. that the index there was could not be read."""

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values, keys as in the contract."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` in the stage named (`reading`, `embedding`, `writing`)."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The index against the sources as they are now."""

    generation: str
    built_at: str
    """ISO 8601, UTC."""
    documents: int
    chunks: int
    embedding_model: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def stale(self) -> bool:
        """Whether the sources have changed since the index was built."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that `rag doctor` or `rag verify` found wrong, and the command that mends it."""

    subject: str
    problem: str
    remedy: str
