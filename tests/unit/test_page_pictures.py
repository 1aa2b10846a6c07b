"""Pages drawn as pictures: from the file that was indexed and no other, in another process."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from rag.errors import SourceError
from rag.sources import SourceFile, SourceReader, has_page_pictures, picture_request
from rag.sources.formats.pdf.picture import draw
from rag.text.pages import boxes_of
from rag.types import Document, Page
from tests.simple_pdf import HEIGHT, LEFT, TOP, WIDTH, make_pdf

PAGES = (["The first page says little."], ["The tower of Quorn has forty lanterns.", "Nobody counts them."])


@pytest.fixture
def reader() -> Iterator[SourceReader]:
    with SourceReader(workers=1) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> SourceFile:
    path = tmp_path / "tower.pdf"
    path.write_bytes(make_pdf(*PAGES))
    return SourceFile("tower.pdf", path, path.stat().st_size, 0)


@pytest.fixture
def document(reader: SourceReader, file: SourceFile) -> Document:
    (read,) = reader.read(file).documents
    return read


def digest(file: SourceFile) -> str:
    return hashlib.sha256(file.path.read_bytes()).hexdigest()


def size_of(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_a_page_is_drawn_as_wide_as_a_pane_needs(reader: SourceReader, file: SourceFile, document: Document) -> None:
    request = picture_request(file.path.parent, document, digest(file), 2)
    assert size_of(reader.picture(request)) == (1400, pytest.approx(1400 * HEIGHT / WIDTH, abs=1))
    assert reader.picture(request) == reader.picture(request)
    assert reader.picture(picture_request(file.path.parent, document, digest(file), 1)) != reader.picture(request)


def test_words_have_their_place_on_the_page(document: Document) -> None:
    words = "forty lanterns"
    start = document.text.index(words)
    (box,) = boxes_of(document.pages, start, start + len(words))
    (first,) = boxes_of(document.pages, document.pages[1].start, document.pages[1].start + 3)
    assert (box.page, first.page) == (2, 2)
    assert first.left == pytest.approx(LEFT / WIDTH, abs=0.01)
    assert first.bottom == pytest.approx(1 - TOP / HEIGHT, abs=0.01)
    assert box.left > first.right


def test_another_file_than_was_read_is_not_drawn(reader: SourceReader, file: SourceFile, document: Document) -> None:
    request = picture_request(file.path.parent, document, digest(file), 2)
    file.path.write_bytes(make_pdf(*PAGES, ["One more."]))
    with pytest.raises(SourceError, match=r"^it has changed since it was indexed: update the index, then ask again$"):
        reader.picture(request)
    file.path.unlink()
    with pytest.raises(SourceError, match=r"^it cannot be read any more \(No such file or directory\)"):
        reader.picture(request)
    assert reader.read(SourceFile("a.csv", _table(file.path.parent), 30, 0)).documents


def _table(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text("Year,Revenue\n2022,5.3\n", encoding="utf-8")
    return path


def test_what_has_no_such_page_is_said_before_anything_is_drawn(document: Document, tmp_path: Path) -> None:
    for named, number in (
        (document, 3),
        (replace(document, source="mail.eml#tower.pdf"), 1),
        (Document("a.txt", "", "A"), 1),
    ):
        with pytest.raises(SourceError, match=f"has no page {number} that can be drawn. Read it as text."):
            picture_request(tmp_path, named, "", number)


@pytest.mark.parametrize(
    ("source", "pages", "drawn"),
    [
        ("a.pdf", 1, True),
        ("folder/A.PDF", 1, True),
        ("a.pdf", 0, False),
        ("a.pptx", 1, False),
        ("mail.eml#a.pdf", 1, False),
    ],
)
def test_which_documents_have_pictures(source: str, pages: int, drawn: bool) -> None:
    assert has_page_pictures(Document(source, "", "A", pages=(Page(1, 0, 0),) * pages)) is drawn


def test_a_huge_page_is_drawn_small(tmp_path: Path) -> None:
    poster = Document("a.pdf", "", "A", pages=(Page(1, 0, 0, 100_000, 100_000),))
    stamp = replace(poster, pages=(Page(1, 0, 0, 10, 10),))
    assert picture_request(tmp_path, poster, "", 1).scale == 0.2
    assert picture_request(tmp_path, stamp, "", 1).scale == 3.0


def test_a_page_that_is_a_line_is_drawn_within_bounds() -> None:
    document = pdfium.PdfDocument.new()
    try:
        drawn = draw(document.new_page(0.5, 5_000_000), 4.0)
    finally:
        document.close()

    assert struct.unpack(">II", drawn[16:24]) == (1, 20_000)
