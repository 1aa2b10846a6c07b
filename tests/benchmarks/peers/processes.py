"""Running a program: how long it takes from start to end, and how much memory it and its children hold at most."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.5
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Run:
    """A program that has ended."""

    seconds: float
    peak_bytes: int
    """The most memory that its processes, and those watched with it, were seen to hold together."""
    status: int
    output: str
    """What it wrote to standard error."""


def run(
    command: Sequence[str], environment: Mapping[str, str], *, watched: Sequence[int] = (), watch: bool = True
) -> Run:
    """Run a program to its end; `watched` are other processes whose memory counts as its own."""
    start = time.perf_counter()
    process = subprocess.Popen(
        list(command), env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    watcher = MemoryWatcher((process.pid, *watched))
    if watch:
        watcher.start()
    _, output = process.communicate()
    seconds = time.perf_counter() - start
    watcher.stop()
    return Run(seconds, watcher.peak_bytes, process.returncode, output)


class MemoryWatcher(threading.Thread):
    """Looks again and again at the memory of some processes and their descendants."""

    def __init__(self, processes: Sequence[int]) -> None:
        """Watch these; start it with `start`, end it with `stop`."""
        super().__init__(daemon=True)
        self._processes = processes
        self._ended = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        """Look until told to stop."""
        while not self._ended.wait(_EVERY):
            family = {each for process in self._processes for each in descendants(process)}
            self.peak_bytes = max(self.peak_bytes, sum(map(held_bytes, family)))

    def stop(self) -> None:
        """End it."""
        self._ended.set()
        if self.is_alive():
            self.join()


def descendants(process: int) -> Iterator[int]:
    """Yield a process and all that it started, as far as they still run; Linux only, elsewhere the process alone."""
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            identities = children.read_text(encoding="ascii").split()
        except OSError:  # it has ended in the meantime
            continue
        for identity in identities:
            yield from descendants(int(identity))


def held_bytes(process: int) -> int:
    """Return the memory that a process has resident, what it shares counted by its share; 0 where it has ended."""
    try:
        summary = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in summary.splitlines() if line.startswith("Pss:"))


def bytes_under(folder: Path) -> int:
    """Return the size of the files of a folder, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink() and path.is_file())
