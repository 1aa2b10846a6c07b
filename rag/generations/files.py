"""The files of a generation: hashed, flushed, and taken over into the next one."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from rag.disk import sha256_of
from rag.errors import IndexDamagedError
from rag.generations.manifest import REBUILD, FileEntry, Generation

COPIED_UP_TO = 16_000_000
"""Bytes; what is taken over from the generation before is copied up to this size all together, so that damage to one
generation leaves the other whole, and linked beyond (copied where the file system has no links), so that an update
costs what changed. Copying this much takes a twentieth of a second."""

_END = 16_384
_BLOCK = 1 << 20


def entry_of(path: Path) -> FileEntry:
    """Return size and hashes of a file."""
    return FileEntry(path.stat().st_size, sha256_of(path), ends_of(path))


def ends_of(path: Path) -> str:
    """Return the SHA-256 of the first and the last 16 KB of a file."""
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(_END))
        file.seek(max(path.stat().st_size - _END, 0))
        digest.update(file.read(_END))
    return digest.hexdigest()


def carry_over(generation: Generation, names: Sequence[str], working: Path) -> dict[str, FileEntry]:
    """Take files of a generation, and all below folders of it, over into `working`, and return their entries.

    They are copied and their hashes checked, or linked where they are too large together (see COPIED_UP_TO). Raises
    IndexDamagedError when one is not what was written, OSError when it cannot be written.
    """
    folders = tuple(f"{name}/" for name in names)
    entries = {
        name: entry for name, entry in generation.manifest.files.items() if name in names or name.startswith(folders)
    }
    copied = sum(entry.size for entry in entries.values()) <= COPIED_UP_TO
    for name, entry in entries.items():
        source, target = generation.folder / name, working / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if copied or not _linked(source, target):
            copy(source, target, entry)
    return entries


def _linked(source: Path, target: Path) -> bool:
    try:
        target.hardlink_to(source)
    except OSError:
        return False  # the copy that is made instead says what is wrong, if anything is
    return True


def copy(source: Path, target: Path, entry: FileEntry) -> None:
    """Copy a file of which `entry` is known. Raises IndexDamagedError when it is not what was written."""
    digest = hashlib.sha256()
    try:
        file = source.open("rb")
    except FileNotFoundError as error:
        raise IndexDamagedError(f"{source} is missing. Make the index again: {REBUILD}") from error
    with file, target.open("wb") as copy:
        while block := file.read(_BLOCK):
            digest.update(block)
            copy.write(block)
    if digest.hexdigest() != entry.sha256:
        raise IndexDamagedError(f"{source} was altered. Make the index again: {REBUILD}")


def remove(folder: Path) -> None:
    """Remove a folder with everything in it, as far as possible."""
    shutil.rmtree(folder, ignore_errors=True)
