"""One builder at a time, and errors for people where the index cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexBusyError, UsageError

_LOCK = "build.lock"


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
