"""PDF, through pdfium: the text of each page with the place of every word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pypdfium2 as pdfium

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.ocr import INSTALL, ocr_program, read_picture
from rag.sources.formats.pdf_blocks import pieces_of
from rag.sources.formats.pdf_composing import PdfComposer
from rag.sources.formats.pdf_lines import Line, lines_of, most_letters, running_lines
from rag.sources.formats.pdf_picture import draw
from rag.sources.formats.pdf_words import Word, read_words
from rag.types import Document, Skipped

_MOST_PAGES = 5_000
_TITLE_SIZE = 1.3
"""Times the size of the text from which on a line of the first page may be the title."""
_LONGEST_TITLE = 160
_NO_TITLE = re.compile(r"(?i)untitled|microsoft \w+|.*\.\w{2,5}|[\W\d_]*|.*[\\/].*")
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
_OCR_DOTS = 300
"""Dots per inch at which scans are read, as Tesseract's documentation advises."""
_PICTURE_DEPTH = 3
_PASSWORD = "it needs a password: save a copy without one"
_BROKEN = "it is damaged, or no PDF though it is called one: open it in a viewer and save it again"


def read_pdf(raw: RawFile) -> Reading:
    """Read a PDF. A page without text is named in `skipped`; a file without any is refused."""
    document = _opened(raw.data)
    try:
        count = len(document)
        if not count:
            raise SourceError("it has no pages: remove it")
        program = ocr_program() if raw.limits.ocr else None
        pages = [_read_page(document, number, program) for number in range(min(count, _MOST_PAGES))]
        facts = _facts(document)
    finally:
        document.close()
    if not any(page.lines for page in pages):
        raise SourceError(f"it has no text layer, only pictures of pages: {_remedy()}")
    skipped = _skipped(raw.source, pages, count)
    return Reading((_compose(raw, pages, facts),), tuple(skipped))


def _remedy() -> str:
    """Return what to do about pages without text."""
    return "if they are scans, make better ones" if ocr_program() else INSTALL


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise SourceError(_PASSWORD if "password" in str(error).lower() else _BROKEN) from error


@dataclass(frozen=True, slots=True)
class _PdfPage:
    number: int
    width: float
    height: float
    lines: list[Line]


def _read_page(document: pdfium.PdfDocument, at: int, program: str | None) -> _PdfPage:
    try:
        page = document[at]
        width, height = page.get_size()
        lines = lines_of(read_words(page)) or (_scanned(page, program) if program else [])
    except pdfium.PdfiumError:
        return _PdfPage(at + 1, 0.0, 0.0, [])
    page.close()
    return _PdfPage(at + 1, width, height, lines)


def _scanned(page: Any, program: str) -> list[Line]:
    """Return the lines that OCR finds on a page, with the places of their words.

    All are of one size: a box is as high as the letters that happen to be in it, which tells no headings.
    """
    if next(page.get_objects(max_depth=_PICTURE_DEPTH), None) is None:
        return []  # an empty page
    scale = _OCR_DOTS / 72
    found = read_picture(program, draw(page, scale)) or []
    size = round(2 * median(read.height for read in found) / scale) / 2 if found else 0.0
    lines: dict[tuple[str, str, str], list[Word]] = {}
    for read in found:
        left, top, width, height = (side / scale for side in (read.left, read.top, read.width, read.height))
        text = unicodedata.normalize("NFC", read.text)
        lines.setdefault(read.line, []).append(Word(text, left, top, left + width, top + height, size, bold=False))
    return [Line(tuple(words)) for words in lines.values()]


def _skipped(source: str, pages: Sequence[_PdfPage], count: int) -> Iterator[Skipped]:
    empty = [str(page.number) for page in pages if not page.lines]
    if empty:
        listed = ", ".join(empty[:20]) + (" …" if len(empty) > 20 else "")
        yield Skipped(source, f"no text was found on its pages {listed}: {_remedy()}")
    if count > len(pages):
        yield Skipped(source, f"of its {count:,} pages the first {len(pages):,} were read: split it")


def _facts(document: pdfium.PdfDocument) -> dict[str, str]:
    return {key: value.strip() for key, value in document.get_metadata_dict().items() if value.strip()}


def _compose(raw: RawFile, pages: Sequence[_PdfPage], facts: dict[str, str]) -> Document:
    body = most_letters((word.size, word) for page in pages for line in page.lines for word in line.words)
    running = running_lines([(page.height, page.lines) for page in pages])
    composing = PdfComposer({word.text.lower() for page in pages for line in page.lines for word in line.words})
    for at, page in enumerate(pages):
        furniture = [line for number, line in enumerate(page.lines) if (at, number) in running]
        content = [line for number, line in enumerate(page.lines) if (at, number) not in running]
        composing.add_page((page.number, page.width, page.height), furniture, pieces_of(content, body))
    title = _title(facts, pages, body)
    created = _DATE.match(facts.get("CreationDate", ""))
    return Document(
        source=raw.source,
        text=composing.text,
        title=title or raw.stem,
        author=facts.get("Author") or None,
        date="-".join(created.groups()) if created else None,
        blocks=tuple(composing.blocks),
        pages=tuple(composing.pages),
        titled=bool(title),
    )


def _title(facts: dict[str, str], pages: Sequence[_PdfPage], body: float) -> str:
    """Return the title that the file states, else the largest lines of its first page that has any, in their order."""
    stated = " ".join(facts.get("Title", "").split())
    if " " in stated and not _NO_TITLE.fullmatch(stated):
        return stated[:_LONGEST_TITLE]
    lines = next((page.lines for page in pages if page.lines), [])
    large = [line for line in lines[:40] if line.size >= _TITLE_SIZE * body and any(map(str.isalpha, line.text))]
    parts: list[str] = []
    for line in large:
        if sum(map(len, parts)) + len(line.text) > _LONGEST_TITLE:
            break
        parts.append(line.text)
    return " ".join(parts)
