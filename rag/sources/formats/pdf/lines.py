"""From the words of a PDF page to rows of cells, column of text by column of text.

pdfium gives words in the order in which they are drawn, with a new line where the place jumps. Words that stand close
side by side make a cell, cells on one line a row. A page of one column has one region of rows; columns of prose beside
each other have a region each, in reading order (`columns`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.sources.formats.pdf.words import Word

_SAME_LINE = 0.5
"""Share of the lower one's height by which two words of one line overlap in height."""
_CELL_GAP = 0.9
"""Heights of a line between two words from which on they stand in different cells: three times a usual blank."""
_LEADERS = re.compile(r"[.…·_‗]{3,}|[_‗]+")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand close side by side, in reading order. Sides in points from the top left corner."""

    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def text(self) -> str:
        """Return the words with single blanks between them, where blanks stand."""
        return "".join(("" if word.glued or not at else " ") + word.text for at, word in enumerate(self.words))

    @property
    def height(self) -> float:
        """Return the height that most of its letters have."""
        return common_height(self.words)

    @property
    def width(self) -> float:
        """Return how long it is."""
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Row:
    """Cells on one line, from left to right (from right to left where that is how they are read); see `row_of`."""

    cells: tuple[Cell, ...]
    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float
    height: float
    """What most of its letters have, in half points."""
    bold: bool
    """Whether all of its words are."""
    italic: bool

    @property
    def text(self) -> str:
        """Return the cells with single blanks between them."""
        return " ".join(cell.text for cell in self.cells)


def row_of(cells: Sequence[Cell]) -> Row:
    """Return cells, in their order, as a row."""
    words = tuple(word for cell in cells for word in cell.words)
    return Row(
        tuple(cells),
        words,
        min(cell.left for cell in cells),
        min(cell.top for cell in cells),
        max(cell.right for cell in cells),
        max(cell.bottom for cell in cells),
        common_height(words),
        all(word.bold for word in words),
        all(word.italic for word in words),
    )


def common_height(words: Iterable[Word]) -> float:
    """Return the height, in half points, that most letters have; 0 of nothing."""
    counts: Counter[float] = Counter()
    for word in words:
        counts[round(2 * word.height) / 2] += len(word.text)
    return min(counts, key=lambda height: (-counts[height], height)) if counts else 0.0


def cell_of(words: Sequence[Word]) -> Cell:
    """Return words as a cell, whose sides are theirs."""
    return Cell(
        tuple(words),
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
    )


def cells_of(words: Iterable[Word]) -> list[Cell]:
    """Return the cells that words make which come in the order of drawing; dots that lead to a cell are left out."""
    found: list[list[Word]] = []
    open_ = False
    for word in words:
        if _LEADERS.fullmatch(word.text):
            open_ = False
            continue
        if open_ and _goes_on(found[-1][-1], word):
            found[-1].append(word)
        else:
            found.append([word])
        open_ = True
    return [cell for each in found for cell in _without_spaced_leaders(each)]


def _goes_on(last: Word, word: Word) -> bool:
    lower = min(last.height, word.height)
    if not _overlap(last.top, last.bottom, word.top, word.bottom, lower):
        return False
    gap = word.left - last.right
    if _RIGHT_TO_LEFT.search(word.text) and _RIGHT_TO_LEFT.search(last.text):
        gap = last.left - word.right
    return -lower < gap < _CELL_GAP * max(last.height, word.height)


def _overlap(top: float, bottom: float, other_top: float, other_bottom: float, lower: float) -> bool:
    return min(bottom, other_bottom) - max(top, other_top) >= _SAME_LINE * lower


def _without_spaced_leaders(words: Sequence[Word]) -> list[Cell]:
    """Return words as cells, divided at dots with blanks between them, which are left out."""
    parts: list[list[Word]] = [[]]
    at = 0
    while at < len(words):
        stop = at
        while stop < len(words) and words[stop].text in {".", "_"}:
            stop += 1
        if stop - at > 2:
            parts.append([])
            at = stop
            continue
        parts[-1] += words[at : max(stop, at + 1)]
        at = max(stop, at + 1)
    return [cell_of(part) for part in parts if part]


def rows_of(cells: Iterable[Cell]) -> list[Row]:
    """Return the rows that cells make, from the top down: those on a row that overlap enough in height."""
    rows: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda each: (each.top + each.bottom, each.left)):
        if rows and _on_row(rows[-1], cell):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [row_of(_in_order(row)) for row in rows]


def _on_row(row: Sequence[Cell], cell: Cell) -> bool:
    first = max(row, key=lambda each: each.bottom - each.top)
    lower = min(first.bottom - first.top, cell.bottom - cell.top)
    return _overlap(first.top, first.bottom, cell.top, cell.bottom, lower) and not any(
        min(each.right, cell.right) - max(each.left, cell.left) > 0.5 * min(each.width, cell.width) for each in row
    )


def _in_order(row: Sequence[Cell]) -> list[Cell]:
    turned = sum(bool(_RIGHT_TO_LEFT.search(cell.text)) for cell in row) * 2 > len(row)
    return sorted(row, key=lambda cell: -cell.right if turned else cell.left)
