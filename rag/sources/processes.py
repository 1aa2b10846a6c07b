"""One process that reads files, seen from the program: started, asked, and ended with whatever it started itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO, cast

from rag.errors import UsageError
from rag.sources.wire import Message, receive, send

_ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds the package: from there `-m` finds it, whatever the current folder is."""
_START_SECONDS = 120.0
_LAST_SECONDS, _STEP_SECONDS = 2.0, 0.01
_SHOWN = 300


class ReaderFailedError(Exception):
    """A process that was asked has ended, or was ended, instead of giving a reading. Becomes a SourceError."""


class ReaderTimeoutError(ReaderFailedError):
    """It did not answer in time."""


class ReaderExhaustedError(ReaderFailedError):
    """Its memory ran out."""


class ReaderCrashedError(ReaderFailedError):
    """It ended by itself; the message says how."""


class ReaderProcess:
    """A running `rag.sources.worker`; asked by one thread at a time, ended by any."""

    def __init__(self, memory_bytes: int) -> None:
        """Start it. Raises UsageError when it cannot be started within the memory that it is given."""
        self.served = 0
        """How many requests it has answered."""
        self._ending = threading.Lock()
        with tempfile.TemporaryFile() as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rag.sources.worker", str(memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=_ROOT,
                start_new_session=True,
            )
            try:
                self._receive(_START_SECONDS)
            except ReaderFailedError as error:
                problem = f"The process that reads files could not be started ({_last(errors)})."
                raise UsageError(f"{problem} Free memory, or install this program again.") from error

    @property
    def pid(self) -> int:
        """Return the process's id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Return whether it was found to have ended."""
        return self._process.returncode is not None

    def ask(self, request: Message, seconds: float) -> Message:
        """Return its answer. Raises ReaderFailedError of one kind or another, and then it has ended."""
        try:
            send(cast("BinaryIO", self._process.stdin), request)
        except OSError:
            raise self._crashed() from None
        answer = self._receive(seconds)
        if "exhausted" in answer:
            self.discard()
            raise ReaderExhaustedError
        self.served += 1
        return answer

    def _receive(self, seconds: float) -> Message:
        """Return its next message, ending it when there is none after `seconds`."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self.end()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            answer = receive(cast("BinaryIO", self._process.stdout))
        finally:
            timer.cancel()
        if late.is_set():
            self.discard()
            raise ReaderTimeoutError
        if answer is None:
            raise self._crashed()
        return answer

    def _crashed(self) -> ReaderCrashedError:
        self._let_end()
        self.discard()
        return ReaderCrashedError(_described(self._process.returncode))

    def _let_end(self) -> None:
        """Give a process that has closed its output a moment to end by itself, so that its status says how it did.

        The status is left where it is: `end` takes it.
        """
        if sys.platform == "win32":
            return
        until = time.monotonic() + _LAST_SECONDS
        with self._ending, suppress(ChildProcessError):
            while time.monotonic() < until and self._process.returncode is None:
                if os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                    return
                time.sleep(_STEP_SECONDS)

    def end(self) -> None:
        """End it at once, and with it what it started; one that is being asked then has crashed."""
        with self._ending:
            if self._process.returncode is not None:
                return
            # Killed before its status is taken, for until then no other process can have its number.
            if sys.platform == "win32":
                self._process.kill()
            else:
                with suppress(ProcessLookupError, PermissionError):  # ended already; macOS says it in the second way
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def discard(self) -> None:
        """End it and close its streams; only where no thread is asking it."""
        self.end()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):  # the rest of a request that nobody reads any more
                cast("IO[bytes]", stream).close()


def _described(status: int) -> str:
    """Return how a process ended, in words."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _last(errors: IO[bytes]) -> str:
    """Return the last line that a process wrote to standard error."""
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").split("\n")
    return next((line.strip()[:_SHOWN] for line in reversed(lines) if line.strip()), "it ended without a word")
