"""The catalog of one segment: texts, pages, chunks and quotations of its documents, by number, without their names.

What a document is called and what it says of itself stands in the register of the generation, so that a file can be
renamed without its segment being written again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

from rag.catalog.database import ReadOnlyDatabase, written
from rag.catalog.records import (
    DocumentRecord,
    IndexedDocument,
    Place,
    document_digest,
    embedding_key,
    pack_blocks,
    unpack_blocks,
)
from rag.types import Chunk, Document, Page, Quotation, QuoteKind

_SCHEMA = """
CREATE TABLE segment (name TEXT NOT NULL);
CREATE TABLE documents (number INTEGER PRIMARY KEY, text TEXT NOT NULL, blocks TEXT NOT NULL, url TEXT);
CREATE TABLE pages (
    document INTEGER NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    width REAL NOT NULL, height REAL NOT NULL, boxes BLOB NOT NULL, PRIMARY KEY (document, number));
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY, document INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    text TEXT NOT NULL, heading TEXT NOT NULL, title TEXT NOT NULL, embedding TEXT NOT NULL);
CREATE TABLE quotations (
    document INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, quote TEXT NOT NULL, speaker TEXT,
    speaker_start INTEGER, speaker_end INTEGER, kind TEXT NOT NULL, verb TEXT, date TEXT,
    sentence_start INTEGER NOT NULL, sentence_end INTEGER NOT NULL);
CREATE INDEX chunks_by_embedding ON chunks (embedding);
CREATE INDEX quotations_of_document ON quotations (document);
"""
_CHUNK = "start, end, text, heading, title, embedding"
_QUOTATION = "start, end, quote, speaker, speaker_start, speaker_end, kind, verb, date, sentence_start, sentence_end"


class SegmentDraft:
    """A segment's catalog while it is written."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        """Take a connection to a new file; see `draft`."""
        self._connection = connection
        self.documents = 0
        self.chunks = 0
        connection.execute("INSERT INTO segment VALUES (?)", (name,))

    def add(self, each: IndexedDocument, segment: int) -> Place:
        """Append a document, and return where it stands, `segment` being the number of this one."""
        document, number, first = each.document, self.documents, self.chunks
        execute, execute_many = self._connection.execute, self._connection.executemany
        values = (number, document.text, pack_blocks(document.blocks), document.url)
        execute("INSERT INTO documents VALUES (?,?,?,?)", values)
        execute_many("INSERT INTO pages VALUES (?,?,?,?,?,?,?)", ((number, *astuple(page)) for page in document.pages))
        execute_many(
            f"INSERT INTO chunks (number, document, {_CHUNK}) VALUES (?,?,?,?,?,?,?,?)",
            (
                (row, number, chunk.start, chunk.end, chunk.text, chunk.heading, chunk.title, key)
                for row, chunk in enumerate(each.chunks, start=first)
                for key in [embedding_key(chunk.embedding_text)]
            ),
        )
        execute_many(
            f"INSERT INTO quotations (document, {_QUOTATION}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            ((number, *astuple(quotation)[1:]) for quotation in each.quotations),
        )
        self.documents += 1
        self.chunks += len(each.chunks)
        return Place(segment, number, first, len(each.chunks), len(each.quotations))


@contextmanager
def draft(path: Path, name: str) -> Iterator[SegmentDraft]:
    """Lend a new catalog of the segment `name` to write into. Raises OSError when it cannot be written."""
    with written(path) as connection:
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        yield SegmentDraft(connection, name)


class SegmentCatalog:
    """The catalog of one segment, opened for reading. Documents and rows count from 0."""

    def __init__(self, path: Path) -> None:
        """Open the file without ever writing beside it."""
        self._database = ReadOnlyDatabase(path)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def name(self) -> str:
        """Return what the segment was called when it was written. Raises IndexDamagedError when it is no segment."""
        rows = self._database.select("SELECT name FROM segment")
        return str(rows[0][0]) if rows else ""

    def counts(self) -> tuple[int, int]:
        """Return how many documents and chunks there are, by their last numbers."""
        found = self._database.select("SELECT (SELECT max(number) FROM documents), (SELECT max(number) FROM chunks)")
        documents, chunks = (-1 if value is None else int(value) for value in found[0])
        return documents + 1, chunks + 1

    def document(self, record: DocumentRecord) -> Document:
        """Return a document. Raises IndexDamagedError when it is not there or not what was written."""
        rows = self._database.select("SELECT text, blocks, url FROM documents WHERE number = ?", (record.place.number,))
        if not rows:
            raise self._database.damaged(f"{record.source} is not there")
        text, blocks, url = rows[0]
        try:
            document = Document(
                source=record.source,
                text=text,
                title=record.title,
                author=record.author,
                outlet=record.outlet,
                date=record.date,
                blocks=unpack_blocks(blocks),
                pages=self._pages(record.place.number),
                language=record.language,
                url=url,
                titled=record.titled,
            )
            intact = document_digest(document) == record.digest
        except (ValueError, TypeError, AttributeError) as error:
            raise self._database.damaged(f"{record.source} is not what was indexed ({error})") from error
        if not intact:
            raise self._database.damaged(f"{record.source} is not what was indexed")
        return document

    def page_starts(self, record: DocumentRecord) -> tuple[int, ...]:
        """Return where each page of a document begins, in order; nothing for one without pages."""
        query = "SELECT start FROM pages WHERE document = ? ORDER BY number"
        return tuple(start for (start,) in self._database.select(query, (record.place.number,)))

    def _pages(self, number: int) -> tuple[Page, ...]:
        query = "SELECT number, start, end, width, height, boxes FROM pages WHERE document = ? ORDER BY number"
        return tuple(Page(*row) for row in self._database.select(query, (number,)))

    def chunks(self, rows: Sequence[int], sources: Sequence[str]) -> dict[int, Chunk]:
        """Return the chunks at `rows` by row, given the name of the source of each.

        Raises IndexDamagedError when one is not there or not what was written.
        """
        names = dict(zip(rows, sources, strict=True))
        found = self._database.select_in(f"SELECT number, {_CHUNK} FROM chunks WHERE number IN (?)", list(names))
        chunks = {number: self._chunk(names[number], values) for number, *values in found}
        if len(chunks) < len(names):
            raise self._database.damaged(f"it has no chunk {min(names.keys() - chunks.keys())}")
        return chunks

    def chunks_of(self, record: DocumentRecord) -> tuple[Chunk, ...]:
        """Return the chunks of a document, in order."""
        rows = range(record.place.first, record.place.first + record.place.chunks)
        found = self.chunks(rows, [record.source] * len(rows))
        return tuple(found[row] for row in rows)

    def _chunk(self, source: str, values: Sequence[Any]) -> Chunk:
        start, end, text, heading, title, key = values
        try:
            chunk = Chunk(source, start, end, text, heading, title)
            intact = embedding_key(chunk.embedding_text) == key
        except (TypeError, AttributeError):
            intact = False
        if not intact:
            raise self._database.damaged(f"a passage of {source} is not what was indexed")
        return chunk

    def indexed(self, record: DocumentRecord) -> IndexedDocument:
        """Return a document with everything that was made of it."""
        return IndexedDocument(record.file, self.document(record), self.chunks_of(record), self.quotations_of(record))

    def quotations_of(self, record: DocumentRecord) -> tuple[Quotation, ...]:
        """Return the quotations of a document, in order."""
        query = f"SELECT {_QUOTATION} FROM quotations WHERE document = ? ORDER BY rowid"
        rows = self._database.select(query, (record.place.number,))
        return tuple(self._quotation(record.source, values) for values in rows)

    def quotations(self, sources: Mapping[int, str]) -> dict[int, list[Quotation]]:
        """Return the quotations of all documents that have a name in `sources`, by number, each list in order."""
        found: dict[int, list[Quotation]] = {number: [] for number in sources}
        for number, *values in self._database.select(f"SELECT document, {_QUOTATION} FROM quotations ORDER BY rowid"):
            if number in found:
                found[number].append(self._quotation(sources[number], values))
        return found

    def _quotation(self, source: str, values: Sequence[Any]) -> Quotation:
        start, end, quote, speaker, speaker_start, speaker_end, kind, *rest = values
        try:
            return Quotation(source, start, end, quote, speaker, speaker_start, speaker_end, QuoteKind(kind), *rest)
        except ValueError as error:
            raise self._database.damaged(f"a quotation of {source} is not what was indexed") from error

    def rows_of_keys(self, keys: Sequence[str]) -> dict[str, int]:
        """Return a row for each of `keys` (see `embedding_key`) that was embedded here."""
        return dict(self._database.select_in("SELECT embedding, number FROM chunks WHERE embedding IN (?)", keys))

    def embedded_texts(self) -> list[str]:
        """Return what was embedded for each row; reads the whole table."""
        rows = self._database.select("SELECT title, heading, text FROM chunks ORDER BY number")
        return [Chunk("", 0, 0, text, heading, title).embedding_text for title, heading, text in rows]

    def problems(self) -> tuple[str, ...]:
        """Return what SQLite itself finds wrong with the file; reads all of it."""
        found = (str(row[0]) for row in self._database.select("PRAGMA quick_check"))
        return tuple(line for line in found if line != "ok")
