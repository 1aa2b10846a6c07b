"""Reading files in processes of their own, so that a file that hangs or crashes its reader harms nothing else."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rag.sources.files import SourceFile
from rag.sources.formats import DEFAULT_LIMITS, Reading, ReadingLimits
from rag.sources.reading import read_file


class SourceReader:
    """Reads files; a context manager. Safe to use from several threads at once."""

    def __init__(self, limits: ReadingLimits = DEFAULT_LIMITS, *, seconds: float = 120.0) -> None:
        """Take the limits of one file: what it may unpack to, and how long its reading may take."""
        self._limits = limits
        self._seconds = seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def read(self, file: SourceFile) -> Reading:
        """Return the documents of a file. Raises SourceError where it has none."""
        return read_file(file, self._limits)

    def close(self) -> None:
        """End the processes."""
