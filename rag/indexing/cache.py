"""Embeddings by content: what was embedded once is not embedded again, however long ago and wherever it stood.

One SQLite file beside the generations, filled while texts are embedded, so that a build that is killed loses next to
nothing. It is no part of the index: each vector carries a checksum, and a damaged file is begun anew.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import numpy as np

from rag.embedding import Vectors
from rag.vector_store import LENGTH_TOLERANCE

CACHE = "embeddings.sqlite"
SIZE_LIMIT = 500_000_000
"""Bytes of vectors; beyond it those go that were used longest ago."""

_AT_A_TIME = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    key BLOB PRIMARY KEY, vector BLOB NOT NULL, checksum BLOB NOT NULL, used INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS vectors_by_use ON vectors (used);
"""


class VectorCache(Protocol):
    """Vectors by the keys of their texts."""

    def get(self, keys: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors that are there, each of shape (dimension,)."""
        ...

    def put(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors by key."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class EmbeddingCache:
    """The vectors of one model by the keys of the texts. Whatever is wrong with the file, texts are embedded again."""

    def __init__(self, index: Path, fingerprint: str, dimension: int) -> None:
        """Take the index folder and the model; the file is opened when it is first needed."""
        self.path = index / CACHE
        self._fingerprint, self._dimension = fingerprint, dimension
        self._connection: sqlite3.Connection | None = None
        self._broken = False

    def get(self, keys: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors that are there, each of shape (dimension,)."""
        try:
            return self._get({self._name(key): key for key in keys})
        except sqlite3.Error:
            self._begin_anew()
            return {}

    def put(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors by key; nothing is kept where the file cannot be written."""
        rows = []
        for key, vector in vectors.items():
            name, content = self._name(key), np.ascontiguousarray(vector, dtype="<f4").tobytes()
            rows.append((name, content, _checksum(name, content), time.time_ns()))
        try:
            with self._opened() as connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?,?)", rows)
        except sqlite3.Error:
            self._begin_anew()

    def close(self) -> None:
        """Let go what was used longest ago, as far as there is too much, and close the file."""
        if self._connection is None:
            return
        with suppress(sqlite3.Error):
            self._trim(self._connection)
        self._connection.close()
        self._connection = None

    def damages(self) -> tuple[str, ...]:
        """Return what is wrong with the file, reading all of it.

        Nothing is said of one that a build was writing when it was killed: the next build puts it in order.
        """
        if not self.path.is_file() or self.path.with_name(f"{CACHE}-journal").exists():
            return ()
        try:
            connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
            try:
                rows = connection.execute("SELECT key, vector, checksum FROM vectors")
                wrong = sum(_checksum(key, vector) != checksum for key, vector, checksum in rows)
            finally:
                connection.close()
        except (sqlite3.Error, TypeError) as error:
            return (f"{self.path} cannot be read: {error}",)
        return (f"{wrong} of the vectors in {self.path} were altered",) if wrong else ()

    def _get(self, names: Mapping[bytes, str]) -> dict[str, Vectors]:
        found: dict[str, Vectors] = {}
        wanted = list(names)
        for start in range(0, len(wanted), _AT_A_TIME):
            some = wanted[start : start + _AT_A_TIME]
            marks = ",".join("?" * len(some))
            with self._opened() as connection:
                rows = connection.execute(f"SELECT key, vector, checksum FROM vectors WHERE key IN ({marks})", some)
                good = {key: vector for key, vector, checksum in rows if _checksum(key, vector) == checksum}
                used = [(time.time_ns(), key) for key in good]
                connection.executemany("UPDATE vectors SET used = ? WHERE key = ?", used)
            found.update((names[key], np.frombuffer(vector, dtype="<f4")) for key, vector in good.items())
        return {key: vector for key, vector in found.items() if self._is_sound(vector)}

    def _is_sound(self, vector: Vectors) -> bool:
        return vector.shape == (self._dimension,) and bool(abs(np.linalg.norm(vector) - 1) <= LENGTH_TOLERANCE)

    def _name(self, key: str) -> bytes:
        return hashlib.sha256(f"{self._fingerprint} {self._dimension} {key}".encode()).digest()[:16]

    def _opened(self) -> sqlite3.Connection:
        if self._broken:
            raise sqlite3.OperationalError("the cache cannot be used")
        if self._connection is None:
            self._connection = sqlite3.connect(self.path)
            self._connection.execute("PRAGMA synchronous = OFF")  # a crash of the machine costs the cache, no more
            self._connection.executescript(_SCHEMA)
        return self._connection

    def _begin_anew(self) -> None:
        """Throw a file away that cannot be used; after the second time do without."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._broken = True
        for name in (CACHE, f"{CACHE}-journal"):
            with suppress(OSError):
                self.path.with_name(name).unlink(missing_ok=True)

    def _trim(self, connection: sqlite3.Connection) -> None:
        most = SIZE_LIMIT // (4 * self._dimension)
        surplus = int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0]) - most
        if surplus > 0:
            with connection:
                connection.execute(
                    "DELETE FROM vectors WHERE key IN (SELECT key FROM vectors ORDER BY used LIMIT ?)", (surplus,)
                )


def _checksum(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(key + content, digest_size=8).digest()
