"""How large a sheet is between its first and its last cell: spreadsheet libraries hold that in memory, gaps and all.

A file of a few bytes can have cells a million rows apart, or say that one is repeated for as many.
"""

from __future__ import annotations

import re

from lxml import etree

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip
from rag.sources.formats.office.office import number
from rag.sources.formats.safe_xml import parse_xml

_LARGEST = 20_000_000
"""Cells; they take half a gigabyte."""
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Za-z]+)(\d+)")
_LONGEST_NUMBER = 9
_OPEN_DOCUMENT = "content.xml"


def require_moderate_area(archive: GuardedZip) -> None:
    """Raise SourceError for a spreadsheet (XLSX or ODS) of which a sheet is too large."""
    for name in archive.names():
        if "worksheets/" in name and name.endswith(".xml"):
            area = _area(archive.read(name))
        elif name == _OPEN_DOCUMENT:
            root = parse_xml(archive.read(name))
            area = max((_open_document_area(table) for table in root.iter("{*}table")), default=0)
        else:
            continue
        if area > _LARGEST:
            raise SourceError("its cells lie too far apart to be read: move them together, or split it")


def _area(sheet: bytes) -> int:
    rows: set[int] = set()
    columns: set[bytes] = set()
    for column, row in _CELL.findall(sheet):
        rows.add(int(row[:_LONGEST_NUMBER]))
        columns.add(column[:_LONGEST_NUMBER].upper())
    if not rows:
        return 0
    numbers = [column_number(column) for column in columns]
    return (max(rows) - min(rows) + 1) * (max(numbers) - min(numbers) + 1)


def column_number(letters: bytes) -> int:
    """Return the number of a column by its letters, counted from 1."""
    count = 0
    for letter in letters:
        count = 26 * count + letter - ord("A") + 1
    return count


def _open_document_area(table: etree._Element) -> int:
    rows = last = widest = 0
    for row in table.iter("{*}table-row"):
        rows += number(row, "number-rows-repeated") or 1
        at = width = 0
        for cell in row:
            at += number(cell, "number-columns-repeated") or 1
            width = at if len(cell) else width
        if width:
            widest, last = max(widest, width), rows
    return widest * last
