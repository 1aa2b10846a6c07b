"""Scans: pages that are pictures, read through Tesseract where it is installed."""

from __future__ import annotations

import pypdfium2 as pdfium
import pytest

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading, ReadingLimits
from rag.sources.formats.pdf.ocr import ocr_program, words_of
from rag.sources.formats.pdf.pdf import read_pdf
from rag.text.pages import boxes_of
from tests.pdf_pages import HEIGHT, WIDTH, Picture, Sheet, Words, make

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
ROWS = [
    "1\t1\t0\t0\t0\t0\t0\t0\t1000\t2000\t-1\t",
    "5\t1\t1\t1\t1\t1\t100\t200\t80\t20\t96.1\tForty",
    '5\t1\t1\t1\t1\t2\t200\t205\t90\t15\t91\t"lanterns"',
    "5\t1\t1\t1\t2\t1\t100\t240\t80\t20\t12.5\tspecks",
    "5\t1\t1\t1\t2\t2\t200\t240\t80\t20\t95\t ",
]

installed = pytest.mark.skipif(ocr_program() is None, reason="there is no tesseract on this machine")


def test_the_words_of_a_table_have_boxes_on_the_page() -> None:
    first, second = words_of("\n".join([HEAD, *ROWS]), 500, 1000)
    assert (first.text, second.text) == ("Forty", '"lanterns"')
    assert first.box == (0.1, 0.1, 0.18, 0.11)
    assert (first.left, first.right) == (50, 90)
    assert first.height == second.height


def test_a_table_without_words_has_none() -> None:
    assert list(words_of(HEAD, 500, 1000)) == []
    assert list(words_of("\n".join([HEAD, ROWS[0]]), 500, 1000)) == []


def scan(*words: Words) -> Sheet:
    """A page that is the picture of a page with these words, as a scanner gives it."""
    document = pdfium.PdfDocument(make(Sheet(words)))
    drawn = document[0].render(scale=200 / 72, grayscale=True).to_pil()
    document.close()
    return Sheet(picture=Picture(drawn.width, drawn.height, drawn.tobytes()))


def read(*sheets: Sheet, ocr: bool = True) -> Reading:
    return read_pdf(RawFile("scan.pdf", make(*sheets), ReadingLimits(ocr=ocr)))


SCAN = scan(
    Words("The tower of Quorn has forty lanterns of brass,", down=200, size=14),
    Words("which nobody has counted since the flood.", down=220, size=14),
)


@installed
def test_a_scan_is_read_and_its_words_have_boxes() -> None:
    (document,) = read(SCAN).documents
    expected = "The tower of Quorn has forty lanterns of brass, which nobody has counted since the flood."
    assert document.text == expected
    start = document.text.index("counted")
    (box,) = boxes_of(document.pages, start, start + len("counted"))
    assert box.top * HEIGHT == pytest.approx(210, abs=6)
    assert box.bottom * HEIGHT == pytest.approx(222, abs=6)
    assert 0.2 < box.left < box.right < 0.6
    assert (document.pages[0].width, document.pages[0].height) == (WIDTH, HEIGHT)


@installed
def test_a_scan_between_pages_of_text_is_read_in_its_place() -> None:
    text = Sheet([Words("This page has text of its own.")])
    reading = read(text, SCAN, text)
    assert reading.skipped == ()
    assert [page.end > page.start for page in reading.documents[0].pages] == [True, True, True]


@installed
def test_a_scan_of_nothing_says_so() -> None:
    with pytest.raises(SourceError, match="OCR found no words in it"):
        read(Sheet(picture=Picture(2, 2, b"\xff" * 4)))


def test_scans_stay_unread_where_that_is_turned_off() -> None:
    with pytest.raises(SourceError, match="no text layer; "):
        read(SCAN, ocr=False)


def test_scans_stay_unread_where_the_program_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SourceError, match="no text layer; install tesseract-ocr"):
        read(SCAN)
