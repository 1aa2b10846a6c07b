"""What goes into a catalog comes out again, whole, in order, from any thread."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.catalog import Catalog, FileRecord, IndexedDocument, embedding_key, write_catalog
from rag.errors import IndexDamagedError, SourceError
from rag.types import Block, BlockKind, Chunk, Document, DocumentFacts, Page, Quotation, QuoteKind

TEXT = "Peace\n\n“Yes,” she said.\u2028Он ушёл. 🙂"
DOCUMENT = Document(
    source="news/a.txt",
    text=TEXT,
    title="Peace",
    author="A. Writer",
    outlet="The Paper",
    date="2025-05-31",
    blocks=(Block(BlockKind.HEADING, 0, 5, 1), Block(BlockKind.LIST_ITEM, 7, 23, 2)),
    pages=(Page(1, 0, 23, 612.0, 792.0, b"\x00boxes"), Page(2, 24, len(TEXT), 612.0, 792.0, b"more")),
    language="ru",
    url="https://example.org/a",
)
CHUNKS = (
    Chunk("news/a.txt", 7, 23, TEXT[7:23], "Peace › Talks", "Peace"),
    Chunk("news/a.txt", 24, len(TEXT), TEXT[24:], "Peace", "Peace"),
)
QUOTATIONS = (
    Quotation("news/a.txt", 8, 11, "Yes", "Fiona Hill", 13, 16, QuoteKind.DIRECT, "say", "2025-05-31", 7, 23),
    Quotation("news/a.txt", 7, 23, TEXT[7:23], None, None, None, QuoteKind.INDIRECT, None, None, 7, 23),
)
BARE = Document("b.txt", "Nothing here.", "b")
FILES = (
    FileRecord("b.txt", 13, 1, 2, "aa"),
    FileRecord("c.txt", 7, 1, 2, "bb", "it is empty: fill it or remove it"),
    FileRecord("news/a.txt", 40, 1_800_000_000_123_456_789, 2, "cc"),
)
INDEXED = (
    IndexedDocument("b.txt", BARE, (Chunk("b.txt", 0, 13, BARE.text),), ()),
    IndexedDocument("news/a.txt", DOCUMENT, CHUNKS, QUOTATIONS),
)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    write_catalog(tmp_path / "catalog ?#%.sqlite", FILES, INDEXED)
    return Catalog(tmp_path / "catalog ?#%.sqlite")


def test_everything_comes_out_as_it_went_in(catalog: Catalog) -> None:
    assert catalog.files() == FILES
    assert catalog.sources() == ("b.txt", "news/a.txt")
    assert catalog.documents() == (BARE, DOCUMENT)
    assert catalog.document("news/a.txt") == DOCUMENT
    assert catalog.quotations() == QUOTATIONS
    assert catalog.quotations("b.txt") == ()
    assert tuple(catalog.indexed_documents()) == INDEXED
    assert tuple(catalog.documents_of("news/a.txt")) == INDEXED[1:]
    assert tuple(catalog.documents_of("c.txt")) == ()
    assert (catalog.document_count, catalog.chunk_count) == (2, 3)


def test_facts_come_without_texts(catalog: Catalog) -> None:
    assert catalog.facts() == (
        DocumentFacts("b.txt", "b"),
        DocumentFacts("news/a.txt", "Peace", "A. Writer", "The Paper", "2025-05-31", "ru"),
    )


def test_rows_of_documents(catalog: Catalog) -> None:
    assert catalog.rows_of(["news/a.txt", "nothing.txt"]).tolist() == [1, 2]
    assert catalog.rows_of(["news/a.txt", "b.txt"]).tolist() == [0, 1, 2]
    assert catalog.rows_of([]).tolist() == []


def test_the_example_fills_every_field() -> None:
    for value in (DOCUMENT, CHUNKS[0], QUOTATIONS[0], DOCUMENT.blocks[0], FILES[1]):
        assert all(getattr(value, field.name) not in (None, "", ()) for field in fields(value))


def test_chunks_are_numbered_through_all_documents(catalog: Catalog) -> None:
    assert catalog.chunks([0, 1, 2]) == (INDEXED[0].chunks[0], *CHUNKS)
    assert catalog.chunks([2, 0, 2]) == (CHUNKS[1], INDEXED[0].chunks[0], CHUNKS[1])
    assert catalog.chunks([]) == ()
    assert catalog.chunks([0] * 2000) == (INDEXED[0].chunks[0],) * 2000
    with pytest.raises(IndexDamagedError, match="no chunk 3"):
        catalog.chunks([0, 3])


def test_a_row_is_found_by_what_was_embedded(catalog: Catalog) -> None:
    keys = [embedding_key(chunk.embedding_text) for each in INDEXED for chunk in each.chunks]
    assert catalog.embedding_rows() == {key: row for row, key in enumerate(keys)}


def test_a_source_that_is_not_there_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(SourceError, match=r"'c\.txt'"):
        catalog.document("c.txt")


def test_threads_may_read_at_once(catalog: Catalog) -> None:
    with ThreadPoolExecutor(8) as executor:
        results = list(executor.map(lambda row: catalog.chunks([row % 3, 1]), range(200)))
    assert all(result[1] == CHUNKS[0] for result in results)
    assert [result[0] for result in results[:3]] == list(catalog.chunks([0, 1, 2]))


def test_reading_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    write_catalog(path, FILES, INDEXED)
    path.chmod(0o444)
    before = path.read_bytes()
    catalog = Catalog(path)
    catalog.documents()
    catalog.close()
    assert [each.name for each in tmp_path.iterdir()] == ["catalog.sqlite"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_a_file_that_is_no_catalog_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "catalog.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=str(path)):
        Catalog(path)


def test_a_catalog_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be written"):
        write_catalog(tmp_path / "no such folder" / "catalog.sqlite", [], [])


def test_a_document_with_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="UNIQUE"):
        write_catalog(tmp_path / "catalog.sqlite", [], [INDEXED[0], INDEXED[0]])
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(f"{(tmp_path / 'none').as_uri()}?mode=ro", uri=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_any_text_survives(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "catalog.sqlite"
    path.unlink(missing_ok=True)
    indexed = tuple(
        IndexedDocument(str(n), Document(str(n), text, text), (Chunk(str(n), 0, len(text), text, text, text),), ())
        for n, text in enumerate(texts)
    )
    write_catalog(path, [], indexed)
    catalog = Catalog(path)
    assert tuple(catalog.indexed_documents()) == indexed
    catalog.close()
