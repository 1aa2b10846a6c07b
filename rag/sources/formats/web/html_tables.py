"""Tables of web pages: which are data and which the layout of a page, and the grid that their cells fill."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from rag.sources.formats.composing import Composer
from rag.sources.formats.tables.grids import compose_table
from rag.sources.formats.web.html_tree import words_of

_LONGEST_CELL = 1000
"""Characters; tables with longer cells are the layout of a page."""
_WIDEST_SPAN = 50
_LONGEST_SPAN = 500
_MOST_CELLS = 500_000
_LAYOUT_ROLES = frozenset({"presentation", "none"})


def add_table(composer: Composer, table: etree._Element) -> bool:
    """Add a table of data to `composer`, its caption above; False, and nothing added, for one that is layout.

    Data is what has two rows and two columns, no table in it, no long texts.
    """
    if table.get("role") in _LAYOUT_ROLES or next(table.iterdescendants("table"), None) is not None:
        return False
    rows = list(table.iterdescendants("tr", "row"))
    grid = _grid(rows)
    if len(grid) < 2 or max(map(len, grid)) < 2 or any(len(cell) > _LONGEST_CELL for row in grid for cell in row):
        return False
    for caption in table.iterchildren("caption"):
        composer.paragraph(words_of(caption))
    headers = _marked_headers(rows, len(grid))
    labels = sum(row[0].endswith(":") for row in grid)
    if headers is None and 2 * labels < len(grid):
        width = max(map(len, grid))
        compose_table(composer, [[*row, *[""] * (width - len(row))] for row in grid])
    else:
        composer.table([_joined(grid[:headers]), *grid[headers:]] if headers else grid, header=bool(headers))
    return True


def _grid(rows: Sequence[etree._Element]) -> list[list[str]]:
    """Return the text of the cells by row and column.

    A cell over several rows stands in each; one over several columns in each where it is a heading of them, else in
    the first alone.
    """
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    count = 0
    for row in rows:
        line: list[str] = []
        for cell in _cells(row):
            _let_hang(line, hanging)
            text = words_of(cell)
            width, height = _span(cell, "colspan", _WIDEST_SPAN), _span(cell, "rowspan", _LONGEST_SPAN)
            for column in range(width):
                shown = text if column == 0 or is_heading(cell) else ""
                if height > 1:
                    hanging[len(line)] = (height - 1, shown)
                line.append(shown)
        _let_hang(line, hanging)
        count += len(line)
        if count > _MOST_CELLS:
            return []
        if any(line):
            grid.append(line)
    return grid


def _let_hang(line: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Fill the next columns of a row with the cells that reach down from the rows above."""
    while len(line) in hanging:
        left, text = hanging.pop(len(line))
        if left > 1:
            hanging[len(line)] = (left - 1, text)
        line.append(text)


def _span(cell: etree._Element, name: str, most: int) -> int:
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), most) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def is_heading(cell: etree._Element) -> bool:
    """Say whether a cell is marked as the heading of its row or column."""
    return cell.tag == "th" or cell.get("role") in {"head", "columnheader"}


def _marked_headers(rows: Sequence[etree._Element], height: int) -> int | None:
    """Return how many rows at the top are marked as names of the columns; None where nothing is marked at all."""
    filled = [row for row in rows if any(words_of(cell) for cell in _cells(row))]
    count = 0
    while count < min(height, len(filled)) - 1 and _heads(filled[count]):
        count += 1
    if count or any(is_heading(cell) for row in filled for cell in _cells(row)):
        return count
    return None


def _heads(row: etree._Element) -> bool:
    parent = row.getparent()
    in_head = parent is not None and parent.tag == "thead"
    return in_head or all(is_heading(cell) or not words_of(cell) for cell in _cells(row))


def _cells(row: etree._Element) -> list[etree._Element]:
    return list(row.iterchildren("td", "th", "cell"))


def _joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of the columns from the rows that head them, a name that repeats itself once."""
    width = max(map(len, rows))
    columns = ([row[at] for row in rows if at < len(row) and row[at]] for at in range(width))
    return [" ".join(dict.fromkeys(column)) for column in columns]
