"""What is added to the sources: under safe names, never over another file, with the address that it came from."""

from __future__ import annotations

import io
import json
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError, UsageError
from rag.sources import SourceFile, find_sources, read_file
from rag.sources.ignoring import is_passed_over
from rag.sources.provenance import describe_fetched
from rag.sources.saving import name_for, safe_name, save
from rag.types import Skipped

TEXT = b"Mice sleep all day in their cages."
PAGE = b"<!DOCTYPE html><html><body><p>Mice sleep all day in their cages, it is said.</p></body></html>"
BUFFER = io.BytesIO()
with zipfile.ZipFile(BUFFER, "w") as archive:
    archive.writestr("[Content_Types].xml", "<Types/>")
    archive.writestr("xl/workbook.xml", "<workbook/>")
BOOK = BUFFER.getvalue()
FETCHED = "2026-11-22T08:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.txt", "report.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\report.txt", "report.txt"),
        (".hidden", "hidden"),
        ("~$report.docx", "report.docx"),
        ("a\nb\x00c.txt", "a-b-c.txt"),
        ("what? \u202etxt.exe", "what- -txt.exe"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("", "document"),
        ("...", "document"),
        ("a.b/", "a.b"),
        ("e\u0301tude.txt", "\u00e9tude.txt"),
        ("x" * 300 + ".txt", "x" * 120 + ".txt"),
        ("Minutes. All that was said by everybody", "Minutes. All that was said by everybody"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(st.characters()), st.sampled_from([None, ".html"]))
def test_a_safe_name_is_one_that_any_folder_can_hold(name: str, ending: str | None) -> None:
    safe = safe_name(name, ending)

    assert 0 < len(safe.encode()) < 200
    assert not set(safe) & set('/\\:*?"<>|\n\0')
    assert not safe.startswith((".", "~", " "))
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("url", "file_name", "media_type", "data", "name"),
    [
        ("https://www.example.org/news/mice-sleep/", None, "text/html", PAGE, "example.org-news-mice-sleep.html"),
        ("https://example.org/", None, "text/html", PAGE, "example.org.html"),
        ("https://example.org/a.php?id=1", None, "text/html", PAGE, "example.org-a.html"),
        ("https://example.org/a/sales.xlsx", None, "application/octet-stream", BOOK, "sales.xlsx"),
        ("https://example.org/download?id=1", "Sales 1.xls", "text/html", BOOK, "Sales 1.xlsx"),
        ("https://example.org/notes.md", None, "text/plain", TEXT, "notes.md"),
        ("https://example.org/notes", None, "text/plain", TEXT, "notes.txt"),
        ("https://example.org/rows", None, "text/csv", TEXT, "rows.csv"),
        ("https://example.org/table.csv", None, "application/octet-stream", TEXT, "table.csv"),
        ("https://example.org/report.pdf", None, "application/pdf", PAGE, "example.org-report.pdf.html"),
        ("https://example.org/%2e%2e%2fx", None, "text/html", PAGE, "example.org-..-x.html"),
    ],
)
def test_what_is_fetched_is_called_by_where_it_came_from(
    url: str, file_name: str | None, media_type: str, data: bytes, name: str
) -> None:
    assert name_for(url, file_name, media_type, data) == name


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"\x89PNG\r\n\x1a\n", "a PNG image: "), (b"\x7fELF", "a program: "), (TEXT, "font/ttf, and called x.ttf.")],
)
def test_what_is_fetched_and_no_document_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(SourceError) as caught:
        name_for("https://example.org/x.ttf", None, "font/ttf", data)

    assert str(caught.value).startswith(f"What is there cannot be read: it is {what}")


def test_another_file_of_the_name_is_never_written_over(tmp_path: Path) -> None:
    assert save(tmp_path, "a.txt", TEXT) == tmp_path / "a.txt"
    assert save(tmp_path, "a.txt", TEXT) == tmp_path / "a.txt"
    assert save(tmp_path, "a.txt", b"Other words.") == tmp_path / "a 2.txt"
    assert save(tmp_path, "a.txt", b"Other words.") == tmp_path / "a 2.txt"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.txt": TEXT, "a 2.txt": b"Other words."}


def test_many_of_one_name_at_once_all_get_a_place(tmp_path: Path) -> None:
    bodies = [f"Words number {number}.".encode() for number in range(20)]

    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(lambda body: save(tmp_path, "a.txt", body), bodies))

    assert [path.read_bytes() for path in paths] == bodies
    assert len(list(tmp_path.iterdir())) == 20


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)

    assert save(tmp_path, "a.txt", TEXT).read_bytes() == TEXT
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("name", "data", "kind", "reason"),
    [
        ("a.txt", b"", SourceError, r"^a\.txt: it is empty\. Fill it first\.$"),
        ("a.pdf", PAGE, SourceError, r"^a\.pdf: it is called \.pdf but is a web page, perhaps of a failed download: "),
        ("a.exe", b"MZ\x90\0", SourceError, r"^a\.exe: it is a program: it is no document: remove it\.$"),
        ("a.xyz", TEXT, SourceError, r"^a\.xyz: files ending in \.xyz are not read\. Convert it to PDF"),
        ("a.tmp", TEXT, UsageError, r"^a\.tmp: files of this name are passed over\. Give it another name\.$"),
        ("a.txt.source.json", TEXT, UsageError, r"are passed over"),
        ("draft.txt", TEXT, UsageError, r"are passed over"),
    ],
)
def test_what_would_not_be_read_is_not_taken_in(
    tmp_path: Path, name: str, data: bytes, kind: type[Exception], reason: str
) -> None:
    (tmp_path / ".ragignore").write_text("draft*\n")

    with pytest.raises(kind, match=reason):
        save(tmp_path, name, data)
    assert [path.name for path in tmp_path.iterdir()] == [".ragignore"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        save(tmp_path / "gone", "a.txt", TEXT)


def read(path: Path) -> tuple[str | None, str | None, tuple[Skipped, ...]]:
    reading = read_file(SourceFile(path.name, path, path.stat().st_size, 0))
    (document,) = reading.documents
    return document.url, document.date, reading.skipped


URL = "https://example.org/mice"


def test_the_address_reaches_the_document_and_the_day_of_fetching_does_not(tmp_path: Path) -> None:
    path = save(tmp_path, "mice.txt", TEXT, provenance=describe_fetched(TEXT, URL, FETCHED))
    beside = tmp_path / "mice.txt.source.json"

    assert read(path) == (URL, None, ())
    assert path.read_bytes() == TEXT
    assert json.loads(beside.read_text()).keys() == {"url", "fetched", "sha256"}
    assert [file.source for file in find_sources(tmp_path, 1000).files] == ["mice.txt"]
    assert is_passed_over(beside.name)


def test_an_address_does_not_speak_for_another_file(tmp_path: Path) -> None:
    path = save(tmp_path, "mice.txt", TEXT, provenance=describe_fetched(TEXT, URL, FETCHED))
    path.write_bytes(b"Something else that was put here later.")

    assert read(path) == (None, None, ())


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"url": 1}', "null", json.dumps({"url": "javascript:alert(1)", "fetched": "", "sha256": ""})],
)
def test_a_provenance_that_says_nothing_is_named(tmp_path: Path, text: str) -> None:
    path = save(tmp_path, "mice.txt", TEXT)
    (tmp_path / "mice.txt.source.json").write_text(text)

    skipped = Skipped("mice.txt.source.json", "it does not say where the file beside it came from: remove it")
    assert read(path) == (None, None, (skipped,))
