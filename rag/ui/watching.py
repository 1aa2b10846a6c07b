"""Keeping the index up to date while the page is served: sources are watched, changes taken up. No Streamlit here."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rag.errors import IndexMissingError, RagError
from rag.types import IndexReport, SourceChanges
from rag.ui.building import IndexBuild
from rag.ui.engines import EngineHolder

LOOK_SECONDS = 0.3
"""How often a wait looks whether the program ends."""
RETRY_SECONDS = 2.0
"""How long to wait for another process that builds, or for a folder that is not there."""

LEFT_OUT_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Note:
    """What the page says of the last change; `trouble` where it could not be taken up."""

    words: str
    trouble: bool = False


class Desk(Protocol):
    """What is needed of the service."""

    @property
    def engines(self) -> EngineHolder:
        """The engine in use."""

    @property
    def build(self) -> IndexBuild | None:
        """The last build, which may be under way."""

    def start_build(self, *, rebuild: bool) -> IndexBuild:
        """Build in the background, or return the build that is under way."""


class SourcesWatch:
    """Builds whenever the sources change, from the start what changed since the last build; `note` tells of it.

    Its thread is no daemon, because a thread may not be inside watchfiles when the interpreter goes; it ends by
    itself when the program does.
    """

    def __init__(self, changes: Callable[[threading.Event], Iterator[SourceChanges]], desk: Desk) -> None:
        self._changes = changes
        self._desk = desk
        self._stop = threading.Event()
        self.note: Note | None = None
        self._thread = threading.Thread(target=self._run, name="watch-sources")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self._stop.set()
        self._thread.join()

    @property
    def _ended(self) -> bool:
        return self._stop.is_set() or not threading.main_thread().is_alive()

    def _run(self) -> None:
        while not self._ended:
            try:
                changes = self._changes(self._stop)
                for change in itertools.chain(self._since_the_build(), changes):
                    self._take_up(change)
                return
            except RagError:
                self._wait(RETRY_SECONDS)  # the folder is not there or cannot be listed, which the page says

    def _since_the_build(self) -> Iterator[SourceChanges]:
        """Yield what changed before anybody watched."""
        self._desk.engines.refresh()
        try:
            with self._desk.engines.lease() as engine:
                status = engine.index_status()
        except RagError:
            return  # there is no index, or it cannot be compared, which the page says
        if status.stale:
            yield SourceChanges(status.added, status.changed, status.removed)

    def _take_up(self, change: SourceChanges) -> None:
        """Build, unless it is for a person to say whether there is to be another index than the one that is there."""
        if self._generation() is None and not isinstance(self._desk.engines.trouble, IndexMissingError):
            return
        what = change.summary() or "they are back"
        self.note = Note(f"The sources have changed: {what}. The index is being brought up to date.")
        if self._desk.build is not None:
            self._await(self._desk.build)  # which may have taken the change up, as that of what was just added does
        before = self._generation()
        build = self._built()
        if build is None:
            self.note = None
        elif build.report is None:
            self.note = Note(f"The sources have changed, but the index is as it was. {build.problem}", trouble=True)
        elif build.report.generation == before:
            self.note = None
        else:
            self.note = Note(
                f"Index brought up to date at {time.strftime('%H:%M')}: {what}.{_left_out(change, build.report)}"
            )

    def _built(self) -> IndexBuild | None:
        """Return a build that began after the change and has ended, None where the program ends before."""
        while not self._ended:
            build = self._desk.start_build(rebuild=False)
            self._await(build)
            if not build.running and not build.busy:
                return build
            self._wait(RETRY_SECONDS)
        return None

    def _await(self, build: IndexBuild) -> None:
        while build.running and not self._ended:
            build.wait(LOOK_SECONDS)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._ended:
            self._stop.wait(LOOK_SECONDS)

    def _generation(self) -> str | None:
        try:
            with self._desk.engines.lease() as engine:
                return engine.generation
        except RagError:
            return None


def _left_out(change: SourceChanges, report: IndexReport) -> str:
    """Return which of the files that changed could not be read, in a sentence each; the first few."""
    touched = {*change.added, *change.changed}
    skipped = [each for each in report.skipped if each.source in touched]
    return "".join(f" {each.source} was left out: {each.reason}." for each in skipped[:LEFT_OUT_SHOWN])
