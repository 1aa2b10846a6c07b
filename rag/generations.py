"""The index on disk: complete generations, and one pointer to the one that counts.

`generations/<id>/` holds the files of one build and `manifest.json`; `current.json` names the generation that is read,
its predecessor and the hash of its manifest; `build.lock` is held by a builder as long as its process lives. A
generation is written under a hidden name, flushed to the disk, renamed, and only then pointed at, so that a crash at
any moment leaves the old generation or the new one. The last two are kept: whoever is opening the older one may go on.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    UsageError,
)

FORMAT = 2
"""Raised whenever the files of a generation change their meaning."""

POINTER = "current.json"
MANIFEST = "manifest.json"
REBUILD = "rag index --rebuild"
HASHED_AT_OPENING = 50_000_000
"""Bytes; a generation up to this size is hashed whenever it is opened (35 ms at most), a larger one by `rag doctor`."""

_LOCK = "build.lock"
_FOLDER = "generations"
_UNFINISHED = ".making-"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Size in bytes and SHA-256 of one file of a generation."""

    size: int
    sha256: str


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
    files: dict[str, FileEntry] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Pointer:
    """The generation that counts, the hash of its manifest, and the generation before it."""

    generation: str
    manifest_sha256: str
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation whose manifest was read and found to be the one that was written."""

    id: str
    folder: Path
    manifest: Manifest


def read_pointer(index: Path) -> Pointer | None:
    """Return the pointer of an index, None where nothing was indexed yet. Raises IndexDamagedError for a broken one."""
    path = index / POINTER
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        pointer = Pointer(values["generation"], values["manifest_sha256"], values.get("previous"))
        named = Path(pointer.generation).name == pointer.generation
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamagedError(f"{path} cannot be read. Make the index again: {REBUILD}") from error
    if not named:
        raise IndexDamagedError(f"{path} names no generation. Make the index again: {REBUILD}")
    return pointer


def locate_generation(index: Path) -> Generation:
    """Return the generation that counts, its files unchecked but for the manifest.

    Raises IndexMissingError when there is none, IndexMismatchError when another version of this program wrote it,
    IndexDamagedError when its manifest is missing or not the one that was written.
    """
    pointer = read_pointer(index)
    if pointer is None:
        raise IndexMissingError(f"There is no index in {index} yet. Make it: rag index")
    folder = index / _FOLDER / pointer.generation
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise IndexDamagedError(f"{folder / MANIFEST} cannot be read. Make the index again: {REBUILD}") from error
    if hashlib.sha256(content).hexdigest() != pointer.manifest_sha256:
        raise IndexDamagedError(f"{folder / MANIFEST} was altered. Make the index again: {REBUILD}")
    return Generation(pointer.generation, folder, _parse(content))


def find_generation(index: Path) -> Generation:
    """Return the generation that counts, its files checked: sizes always, contents up to HASHED_AT_OPENING.

    Raises what `locate_generation` does, and IndexDamagedError when a file is missing or altered.
    """
    generation = locate_generation(index)
    small = sum(entry.size for entry in generation.manifest.files.values()) <= HASHED_AT_OPENING
    for problem in damages(generation, contents=small):
        raise IndexDamagedError(f"{problem}. Make the index again: {REBUILD}")
    return generation


def damages(generation: Generation, *, contents: bool) -> Iterator[str]:
    """Yield what is wrong with the files of a generation: missing, of another size, or (`contents`) altered."""
    for name, entry in generation.manifest.files.items():
        path = generation.folder / name
        if not path.is_file():
            yield f"{path} is missing"
        elif path.stat().st_size != entry.size:
            yield f"{path} has {path.stat().st_size} bytes instead of {entry.size}"
        elif contents and _sha256(path) != entry.sha256:
            yield f"{path} was altered"


@contextmanager
def build_lock(index: Path) -> Iterator[None]:
    """Hold the lock of the only builder, made of the folder where it is missing; the lock ends with the process.

    Raises IndexBusyError at once when another process builds, UsageError when the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    with writing(index):
        index.mkdir(parents=True, exist_ok=True)
    lock = FileLock(index / _LOCK, timeout=0)
    try:
        with writing(index):
            lock.acquire()
    except Timeout as error:
        raise IndexBusyError(
            f"Another process is building the index in {index}. Wait until it is done and run the command again."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Turn what the system says about a folder or disk that cannot be written into an error for people."""
    try:
        yield
    except TimeoutError:
        raise
    except OSError as error:
        raise UsageError(
            f"The index cannot be written to {index}: {error.strerror or error}. Make room or make the folder "
            "writable, or choose another with --index. The index there was is unchanged."
        ) from error


@contextmanager
def new_generation(index: Path) -> Iterator[Path]:
    """Lend an empty folder to write a generation into; call under `build_lock`, then `publish`.

    What crashed builds left is removed first, and this folder too when it was not published.
    """
    remove_leftovers(index)
    working = index / _FOLDER / f"{_UNFINISHED}{uuid.uuid4().hex}"
    with writing(index):
        working.mkdir(parents=True)
    try:
        yield working
    finally:
        shutil.rmtree(working, ignore_errors=True)


def publish(index: Path, working: Path, manifest: Manifest) -> Generation:
    """Complete `manifest`, make `working` the generation that counts, and remove all but the one before it."""
    created = datetime.now(UTC)
    files = {path.relative_to(working).as_posix(): path for path in sorted(working.rglob("*")) if path.is_file()}
    entries = {name: FileEntry(path.stat().st_size, _sha256(path)) for name, path in files.items()}
    complete = replace(manifest, files=entries, created=created.isoformat(timespec="milliseconds"))
    content = json.dumps(asdict(complete), indent=1, ensure_ascii=False).encode()
    digest = hashlib.sha256(content).hexdigest()
    identifier = f"{created:%Y%m%dT%H%M%S}-{digest[:8]}"
    with writing(index):
        (working / MANIFEST).write_bytes(content)
        for path in [*files.values(), working / MANIFEST, *(path.parent for path in files.values()), working]:
            _flush(path)
        final = working.with_name(identifier)
        working.rename(final)
        _flush(final.parent)
        _point(index, Pointer(identifier, digest, _predecessor(index)))
    remove_leftovers(index)
    return Generation(identifier, final, complete)


def remove_leftovers(index: Path) -> None:
    """Remove every generation but the one that counts and its predecessor, and what crashed builds left."""
    try:
        pointer = read_pointer(index)
    except IndexDamagedError:
        return  # nobody knows which one counted: a person may still want to look
    kept = {pointer.generation, pointer.previous} if pointer else set()
    for path in (index / _FOLDER).glob("*"):
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
    for path in index.glob(f".{POINTER}-*"):
        path.unlink(missing_ok=True)


def _predecessor(index: Path) -> str | None:
    try:
        pointer = read_pointer(index)
    except IndexDamagedError:
        return None
    return pointer.generation if pointer else None


def _point(index: Path, pointer: Pointer) -> None:
    """Swap the pointer: written beside, flushed, renamed over the old one."""
    draft = index / f".{POINTER}-{uuid.uuid4().hex}"
    draft.write_text(json.dumps(asdict(pointer)), encoding="utf-8")
    _flush(draft)
    draft.replace(index / POINTER)
    _flush(index)


def _flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parse(content: bytes) -> Manifest:
    """Return the manifest. Raises IndexMismatchError when it is of another format than this program's."""
    values: dict[str, Any] = json.loads(content)
    if values.get("format") != FORMAT:
        raise IndexMismatchError(
            f"The index has format {values.get('format')}, this program reads format {FORMAT}. "
            f"Make the index again: {REBUILD}"
        )
    files = {name: FileEntry(**entry) for name, entry in values.pop("files").items()}
    return Manifest(**values, files=files)
