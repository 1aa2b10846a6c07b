"""Which files of the sources folder are documents, and why the others are not."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SourceError
from rag.sources.formats import FORMATS
from rag.types import Skipped


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be read: `source` is its path relative to the sources folder, with `/`."""

    source: str
    path: Path
    size: int
    """Bytes."""
    mtime_ns: int
    """Time of the last change, in nanoseconds since 1970."""


@dataclass(frozen=True, slots=True)
class SourceListing:
    """What was found in the sources folder, both in the order of the source names."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]


def require_folder(folder: Path) -> None:
    """Raise SourceError unless the sources folder is there."""
    if not folder.is_dir():
        problem = "is not a folder" if folder.exists() else "does not exist"
        raise SourceError(f"The sources folder {folder} {problem}: name the folder of your documents with --sources.")


def find_sources(folder: Path, size_limit: int) -> SourceListing:
    """List the documents in `folder` and below it; whatever is not one is listed as skipped, with the reason.

    Hidden files and folders (names with a point in front) are passed over without a word. A symbolic link is
    followed where it leads to a file inside `folder` that is not listed under its own name. `size_limit` is in bytes.
    Raises SourceError when `folder` is not a folder that can be read.
    """
    require_folder(folder)
    files: list[SourceFile] = []
    skipped: list[Skipped] = []
    links: list[Path] = []
    for path in _walk(folder, skipped):
        if path.is_symlink():
            links.append(path)
        else:
            _sort_in(folder, path, size_limit, files, skipped)
    _follow_links(folder, links, size_limit, files, skipped)
    return SourceListing(
        tuple(sorted(files, key=lambda file: file.source)), tuple(sorted(skipped, key=lambda item: item.source))
    )


def _walk(folder: Path, skipped: list[Skipped]) -> Iterator[Path]:
    """Yield the files and links below `folder` that are not hidden; folders that cannot be read go to `skipped`."""
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        try:
            entries = sorted(current.iterdir())
        except OSError as error:
            if current == folder:
                raise SourceError(f"The sources folder {folder} cannot be read: {error.strerror}.") from error
            reason = f"the folder cannot be read ({error.strerror}): change its permissions"
            skipped.append(Skipped(_name(folder, current), reason))
            continue
        for entry in entries:
            if entry.name.startswith(".") or (current == folder and entry.stem.lower() == "readme"):
                continue  # the folder's own readme is a note about the documents and not one of them
            if entry.is_dir() and not entry.is_symlink():
                waiting.append(entry)
            else:
                yield entry


def _name(folder: Path, path: Path) -> str:
    """Return the source name of a path: relative, with `/`, bytes that are no characters written out."""
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace")


def _sort_in(folder: Path, path: Path, size_limit: int, files: list[SourceFile], skipped: list[Skipped]) -> None:
    """Put one path into `files`, or into `skipped` with the reason."""
    source = _name(folder, path)
    try:
        status = path.stat()
    except OSError as error:
        skipped.append(Skipped(source, f"it cannot be read ({error.strerror}): change its permissions or remove it"))
        return
    reason = _reason_against(folder, path, status, size_limit)
    if reason:
        skipped.append(Skipped(source, reason))
    else:
        files.append(SourceFile(source, path, status.st_size, status.st_mtime_ns))


def _reason_against(folder: Path, path: Path, status: os.stat_result, size_limit: int) -> str | None:
    """Return why a path is not indexed, None where it is."""
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file: remove it from the sources folder"
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in path.name):
        return "its name has characters in it that cannot be shown: rename it"
    ending = path.suffix.lower()
    if ending not in FORMATS:
        known = ", ".join(sorted(FORMATS))
        return f"files ending in {ending or 'nothing'} are not read ({known} are): convert it to plain text"
    if status.st_size == 0:
        return "it is empty: fill it or remove it"
    if status.st_size > size_limit:
        return (
            f"it has {status.st_size:,} bytes, more than the limit of {size_limit:,}: "
            "split it, or raise RAG_FILE_SIZE_LIMIT"
        )
    return None


def _follow_links(
    folder: Path, links: list[Path], size_limit: int, files: list[SourceFile], skipped: list[Skipped]
) -> None:
    """Sort in the symbolic links; one whose file is listed already, or that leads out of `folder`, is skipped."""
    root = folder.resolve()
    listed = {file.path.resolve() for file in files}
    for link in sorted(links):
        source = _name(folder, link)
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError):  # a loop is a RuntimeError before Python 3.13
            skipped.append(Skipped(source, "the link leads nowhere: mend or remove it"))
            continue
        if not target.is_relative_to(root):
            skipped.append(Skipped(source, "the link leads out of the sources folder: copy the file here instead"))
        elif target.is_dir():
            skipped.append(Skipped(source, "it is a link to a folder, which is indexed only where it really is"))
        elif target in listed:
            skipped.append(Skipped(source, f"it is a link to {_name(root, target)}, which is indexed under that name"))
        else:
            listed.add(target)
            _sort_in(folder, link, size_limit, files, skipped)
