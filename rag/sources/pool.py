"""Reading files in processes of their own, so that a file that hangs or crashes its reader harms nothing else."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rag.errors import SourceError
from rag.sources.files import SourceFile
from rag.sources.formats import DEFAULT_LIMITS, Reading, ReadingLimits
from rag.sources.pictures import PictureRequest
from rag.sources.processes import (
    ReaderCrashedError,
    ReaderExhaustedError,
    ReaderFailedError,
    ReaderProcess,
    ReaderTimeoutError,
)
from rag.sources.reading import read_small_text
from rag.sources.wire import Message, pack_picture_request, pack_request, unpack_picture, unpack_reading

DEFAULT_SECONDS = 120.0
DEFAULT_MEMORY = 4 << 30
"""Bytes of address space for each process."""
_MOST_PROCESSES = 8
"""More only where they are asked for: each may take a gigabyte."""
_RETIREMENT = 500
"""Files after which a process is replaced: what native libraries leak stays small."""
_GIBIBYTE = 1 << 30
_CLOSED = "this SourceReader is closed"


class SourceReader:
    """Reads files; a context manager. Safe to use from several threads at once.

    Small plain text is read in this process: the code that reads it is this program's own, takes time in proportion
    to the size, and is done before a process would have started. Everything else goes to processes that are started
    when they are first needed, as many as there are threads that read, at most `workers`.
    """

    def __init__(
        self,
        limits: ReadingLimits = DEFAULT_LIMITS,
        *,
        seconds: float = DEFAULT_SECONDS,
        workers: int | None = None,
        memory_bytes: int = DEFAULT_MEMORY,
    ) -> None:
        """Take the limits of one file: what it may unpack to, how long its reading may take, and in what memory."""
        self._limits = limits
        self._seconds = seconds
        self.workers = max(1, workers or min(os.cpu_count() or 1, _MOST_PROCESSES))
        """How many files are read at the same time, at most."""
        self._processes = _Processes(self.workers, memory_bytes)
        self._memory_bytes = memory_bytes
        weakref.finalize(self, self._processes.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def read(self, file: SourceFile) -> Reading:
        """Return the documents of a file.

        Raises SourceError, with the reason and what to do but without the file's name, where it has none.
        """
        small = read_small_text(file, self._limits)
        if small is not None:
            return small
        return unpack_reading(self._answer(pack_request(file, self._limits, self._seconds)))

    def picture(self, request: PictureRequest) -> bytes:
        """Return a page as a PNG. Raises SourceError, as `read` does, where it cannot be drawn."""
        return unpack_picture(self._answer(pack_picture_request(request, self._seconds)))

    def _answer(self, request: Message) -> Message:
        """Return what a process answers. Raises SourceError with the reason where it has none."""
        try:
            answer = self._ask(request)
        except ReaderFailedError as error:
            raise SourceError(self._described(error)) from error
        if "reason" in answer:
            raise SourceError(answer["reason"])
        return answer

    def _described(self, error: ReaderFailedError) -> str:
        """Return why a file could not be read and what to do."""
        if isinstance(error, ReaderTimeoutError):
            limit = f"{self._seconds:g} seconds"
            return f"reading it took longer than {limit}: split it, or raise RAG_FILE_SECONDS_LIMIT"
        if isinstance(error, ReaderExhaustedError):
            limit = f"{self._memory_bytes / _GIBIBYTE:.3g} GiB"
            return f"reading it took more memory than {limit}: split it into smaller files"
        return (
            f"its reader crashed ({error}), so it may be damaged: open it in the program that made it and save it "
            "again, or convert it to plain text"
        )

    def _ask(self, request: Message) -> Message:
        """Return what a process answers.

        A crash counts only in a process that had read nothing before, so that the outcome is the same whatever was
        read earlier. Raises ReaderFailedError.
        """
        with self._processes.lend() as process:
            first = not process.served
            try:
                return process.ask(request, self._seconds)
            except (ReaderCrashedError, ReaderExhaustedError):
                if first:
                    raise
        with self._processes.lend(new=True) as process:
            return process.ask(request, self._seconds)

    def close(self) -> None:
        """End the processes, those that are reading too: what they read then has crashed its reader."""
        self._processes.close()


class _Processes:
    """The processes of one reader: those that wait for work, and a count of all."""

    def __init__(self, most: int, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._places = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._waiting: list[ReaderProcess] = []
        self._all: set[ReaderProcess] = set()
        self._closed = False

    @contextmanager
    def lend(self, *, new: bool = False) -> Iterator[ReaderProcess]:
        """Lend a process to one thread, a `new` one if asked, waiting while all places are taken."""
        with self._places:
            process = self._take(new=new)
            try:
                yield process
            finally:
                self._take_back(process)

    def _take(self, *, new: bool) -> ReaderProcess:
        with self._lock:
            self._refuse_closed()
            if self._waiting and not new:
                return self._waiting.pop()
            replaced = self._waiting.pop() if self._waiting else None
        if replaced is not None:
            self._discard(replaced)
        process = ReaderProcess(self._memory_bytes)
        with self._lock:
            if not self._closed:
                self._all.add(process)
                return process
        process.discard()
        raise RuntimeError(_CLOSED)

    def _take_back(self, process: ReaderProcess) -> None:
        with self._lock:
            if not (self._closed or process.ended or process.served >= _RETIREMENT):
                self._waiting.append(process)
                return
        self._discard(process)

    def _discard(self, process: ReaderProcess) -> None:
        process.discard()
        with self._lock:
            self._all.discard(process)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise RuntimeError(_CLOSED)

    def close(self) -> None:
        """End all of them; a process that is lent is put away by the thread that has it."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            lent = self._all - set(waiting)
        for process in lent:
            process.end()
        for process in waiting:
            self._discard(process)
