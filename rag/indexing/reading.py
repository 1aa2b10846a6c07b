"""Reading files ahead of their use, so that the readers are busy while the model is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from rag.errors import SourceError
from rag.sources import Reading, SourceFile, SourceReader
from rag.types import Skipped

_THREADS = 4
"""Files that are read at once, each in a process of the reader's."""
_AHEAD = 16
"""Files that are read, or being read, before they are used."""


def read_ahead(reader: SourceReader, files: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, Reading]]:
    """Yield each file with what became of it, in order; one that cannot be read has no documents and says why."""
    waiting: deque[tuple[SourceFile, Future[Reading]]] = deque()
    coming = iter(files)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="reading") as executor:
        try:
            for file in coming:
                waiting.append((file, executor.submit(_read, reader, file)))
                if len(waiting) >= _AHEAD:
                    yield _next(waiting)
            while waiting:
                yield _next(waiting)
        finally:
            for _, future in waiting:
                future.cancel()
            if waiting:
                reader.close()  # left before the end: what is being read is not waited for


def _next(waiting: deque[tuple[SourceFile, Future[Reading]]]) -> tuple[SourceFile, Reading]:
    file, future = waiting.popleft()
    return file, future.result()


def _read(reader: SourceReader, file: SourceFile) -> Reading:
    try:
        return reader.read(file)
    except SourceError as error:
        return Reading((), (Skipped(file.source, str(error)),))
