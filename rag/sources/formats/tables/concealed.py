"""Which cells of an XLSX file nobody sees: in hidden rows and columns, shown as nothing, or white on white.

As the library gives values alone, this is read from the parts of the file (ECMA-376 part 1, sections 18.3.1.13,
18.3.1.73 and 18.8).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip
from rag.sources.formats.office.office import attribute, child, number
from rag.sources.formats.safe_xml import parse_xml
from rag.sources.formats.tables.percentages import STYLES, Cells, cells_of, sheet_parts
from rag.sources.styles import WHITE, colour, look_alike

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\b(r|min|max)\s*=\s*[\"'](\d{1,7})[\"']")
_EMPTY_FORMAT = re.compile(r";;;+")
_WHITE_THEME = "0"


@dataclass(frozen=True, slots=True)
class Concealed:
    """The cells of a sheet that nobody sees; all numbers are counted from 0."""

    rows: frozenset[int] = frozenset()
    columns: Sequence[tuple[int, int]] = ()
    """First and last of each run of hidden columns."""
    cells: Cells = frozenset()

    def has(self, row: int, column: int) -> bool:
        """Say whether a cell is not seen."""
        return (
            row in self.rows
            or (row, column) in self.cells
            or any(first <= column <= last for first, last in self.columns)
        )

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return bool(self.rows or self.columns or self.cells)


NOTHING = Concealed()


def concealed_cells(archive: GuardedZip) -> Mapping[str, Concealed]:
    """Return what nobody sees by the names of the sheets; nothing where that cannot be told."""
    try:
        styles = _unseen_styles(parse_xml(archive.read(STYLES))) if STYLES in archive else frozenset()
        parts = {name: archive.read(part) for name, part in sheet_parts(archive).items() if part in archive}
    except SourceError:
        return {}
    return {name: _in_sheet(data, styles) for name, data in parts.items()}


def _in_sheet(sheet: bytes, styles: frozenset[int]) -> Concealed:
    rows = frozenset(said["r"] - 1 for said in _hidden(_ROW, sheet) if "r" in said)
    columns = [(said["min"] - 1, said["max"] - 1) for said in _hidden(_COLUMN, sheet) if {"min", "max"} <= said.keys()]
    return Concealed(rows, columns, cells_of(sheet, styles) if styles else frozenset())


def _hidden(tag: re.Pattern[bytes], sheet: bytes) -> list[dict[str, int]]:
    """Return the numbers of the tags that are marked as hidden."""
    found = (said for said in tag.findall(sheet) if _HIDDEN.search(said))
    return [{name.decode(): int(value) for name, value in _NUMBER.findall(said)} for said in found]


def _unseen_styles(root: etree._Element) -> frozenset[int]:
    """Return the numbers of the styles of cells that show nothing, or white letters on no ground."""
    formats = child(root, "numFmts")
    empty = {
        number(node, "numFmtId")
        for node in ([] if formats is None else formats)
        if _EMPTY_FORMAT.fullmatch((attribute(node, "formatCode") or "").strip())
    }
    fonts, fills, styles = (child(root, name) for name in ("fonts", "fills", "cellXfs"))
    white = {at for at, font in enumerate([] if fonts is None else fonts) if _is_white(font)}
    bare = {at for at, fill in enumerate([] if fills is None else fills) if _is_bare(fill)}
    return frozenset(
        at
        for at, node in enumerate([] if styles is None else styles)
        if number(node, "numFmtId") in empty
        or (number(node, "fontId") in white and (number(node, "fillId") or 0) in (bare or {0}))
    )


def _is_white(font: etree._Element) -> bool:
    ink = child(font, "color")
    if ink is None:
        return False
    told = (attribute(ink, "rgb") or "")[-6:]
    letters = colour(told) if told else None
    return attribute(ink, "theme") == _WHITE_THEME or (letters is not None and look_alike(letters, WHITE))


def _is_bare(fill: etree._Element) -> bool:
    pattern = child(fill, "patternFill")
    return pattern is not None and (attribute(pattern, "patternType") or "none") == "none"
