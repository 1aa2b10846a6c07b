"""Columns of prose beside each other on a page: where one ends and the next begins.

A gutter is a line down the page that prose stands on both sides of and does not cross. What crosses it (a title over
both columns, a wide table) divides the page into bands from the top down; within a band the left column comes first.
The cells of a table stand beside each other too, but they are words and figures, not lines of prose, and stay together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.sources.formats.pdf.lines import Cell

_PROSE_WORDS = 4
"""Words from which on a cell may be a line of prose."""
_FEWEST_LINES = 4
"""Lines of prose that each side of a gutter has."""
_TABLE_PROSE = 0.2
"""Share of lines of prose among the cells of a band below which it is taken for a table."""
_MOST_ACROSS = 0.5
"""Share of the lines of prose of a page that may go across a gutter."""
_BEYOND = 2.0
"""Heights of a line that a cell reaches beyond a gutter on either side if it spans both columns."""
_FILLED = 0.55
"""Share of a column's width that its lines of prose fill, one with another."""
_SLACK = 2.0
"""Points by which the left sides of the lines of a column may differ."""
_DEEPEST = 3


def regions_of(cells: Sequence[Cell], depth: int = 0) -> list[list[Cell]]:
    """Return the cells of a page region by region, in reading order."""
    gutter = _gutter(cells) if depth < _DEEPEST else None
    if gutter is None:
        return [list(cells)] if cells else []
    regions: list[list[Cell]] = []
    whole = False
    for band in _bands(cells, gutter):
        left = [cell for cell in band if cell.left + cell.right < 2 * gutter]
        right = [cell for cell in band if cell.left + cell.right >= 2 * gutter]
        if not _is_spanning(band[0], gutter) and not _is_table(left, right):
            regions += [*regions_of(left, depth + 1), *regions_of(right, depth + 1)]
            whole = False
        elif whole:
            regions[-1] += band
        else:
            regions.append(list(band))
            whole = True
    return regions


def _gutter(cells: Sequence[Cell]) -> float | None:
    """Return where most lines of prose stand on either side of, at the left edge of a column; None of nowhere."""
    prose = [cell for cell in cells if _is_prose(cell)]
    best: tuple[int, float] | None = None
    for edge in sorted({round(cell.left) for cell in prose}):
        gutter = edge - _SLACK
        before = sum(cell.right <= gutter for cell in prose)
        behind = sum(gutter <= cell.left <= gutter + 2 * _SLACK for cell in prose)
        few = min(before, behind)
        if few >= _FEWEST_LINES and (best is None or few > best[0]):
            best = few, gutter
    if best is None:
        return None
    left = [cell for cell in prose if cell.right <= best[1]]
    right = [cell for cell in prose if cell.left >= best[1]]
    across = len(prose) - len(left) - len(right)
    enough = across <= _MOST_ACROSS * len(prose) and _fill_their_width(left) and _fill_their_width(right)
    return best[1] if enough else None


def _is_prose(cell: Cell) -> bool:
    """Say whether a cell may be a line of prose: words mostly, and not figures."""
    words = sum(any(map(str.isalpha, word.text)) for word in cell.words)
    return words >= _PROSE_WORDS and 2 * words > len(cell.words)


def _fill_their_width(cells: Sequence[Cell]) -> bool:
    """Say whether lines of prose fill the width of the column that they make."""
    width = max(cell.right for cell in cells) - min(cell.left for cell in cells)
    return sum(cell.width for cell in cells) >= _FILLED * width * len(cells)


def _is_spanning(cell: Cell, gutter: float) -> bool:
    """Say whether a cell reaches so far beyond a gutter that it belongs to neither side."""
    return min(gutter - cell.left, cell.right - gutter) > _BEYOND * cell.height


def _bands(cells: Sequence[Cell], gutter: float) -> Iterator[list[Cell]]:
    """Yield the cells from the top down: those that span the gutter with what stands beside them, and those between."""
    order = sorted(cells, key=lambda cell: cell.top + cell.bottom)
    band: list[Cell] = []
    spanning: Cell | None = None
    for cell in order:
        if _is_spanning(cell, gutter):
            beside = [each for each in band if each.bottom > cell.top + cell.height / 2]
            above = [each for each in band if each.bottom <= cell.top + cell.height / 2]
            if above:
                yield above
            band, spanning = [cell, *beside], cell
        elif spanning is not None and cell.top >= spanning.bottom - spanning.height / 2:
            yield band
            band, spanning = [cell], None
        else:
            band.append(cell)
    if band:
        yield band


def _is_table(left: Sequence[Cell], right: Sequence[Cell]) -> bool:
    """Say whether what stands on both sides of a gutter are the cells of a table: figures more than prose."""
    cells = [*left, *right]
    prose = sum(_is_prose(cell) for cell in cells)
    return bool(left and right) and len(cells) >= _FEWEST_LINES and prose < _TABLE_PROSE * len(cells)
