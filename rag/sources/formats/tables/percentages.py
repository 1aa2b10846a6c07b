"""Which cells of an XLSX file are shown as percentages: 0.053 is stored where a person reads 5.3%.

The library gives values alone, so the formats are read from the parts of the file (ECMA-376 part 1, sections 18.8.30
and 18.8.45).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip
from rag.sources.formats.office.office import attribute, child, local_name, number
from rag.sources.formats.safe_xml import parse_xml
from rag.sources.formats.tables.sheet_area import column_number

STYLES, _BOOK, _LINKS = "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_BUILT_IN = frozenset({9, 10})
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
"""What of a format stands for itself: words in quotation marks, characters after a backslash."""
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*>")
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_STYLE = re.compile(rb"\bs\s*=\s*[\"'](\d{1,6})[\"']")

Cells = frozenset[tuple[int, int]]
"""Rows and columns, counted from 0."""


def percentages(archive: GuardedZip) -> Mapping[str, Cells]:
    """Return the cells that are shown as percentages, by the names of their sheets; none where that cannot be told."""
    try:
        styles = _percent_styles(parse_xml(archive.read(STYLES)))
        if not styles:
            return {}
        return {
            name: cells_of(archive.read(part), styles) for name, part in sheet_parts(archive).items() if part in archive
        }
    except SourceError:
        return {}


def _percent_styles(root: etree._Element) -> frozenset[int]:
    """Return the numbers of the styles of cells that show percentages."""
    formats = child(root, "numFmts")
    codes = {
        number(node, "numFmtId"): attribute(node, "formatCode") or "" for node in ([] if formats is None else formats)
    }
    percent = _BUILT_IN | {each for each, code in codes.items() if "%" in _LITERAL.sub("", code)}
    styles = child(root, "cellXfs")
    return frozenset(
        at for at, node in enumerate([] if styles is None else styles) if number(node, "numFmtId") in percent
    )


def sheet_parts(archive: GuardedZip) -> dict[str, str]:
    """Return the parts that the sheets are in, by their names."""
    targets = {attribute(node, "Id"): attribute(node, "Target") or "" for node in parse_xml(archive.read(_LINKS))}
    sheets = child(parse_xml(archive.read(_BOOK)), "sheets")
    return {
        attribute(node, "name") or "": _part(targets.get(_link(node), ""))
        for node in ([] if sheets is None else sheets)
        if local_name(node) == "sheet"
    }


def _link(sheet: etree._Element) -> str | None:
    return next((str(value) for key, value in sheet.attrib.items() if str(key).endswith("}id")), None)


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def cells_of(sheet: bytes, styles: frozenset[int]) -> Cells:
    """Return the cells of a sheet that have one of some styles."""
    found: set[tuple[int, int]] = set()
    for tag in _CELL.findall(sheet):
        style, place = _STYLE.search(tag), _PLACE.search(tag)
        if style and place and int(style.group(1)) in styles:
            found.add((int(place.group(2)) - 1, column_number(place.group(1)) - 1))
    return frozenset(found)
