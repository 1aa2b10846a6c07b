"""Pages: which one a span stands on, and where on it.

The boxes of a page's words are packed as little-endian records of two unsigned 32-bit offsets (the word's span in the
document's canonical text, counted from the page's start) and four unsigned 16-bit shares of the page (left, top, right,
bottom, 65535 being the whole), in the order of the text, compressed by zlib.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from rag.types import Box, Page

_RECORD = struct.Struct("<IIHHHH")
_WHOLE = 65535
_SAME_LINE = 0.5
"""Share of the lower box's height by which two words overlap in height where they stand on one line."""

WordBox = tuple[int, int, float, float, float, float]
"""Start and end from the page's start, then left, top, right and bottom as shares of the page."""


def pack_boxes(words: Iterable[WordBox]) -> bytes:
    """Return the boxes of the words of one page for `Page.boxes`; shares are held to 0 to 1."""
    return zlib.compress(b"".join(_RECORD.pack(start, end, *map(_share, corners)) for start, end, *corners in words))


def _share(value: float) -> int:
    return round(min(max(value, 0.0), 1.0) * _WHOLE)


def page_at(pages: Sequence[Page], offset: int) -> Page | None:
    """Return the page that the character at `offset` stands on, None for a document without pages."""
    at = bisect_right([page.start for page in pages], offset) - 1
    return pages[max(at, 0)] if pages else None


def boxes_of(pages: Sequence[Page], start: int, end: int) -> tuple[Box, ...]:
    """Return where the span `start:end` of a document stands: one box for each line of each page that it touches."""
    return tuple(
        box
        for page in pages
        if page.boxes and page.start < end and start < page.end
        for box in _lines(page, start, end)
    )


def _lines(page: Page, start: int, end: int) -> Iterator[Box]:
    line: Box | None = None
    for first, last, *corners in _RECORD.iter_unpack(zlib.decompress(page.boxes)):
        if page.start + first >= end or page.start + last <= start:
            continue
        word = Box(page.number, *(corner / _WHOLE for corner in corners))
        if line is not None and _on_one_line(line, word):
            line = Box(
                page.number,
                min(line.left, word.left),
                min(line.top, word.top),
                max(line.right, word.right),
                max(line.bottom, word.bottom),
            )
            continue
        if line is not None:
            yield line
        line = word
    if line is not None:
        yield line


def _on_one_line(line: Box, word: Box) -> bool:
    shared = min(line.bottom, word.bottom) - max(line.top, word.top)
    lower = min(line.bottom - line.top, word.bottom - word.top)
    return shared >= _SAME_LINE * lower and word.left >= line.left
