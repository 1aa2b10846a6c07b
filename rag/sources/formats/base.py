"""What every format's reader takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from rag.types import Document, Skipped


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How far the reading of one file may go."""

    unpacked_bytes: int = 500_000_000
    """What a compressed file may hold, all of it together."""
    depth: int = 3
    """How many files may be wrapped in one another: a mail in a mail in a mail."""
    ocr: bool = True
    """Whether pages without text are read by OCR where it is installed."""


DEFAULT_LIMITS = ReadingLimits()


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file, or an attachment of one, still in bytes."""

    source: str
    """What its document will be called: the path relative to the sources folder, `FILE#PART` for a part."""
    data: bytes
    limits: ReadingLimits = DEFAULT_LIMITS
    depth: int = 0
    """How many files it is wrapped in."""

    @property
    def name(self) -> str:
        """Return the name of the file itself, without folders and wrapping files."""
        part = self.source.rpartition("#")[2] if self.depth else ""  # a file's own name may have the mark in it
        return PurePosixPath(part or self.source).name

    @property
    def ending(self) -> str:
        """Return the ending of the name in lower case, with its point; empty where there is none."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """Return the name without its ending."""
        return PurePosixPath(self.name).stem


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...] = ()
    """Parts of it that could not be read, each with the reason and what to do."""


class FormatReader(Protocol):
    """Reads one format.

    The same bytes give the same documents. Nothing is fetched, nothing is run, nothing is written. Raises SourceError
    with the reason and what to do, on one line and without the name of the file, for what cannot be read.
    """

    def __call__(self, raw: RawFile) -> Reading:
        """Return the documents of `raw`."""
        ...
