"""A source as it was read, and what is made of it at indexing: chunks and quotations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath


def content_id(*parts: str) -> str:
    """Return a stable identifier (16 hex digits) of the given strings, by SHA-256."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\x00")
    return digest.hexdigest()[:16]


def file_title(source: str) -> str:
    """Return what a document without a title of its own is called: the name of its file, or part, without ending."""
    return PurePosixPath(source.rpartition("#")[2] or source).stem


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
    HIDDEN = "hidden"
    """What nobody sees who reads the page: comments, invisible characters, alternative texts. Kept in the text of a
    plain text or Markdown file, never retrieved or quoted; other formats leave it out of their text."""


UNREAD = frozenset({BlockKind.FURNITURE, BlockKind.HIDDEN})
"""What is no part of what a document says."""


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, … of a document: `document.text[start:end]`, without line ends."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Depth of a heading (1 is the title's) or of a list item (0 is the outermost); 1 for a table row that names its
    columns itself."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a document that has pages: `document.text[start:end]` is what stands on it."""

    number: int
    """Counted from 1, as viewers do."""
    start: int
    end: int
    width: float = 0.0
    """In points (1/72 inch), as `height`."""
    height: float = 0.0
    boxes: bytes = b""
    """Where on the page its words stand, as `rag.text.pages` packs them; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in shares of the page's width and height (0 to 1) from its top left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Document:
    """One source, read: its canonical text, its layout, and what it says of itself.

    The canonical text of a plain text file is the decoded file with nothing removed; other formats have theirs made,
    the same from the same bytes each time.
    """

    source: str
    """Path relative to the sources folder, with `/`; `FILE#PART` for one of several documents in a file."""
    text: str
    title: str
    author: str | None = None
    outlet: str | None = None
    date: str | None = None
    """ISO 8601 date of publication, as far as the source states it."""
    blocks: tuple[Block, ...] = ()
    pages: tuple[Page, ...] = ()
    """In order and without gaps in their numbers, for a format that has pages."""
    language: str | None = None
    """ISO 639-1 code, as far as the source states it or its words tell."""
    url: str | None = None
    """The address that it was fetched from, where it was."""
    titled: bool = True
    """Whether the title is its own. Where it is not, it is the name of the file, which says nothing of what is in the
    document: it is shown, but neither embedded nor searched for, so that a file can be renamed at no cost."""
    hidden: int = 0
    """How many stretches of hidden text its reader left out of the text. Known while the file is read, and kept with
    what of the file was skipped."""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a document says of itself, without its text."""

    source: str
    title: str
    author: str | None = None
    outlet: str | None = None
    date: str | None = None
    language: str | None = None
    copy_of: str | None = None
    """The source that it is a near-identical copy of."""


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
    """A file that could not be indexed, or a part of one, why, and what to do."""

    source: str
    reason: str
    hidden: int = 0
    """How many stretches of hidden text were left out of a document that is read otherwise; 0 for what is not read."""


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
