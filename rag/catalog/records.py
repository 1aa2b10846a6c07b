"""What the catalog holds, as values, and the hashes by which contents are known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.types import Block, BlockKind, Chunk, Document, Quotation, Skipped, content_id, file_title


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A source file as it was when it was indexed. `sha256` is of its bytes."""

    path: str
    """Relative to the sources folder, with `/`."""
    size: int
    modified: int
    """Nanoseconds since 1970, as all times here."""
    status_changed: int
    """The time that nobody can set back: of the last change of content, name or permissions."""
    sha256: str
    skipped: tuple[Skipped, ...] = ()
    """The file itself where it could not be read, or parts of it that could not, each with the reason."""


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document with everything that was made of it. `file` is the path of the file that it came from."""

    file: str
    document: Document
    chunks: tuple[Chunk, ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands: in which segment, under which number, and which of the segment's rows are its chunks."""

    segment: int
    number: int
    first: int
    chunks: int
    quotations: int


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document that counts: its name, what it says of itself, and where the rest of it stands."""

    source: str
    file: str
    position: int
    """Its place among the documents of the file."""
    place: Place
    digest: str
    """See `document_digest`."""
    title: str
    titled: bool
    author: str | None
    outlet: str | None
    date: str | None
    language: str | None


def record_of(file: str, position: int, document: Document, place: Place) -> DocumentRecord:
    """Return the record of a document that was stored at `place`."""
    return DocumentRecord(
        source=document.source,
        file=file,
        position=position,
        place=place,
        digest=document_digest(document),
        title=document.title,
        titled=document.titled,
        author=document.author,
        outlet=document.outlet,
        date=document.date,
        language=document.language,
    )


def relabelled(record: DocumentRecord, before: str, after: str) -> DocumentRecord:
    """Return the record of a document whose file has another name now: what stands in it is the same."""
    source = after + record.source.removeprefix(before)
    named_by_file = not record.titled and record.title == file_title(record.source)
    return replace(record, source=source, file=after, title=file_title(source) if named_by_file else record.title)


def embedding_key(text: str) -> str:
    """Identify what is embedded for a chunk, whichever source it stands in: equal keys, equal vectors."""
    return content_id(text)


def document_digest(document: Document) -> str:
    """Return a hash of everything in a document but what its file is called: of its own texts and facts."""
    facts = (document.author, document.outlet, document.date, document.language, document.url)
    parts = [document.text, pack_blocks(document.blocks), document.title if document.titled else ""]
    digest = hashlib.sha256(json.dumps([*parts, document.titled, *facts]).encode())
    for page in document.pages:
        digest.update(f"{page.number} {page.start} {page.end} {page.width!r} {page.height!r} ".encode())
        digest.update(hashlib.sha256(page.boxes).digest())
    return digest.hexdigest()


def pack_blocks(blocks: Sequence[Block]) -> str:
    """Return a layout as JSON."""
    return json.dumps([[block.kind.value, block.start, block.end, block.level] for block in blocks])


def unpack_blocks(content: str) -> tuple[Block, ...]:
    """Return the layout that `pack_blocks` was given."""
    return tuple(Block(BlockKind(kind), *numbers) for kind, *numbers in json.loads(content))
