"""What an index knows in words: files, documents, chunks and quotations, in one SQLite file.

The row of a chunk is its row in the vector store and in the lexical index.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError, SourceError
from rag.types import Block, BlockKind, Chunk, Document, DocumentFacts, Page, Quotation, QuoteKind, content_id

_SCHEMA = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, status_changed INTEGER NOT NULL,
    sha256 TEXT NOT NULL, skipped TEXT);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, file TEXT NOT NULL, text TEXT NOT NULL,
    title TEXT NOT NULL, author TEXT, outlet TEXT, date TEXT, blocks TEXT NOT NULL, language TEXT, url TEXT);
CREATE TABLE pages (
    source TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    width REAL NOT NULL, height REAL NOT NULL, boxes BLOB NOT NULL, PRIMARY KEY (source, number));
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    text TEXT NOT NULL, heading TEXT NOT NULL, title TEXT NOT NULL, embedding TEXT NOT NULL);
CREATE TABLE quotations (
    source TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, quote TEXT NOT NULL, speaker TEXT,
    speaker_start INTEGER, speaker_end INTEGER, kind TEXT NOT NULL, verb TEXT, date TEXT,
    sentence_start INTEGER NOT NULL, sentence_end INTEGER NOT NULL);
CREATE INDEX documents_of_file ON documents (file);
CREATE INDEX chunks_of_source ON chunks (source);
CREATE INDEX quotations_of_source ON quotations (source);
"""
_DOCUMENT = "source, text, title, author, outlet, date, blocks, language, url"
_CHUNK = "source, start, end, text, heading, title"
_QUOTATION = (
    "source, start, end, quote, speaker, speaker_start, speaker_end, kind, verb, date, sentence_start, sentence_end"
)
_ROWS_AT_A_TIME = 500
"""Below the number of parameters that any build of SQLite takes."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A source file as it was when it was indexed. `sha256` is of its bytes."""

    path: str
    """Relative to the sources folder, with `/`."""
    size: int
    modified: int
    """Nanoseconds since 1970, as all times here."""
    status_changed: int
    """The time that nobody can set back: of the last change of content, name or permissions."""
    sha256: str
    skipped: str | None = None
    """Why the file could not be read; None when it could."""


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document with everything that was made of it. `file` is the path of the file that it came from."""

    file: str
    document: Document
    chunks: tuple[Chunk, ...]
    quotations: tuple[Quotation, ...]


def embedding_key(text: str) -> str:
    """Identify what is embedded for a chunk, whichever source it stands in: equal keys, equal vectors."""
    return content_id(text)


def write_catalog(path: Path, files: Iterable[FileRecord], documents: Iterable[IndexedDocument]) -> None:
    """Write a new catalog; rows are numbered in the order of documents and chunks.

    Raises OSError when the file cannot be written.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")  # a generation is flushed whole before it counts
            connection.executescript(_SCHEMA)
            with connection:
                connection.executemany("INSERT INTO files VALUES (?,?,?,?,?,?)", map(astuple, files))
                for each in documents:
                    _insert(connection, each)
    except sqlite3.Error as error:
        raise OSError(f"{path} cannot be written: {error}") from error


def _insert(connection: sqlite3.Connection, each: IndexedDocument) -> None:
    document = each.document
    blocks = json.dumps([[block.kind.value, block.start, block.end, block.level] for block in document.blocks])
    connection.execute(
        f"INSERT INTO documents (file, {_DOCUMENT}) VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            *(each.file, document.source, document.text, document.title),
            *(document.author, document.outlet, document.date, blocks, document.language, document.url),
        ),
    )
    connection.executemany(
        "INSERT INTO pages VALUES (?,?,?,?,?,?,?)", ((document.source, *astuple(page)) for page in document.pages)
    )
    connection.executemany(
        f"INSERT INTO chunks ({_CHUNK}, embedding) VALUES (?,?,?,?,?,?,?)",
        (
            (chunk.source, chunk.start, chunk.end, chunk.text, chunk.heading, chunk.title, key)
            for chunk in each.chunks
            for key in [embedding_key(chunk.embedding_text)]
        ),
    )
    connection.executemany(
        f"INSERT INTO quotations ({_QUOTATION}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", map(astuple, each.quotations)
    )


class Catalog:
    """A catalog opened for reading; safe to use from several threads at once. Rows count from 0."""

    def __init__(self, path: Path) -> None:
        """Open the file without ever writing beside it. Raises IndexDamagedError when it is not a catalog."""
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        self.document_count = int(self._select("SELECT count(*) FROM documents")[0][0])
        self.chunk_count = int(self._select("SELECT count(*) FROM chunks")[0][0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def files(self) -> tuple[FileRecord, ...]:
        """Return the source files, those that could not be read too, by path."""
        query = "SELECT path, size, modified, status_changed, sha256, skipped FROM files ORDER BY path"
        return tuple(FileRecord(*row) for row in self._select(query))

    def sources(self) -> tuple[str, ...]:
        """Return the names of the documents."""
        return tuple(row[0] for row in self._select("SELECT source FROM documents ORDER BY number"))

    def documents(self) -> tuple[Document, ...]:
        """Return every document."""
        return tuple(self.document(source) for source in self.sources())

    def facts(self) -> tuple[DocumentFacts, ...]:
        """Return what every document says of itself, in the order of `sources`, without reading the texts."""
        query = "SELECT source, title, author, outlet, date, language FROM documents ORDER BY number"
        return tuple(DocumentFacts(*row) for row in self._select(query))

    def rows_of(self, sources: Iterable[str]) -> NDArray[np.int64]:
        """Return the rows of the chunks of some documents, ascending; a name that is not there has none."""
        wanted = set(sources)
        pairs = self._select("SELECT source, number FROM chunks ORDER BY number")
        return np.array([number - 1 for source, number in pairs if source in wanted], dtype=np.int64)

    def document(self, source: str) -> Document:
        """Return one document. Raises SourceError when the index has none of that name."""
        rows = self._select(f"SELECT {_DOCUMENT} FROM documents WHERE source = ?", (source,))
        if not rows:
            raise SourceError(f"The index has no source {source!r}. Run rag index if the file is new.")
        pages = self._select(
            "SELECT number, start, end, width, height, boxes FROM pages WHERE source = ? ORDER BY number", (source,)
        )
        return _document(rows[0], tuple(Page(*page) for page in pages))

    def chunks(self, rows: Sequence[int]) -> tuple[Chunk, ...]:
        """Return the chunks at `rows`, in that order. Raises IndexDamagedError when one is not there."""
        found: dict[int, Chunk] = {}
        for start in range(0, len(rows), _ROWS_AT_A_TIME):
            numbers = [int(row) + 1 for row in rows[start : start + _ROWS_AT_A_TIME]]
            marks = ",".join("?" * len(numbers))
            for number, *values in self._select(
                f"SELECT number, {_CHUNK} FROM chunks WHERE number IN ({marks})", numbers
            ):
                found[number - 1] = Chunk(*values)
        missing = [row for row in rows if int(row) not in found]
        if missing:
            raise self._damaged(f"it has no chunk {missing[0]}")
        return tuple(found[int(row)] for row in rows)

    def chunks_of(self, source: str) -> tuple[Chunk, ...]:
        """Return the chunks of one source, in order."""
        query = f"SELECT {_CHUNK} FROM chunks WHERE source = ? ORDER BY number"
        return tuple(Chunk(*row) for row in self._select(query, (source,)))

    def quotations(self, source: str | None = None) -> tuple[Quotation, ...]:
        """Return the quotations of one source, or of all, in order."""
        where = "" if source is None else "WHERE source = ?"
        query = f"SELECT {_QUOTATION} FROM quotations {where} ORDER BY rowid"
        return tuple(_quotation(row) for row in self._select(query, () if source is None else (source,)))

    def indexed_documents(self) -> Iterator[IndexedDocument]:
        """Yield each document with its chunks and quotations: what `write_catalog` was given."""
        for source in self.sources():
            yield self._indexed(source)

    def documents_of(self, file: str) -> Iterator[IndexedDocument]:
        """Yield what came from one file; nothing for a file that could not be read."""
        for (source,) in self._select("SELECT source FROM documents WHERE file = ? ORDER BY number", (file,)):
            yield self._indexed(source)

    def _indexed(self, source: str) -> IndexedDocument:
        file = str(self._select("SELECT file FROM documents WHERE source = ?", (source,))[0][0])
        return IndexedDocument(file, self.document(source), self.chunks_of(source), self.quotations(source))

    def embedding_rows(self) -> dict[str, int]:
        """Return the row of a vector by the key of the text that it stands for."""
        return {key: number - 1 for key, number in self._select("SELECT embedding, number FROM chunks")}

    def _select(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, reason: object) -> IndexDamagedError:
        return IndexDamagedError(
            f"The catalog of the index, {self._path}, cannot be read: {reason}. "
            "Make the index again: rag index --rebuild"
        )


def _document(row: Sequence[Any], pages: tuple[Page, ...]) -> Document:
    source, text, title, author, outlet, date, blocks, language, url = row
    layout = tuple(Block(BlockKind(kind), *numbers) for kind, *numbers in json.loads(blocks))
    return Document(source, text, title, author, outlet, date, layout, pages, language, url)


def _quotation(row: Sequence[Any]) -> Quotation:
    values = list(row)
    values[7] = QuoteKind(values[7])
    return Quotation(*values)
