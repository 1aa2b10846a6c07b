"""What goes into a catalog comes out again, whole, in order, from any thread."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.catalog import (
    Catalog,
    FileRecord,
    IndexedDocument,
    Place,
    Register,
    SegmentCatalog,
    document_digest,
    draft_register,
    draft_segment,
    embedding_key,
    record_of,
    relabelled,
)
from rag.errors import IndexDamagedError, SourceError
from rag.types import Block, BlockKind, Chunk, Document, DocumentFacts, Page, Quotation, QuoteKind, Skipped

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
    FileRecord("c.txt", 7, 1, 2, "bb", (Skipped("c.txt", "it is empty: fill it or remove it"),)),
    FileRecord("news/a.txt", 40, 1_800_000_000_123_456_789, 2, "cc"),
)
INDEXED = (
    IndexedDocument("b.txt", BARE, (Chunk("b.txt", 0, 13, BARE.text),), ()),
    IndexedDocument("news/a.txt", DOCUMENT, CHUNKS, QUOTATIONS),
)


SIGNATURE = b"sketch"


def write(
    folder: Path, segments: Sequence[Sequence[IndexedDocument]], copies: Mapping[str, str] | None = None
) -> Catalog:
    """Write documents into segments of these numbers, the first being 1, with one that counts no more before each."""
    folder.mkdir(exist_ok=True)
    names = {number: f"{number}.sqlite" for number in range(1, len(segments) + 1)}
    with draft_register(folder / "register ?#%.sqlite", new=True) as register:
        register.put_segments(names)
        for record in FILES:
            register.put_file(record)
        for number, documents in enumerate(segments, start=1):
            with draft_segment(folder / names[number], names[number]) as draft:
                draft.add(GONE, number)
                for position, each in enumerate(documents):
                    place = draft.add(each, number)
                    register.put_document(record_of(each.file, position, each.document, place), SIGNATURE)
        register.put_copies(copies or {})
    opened = {number: SegmentCatalog(folder / name) for number, name in names.items()}
    return Catalog(Register(folder / "register ?#%.sqlite"), opened)


GONE = IndexedDocument("gone.txt", replace(DOCUMENT, source="gone.txt"), CHUNKS, QUOTATIONS)


@pytest.fixture(
    params=[[INDEXED], [INDEXED[:1], INDEXED[1:]], [INDEXED[1:], [], INDEXED[:1]]], ids=["one", "two", "three"]
)
def catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Catalog:
    return write(tmp_path, request.param)


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
    for value in (DOCUMENT, CHUNKS[0], QUOTATIONS[0], DOCUMENT.blocks[0], DOCUMENT.pages[0], FILES[1]):
        assert all(getattr(value, field.name) not in (None, "", ()) for field in fields(value))


def test_a_document_without_a_title_of_its_own_is_called_as_its_file_is(tmp_path: Path) -> None:
    document = replace(BARE, titled=False)
    record = relabelled(record_of("b.txt", 0, document, Place(1, 0, 0, 1, 0)), "b.txt", "inner/c.txt")
    assert (record.source, record.file, record.title) == ("inner/c.txt", "inner/c.txt", "c")
    titled = relabelled(record_of("b.txt", 0, BARE, Place(1, 0, 0, 1, 0)), "b.txt", "inner/c.txt")
    assert titled.title == "b"


def test_the_digest_is_of_everything_but_the_name() -> None:
    digest = document_digest(DOCUMENT)
    assert document_digest(replace(DOCUMENT, source="other")) == digest
    untitled = replace(DOCUMENT, titled=False)
    assert document_digest(replace(untitled, title="other")) == document_digest(untitled)
    changes: dict[str, object] = {"text": "other", "title": "other", "author": None, "outlet": "other", "date": None}
    changes |= {"blocks": (), "pages": DOCUMENT.pages[:1], "language": None, "url": None, "titled": False}
    digests = {document_digest(replace(DOCUMENT, **{name: value})) for name, value in changes.items()}  # type: ignore[arg-type]
    assert len(digests | {digest}) == len(changes) + 1
    assert document_digest(replace(DOCUMENT, hidden=1)) == digest
    assert changes.keys() | {"source", "hidden"} == {field.name for field in fields(DOCUMENT)}


def test_chunks_are_numbered_through_all_documents(catalog: Catalog) -> None:
    assert catalog.chunks([0, 1, 2]) == (INDEXED[0].chunks[0], *CHUNKS)
    assert catalog.chunks([2, 0, 2]) == (CHUNKS[1], INDEXED[0].chunks[0], CHUNKS[1])
    assert catalog.chunks([]) == ()
    assert catalog.chunks([0] * 2000) == (INDEXED[0].chunks[0],) * 2000
    with pytest.raises(IndexDamagedError, match="no chunk 3"):
        catalog.chunks([0, 3])


def test_a_row_is_found_by_what_was_embedded(tmp_path: Path) -> None:
    write(tmp_path, [INDEXED])
    segment = SegmentCatalog(tmp_path / "1.sqlite")
    keys = [embedding_key(chunk.embedding_text) for each in (GONE, *INDEXED) for chunk in each.chunks]
    found = segment.rows_of_keys([*keys, "none"])
    assert found.keys() == set(keys)
    assert all(keys[row] == key for key, row in found.items())
    assert segment.counts() == (3, len(keys))
    assert [embedding_key(text) for text in segment.embedded_texts()] == keys


def test_rows_of_segments_have_places_among_all(tmp_path: Path) -> None:
    catalog = write(tmp_path, [INDEXED[1:], INDEXED[:1]])
    assert catalog.places(1, 4).tolist() == [-1, -1, 1, 2]
    assert catalog.places(2, 3).tolist() == [-1, -1, 0]


def test_copies_are_told_with_the_facts(tmp_path: Path) -> None:
    catalog = write(tmp_path, [INDEXED], {"news/a.txt": "b.txt"})
    assert catalog.copies() == {"news/a.txt": "b.txt"}
    assert [facts.copy_of for facts in catalog.facts()] == [None, "b.txt"]


def test_a_source_that_is_not_there_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(SourceError, match=r"'c\.txt'"):
        catalog.document("c.txt")


def test_threads_may_read_at_once(catalog: Catalog) -> None:
    with ThreadPoolExecutor(8) as executor:
        results = list(executor.map(lambda row: catalog.chunks([row % 3, 1]), range(200)))
    assert all(result[1] == CHUNKS[0] for result in results)
    assert [result[0] for result in results[:3]] == list(catalog.chunks([0, 1, 2]))


def test_reading_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    catalog = write(tmp_path, [INDEXED])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for path in tmp_path.iterdir():
        path.chmod(0o444)
    catalog.documents()
    catalog.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_closed_catalog_is_not_opened_again(tmp_path: Path) -> None:
    catalog = write(tmp_path, [INDEXED])
    catalog.close()
    with pytest.raises(IndexDamagedError, match="was closed"):
        catalog.sources()


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
@pytest.mark.parametrize("name", ["register ?#%.sqlite", "1.sqlite"])
def test_a_file_that_is_no_catalog_is_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    catalog = write(tmp_path, [INDEXED])
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(IndexDamagedError, match=re.escape(str(tmp_path / name))):
        catalog.chunks([0])


def test_a_catalog_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be written"), draft_segment(tmp_path / "no folder" / "x", "x"):
        pass
    with pytest.raises(OSError, match="UNIQUE"):
        write(tmp_path, [[INDEXED[0], INDEXED[0]]])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_any_text_survives(tmp_path: Path, texts: list[str]) -> None:
    indexed = tuple(
        IndexedDocument(str(n), Document(str(n), text, text), (Chunk(str(n), 0, len(text), text, text, text),), ())
        for n, text in enumerate(texts)
    )
    for path in tmp_path.iterdir():
        path.unlink()
    catalog = write(tmp_path, [indexed])
    assert tuple(catalog.indexed_documents()) == indexed
    catalog.close()
