"""Collections of documents, one JSON object a line: texts as they are, faults named by their line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats import Reading
from rag.sources.formats.tables.collection import read_json, read_lines
from tests.office_files import raw


def read(*lines: object) -> Reading:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return read_lines(raw("c.jsonl", text.encode()))


def test_each_line_is_a_document_with_its_text_as_it_is() -> None:
    text = "  Wing loads\n\n\tThe wing  carries\r\nthe load.\n"
    reading = read(
        {"doc_id": "d1", "title": "Wings", "text": text, "author": "Ann", "date": "2022-05-01", "url": "http://x"}
    )
    (document,) = reading.documents
    assert (document.source, document.text) == ("c.jsonl#d1", text)
    assert (document.title, document.titled, document.author, document.date, document.url) == (
        "Wings", True, "Ann", "2022-05-01", "http://x",
    )  # fmt: skip
    assert reading.skipped == ()


def test_other_names_of_the_identifier_and_no_title() -> None:
    reading = read({"_id": 7, "text": "Seven."}, {"id": "x", "text": "Ex."}, "", {"text": "No name."})
    assert [document.source for document in reading.documents] == ["c.jsonl#7", "c.jsonl#x", "c.jsonl#line 4"]
    assert [document.title for document in reading.documents] == ["Seven.", "Ex.", "No name."]


def test_faults_are_named_by_line_and_the_others_are_read() -> None:
    reading = read(
        {"doc_id": "a", "text": "One."}, "{broken", "[1]", {"doc_id": "b"}, {"doc_id": "c", "text": " \n"},
        {"doc_id": "a", "text": "Again."}, {"doc_id": "z", "text": "Last."},
    )  # fmt: skip
    assert [document.source for document in reading.documents] == ["c.jsonl#a", "c.jsonl#z"]
    assert [(skipped.source, skipped.reason.split(":")[0].split(" (")[0]) for skipped in reading.skipped] == [
        ("c.jsonl#line 2", "it is not well-formed JSON"),
        ("c.jsonl#line 3", "it is not an object with a text"),
        ("c.jsonl#line 4", 'it has no "text", or one that is no string'),
        ("c.jsonl#line 5", 'its "text" has nothing in it but white space'),
        ("c.jsonl#a", "line 6 has the identifier of one before it"),
    ]


def test_a_file_without_a_document() -> None:
    with pytest.raises(SourceError, match=r"no line of it is a document.*line 1: it is not well-formed JSON"):
        read("{broken", "{again")


def test_halves_of_characters_are_replaced() -> None:
    reading = read('{"doc_id": "a\\ud800", "title": "T\\udfff", "text": "x \\ud83d y"}')
    document = reading.documents[0]
    assert (document.source, document.title, document.text) == ("c.jsonl#a�", "T?", "x ? y")
    document.text.encode()


def test_nesting_and_long_numbers_are_faults_of_their_line() -> None:
    reading = read("[" * 100_000, '{"n": ' + "1" * 5_000 + "}", {"doc_id": "a", "text": "One."})
    assert [skipped.source for skipped in reading.skipped] == ["c.jsonl#line 1", "c.jsonl#line 2"]


def test_lists_of_documents() -> None:
    data = json.dumps([{"doc_id": "a", "text": "One."}, {"text": 3}]).encode()
    reading = read_json(raw("c.json", data))
    assert [document.source for document in reading.documents] == ["c.json#a"]
    assert [skipped.source for skipped in reading.skipped] == ["c.json#entry 2"]
    for other in (b'{"text": "x"}', b"[1, 2]", b"[" * 100_000, b"{"):
        with pytest.raises(SourceError, match=r"JSON|not a list of documents"):
            read_json(raw("c.json", other))


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_texts_go_through_unchanged(texts: list[str]) -> None:
    lines = [{"doc_id": str(at), "text": f"{text}x"} for at, text in enumerate(texts)]
    reading = read(*lines)
    assert [document.text for document in reading.documents] == [f"{text}x" for text in texts]
    for document in reading.documents:
        assert all(0 <= block.start < block.end <= len(document.text) for block in document.blocks)


@given(st.binary(max_size=200))
def test_any_bytes_as_a_collection(data: bytes) -> None:
    for reader in (read_lines, read_json):
        with pytest.raises(SourceError):
            reader(raw("c.jsonl", data))
