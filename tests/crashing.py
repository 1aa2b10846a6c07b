"""Killing a process at its n-th step that changes the disk, counted, so that every such moment can be tried.

A step is a call of one of the functions by which Python changes files and folders, half of what is written to a file, a
commit of SQLite, or a write of FAISS. The process is forked without starting anew, so hundreds of builds take seconds.
"""

from __future__ import annotations

import builtins
import io
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SYSTEM = ("fsync", "rename", "replace", "link", "mkdir", "unlink", "rmdir", "remove", "truncate")


class Steps:
    """Counts steps, and at the one that is `last` does what `at_last` does."""

    def __init__(self, at_last: Callable[[], None], last: int | None = None) -> None:
        self.count = 0
        self._last, self._at_last = last, at_last

    def step(self) -> None:
        """Count one step, before it is done."""
        self.count += 1
        if self.count == self._last:
            self._at_last()

    def counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function` with each call being a step."""

        def call(*values: Any, **named: Any) -> Any:
            self.step()
            return function(*values, **named)

        return call


class _CountedFile(io.FileIO):
    """A file that is written without a buffer, each write a step."""

    steps: Steps

    def write(self, data: Any, /) -> int:
        half = memoryview(data)[: len(memoryview(data)) // 2]
        super().write(half)  # what is killed has written a part
        self.steps.step()
        return len(half) + (super().write(memoryview(data)[len(half) :]) or 0)


class _CountedConnection(sqlite3.Connection):
    """A connection with each commit, and its closing, being a step: what it writes is written then."""

    steps: Steps

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement == "COMMIT":
            self.steps.step()
        return super().execute(statement, *values)

    def __exit__(self, *exception: Any) -> Any:
        self.steps.step()
        return super().__exit__(*exception)

    def close(self) -> None:
        self.steps.step()
        super().close()


def inject(steps: Steps, below: Path) -> None:
    """Count every step of this process that changes something `below` a folder. There is no way back."""
    import faiss

    for name in _SYSTEM:
        setattr(os, name, steps.counted(getattr(os, name)))
    library: Any = faiss
    library.write_index = steps.counted(library.write_index)
    plain_open, plain_connect = builtins.open, sqlite3.connect
    counted_file = type("CountedFile", (_CountedFile,), {"steps": steps})
    counted_connection = type("CountedConnection", (_CountedConnection,), {"steps": steps})

    def open_counted(file: Any, mode: str = "r", *values: Any, **named: Any) -> Any:
        if not {"w", "a", "x", "+"} & set(mode) or not str(file).startswith(str(below)):
            return plain_open(file, mode, *values, **named)
        steps.step()
        raw = counted_file(file, mode.replace("b", "").replace("t", ""))
        if "b" in mode:
            return raw
        return io.TextIOWrapper(io.BufferedWriter(raw), encoding=named.get("encoding"))

    def connect_counted(path: Any, *values: Any, **named: Any) -> sqlite3.Connection:
        if not named.get("uri"):
            steps.step()
            named["factory"] = counted_connection
        return plain_connect(path, *values, **named)

    builtins.open = io.open = open_counted  # type: ignore[assignment]
    sqlite3.connect = connect_counted  # type: ignore[assignment]


def kill_oneself() -> None:
    """End this process as the system ends one that is out of memory: at once, nothing put in order."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], None]) -> int:
    """Do `work` in a forked process, and return its exit status: 0 done, 1 an error, -9 killed."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@contextmanager
def restored(folder: Path) -> Iterator[Callable[[], None]]:
    """Lend a function that puts a folder back as it is now."""
    kept = folder.with_name(f"{folder.name}.kept")
    shutil.copytree(folder, kept, copy_function=shutil.copy2)

    def restore() -> None:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder, copy_function=shutil.copy2)

    yield restore
    shutil.rmtree(kept)
