"""Files on the disk: told by their contents, and waited for until they are there."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hex. Raises OSError when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk. Raises OSError when that fails."""
    posix = os.name == "posix"
    if path.is_dir() and not posix:
        return
    descriptor = os.open(path, os.O_RDONLY if posix else os.O_RDWR)  # Windows flushes only what may be written
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Make `content` what stands in a file, never half of it: written beside it, flushed, renamed over it.

    Raises OSError when it cannot be written.
    """
    draft = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        draft.write_bytes(content)
        flush(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    flush(path.parent)
