"""The engine in use, which may be exchanged for that of a newer index while answers are still being written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.errors import IndexMissingError, RagError
from rag.ui.backend import AnsweringEngine


class EngineHolder:
    """Hands out the newest engine; an older one is closed when the last who uses it is done.

    `open_engine` opens the newest generation and raises RagError; `newest` tells its id cheaply, None without an index.
    """

    def __init__(self, open_engine: Callable[[], AnsweringEngine], newest: Callable[[], str | None]) -> None:
        self._open = open_engine
        self._newest = newest
        self._engine: AnsweringEngine | None = None
        self._users: dict[int, int] = {}
        self._opened_for: str | None = None
        """The newest generation when the engine was opened: not its own where that one was damaged."""
        self._refused: tuple[str | None, RagError] | None = None
        self._lock = threading.Lock()
        self._opening = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether there is an engine to answer with."""
        return self._engine is not None

    @property
    def trouble(self) -> RagError | None:
        """Why the newest index could not be opened, None where it could."""
        return self._refused[1] if self._refused else None

    def refresh(self) -> None:
        """Open the newest generation where it is not the one in use; what fails is kept in `trouble`."""
        with self._opening:
            newest: str | None = None
            try:
                newest = self._newest()
                if self._is_settled(newest):
                    return
                opened = self._open()
            except RagError as error:
                self._refused = (newest, error)
            else:
                self._refused = None
                self._opened_for = newest
                self._exchange(opened)

    def _is_settled(self, newest: str | None) -> bool:
        """Whether there is nothing new to open, or it was tried already and the old engine goes on."""
        if self._engine is None:
            return False
        tried = self._refused is not None and self._refused[0] == newest
        return tried or newest in {None, self._engine.generation, self._opened_for}

    @contextmanager
    def lease(self) -> Iterator[AnsweringEngine]:
        """Yield the engine and keep it open meanwhile; raises RagError where there is none."""
        with self._lock:
            engine = self._engine
            if engine is None:
                raise self.trouble or IndexMissingError("There is no index yet. Build it, then ask again.")
            self._users[id(engine)] = self._users.get(id(engine), 0) + 1
        try:
            yield engine
        finally:
            self._return(engine)

    def _exchange(self, opened: AnsweringEngine) -> None:
        with self._lock:
            previous, self._engine = self._engine, opened
            idle = previous is not None and not self._users.get(id(previous))
        if previous is not None and idle:
            previous.close()

    def _return(self, engine: AnsweringEngine) -> None:
        with self._lock:
            self._users[id(engine)] -= 1
            unused = not self._users[id(engine)]
            if unused:
                del self._users[id(engine)]
            outdated = engine is not self._engine
        if unused and outdated:
            engine.close()
