"""Grids of cells, as spreadsheets and CSV files have them: the tables in them found, their headers told, all composed.

Rows without a cell divide a grid into tables; so do columns, where the tables beside each other begin at different
heights. Above a table may stand its title (a row of one cell), below it notes; its header may have up to three rows,
the upper ones naming groups of columns.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rag.sources.formats.composing import Composer
from rag.sources.formats.office.office import add_heading

Grid = Sequence[Sequence[str]]

MOST_CELLS = 2_000_000
"""In one file, by `cost`; what goes beyond it is left out, and said to be."""
_CELLS_A_ROW = 4

_NUMBER = re.compile(r"[-+−(]?\s?[$€£¥₹]?\s?[-−]?\d[\d.,'’\s]*(?:[eE][-+]?\d+)?\s?[%$€£¥₹]?\)?")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?:[ T][\d:.]+)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_NOTHING = frozenset({"-", "–", "—", ".", "…", "n/a", "N/A", "NA", "x", "X"})
"""What is put into a cell that has no value."""
_DEEPEST_HEADER = 3
_LONGEST_NAME = 120
_SHORTEST_LIST = 2
"""Rows of one column up to which they are words above or below the tables, and no table."""
_FULL_DIGITS = 15
"""Significant digits that spreadsheet programs compute and show."""
_DIGITS_WRITTEN_OUT = range(-7, 22)
_LOOKED_AT = 50
"""Rows that tell what a column holds."""


def compose_grid(composer: Composer, grid: Grid, *, title_level: int = 2) -> None:
    """Add the tables of a grid: titles as headings of `title_level`, rows with their header, notes as paragraphs."""
    for table in _tables([[cell.strip() for cell in row] for row in grid]):
        _compose(composer, table, title_level)


def cost(row: Sequence[object]) -> int:
    """Return for how many cells a row counts: composing it takes some time of its own."""
    return len(row) + _CELLS_A_ROW


def _compose(composer: Composer, table: list[list[str]], title_level: int) -> None:
    rows = _without_blank_columns(table)
    while len(rows) > 1 and len(rows[0]) > 1 and _filled(rows[0]) == 1 and _filled(rows[1]):
        add_heading(composer, "".join(rows.pop(0)), title_level)
        rows = _without_blank_columns(rows)
    notes: list[str] = []
    while len(rows) > 2 and len(rows[0]) > 1 and _filled(rows[-1]) == 1 and rows[-1][0]:
        notes.insert(0, rows.pop()[0])
    if len(rows[0]) == 1 and len(rows) <= _SHORTEST_LIST:
        for (cell,) in rows:
            add_heading(composer, cell, title_level)
        return
    compose_table(composer, rows)
    for note in notes:
        composer.paragraph(note)


def compose_table(composer: Composer, rows: list[list[str]]) -> None:
    """Add one table, whose rows are of one width; what its header is shows in its cells."""
    depth = _header_depth(rows)
    composer.table([_names(rows[:depth]), *rows[depth:]] if depth else rows, header=bool(depth))


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell)


# ------------------------------------------------------------ tables of a grid


def _tables(grid: list[list[str]]) -> Iterator[list[list[str]]]:
    bands = _bands(grid)
    while bands:
        band = bands.pop(0)
        while bands and _is_header_of(band, bands[0]):
            band = band + bands.pop(0)
        yield from _beside(band)


def _bands(grid: list[list[str]]) -> list[list[list[str]]]:
    """Return the runs of rows that have cells."""
    bands: list[list[list[str]]] = []
    fresh = True
    for row in grid:
        if not any(row):
            fresh = True
        elif fresh:
            bands.append([row])
            fresh = False
        else:
            bands[-1].append(row)
    return bands


def _is_header_of(band: list[list[str]], below: list[list[str]]) -> bool:
    """Say whether a few rows that have names only, and a gap below them, head the numbers under the gap."""
    if len(band) >= _DEEPEST_HEADER or _filled(band[-1]) < 2 or not all(_names_only(row) for row in band):
        return False
    return not _names_only(below[0]) and _filled(below[0]) <= _filled(band[-1]) + 1


def _beside(band: list[list[str]]) -> Iterator[list[list[str]]]:
    """Yield the tables that stand beside each other in a band: each has rows of its own, from a height of its own."""
    used = sorted({at for row in band for at, cell in enumerate(row) if cell})
    starts = [used[0], *(at for before, at in itertools.pairwise(used) if at > before + 1)]
    edges = [starts[0]]
    for start, stop in itertools.pairwise([*starts[1:], used[-1] + 1]):
        if _stands_alone(band, edges[-1], start, stop):
            edges.append(start)
    for start, stop in itertools.pairwise([*edges, used[-1] + 1]):
        rows = [row[start:stop] for row in band]
        yield [row for row in rows if any(row)]


def _stands_alone(band: list[list[str]], left: int, start: int, stop: int) -> bool:
    """Say whether the columns `start:stop` are a table and not more columns of the one that begins at `left`."""
    tops = [next((at for at, row in enumerate(band) if any(row[a:b])), 0) for a, b in ((left, start), (start, stop))]
    first = [row[start] for row in band[tops[1] + 1 :] if start < len(row) and row[start]]
    return tops[0] != tops[1] and stop - start > 1 and bool(first) and all(_kind(cell) == "text" for cell in first)


def _without_blank_columns(rows: list[list[str]]) -> list[list[str]]:
    used = sorted({at for row in rows for at, cell in enumerate(row) if cell})
    return [[row[at] if at < len(row) else "" for at in used] for row in rows]


# ------------------------------------------------------------ headers


def _kind(cell: str) -> str:
    """Return what a cell holds: `text`, `number`, `year`, `date`, or nothing."""
    if not cell or cell in _NOTHING:
        return ""
    if _YEAR.fullmatch(cell):
        return "year"
    if _DATE.fullmatch(cell):
        return "date"
    return "number" if _NUMBER.fullmatch(cell) else "text"


def _names_only(row: Sequence[str]) -> bool:
    return all(_kind(cell) in {"text", ""} and len(cell) <= _LONGEST_NAME for cell in row)


def _header_depth(rows: list[list[str]]) -> int:
    """Return how many of the rows of a table are its header; 0 where it has none."""
    if len(rows) < 2:
        return 0
    if depth := _grouped_depth(rows):
        return depth
    return int(_is_header(rows[0], rows[1:_LOOKED_AT]))


def _grouped_depth(rows: list[list[str]]) -> int:
    """Return the depth of a header of several rows: the upper ones name groups, so they have fewer cells; else 0."""
    depth = 0
    while depth < len(rows) and _is_header(rows[depth], rows[depth + 1 : _LOOKED_AT], whole=False):
        depth += 1
        if depth > _DEEPEST_HEADER:
            return 0
    if depth < 2 or depth == len(rows):
        return 0
    last = _filled(rows[depth - 1])
    return depth if all(1 < _filled(row) < last for row in rows[: depth - 1]) or _spread(rows[:depth]) else 0


def _spread(header: list[list[str]]) -> bool:
    """Say whether the last row leaves out only cells that a row above it fills, and fills most."""
    last, upper = header[-1], header[:-1]
    covered = all(cell or any(row[at] for row in upper) for at, cell in enumerate(last))
    return covered and all(_filled(row) <= _filled(last) and "" in row for row in upper)


def _is_header(row: list[str], below: list[list[str]], *, whole: bool = True) -> bool:
    """Say whether a row names the columns: words (or years and dates over something else), each of them once.

    With `whole`, most columns have a name, and the names are short.
    """
    cells = [(at, cell) for at, cell in enumerate(row) if cell]
    kinds = {at: _kind(cell) for at, cell in cells}
    if not any(kind == "text" or (kind and at) for at, kind in kinds.items()) or "number" in kinds.values():
        return False
    for at, kind in kinds.items():
        counted = Counter(_kind(other[at]) for other in below if other[at])
        if kind != "text" and counted[kind] * 2 >= max(1, counted.total()):
            return False
    if not whole:
        return any(_kind(cell) in {"number", "date"} for other in below for cell in other)
    if len(row) == 1 and all(_kind(other[0]) in {"text", ""} for other in below):
        return False  # lines of text, and none of them names the others
    names = [cell for _, cell in cells]
    return 2 * len(names) >= len(row) and len(set(names)) == len(names) and all(len(n) <= _LONGEST_NAME for n in names)


def _names(header: list[list[str]]) -> list[str]:
    """Return one name for each column, those of its groups in front."""
    named = list(header[-1])
    for row in reversed(header[:-1]):
        groups = _spread_out(row, header[-1])
        named = [
            " ".join(part for part in (group, name) if part) if group != name else name
            for group, name in zip(groups, named, strict=True)
        ]
    return named


def _spread_out(groups: list[str], names: list[str]) -> list[str]:
    """Return the name of a group over every column of it: up to the next group."""
    spread: list[str] = []
    current = ""
    for at, (group, name) in enumerate(zip(groups, names, strict=True)):
        current = group or (current if name else "")
        spread.append(current)
        if at == 0:
            current = ""  # what stands in the corner names no group
    return spread


# ------------------------------------------------------------ numbers


def shown_number(value: float) -> str:
    """Return a number as a person reads it: `2` and `0.1`, whatever it is in binary."""
    short = Decimal(f"{value + 0.0:.{_FULL_DIGITS}g}")  # a zero has no sign
    if not short.is_finite():
        return str(value)
    if short.adjusted() not in _DIGITS_WRITTEN_OUT:
        return f"{value:.{_FULL_DIGITS}g}"
    text = f"{short:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
