"""A page of a PDF as a picture, for eyes and for OCR."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2 as pdfium

from rag.errors import SourceError

_MOST_PIXELS = 20_000_000
"""80 MB while it is drawn."""
_LONGEST_SIDE = 20_000


def page_picture(data: bytes, number: int, scale: float) -> bytes:
    """Return page `number` (from 1) of a PDF as a PNG of `scale` pixels a point; fewer where it would be huge.

    Raises SourceError when the file cannot be opened or has no such page.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise SourceError("it cannot be opened as a PDF any more: open it in a viewer and save it again") from error
    try:
        if not 1 <= number <= len(document):
            raise SourceError(f"it has {len(document)} pages, and no page {number}")
        return draw(document[number - 1], scale)
    except pdfium.PdfiumError as error:
        raise SourceError(f"its page {number} cannot be drawn: it may be damaged") from error
    finally:
        document.close()


def draw(page: Any, scale: float) -> bytes:
    """Return a pypdfium2 page as a PNG of `scale` pixels a point, fewer where it would be huge."""
    width, height = page.get_size()
    most = (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5
    longest = _LONGEST_SIDE / max(width, height, 1.0)  # a side of next to nothing is drawn as one pixel
    picture = page.render(scale=min(scale, most, longest)).to_pil()
    output = io.BytesIO()
    picture.save(output, format="PNG")
    return output.getvalue()
