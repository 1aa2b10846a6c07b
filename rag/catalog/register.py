"""The register of a generation: which files there are, which documents count, where they stand, what they are called.

It is copied from generation to generation and edited, so that an update writes what changed and reads none of the rest.
The order of everything is that of the files by path, then of the documents in a file: whatever order they came in.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.catalog.database import ReadOnlyDatabase, written
from rag.catalog.records import DocumentRecord, FileRecord, Place
from rag.types import DocumentFacts, Skipped

_SCHEMA = """
CREATE TABLE segments (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, status_changed INTEGER NOT NULL,
    sha256 TEXT NOT NULL, skipped TEXT);
CREATE TABLE documents (
    source TEXT PRIMARY KEY, file TEXT NOT NULL, position INTEGER NOT NULL,
    segment INTEGER NOT NULL, number INTEGER NOT NULL, first INTEGER NOT NULL, chunks INTEGER NOT NULL,
    quotations INTEGER NOT NULL, digest TEXT NOT NULL,
    title TEXT NOT NULL, titled INTEGER NOT NULL, author TEXT, outlet TEXT, date TEXT, language TEXT);
CREATE INDEX documents_in_order ON documents (file, position);
CREATE INDEX documents_by_place ON documents (segment, chunks, quotations);
CREATE TABLE signatures (source TEXT PRIMARY KEY, signature BLOB NOT NULL);
CREATE TABLE copies (source TEXT PRIMARY KEY, original TEXT NOT NULL);
"""
_FILE = "path, size, modified, status_changed, sha256, skipped"
_DOCUMENT = (
    "source, file, position, segment, number, first, chunks, quotations, digest, "
    "title, titled, author, outlet, date, language"
)


class RegisterDraft:
    """A register while it is edited; what is asked of it tells what was put in so far."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection to a register that nobody reads yet; see `draft`."""
        self._connection = connection

    def put_file(self, record: FileRecord) -> None:
        """Put down a file as it is now."""
        skipped = json.dumps([list(astuple(each)) for each in record.skipped]) if record.skipped else None
        values = (record.path, record.size, record.modified, record.status_changed, record.sha256, skipped)
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?)", values)

    def take_file(self, path: str) -> list[tuple[DocumentRecord, bytes]]:
        """Strike a file out with its documents, and return these, each with the sketch of its text."""
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))
        return [(record, self._take_document(record.source)) for record in self.documents_of(path)]

    def _take_document(self, source: str) -> bytes:
        query = "SELECT signature FROM signatures WHERE source = ?"
        signature = bytes(self._connection.execute(query, (source,)).fetchone()[0])
        self._connection.execute("DELETE FROM documents WHERE source = ?", (source,))
        self._connection.execute("DELETE FROM signatures WHERE source = ?", (source,))
        return signature

    def put_document(self, record: DocumentRecord, signature: bytes) -> None:
        """Put down a document, `signature` being the sketch of its text."""
        place = record.place
        values = (
            *(record.source, record.file, record.position),
            *(place.segment, place.number, place.first, place.chunks, place.quotations, record.digest),
            *(record.title, record.titled, record.author, record.outlet, record.date, record.language),
        )
        self._connection.execute(f"INSERT INTO documents VALUES ({','.join('?' * len(values))})", values)
        self._connection.execute("INSERT INTO signatures VALUES (?,?)", (record.source, signature))

    def put_segments(self, names: Mapping[int, str]) -> None:
        """Put down what the segments are called, by number, instead of what was put down before."""
        self._connection.execute("DELETE FROM segments")
        self._connection.executemany("INSERT INTO segments VALUES (?,?)", sorted(names.items()))

    def move_documents(self, places: Iterable[tuple[str, Place]]) -> None:
        """Put down where documents stand now, by source."""
        self._connection.executemany(
            "UPDATE documents SET segment = ?, number = ?, first = ? WHERE source = ?",
            ((place.segment, place.number, place.first, source) for source, place in places),
        )

    def put_copies(self, copies: Mapping[str, str]) -> None:
        """Put down which sources are copies of which others, instead of what was put down before."""
        self._connection.execute("DELETE FROM copies")
        self._connection.executemany("INSERT INTO copies VALUES (?,?)", sorted(copies.items()))

    def sketches(self) -> dict[str, bytes]:
        """Return the sketch of every document, by source."""
        return dict(self._connection.execute("SELECT source, signature FROM signatures").fetchall())

    def signatures(self) -> list[tuple[str, str | None, bytes]]:
        """Return name, date and sketch of every document."""
        return self._connection.execute(
            "SELECT source, date, signature FROM documents JOIN signatures USING (source)"
        ).fetchall()

    def has(self, source: str) -> bool:
        """Tell whether there is a document of that name."""
        return bool(self._connection.execute("SELECT 1 FROM documents WHERE source = ?", (source,)).fetchone())

    def documents_of(self, file: str) -> list[DocumentRecord]:
        """Return the documents of a file, in order."""
        rows = self._connection.execute(
            f"SELECT {_DOCUMENT} FROM documents WHERE file = ? ORDER BY position", (file,)
        ).fetchall()
        return [_record(row) for row in rows]

    def documents_in(self, segments: Sequence[int]) -> list[DocumentRecord]:
        """Return the documents of some segments that count, in order."""
        rows = self._connection.execute(
            f"SELECT {_DOCUMENT} FROM documents WHERE segment IN ({','.join(map(str, segments))}) "
            "ORDER BY file, position"
        ).fetchall()
        return [_record(row) for row in rows]

    def segments(self) -> dict[int, str]:
        """Return the names of the segments by number."""
        return dict(self._connection.execute("SELECT number, name FROM segments ORDER BY number").fetchall())

    def live(self) -> dict[int, tuple[int, int, int]]:
        """Return how many documents, chunks and quotations count in each segment that has any."""
        rows = self._connection.execute(
            "SELECT segment, count(*), sum(chunks), sum(quotations) FROM documents GROUP BY segment"
        )
        return {segment: (documents, chunks, quotations) for segment, documents, chunks, quotations in rows}


@contextmanager
def draft(path: Path, *, new: bool) -> Iterator[RegisterDraft]:
    """Lend a register to edit: a new one, or the copy of another. Raises OSError when it cannot be written."""
    with written(path) as connection:
        for statement in _SCHEMA.split(";") if new else ():
            connection.execute(statement)
        yield RegisterDraft(connection)


class Register:
    """The register of a generation, opened for reading."""

    def __init__(self, path: Path) -> None:
        """Open the file without ever writing beside it."""
        self.database = ReadOnlyDatabase(path)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def segments(self) -> dict[int, str]:
        """Return the names of the segments by number, ascending."""
        return dict(self.database.select("SELECT number, name FROM segments ORDER BY number"))

    def reach(self) -> dict[int, tuple[int, int, int, int]]:
        """Return of each segment with documents: their count, their chunks, the last number and the last row used."""
        rows = self.database.select(
            "SELECT segment, count(*), sum(chunks), max(number) + 1, max(first + chunks) "
            "FROM documents GROUP BY segment"
        )
        return {segment: (documents, chunks, number, row) for segment, documents, chunks, number, row in rows}

    def files(self) -> tuple[FileRecord, ...]:
        """Return the source files, those that could not be read too, by path."""
        rows = self.database.select(f"SELECT {_FILE} FROM files ORDER BY path")
        return tuple(_file(row) for row in rows)

    def facts(self) -> tuple[DocumentFacts, ...]:
        """Return what every document says of itself, in order."""
        rows = self.database.select(
            "SELECT source, title, author, outlet, date, language, original "
            "FROM documents LEFT JOIN copies USING (source) ORDER BY file, position"
        )
        return tuple(DocumentFacts(*row) for row in rows)

    def copies(self) -> dict[str, str]:
        """Return which sources are copies of which others."""
        return dict(self.database.select("SELECT source, original FROM copies ORDER BY source"))

    def layout(self) -> tuple[list[str], NDArray[np.int64]]:
        """Return the names of the documents in order, and where they stand: segment, number, first row, chunks."""
        rows = self.database.select(
            "SELECT source, segment, number, first, chunks FROM documents ORDER BY file, position"
        )
        places = np.array([row[1:] for row in rows], dtype=np.int64).reshape(len(rows), 4)
        return [row[0] for row in rows], places

    def find(self, source: str) -> DocumentRecord | None:
        """Return one document, None where there is none of that name."""
        rows = self.database.select(f"SELECT {_DOCUMENT} FROM documents WHERE source = ?", (source,))
        return _record(rows[0]) if rows else None

    def documents(self, file: str | None = None) -> list[DocumentRecord]:
        """Return the documents of a file, or of all, in order."""
        where, values = ("", ()) if file is None else ("WHERE file = ?", (file,))
        rows = self.database.select(f"SELECT {_DOCUMENT} FROM documents {where} ORDER BY file, position", values)
        return [_record(row) for row in rows]


def _record(row: Sequence[Any]) -> DocumentRecord:
    source, file, position, segment, number, first, chunks, quotations, digest, title, titled, *facts = row
    place = Place(segment, number, first, chunks, quotations)
    return DocumentRecord(source, file, position, place, digest, title, bool(titled), *facts)


def _file(row: Sequence[Any]) -> FileRecord:
    path, size, modified, status_changed, sha256, skipped = row
    return FileRecord(
        path,
        size,
        modified,
        status_changed,
        sha256,
        tuple(Skipped(*each) for each in json.loads(skipped)) if skipped else (),
    )
