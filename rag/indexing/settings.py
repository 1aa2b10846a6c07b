"""What a build is made with, and what of the index there was it lets stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from rag.catalog import FileRecord
from rag.embedding import Embedder
from rag.errors import IndexMissingError, IndexUnusableError, StoreMismatchError
from rag.generations import Manifest
from rag.index_reader import OpenIndex, StoredSegment, open_index
from rag.sources.pool import DEFAULT_SECONDS
from rag.stores.address import IN_FILES, StoreLogin

_RULES = ("sources", "chunking.py", "quotations", "text", "copies.py")
"""The parts of the program that decide what stands in the catalog."""


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What a build is made with."""

    sources: Path
    index: Path
    embedder: Embedder
    chunk_tokens: int
    overlap_tokens: int
    size_limit: int
    seconds_limit: float = DEFAULT_SECONDS
    ignore: tuple[str, ...] = ()
    exact: bool = False
    """Whether no inverted file is made, however many vectors there are."""
    store: StoreLogin = IN_FILES
    """Where the vectors and words of the chunks are kept."""

    def manifest(self) -> Manifest:
        """Return the manifest of a generation that is made with these settings, its counts still to come."""
        return Manifest(
            embedding_model=self.embedder.name,
            fingerprint=self.embedder.fingerprint,
            dimension=self.embedder.dimension,
            chunk_tokens=self.chunk_tokens,
            overlap_tokens=self.overlap_tokens,
            reader=reading_rules(),
            documents=0,
            chunks=0,
            quotations=0,
            sources=str(self.sources.resolve()),
        )


@dataclass(frozen=True, slots=True)
class Previous:
    """The index there was, how much of it can be used again, and what the person should know about that."""

    opened: OpenIndex | None
    documents: bool
    """Whether unchanged documents need not be read again."""
    vectors: bool
    """Whether texts that were embedded before need not be embedded again."""
    notes: tuple[str, ...] = ()

    def files(self) -> tuple[FileRecord, ...]:
        """Return the files that the index knows."""
        return self.opened.catalog.files() if self.opened else ()

    def segments(self) -> Sequence[StoredSegment]:
        """Return the segments whose vectors may be taken over."""
        return self.opened.segments if self.opened and self.vectors else ()


@cache
def reading_rules() -> str:
    """Return a hash of the program's own code that reads, cuts and quotes: with other code, documents are read anew."""
    package = Path(__file__).parent.parent
    digest = sha256()
    for name in _RULES:
        part = package / name
        for path in sorted(part.rglob("*.py")) if part.is_dir() else [part]:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def previous_index(settings: BuildSettings, *, rebuild: bool) -> Previous:
    """Return the index there was and what of it the new settings let stand.

    Raises StoreMismatchError where its chunks are in another store: only `rebuild` puts them into this one.
    """
    if rebuild:
        return Previous(None, documents=False, vectors=False)
    try:
        opened = open_index(settings.index, store=settings.store)
    except StoreMismatchError:
        raise
    except IndexMissingError:
        return Previous(None, documents=True, vectors=True)
    except IndexUnusableError as error:
        return unusable(error)
    notes: tuple[str, ...] = ()
    if opened.damage:
        notes = (f"The index was damaged ({opened.damage}): the generation before it was brought up to date.",)
    made, wanted = opened.manifest, settings.manifest()
    if (made.fingerprint, made.dimension) != (wanted.fingerprint, wanted.dimension):
        note = f"Everything was embedded again: by {wanted.embedding_model}, before by {made.embedding_model}."
        return Previous(opened, documents=False, vectors=False, notes=(*notes, note))
    rules = (made.reader, made.chunk_tokens, made.overlap_tokens)
    if rules != (wanted.reader, wanted.chunk_tokens, wanted.overlap_tokens):
        note = "Every document was read again, because the program or the chunk settings have changed."
        return Previous(opened, documents=False, vectors=True, notes=(*notes, note))
    return Previous(opened, documents=True, vectors=True, notes=notes)


def unusable(error: IndexUnusableError) -> Previous:
    """Return that nothing of the index there was can be used, and why; what the cache holds is its own."""
    note = f"Everything was made again, because the index there was could not be used: {error}"
    return Previous(None, documents=False, vectors=True, notes=(note,))
