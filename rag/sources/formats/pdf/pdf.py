"""PDF, through pdfium: the text of its pages with the place of every word, scans through OCR where it is installed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2 as pdfium

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.pdf.composing import PageSize
from rag.sources.formats.pdf.cover import cover_title
from rag.sources.formats.pdf.facts import creation_date, language_code, largest_lines, stated_author, stated_title
from rag.sources.formats.pdf.layout import Layout, lay_out
from rag.sources.formats.pdf.ocr import INSTALL, ocr_program, read_scan
from rag.sources.formats.pdf.words import Word, read_words
from rag.sources.headings import promote_headings
from rag.sources.metadata import read_metadata
from rag.types import Block, BlockKind, Document, Skipped

_MOST_PAGES = 5_000
_MOST_NAMED = 20
_DEEPEST = 6
_OCR_SECONDS = 90.0
"""For all scans of one file: well under what reading a file may take, so that what was read by then is kept."""
_PICTURE_DEPTH = 3
_CATALOG = re.compile(rb"(\d{1,10})\s+(\d{1,5})\s+obj\s*<<[^<>]{0,2000}/Type\s*/Catalog")
_PASSWORD = "it needs a password: save a copy without one"
_BROKEN = "it is damaged, or no PDF though it is called one: open it in a viewer and save it again"
_EMPTY = "there is no text on its pages, and no picture: remove it"
_NO_TEXT = "no text layer; "
_OCR_OFF = "reading scans is turned off"
_UNREADABLE = "OCR found no words in it: scan it again, straight and at 300 dots an inch"
_SLOW = f"OCR of its pages takes longer than {_OCR_SECONDS:g} seconds: split it, or run it through an OCR program"
_DAMAGED_PAGE = "damaged: open it in a viewer and save it again"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page as it was read: its words, or why there are none (None: nothing is on it)."""

    size: PageSize
    words: Sequence[Word]
    reason: str | None = None
    hidden: int = 0
    """Stretches of words that nobody sees, which are left out."""


def read_pdf(raw: RawFile) -> Reading:
    """Read a PDF.

    Pages that cannot be read are named in `skipped` with the reason. Raises SourceError for a file with a password,
    one too damaged to be opened, and one no page of which has words.
    """
    document = _opened(raw.data)
    try:
        count = len(document)
        scans = _Scans(allowed=raw.limits.ocr)
        sheets = [_read_page(document, at, scans) for at in range(min(count, _MOST_PAGES))]
        properties = {key: value.strip() for key, value in document.get_metadata_dict().items() if value.strip()}
        language = language_code(_language(document))
    finally:
        document.close()
    if not any(sheet.words for sheet in sheets):
        raise SourceError(next((sheet.reason for sheet in sheets if sheet.reason), _EMPTY))
    layout = lay_out([(sheet.size, sheet.words) for sheet in sheets])
    made = replace(_document(raw, layout, properties, language), hidden=sum(sheet.hidden for sheet in sheets))
    return Reading((made,), tuple(_skipped(raw.source, sheets, count)))


def _opened(data: bytes) -> pdfium.PdfDocument:
    """Open a file, one that was cut short too where its catalog is still in it."""
    for whole in (data, _with_end(data)):
        try:
            return pdfium.PdfDocument(whole)
        except pdfium.PdfiumError as error:
            if "password" in str(error).lower():
                raise SourceError(_PASSWORD) from error
    raise SourceError(_BROKEN)


def _with_end(data: bytes) -> bytes:
    """Return a file with an end that names its catalog; pdfium finds the rest by itself."""
    catalogs = _CATALOG.findall(data)
    return (
        data + b"\nendstream\nendobj\ntrailer\n<< /Root %b %b R >>\nstartxref\n0\n%%%%EOF\n" % catalogs[-1]
        if catalogs
        else b""
    )


def _language(document: pdfium.PdfDocument) -> str:
    """Return the language of the document's catalog, empty where it states none."""
    import ctypes

    import pypdfium2.raw as pdfium_c

    length = pdfium_c.FPDFCatalog_GetLanguage(document.raw, None, 0)
    buffer = ctypes.create_string_buffer(length)
    pdfium_c.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0") if length else ""


@dataclass(slots=True)
class _Scans:
    """The reading of scans: whether it is allowed, and how long it took so far."""

    allowed: bool
    seconds: float = 0.0

    def read(self, page: Any) -> tuple[Sequence[Word], str | None]:
        """Return the words of a page without text, or why there are none."""
        if next(page.get_objects(max_depth=_PICTURE_DEPTH), None) is None:
            return (), None
        program = ocr_program()
        if program is None or not self.allowed:
            return (), _NO_TEXT + (INSTALL if program is None else _OCR_OFF)
        if self.seconds > _OCR_SECONDS:
            return (), _NO_TEXT + _SLOW
        began = time.monotonic()
        words = read_scan(program, page)
        self.seconds += time.monotonic() - began
        return words, None if words else _NO_TEXT + _UNREADABLE


def _read_page(document: pdfium.PdfDocument, at: int, scans: _Scans) -> _Sheet:
    try:
        page = document[at]
    except pdfium.PdfiumError:
        return _Sheet(PageSize(at + 1, 0.0, 0.0), (), _DAMAGED_PAGE)
    try:
        size = PageSize(at + 1, *page.get_size())
        words: Sequence[Word]
        words, hidden = read_words(page)
        reason = None
        if not words:
            words, reason = scans.read(page)
        return _Sheet(size, words, reason, hidden)
    except pdfium.PdfiumError:
        return _Sheet(PageSize(at + 1, 0.0, 0.0), (), _DAMAGED_PAGE)
    finally:
        page.close()


def _skipped(source: str, sheets: Sequence[_Sheet], count: int) -> Iterator[Skipped]:
    """Yield a line for each reason why pages were not read."""
    for reason in dict.fromkeys(sheet.reason for sheet in sheets if sheet.reason):
        numbers = [str(sheet.size.number) for sheet in sheets if sheet.reason == reason]
        named = ", ".join(numbers[:_MOST_NAMED]) + (" …" if len(numbers) > _MOST_NAMED else "")
        yield Skipped(source, f"page{'s' if len(numbers) > 1 else ''} {named} not read: {reason}")
    if count > len(sheets):
        yield Skipped(source, f"of its {count:,} pages the first {len(sheets):,} were read: split it")


def _below_all(block: Block) -> Block:
    """Return a heading of a cover as one that heads nothing but what follows on it: its letters are large for show."""
    return replace(block, level=_DEEPEST) if block.kind is BlockKind.HEADING else block


def _document(raw: RawFile, layout: Layout, properties: dict[str, str], language: str | None) -> Document:
    """Return the document, with what it says of itself.

    The title is that of a report's cover, else of the properties where it is one, else the largest lines of the first
    page, else what the rules of plain text find. Author and date come from a byline near the top, else from the
    properties: the day on which the file was made comes last.
    """
    blocks = list(layout.blocks)
    if not any(block.kind is BlockKind.HEADING for block in blocks):
        blocks = promote_headings(layout.text, blocks, markdown=False)
    title = cover_title([row.text for row in layout.first])
    if title is not None:
        blocks = [_below_all(block) if block.end <= layout.pages[0].end else block for block in blocks]
    author = date = outlet = None
    if title is None:
        facts, blocks = read_metadata(layout.text, blocks, fallback_title="")
        title = stated_title(properties) or largest_lines(layout.first, layout.body.height) or facts.title
        author, date, outlet = facts.author, facts.date, facts.outlet
    document = Document(raw.source, layout.text, title or raw.stem, titled=bool(title))
    return replace(
        document,
        author=author or stated_author(properties),
        outlet=outlet,
        date=date or creation_date(properties),
        blocks=tuple(blocks),
        pages=layout.pages,
        language=language,
    )
