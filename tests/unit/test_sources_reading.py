"""What a file is read as: by its bytes, and by its name where they leave it open."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources import RawFile, Reading, SourceFile, read_file, read_raw
from rag.sources.formats.archives import COMPOUND
from rag.sources.reading import ending_to_read_as, read_small_text
from rag.sources.recognition import recognise
from rag.sources.soundness import fault_of, require_sound
from rag.types import Block, BlockKind, Document, Page, Skipped

PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Please sign in first.</p></body></html>"
TEXT = b"Mice sleep all day in their cages."


def zipped(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def compound(stream: str) -> bytes:
    return COMPOUND + bytes(504) + stream.encode("utf-16-le") + bytes(64)


OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
KINDS = [
    (b"%PDF-1.7\n", ".pdf"),
    (b"{\\rtf1\\ansi", ".rtf"),
    (zipped("[Content_Types].xml", "word/document.xml"), ".docx"),
    (zipped("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
    (zipped("[Content_Types].xml", "xl/workbook.bin"), ".xlsb"),
    (zipped("[Content_Types].xml", "ppt/presentation.xml"), ".pptx"),
    (zipped("content.xml", mimetype=f"{OPEN_DOCUMENT}text"), ".odt"),
    (zipped("content.xml", mimetype=f"{OPEN_DOCUMENT}text-template"), ".odt"),
    (zipped("content.xml", mimetype=f"{OPEN_DOCUMENT}spreadsheet"), ".ods"),
    (zipped("META-INF/container.xml", mimetype="application/epub+zip\n"), ".epub"),
    (compound("WordDocument"), ".doc"),
    (compound("Workbook"), ".xls"),
    (compound("PowerPoint Document"), ".ppt"),
    (compound("__properties_version1.0"), ".msg"),
    (zipped("photo.jpg"), ".zip"),
    (zipped(), ".zip"),
    (b"PK\x03\x04 and then nothing", ".zip"),
    (COMPOUND + bytes(600), ".ole"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff\xe0", ".jpg"),
    (b"RIFF\x10\0\0\0WEBPVP8 ", ".webp"),
    (b"\0\0\0\x20ftypisom", ".mp4"),
    (b"ID3\x04\0\0", ".mp3"),
    (b"\x1f\x8b\x08\0", ".gz"),
    (bytes(257) + b"ustar", ".tar"),
    (b"MZ\x90\0\x03", ".exe"),
    (b"\x7fELF\x02", ".so"),
]


@pytest.mark.parametrize(("data", "ending"), KINDS)
def test_files_are_recognised_by_what_they_begin_with_or_hold(data: bytes, ending: str) -> None:
    kind = recognise(data)

    assert kind is not None
    assert kind.ending == ending


@pytest.mark.parametrize(
    "text", [TEXT, PAGE, b"MZ means Mark Zbikowski.", b"ID3 tags and GIF89a", b"BZh", b"OggS", b"PK"]
)
def test_text_has_no_signature(text: bytes) -> None:
    assert recognise(text) is None


@given(st.binary(max_size=600))
def test_any_bytes_are_recognised_as_something_or_nothing(data: bytes) -> None:
    for beginning in (b"", b"PK\x03\x04", b"PK\x05\x06", COMPOUND):
        recognise(beginning + data)


@pytest.mark.parametrize(
    ("name", "data", "ending"),
    [
        ("a.txt", TEXT, ".txt"),
        ("a.csv", TEXT, ".csv"),
        ("a.txt", PAGE, ".txt"),
        ("LICENSE", TEXT, ".txt"),
        ("Minutes of 3.5.2024", TEXT, ".txt"),
        ("saved page", PAGE, ".html"),
        ("a.txt", b"{\\rtf1 x}", ".rtf"),
        ("a.doc", b"{\\rtf1 x}", ".rtf"),
        ("a.doc", PAGE, ".html"),
        ("a.doc", b"MIME-Version: 1.0\n", ".mht"),
        ("a.xls", b"\xef\xbb\xbf" + PAGE, ".html"),
        ("a.txt", zipped("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        ("a.pdf", zipped("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        ("report", zipped("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        ("a.unknown", zipped("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        ("a.xlsm", zipped("[Content_Types].xml", "xl/workbook.xml"), ".xlsm"),
        ("a.xlsx", zipped("photo.jpg"), ".xlsx"),
        ("a.xlsx", b"PK\x03\x04 broken", ".xlsx"),
        ("a.pdf", b"\r\n\r\n%PDF-1.4", ".pdf"),
        ("a.unknown", TEXT, ".unknown"),
    ],
)
def test_the_bytes_decide_and_the_name_where_they_leave_it_open(name: str, data: bytes, ending: str) -> None:
    assert ending_to_read_as(RawFile(name, data)) == ending


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "it is empty: fill it or remove it"),
        (
            "a.pdf",
            PAGE,
            "it is called .pdf but is a web page, perhaps of a failed download: get it again, or rename it to end in "
            ".html",
        ),
        ("a.pdf", TEXT, "it is called .pdf but is not a PDF: get it again, or rename it to what it is"),
        ("a.docx", TEXT, "it is called .docx but is not a Word document: get it again, or rename it to what it is"),
        (
            "a.txt",
            zipped("photo.jpg"),
            "it is called .txt but is a ZIP archive: unpack it, and put the files that were in it here",
        ),
        ("scan", b"\x89PNG\r\n\x1a\n", "it is a PNG image: only words are read: save what it shows as a PDF with text"),
        ("a.csv", b"\x7fELF\x02", "it is called .csv but is a program: it is no document: remove it"),
        ("report.docx", compound("EncryptedPackage"), "it needs a password: save a copy without one"),
        ("a.unknown", TEXT, "files ending in .unknown are not read (PDF, office documents, e-mails, web pages"),
        ("blob", b"\x00\x01\x02\x80", "it holds NUL bytes, so it is not plain text"),
    ],
)
def test_what_is_not_read_is_named_with_what_to_do(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_raw(RawFile(name, data))

    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


def test_a_file_without_an_ending_is_read_as_the_text_that_it_is() -> None:
    (document,) = read_raw(RawFile("folder/LICENSE", TEXT)).documents

    assert (document.source, document.text) == ("folder/LICENSE", TEXT.decode())


def test_the_mark_of_a_part_in_a_name_is_a_part_of_the_name() -> None:
    raw = RawFile("folder/C# notes.txt", TEXT)

    assert (raw.name, raw.ending, raw.stem) == ("C# notes.txt", ".txt", "C# notes")
    assert RawFile("mail.eml#C.txt", TEXT, depth=1).name == "C.txt"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("x"), "its reader failed (KeyError: 'x'), so it may be damaged: open it in the program that made it"),
        (RecursionError(), "its reader failed (it is nested too deeply), so it may be damaged"),
        (SystemExit(3), "its reader failed (SystemExit: 3), so it may be damaged"),
        (ValueError("two\nlines"), "its reader failed (ValueError: two lines), so it may be damaged"),
        (BaseException("a panic"), "its reader failed (BaseException: a panic), so it may be damaged"),
        (SourceError("it is closed"), "it is closed"),
    ],
)
def test_whatever_a_reader_raises_is_a_reason(
    error: BaseException, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(raw: RawFile) -> Reading:
        raise error

    monkeypatch.setattr("rag.sources.formats.plain.read_plain", failing)

    with pytest.raises(SourceError) as caught:
        read_raw(RawFile("a.txt", TEXT))
    assert str(caught.value).startswith(reason)


def test_want_of_memory_and_being_interrupted_are_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (MemoryError, KeyboardInterrupt):

        def failing(raw: RawFile, kind: type[BaseException] = error) -> Reading:
            raise kind

        monkeypatch.setattr("rag.sources.formats.plain.read_plain", failing)
        with pytest.raises(error):
            read_raw(RawFile("a.txt", TEXT))


def test_only_small_plain_text_is_read_as_such(tmp_path: Path) -> None:
    def read(name: str, data: bytes) -> Reading | None:
        (tmp_path / name).write_bytes(data)
        return read_small_text(SourceFile(name, tmp_path / name, len(data), 0))

    small = read("a.txt", TEXT)
    assert small is not None
    assert small.documents[0].text == TEXT.decode()
    assert read("a.txt", TEXT * 40_000) is None
    assert read("a.txt", b"%PDF-1.7") is None
    assert read("a.csv", TEXT) is None
    assert read("LICENSE", TEXT) is None


def test_a_file_that_became_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "a.txt")

    with pytest.raises(SourceError, match="it is not a regular file"):
        read_file(SourceFile("a.txt", tmp_path / "a.txt", 1, 0))


BLOCK = BlockKind.PARAGRAPH


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (Document("a", "Words.", "T", blocks=(Block(BLOCK, 0, 6),), pages=(Page(1, 0, 6), Page(2, 6, 6))), None),
        (Document("a", " \n", "T"), "a document without words"),
        (Document("a", "a\0b", "T"), "a NUL character"),
        (Document("a", "a\ud800b", "T"), "half a character"),
        (Document("a", "ab", "T\udfff"), "half a character"),
        (Document("a", "ab", "T", blocks=(Block(BLOCK, 0, 3),)), "a block outside the text"),
        (Document("a", "ab", "T", blocks=(Block(BLOCK, 1, 1),)), "a block outside the text"),
        (Document("a", "abc", "T", blocks=(Block(BLOCK, 0, 2), Block(BLOCK, 1, 3))), "a block outside the text"),
        (Document("a", "ab", "T", pages=(Page(1, 0, 3),)), "a page outside the text"),
        (Document("a", "ab", "T", pages=(Page(1, 0, 1), Page(3, 1, 2))), "a page outside the text"),
    ],
)
def test_what_everything_after_reading_relies_on_is_checked(document: Document, fault: str | None) -> None:
    assert fault_of(document) == fault


def test_a_reading_has_something_and_no_name_twice() -> None:
    document = Document("a", "Words.", "T")

    assert require_sound(Reading((document,))) == Reading((document,))
    assert require_sound(Reading((), (Skipped("a#b", "why"),))).documents == ()
    with pytest.raises(SourceError, match=r"^there is nothing in it that can be read: fill it or remove it$"):
        require_sound(Reading(()))
    with pytest.raises(SourceError, match=r"^its reader made a mistake \(two of its parts have the same name\)"):
        require_sound(Reading((document, document)))
