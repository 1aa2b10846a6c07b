"""Which source files differ from those in the index: by content, read only where size or times differ."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from rag.catalog import FileRecord
from rag.disk import sha256_of
from rag.errors import UsageError
from rag.index_reader import OpenIndex
from rag.indexing.inverting import vector_search
from rag.sources import SourceFile, find_sources
from rag.types import FAISS, IndexStatus

CLOCK_GRAIN_NS = 100_000_000
COARSE_CLOCK_GRAIN_NS = 2_000_000_000
"""Two changes within this time may bear the same time, so what is that fresh is read again. The coarse one is that of
file systems whose times are whole milliseconds, or seconds."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The source files against an index. All by path relative to the sources folder, sorted."""

    records: Mapping[str, FileRecord]
    """Every file that is there now, as it is now."""
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: Mapping[str, str]
    """The new path of a file that is the same but for its name → the old one. Both are among the above, too."""

    @property
    def none(self) -> bool:
        """Whether the index is up to date."""
        return not (self.added or self.changed or self.removed)


def detect_changes(files: Iterable[SourceFile], known: Iterable[FileRecord]) -> Changes:
    """Compare the files that are there with those that an index knows."""
    before = {record.path: record for record in known}
    now = {file.source: _record(file, before.get(file.source)) for file in files}
    added, removed = sorted(now.keys() - before.keys()), sorted(before.keys() - now.keys())
    changed = sorted(path for path in now.keys() & before.keys() if now[path].sha256 != before[path].sha256)
    return Changes(
        records=now,
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(removed),
        renamed=_renamed([now[path] for path in (*added, *changed)], [before[path] for path in (*removed, *changed)]),
    )


def _renamed(new: Sequence[FileRecord], old: Sequence[FileRecord]) -> dict[str, str]:
    """Return which of the files that are new is which of those that are gone: same content, same kind of name."""
    gone: dict[tuple[str, str], list[str]] = {}
    for record in old:
        gone.setdefault(_identity(record), []).append(record.path)
    renamed = {}
    for record in new:
        same = gone.get(_identity(record), []) if record.sha256 else []
        if same:
            renamed[record.path] = same.pop(0)
    return renamed


def _identity(record: FileRecord) -> tuple[str, str]:
    return record.sha256, PurePosixPath(record.path).suffix.lower()


def compare_with_sources(index: OpenIndex, sources: Path, size_limit: int, ignore: Sequence[str] = ()) -> IndexStatus:
    """Return what `index` is and how the sources folder differs from it now.

    Raises SourceError when the folder cannot be read.
    """
    changes = detect_changes(find_sources(sources, size_limit, ignore).files, index.catalog.files())
    return IndexStatus(
        generation=index.generation,
        built_at=index.manifest.created,
        documents=index.manifest.documents,
        chunks=index.manifest.chunks,
        embedding_model=index.manifest.embedding_model,
        added=changes.added,
        changed=changes.changed,
        removed=changes.removed,
        vectors=vector_search(index),
        store=f"{store.address}, collection {store.collection}" if (store := index.manifest.store) else FAISS,
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """The part of the sources folder whose changes are taken up; the rest stays as it was. Empty: all of it."""

    paths: tuple[str, ...] = ()

    def has(self, source: str) -> bool:
        """Tell whether a source lies in the selection."""
        return not self.paths or any(source == path or source.startswith(f"{path}/") for path in self.paths)


def select(paths: Sequence[Path], sources: Path, known: Iterable[str]) -> Selection:
    """Return the selection that files and folders inside `sources` make; `known` are the paths in the index.

    A path that is relative counts from the current folder, or else from the sources folder. Raises UsageError for one
    outside the sources folder, or neither there nor known.
    """
    root, names = sources.resolve(), set(known)
    selected = [_inside(path, root, names) for path in paths]
    return Selection() if "." in selected else Selection(tuple(selected))


def _inside(path: Path, root: Path, known: set[str]) -> str:
    path = path.expanduser()
    full = path.resolve() if path.exists() or path.is_absolute() or not (root / path).exists() else root / path
    if not full.is_relative_to(root):
        inner = root / path
        if path.is_absolute() or inner.relative_to(root).as_posix() not in known:
            raise UsageError(
                f"{path} is not in the sources folder {root}. Put it there, or name its folder with --sources."
            )
        full = inner
    name = full.relative_to(root).as_posix()
    if not full.exists() and not any(each == name or each.startswith(f"{name}/") for each in known):
        raise UsageError(f"{path} does not exist. Name a file or folder in the sources folder {root}.")
    return name


def _record(file: SourceFile, known: FileRecord | None) -> FileRecord:
    """Return the record of a file as it is now, reading it only where `known` may not hold any more."""
    status_changed = file.ctime_ns
    if known and (known.size, known.modified, known.status_changed) == (file.size, file.mtime_ns, status_changed):
        return known
    grain = CLOCK_GRAIN_NS if status_changed % 1_000_000 else COARSE_CLOCK_GRAIN_NS
    if time.time_ns() - status_changed < grain:
        status_changed = 0
    digest = _sha256(file.path)
    if known and digest == known.sha256:
        return replace(known, size=file.size, modified=file.mtime_ns, status_changed=status_changed)
    return FileRecord(file.source, file.size, file.mtime_ns, status_changed, digest)


def _sha256(path: Path) -> str:
    """Return the SHA-256 of a file, an empty string where it cannot be read: its reader will say why."""
    try:
        return sha256_of(path)
    except OSError:
        return ""
