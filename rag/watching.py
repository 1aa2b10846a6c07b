"""Noticing that files below a folder have changed, by the system's notifications or, where there are none, by looking.

A notification only says that it is time to look: what changed is told by comparing what a look at the folder finds
with what the last one found. So nothing is told twice, a burst of changes is told as one, and a lost notification
(network shares send none for the changes of other machines) is made up for at the next look.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from pathlib import Path

from rag.errors import RagError
from rag.types import SourceChanges

Look = Callable[[], Mapping[str, Hashable]]
"""Returns the files that count, by path relative to the folder, with what tells one state of a file from another.
Raises RagError where that cannot be told."""

QUIET_MILLISECONDS = 300
"""A burst of changes is over when nothing has changed for so long; a stop is noticed within this time too."""
BURST_MILLISECONDS = 5_000
"""Changes that do not end are told after so long."""
LOOK_SECONDS = 30.0
"""How often the folder is looked at without a notification."""
WAIT_MILLISECONDS = 1_000
"""How long one wait for notifications takes at most."""
POLL_SECONDS = 2.0
"""How often the folder is looked at where there are no notifications to be had."""


def watch(
    folder: Path, look: Look, stop: threading.Event, *, polling: bool = False, look_seconds: float = LOOK_SECONDS
) -> Iterator[SourceChanges]:
    """Look at `folder` now, and return an iterator that waits for changes and yields what changed since it last told.

    What changes while the caller works on what was yielded is yielded next. Where `look` fails, one empty
    `SourceChanges` is yielded, and another when it can look again. Ends when `stop` is set or the program ends.
    `polling` does without the system's notifications. Raises what `look` raises now.
    """
    return _compared(look, look(), _wakes(folder, _Stop(stop), polling, look_seconds))


def _compared(look: Look, seen: Mapping[str, Hashable], wakes: Iterator[None]) -> Iterator[SourceChanges]:
    """Yield the differences between what one look finds and the next."""
    readable = True
    for _ in wakes:
        try:
            now = look()
        except RagError:
            if readable:
                yield SourceChanges()
            readable = False
            continue
        changes = compare(seen, now)
        seen = now
        if changes.any or not readable:
            readable = True
            yield changes


def compare(before: Mapping[str, Hashable], now: Mapping[str, Hashable]) -> SourceChanges:
    """Return what changed from one look to another."""
    same = before.keys() & now.keys()
    return SourceChanges(
        added=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(name for name in same if before[name] != now[name])),
        removed=tuple(sorted(before.keys() - now.keys())),
    )


class _Stop:
    """What watchfiles asks whether to stop: a thread that waits in it must have left it when the program ends."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def is_set(self) -> bool:
        return self._stop.is_set() or not threading.main_thread().is_alive()

    def wait(self, seconds: float) -> None:
        self._stop.wait(seconds)


def _wakes(folder: Path, stop: _Stop, polling: bool, look_seconds: float) -> Iterator[None]:
    """Yield whenever it is time to look, whatever becomes of the folder meanwhile."""
    while not stop.is_set():
        try:
            if not polling:
                yield from _notified(folder, stop, look_seconds)
                continue
        except OSError as error:
            # the folder is gone, or the system has no more notifications to give: too many folders are watched
            polling = not isinstance(error, FileNotFoundError)
        yield
        stop.wait(POLL_SECONDS)


def _notified(folder: Path, stop: _Stop, look_seconds: float) -> Iterator[None]:
    """Yield when something was touched, or not looked at for long, until the folder is gone or replaced."""
    import watchfiles

    identity, looked, root = _identity(folder), -look_seconds, folder.resolve()
    notifications = watchfiles.watch(
        root,
        watch_filter=lambda _, path: not _is_hidden(root, path),
        debounce=BURST_MILLISECONDS,
        step=QUIET_MILLISECONDS,
        stop_event=stop,
        rust_timeout=WAIT_MILLISECONDS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    for touched in notifications:
        now = time.monotonic()
        if touched or now - looked >= look_seconds:
            looked = now
            yield
        if _identity(folder) != identity:
            return


def _identity(folder: Path) -> tuple[int, int]:
    """Return what tells one folder of this name from another. Raises FileNotFoundError where there is none."""
    status = folder.stat()
    return status.st_dev, status.st_ino


def _is_hidden(root: Path, path: str) -> bool:
    """Tell whether a path lies in a hidden folder below `root`, where other programs keep what is theirs."""
    inside = Path(path)
    return inside.is_relative_to(root) and any(part.startswith(".") for part in inside.relative_to(root).parts[:-1])
