"""Which files of the sources folder are documents, and why the others are not."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SourceError
from rag.sources.formats import FORMATS
from rag.sources.ignoring import Ignored, is_passed_over, read_ignored
from rag.sources.recognition import advice_for
from rag.types import Skipped

PART_MARK = "#"
"""What stands between the name of a file and that of a part of it."""
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, bytes that are no characters, line and paragraph separators."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be read: `source` is its path relative to the sources folder, with `/`."""

    source: str
    path: Path
    size: int
    """Bytes."""
    mtime_ns: int
    """Time of the last change, in nanoseconds since 1970."""
    ctime_ns: int = 0
    """Time of the last change of content, name or permissions, which nobody can set; 0 where it was not looked up."""


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


def find_sources(folder: Path, size_limit: int, ignore: Sequence[str] = ()) -> SourceListing:
    """List the documents in `folder` and below it; whatever is not one is listed as skipped, with the reason.

    Passed over without a word are hidden and temporary files, and those that `.ragignore` in the folder or `ignore`
    name, both in the syntax of `.gitignore`. A symbolic link is followed where it leads to a file inside `folder` that
    is not listed under its own name. `size_limit` is in bytes. Whether a file can be read shows when it is read: only
    what is no document by its ending is skipped here.
    Raises SourceError when `folder` is not a folder that can be read, UsageError for a pattern that is none.
    """
    require_folder(folder)
    listing = _Listing(folder, size_limit, read_ignored(folder, ignore))
    listing.fill()
    return SourceListing(
        tuple(sorted(listing.files, key=lambda file: file.source)),
        tuple(sorted(listing.skipped, key=lambda item: item.source)),
    )


def _name(folder: Path, path: Path) -> str:
    """Return the source name of a path: relative, with `/`, bytes that are no characters written out."""
    return _shown(path.relative_to(folder).as_posix())


def _shown(relative: str) -> str:
    return relative if relative.isascii() else os.fsencode(relative).decode("utf-8", "backslashreplace")


class _Listing:
    """A folder on its way to being listed."""

    def __init__(self, folder: Path, size_limit: int, ignored: Ignored) -> None:
        self._folder = folder
        self._size_limit = size_limit
        self._ignored = ignored
        self._links: list[Path] = []
        self.files: list[SourceFile] = []
        self.skipped: list[Skipped] = []

    def fill(self) -> None:
        """Go through the folder."""
        waiting = [(self._folder, "")]
        while waiting:
            current, inner = waiting.pop()
            for entry in self._entries(current, inner):
                path = Path(entry.path)
                if entry.is_symlink():
                    self._links.append(path)
                elif entry.is_dir():
                    waiting.append((path, f"{inner}{entry.name}/"))
                else:
                    self._sort_in(path, inner + entry.name, entry.stat)
        self._follow_links()
        self._refuse_parts()

    def _skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(_name(self._folder, path), reason))

    def _entries(self, current: Path, inner: str) -> list[os.DirEntry[str]]:
        """Return what is in a folder and not passed over; nothing where it cannot be read, which is put down.

        `inner` is the folder's path below that of the sources, with `/` at its end.
        """
        try:
            with os.scandir(current) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            if current == self._folder:
                raise SourceError(f"The sources folder {current} cannot be read: {error.strerror}.") from error
            self._skip(current, f"the folder cannot be read ({error.strerror}): change its permissions")
            return []
        names = {entry.name for entry in entries}
        return [entry for entry in entries if not self._passes_over(inner, entry, names)]

    def _passes_over(self, inner: str, entry: os.DirEntry[str], beside: set[str]) -> bool:
        if is_passed_over(entry.name, beside):
            return True
        return self._ignored.has(inner + entry.name, folder=entry.is_dir(follow_symlinks=False))

    def _sort_in(self, path: Path, relative: str, look: Callable[[], os.stat_result]) -> None:
        """Put one path, below the sources folder `relative`, into `files`, or into `skipped` with the reason."""
        try:
            status = look()
        except OSError as error:
            self._skip(path, f"it cannot be read ({error.strerror}): change its permissions or remove it")
            return
        reason = _reason_against(path, relative, status, self._size_limit)
        if reason:
            self._skip(path, reason)
        else:
            self.files.append(
                SourceFile(_shown(relative), path, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            )

    def _follow_links(self) -> None:
        """Sort in the symbolic links; one whose file is listed already, or that leads out of the folder, is skipped."""
        root = self._folder.resolve()
        listed = {file.path.resolve() for file in self.files} if self._links else set()
        for link in sorted(self._links):
            try:
                target = link.resolve(strict=True)
            except (OSError, RuntimeError):  # a loop is a RuntimeError before Python 3.13
                self._skip(link, "the link leads nowhere: mend or remove it")
                continue
            if not target.is_relative_to(root):
                self._skip(link, "the link leads out of the sources folder: copy the file here instead")
            elif target.is_dir():
                self._skip(link, "it is a link to a folder, which is indexed only where it really is")
            elif target in listed:
                self._skip(link, f"it is a link to {_name(root, target)}, which is indexed under that name")
            else:
                listed.add(target)
                self._sort_in(link, link.relative_to(self._folder).as_posix(), link.stat)

    def _refuse_parts(self) -> None:
        """Skip files whose names could be those of parts of other files: `mail.eml#a.pdf` beside `mail.eml`."""
        named = {file.source for file in self.files if PART_MARK not in file.source}
        for file in [file for file in self.files if PART_MARK in file.source]:
            whole = next((each for each in _wholes(file.source) if each in named), None)
            if whole is not None:
                self.files.remove(file)
                self.skipped.append(Skipped(file.source, f"its name reads as that of a part of {whole}: rename it"))
            else:
                named.add(file.source)


def _wholes(source: str) -> list[str]:
    """Return what a source could be a part of, by its name."""
    pieces = source.split(PART_MARK)
    return [PART_MARK.join(pieces[:count]) for count in range(1, len(pieces))]


def _reason_against(path: Path, relative: str, status: os.stat_result, size_limit: int) -> str | None:
    """Return why a path, below the sources folder `relative`, is not indexed, None where it is."""
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file: remove it from the sources folder"
    if not relative.isprintable() and any(unicodedata.category(character) in _UNSHOWN for character in relative):
        return "its name has characters in it that cannot be shown: rename it"
    ending = path.suffix.lower()
    advice = advice_for(ending)
    if advice is not None and ending not in FORMATS:
        return f"files ending in {ending} are not read: {advice}"
    if status.st_size == 0:
        return "it is empty: fill it or remove it"
    if status.st_size > size_limit:
        return (
            f"it has {status.st_size:,} bytes, more than the limit of {size_limit:,}: "
            "split it, or raise RAG_FILE_SIZE_LIMIT"
        )
    return None


def file_of(source: str, folder: Path) -> Path | None:
    """Return the file in `folder` that a source is, or is a part of; None where there is none.

    A name may have the mark of a part in it itself, so the longest that is a file counts. Raises SourceError for one
    that leads out of the folder.
    """
    root = folder.resolve()
    for name in [source, *reversed(_wholes(source))]:
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise SourceError(f"{source} lies outside the sources folder.")
        if path.is_file():
            return root / name
    return None
