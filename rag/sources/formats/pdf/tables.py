"""Rows of a table on a PDF page: their cells, and the names of the columns that stand above them.

Nothing in a PDF says what is a table. Rows of several cells below each other are taken for one; rows above the first
figures that have words or years over the columns are its head. Each row then carries its head: `Sales | 2016: $5.3`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.sources.formats.pdf.lines import Cell, Row, cell_of, row_of
from rag.sources.formats.pdf.pieces import Piece, row_parts
from rag.sources.formats.pdf.words import Word
from rag.types import BlockKind

_VALUE = re.compile(r"[($€£¥+−–—~<>-]*\d[\d.,’]*[%)x×]*|[—–-]+%?|[$€£¥%)(]+|\*+|n/?[am]\.?|nm", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIGN = re.compile(r"[$€£¥(]+")
_MARK = re.compile(r"[%)]+")
_NOTE = re.compile(r"\([a-z]{1,2}\)|[*†‡§]+")
_UNFINISHED = re.compile(r"(?:,|\b(?:and|or|of|the|for|to|in|at|on|from|by|with))$")
_WIDE_BLANK = 0.4
"""Heights of a line between a figure and what stands before it from which on they are cells of their own."""
_LINE_GAP = 0.35
"""Heights of a line between two lines of one cell, at most."""
_LONGEST_NAME = 60
_MOST_HEAD_ROWS = 5
_MOST_BOLD_ROWS = 2
"""Bold rows that are the head of a table without figures, if as many rows or more stand below them."""


def is_value(cell: Cell) -> bool:
    """Say whether a cell holds figures, dashes or signs alone."""
    return all(_VALUE.fullmatch(word.text) for word in cell.words)


def is_figure(cell: Cell) -> bool:
    """Say whether a cell holds a figure that is not a year."""
    if not is_value(cell):
        return False
    return any(any(map(str.isdigit, word.text)) and not _YEAR.fullmatch(word.text) for word in cell.words)


def table_row(row: Row) -> Row:
    """Return a row with signs joined to their figures (`$` and `5,794`), and figures that stand close divided."""
    cells: list[list[Word]] = []
    for cell in row.cells:
        for words in _divided(cell):
            figures = all(_VALUE.fullmatch(word.text) for word in words)
            before = cells[-1] if cells else []
            sign = bool(before) and all(_SIGN.fullmatch(word.text) for word in before)
            mark = bool(before) and all(_MARK.fullmatch(word.text) for word in words)
            note = bool(before) and len(words) == 1 and _NOTE.fullmatch(words[0].text)
            if note or (figures and before and (sign or (mark and _VALUE.fullmatch(before[-1].text)))):
                before += words
            else:
                cells.append(list(words))
    return row_of([cell_of(words) for words in cells])


def _divided(cell: Cell) -> list[list[Word]]:
    """Return the words of a cell, divided before figures at its end that stand further away than a blank."""
    parts: list[list[Word]] = []
    for word in reversed(cell.words):
        if parts and not (_VALUE.fullmatch(parts[-1][-1].text) and _stands_apart(word, parts[-1][-1])):
            parts[-1].append(word)
        else:
            parts.append([word])
    return [part[::-1] for part in reversed(parts)]


def _stands_apart(word: Word, following: Word) -> bool:
    if _SIGN.fullmatch(word.text) or _MARK.fullmatch(following.text):
        return False
    return following.left - word.right > _WIDE_BLANK * max(word.height, following.height)


def is_head(row: Row) -> bool:
    """Say whether a row may be of the head: nothing behind its first cell is a figure, nor that where it has one."""
    return not any(is_figure(cell) for cell in row.cells)


def table_pieces(rows: Sequence[Row]) -> list[Piece]:
    """Return the rows of a table, as `table_row` gives them, as blocks; level 1 where they name their columns."""
    head = _head(rows)
    body = _unwrapped(rows[head:])
    columns = _columns(body)
    names = _names(rows[:head], columns)
    pieces = [Piece(BlockKind.TABLE_ROW, _plain(row), int(bool(names))) for row in rows[:head]]
    for row in body:
        cells = [(names.get(_column_of(cell, columns, at), ()), cell.words) for at, cell in enumerate(row.cells)]
        pieces.append(Piece(BlockKind.TABLE_ROW, row_parts(cells), int(bool(names))))
    return pieces


def _plain(row: Row) -> list[tuple[str, Word]]:
    return row_parts(((), cell.words) for cell in row.cells)


def _head(rows: Sequence[Row]) -> int:
    """Return how many rows at the top are the head; 0 where nothing tells it from the rest."""
    count = next((at for at, row in enumerate(rows) if not is_head(row)), None)
    if count is None:
        bold = next((at for at, row in enumerate(rows) if not row.bold), 0)
        return bold if bold <= _MOST_BOLD_ROWS < len(rows) - bold + 1 else 0
    while count and len(rows[count - 1].cells) == 1 and rows[count - 1].left <= rows[count].left + rows[count].height:
        count -= 1  # a line over the first figures at their left: what they are of, and no head
    return count if count <= _MOST_HEAD_ROWS else 0


@dataclass(slots=True)
class _Column:
    """A column of a table: from where to where its cells reach."""

    left: float
    right: float

    def shared(self, cell: Cell) -> float:
        return min(self.right, cell.right) - max(self.left, cell.left)


def _columns(rows: Sequence[Row]) -> list[_Column]:
    """Return the columns behind the first, from left to right."""
    columns: list[_Column] = []
    for cell in sorted((cell for row in rows for cell in row.cells[1:]), key=lambda cell: cell.width):
        touched = [column for column in columns if column.shared(cell) > 0]
        if not touched:
            columns.append(_Column(cell.left, cell.right))
        elif len(touched) == 1:
            touched[0].left, touched[0].right = min(touched[0].left, cell.left), max(touched[0].right, cell.right)
    return sorted(columns, key=lambda column: column.left)


def _column_of(cell: Cell, columns: Sequence[_Column], at: int) -> int:
    """Return the column that a cell stands in, -1 for the first one and for what stands over several."""
    if not at and not is_value(cell):
        return -1
    touched = [index for index, column in enumerate(columns) if column.shared(cell) > 0]
    return touched[0] if len(touched) == 1 else -1


def _names(head: Sequence[Row], columns: Sequence[_Column]) -> dict[int, tuple[Word, ...]]:
    """Return the names of the columns: the lowest rows of the head that tell them apart."""
    for first in range(len(head) - 1, -1, -1):
        names = {at: _above(at, columns, head[first:]) for at in range(len(columns))}
        named = {at: words for at, words in names.items() if words}
        texts = {" ".join(word.text for word in words) for words in named.values()}
        if any(len(text) > _LONGEST_NAME for text in texts):
            return {}
        if named and len(texts) == len(named) and (len(named) == len(columns) or not first):
            return _without_common_words(named)
    return {}


def _without_common_words(names: dict[int, tuple[Word, ...]]) -> dict[int, tuple[Word, ...]]:
    """Return `2019` and `2018` of `At May 31, 2019` and `At May 31, 2018`; the row of the head keeps all words."""
    texts = [[word.text for word in words] for words in names.values()]
    common = 0
    while len(texts) > 1 and all(text[common] == texts[0][common] for text in texts if len(text) > common + 1):
        if any(len(text) <= common + 1 for text in texts):
            break
        common += 1
    if not all(len(text) == common + 1 and _YEAR.fullmatch(text[-1]) for text in texts):
        return names
    return {at: words[common:] for at, words in names.items()}


def _above(at: int, columns: Sequence[_Column], head: Sequence[Row]) -> tuple[Word, ...]:
    """Return the words of the head over a column."""
    words: list[Word] = []
    for row in head:
        cells = row.cells[1:] if row.cells[0].right < columns[0].left and len(row.cells) > 1 else row.cells
        over = [[cell for cell in cells if column.shared(cell) > 0] for column in columns]
        if len(cells) == len(columns) or (not all(over) and len(columns) % len(cells) == 0):
            words += cells[at * len(cells) // len(columns)].words  # one each, or each over as many as the others
        else:
            words += (word for cell in over[at] for word in cell.words)
    return tuple(words)


def _unwrapped(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with labels that go on over several lines put together."""
    found: list[Row] = []
    for row in rows:
        before = found[-1] if found else None
        if before is None or row.top - before.bottom > _LINE_GAP * row.height:
            found.append(row)
        elif len(row.cells) == 1 and len(before.cells) > 1 and row.text[0].islower() and _is_label(before, row):
            found[-1] = row_of([cell_of([*before.cells[0].words, *row.words]), *before.cells[1:]])
        elif len(before.cells) == 1 and len(row.cells) > 1 and _goes_on(before, row) and _is_label(row, before):
            found[-1] = row_of([cell_of([*before.words, *row.cells[0].words]), *row.cells[1:]])
        else:
            found.append(row)
    return found


def _goes_on(before: Row, row: Row) -> bool:
    return row.text[0].islower() or bool(_UNFINISHED.search(before.text))


def _is_label(row: Row, line: Row) -> bool:
    """Say whether a line of one cell belongs to the label of a row: it stands over or under it."""
    label = row.cells[0]
    return not is_value(label) and line.left < label.right and (len(row.cells) < 2 or line.left < row.cells[1].left)
