"""SQLite files as they are used here: written once, whole; then read, never written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rag.errors import IndexDamagedError

AT_A_TIME = 500
"""Parameters of one query; below the number that any build of SQLite takes."""


@contextmanager
def written(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection that writes to a file which nobody reads yet; all is one transaction.

    Nothing is flushed: a generation is, as a whole, before it counts. Raises OSError when it cannot be written.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"{path} cannot be written: {error}") from error


class ReadOnlyDatabase:
    """A file opened for reading, when it is first asked; safe to use from several threads at once."""

    def __init__(self, path: Path) -> None:
        """Take the path of a file that does not change any more."""
        self.path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    def close(self) -> None:
        """Close the file; it is not opened again."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()

    def select(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query. Raises IndexDamagedError when the file cannot be read."""
        try:
            with self._lock:
                return self._opened().execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self.damaged(error) from error

    def select_in(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query with `IN (?)` for any number of values, in no order."""
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(values), AT_A_TIME):
            some = values[start : start + AT_A_TIME]
            rows += self.select(query.replace("(?)", f"({','.join('?' * len(some))})"), some)
        return rows

    def damaged(self, reason: object) -> IndexDamagedError:
        """Return the error for a file that is not what it should be."""
        return IndexDamagedError(
            f"The catalog of the index, {self.path}, cannot be read: {reason}. "
            "Make the index again: rag index --rebuild"
        )

    def _opened(self) -> sqlite3.Connection:
        if self._closed:
            raise sqlite3.ProgrammingError("the index was closed")
        if self._connection is None:
            self._connection = sqlite3.connect(
                f"{self.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        return self._connection
