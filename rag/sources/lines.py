"""The lines of a text that have anything in them, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.text.invisible import WIDTHLESS

BLANK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + WIDTHLESS
"""Every character that shows nothing: white space, and the marks without width that pages are strewn with."""
_LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_WIDTHS = {"\t": 4} | dict.fromkeys(WIDTHLESS, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: `text` is the document's `start:end`, without the white space around it."""

    start: int
    end: int
    text: str
    indent: int
    """Columns of white space in front of it."""
    gap: int
    """Blank lines before it (1 for the first line, which has nothing before it)."""


def split_lines(text: str) -> list[Line]:
    """Return the lines of `text` that are not blank."""
    lines: list[Line] = []
    gap = 1
    for start, end in _raw_lines(text):
        raw = text[start:end]
        body = raw.lstrip(BLANK)
        if not body:
            gap += 1
            continue
        indent = sum(_WIDTHS.get(character, 1) for character in raw[: len(raw) - len(body)])
        first = end - len(body)
        body = body.rstrip(BLANK)
        lines.append(Line(first, first + len(body), body, indent, gap))
        gap = 0
    return lines


def _raw_lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in _LINE_END.finditer(text):
        yield at, match.start()
        at = match.end()
    yield at, len(text)
