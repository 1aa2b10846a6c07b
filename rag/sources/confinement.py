"""What a process that reads strangers' files gives up: the network, other programs, memory, and outliving its parent.

What this can do, and what not: the refusals are an audit hook (PEP 578), so they hold for whatever Python code and its
standard library do, and cannot be taken back. Native code that opens a socket by itself is not seen; the libraries
used here have none that does (lxml is built without a network, pdfium has none). It is a bolt against readers that
follow a reference in a file, not a sandbox against native code that a file took over.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

ALLOWED_PROGRAMS = ("tesseract",)
"""What a reader may start, where it is installed: OCR."""
_REFUSED = frozenset(
    {
        *("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system"),
        *("pty.spawn", "ftplib.connect", "imaplib.open", "poplib.connect", "smtplib.connect", "urllib.Request"),
    }
)
_LARGEST_FILE = 1 << 30
"""Bytes that a file written by it or a program that it starts may have: OCR works through temporary files."""
_PARENT_CHECK_SECONDS = 0.5
_GRACE_SECONDS = 10


def confine(memory_bytes: int) -> None:
    """Give up the network, other programs than the allowed ones, and more memory than `memory_bytes`, for good."""
    limit_memory(memory_bytes)
    programs = frozenset(path for path in map(shutil.which, ALLOWED_PROGRAMS) if path)
    sys.addaudithook(refusing(programs))


def limit_memory(memory_bytes: int) -> None:
    """Hold this process to so many bytes of address space, where the system can (macOS and Windows do not)."""
    if sys.platform == "win32":
        return
    import resource

    for kind, wanted in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_FSIZE, _LARGEST_FILE)):
        _, most = resource.getrlimit(kind)
        limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        try:
            resource.setrlimit(kind, (limit, most))
        except (OSError, ValueError):
            continue  # macOS has the names of limits that it does not keep


def refusing(programs: frozenset[str]) -> Callable[[str, tuple[Any, ...]], None]:
    """Return an audit hook that raises PermissionError at sockets, and at programs whose full path is not given."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith("socket.") or event in _REFUSED:
            raise PermissionError(f"a reader of files may not do this: {event}")
        if event == "subprocess.Popen" and os.fsdecode(arguments[0] or "") not in programs:
            raise PermissionError(f"a reader of files may not start {arguments[0]}")

    return hook


def take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return standard input and output for messages, and put nothing in their place.

    A parser that prints then prints nowhere, and a program that it starts reads nothing.
    """
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    return incoming, outgoing


def end_with_parent() -> None:
    """End this process and all that it started soon after its parent has died.

    By a thread that looks on. (Linux could send a signal instead, but sends it when the thread that started this
    process ends.) Native code may keep the thread from running: `alarm` ends those.
    """
    if sys.platform == "win32":
        return
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_CHECK_SECONDS)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def alarm(seconds: float) -> None:
    """Have the system end this process some time after `seconds`, whatever it does then; 0 takes that back."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS if seconds else 0)
