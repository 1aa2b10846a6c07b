"""The canonical texts of the sources as they are now, read only as far as a check needs them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath

from rag.errors import SourceError
from rag.sources import SourceFile, SourceReader, file_of, find_sources

_FILES_KEPT = 32
_PLAIN = frozenset({".txt", ".text", ".md", ".markdown"})
_TEXT = _PLAIN | {".rst", ".html", ".htm", ".jsonl", ".csv", ".json"}
"""Endings of files whose bytes tell quickly whether words can stand in them."""
_SEARCH_SECONDS = 20.0
"""For the search through the other files of a folder for the words of sources that are gone, over all of a check."""
_NO_LIMIT = 1 << 62


class SourceTexts:
    """The texts of a folder, each file read once as long as it is among those that were read last."""

    def __init__(self, sources: Path, reader: SourceReader) -> None:
        """Take the folder and what reads its files."""
        self._sources = sources
        self._reader = reader
        self._of_file = lru_cache(maxsize=_FILES_KEPT)(self._read)
        self._files: tuple[SourceFile, ...] | None = None
        self._left = _SEARCH_SECONDS
        self._successors: dict[str, SourceFile] = {}
        self.searched_all = True
        """Whether the last search had time for every file that the words could be in."""

    def text(self, source: str) -> str:
        """Return the text of a source. Raises SourceError where it is not there, or lies outside the folder."""
        path = file_of(source, self._sources)
        texts = self._of_file(path) if path else {}
        if source not in texts:
            raise SourceError(f"{source} is not in the sources folder any more.")
        return texts[source]

    def _read(self, path: Path) -> dict[str, str]:
        """Return the texts of the documents of a file by their names."""
        name, status = path.relative_to(self._sources.resolve()).as_posix(), path.stat()
        try:
            reading = self._reader.read(SourceFile(name, path, status.st_size, status.st_mtime_ns))
        except SourceError as error:
            raise SourceError(f"{name} cannot be read any more: {error}.") from error
        return {document.source: document.text for document in reading.documents}

    # ------------------------------------------------------------ looking for words in other sources

    def successor(self, source: str, words: str) -> tuple[str, int] | None:
        """Return the source that has the words of one that is gone, and where; None where none was found in time.

        The file that took the place of the same source before comes first, then files of its name or kind; whether
        the words can be in a file of text shows in its bytes, without reading it.
        """
        began = time.monotonic()
        self.searched_all = True
        known = self._successors.get(source)
        found = self._in_file(known, words) if known else None
        for file in self._likely(source) if found is None else ():
            if time.monotonic() - began >= self._left:
                self.searched_all = False
                break
            found = self._in_file(file, words)
            if found is not None:
                self._successors[source] = file
                break
        self._left = max(0.0, self._left - (time.monotonic() - began))
        return found

    def _likely(self, source: str) -> Sequence[SourceFile]:
        """Return the files of the folder, the likeliest to be the same source first; none where there is no time."""
        if self._left <= 0:
            self.searched_all = False
            return ()
        if self._files is None:
            self._files = find_sources(self._sources, _NO_LIMIT).files
        path = PurePosixPath(source.partition("#")[0])
        return sorted(
            self._files,
            key=lambda file: (
                file.source != str(path),
                PurePosixPath(file.source).name != path.name,
                PurePosixPath(file.source).suffix != path.suffix,
                PurePosixPath(file.source).suffix not in _TEXT,
                file.source,
            ),
        )

    def _in_file(self, file: SourceFile, words: str) -> tuple[str, int] | None:
        if not _may_hold(file.path, words):
            return None
        try:
            texts = self._of_file(self._sources.resolve() / file.path.relative_to(self._sources))
        except SourceError:
            return None  # it cannot be read, so nothing can be cited from it either
        return next(((name, at) for name, text in texts.items() if (at := text.find(words)) >= 0), None)


def _may_hold(path: Path, words: str) -> bool:
    """Say whether a file could hold the words: for one of text, by its bytes.

    A plain text is its bytes; in other formats of text, the longest plain word must stand there as it is.
    """
    ending = path.suffix.lower()
    if ending not in _TEXT:
        return True
    try:
        data = path.read_bytes()
    except OSError:
        return False
    if words.encode() in data or b"\0" in data[:200]:
        return True
    longest = max((word for word in words.split() if word.isascii() and word.isalnum()), key=len, default="")
    return longest.encode() in data and not (ending in _PLAIN and _is_utf8(data))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
