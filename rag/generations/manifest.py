"""The manifest of a generation: what it was made from and with, and what stands in each of its files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rag.errors import IndexMismatchError

FORMAT = 3
"""Raised whenever the files of a generation change their meaning."""

MANIFEST = "manifest.json"
REBUILD = "rag index --rebuild"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Size in bytes and SHA-256 of one file of a generation."""

    size: int
    sha256: str
    ends: str
    """SHA-256 of its first and last bytes, which tells files apart that have one size; see `files.entry_of`."""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment: the name of its folder, and how many documents and chunks were written into it, deleted ones too."""

    name: str
    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class StoreEntry:
    """Where the vectors and words of the chunks are, when they are in no file of the generation. Nothing secret."""

    address: str
    """As the settings name the store."""
    collection: str
    average_length: float
    """Of the chunks in terms, by which their words were weighed when they were put there."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made from, and with what."""

    embedding_model: str
    fingerprint: str
    dimension: int
    chunk_tokens: int
    overlap_tokens: int
    reader: str
    """Hash of the program's own rules for reading, cutting and quoting; others read the sources anew."""
    documents: int
    chunks: int
    quotations: int
    sources: str
    """The sources folder."""
    created: str = ""
    """ISO 8601, UTC."""
    segments: tuple[SegmentEntry, ...] = ()
    files: dict[str, FileEntry] = field(default_factory=dict)
    store: StoreEntry | None = None
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation whose manifest was read and found to be the one that was written."""

    id: str
    folder: Path
    manifest: Manifest
    manifest_sha256: str


def written_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as it stands in its file."""
    return json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()


def parse_manifest(content: bytes) -> Manifest:
    """Return the manifest. Raises IndexMismatchError when it is of another format than this program's."""
    values: dict[str, Any] = json.loads(content)
    if values.get("format") != FORMAT:
        raise IndexMismatchError(
            f"The index has format {values.get('format')}, this program reads format {FORMAT}. "
            f"Make the index again: {REBUILD}"
        )
    files = {name: FileEntry(**entry) for name, entry in values.pop("files").items()}
    segments = tuple(SegmentEntry(**entry) for entry in values.pop("segments"))
    store = values.pop("store", None)
    return Manifest(**values, segments=segments, files=files, store=StoreEntry(**store) if store else None)
