"""From the rows of a region of a PDF page to its blocks: headings, paragraphs, list items, rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.sources.formats.pdf.lines import Row, cell_of, row_of
from rag.sources.formats.pdf.pieces import SENTENCE_END, Part, Piece, parts_of, row_parts
from rag.sources.formats.pdf.tables import is_figure, is_head, is_value, table_pieces, table_row
from rag.types import BlockKind

_BULLET = re.compile(r"[•‣◦▪▫●○■□·➤➢✓✔❖◆►▶*–—-]")
_MARKER = re.compile(r"\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\(\d{1,2}\)")
_SECTION = re.compile(
    r"\(?(?:(?:item|part|note|section|chapter|annex|appendix)\s+)?[\dA-Za-z]{1,3}(?:\.\d{1,2})*[.):]?", re.I
)
_NUMBERED = re.compile(
    r"(?:(?:item|part|note|section|chapter|article|annex|appendix)\s+[\dIVXA-Z]+\b|\d{1,2}\.?\s+\D|[IVX]+\.\s)", re.I
)
_OPENING_MARKS = "“”\"'‘’«»„¿¡§["
_HEADING_HEIGHT = 1.12
"""Times the height of the text from which on a line may be a heading by its size alone."""
_LONGEST_HEADING = 180
_PARAGRAPH_GAP = 0.7
"""Heights of a line between two lines from which on a new paragraph begins."""
_TABLE_GAP = 3.0
"""Heights of a line between two rows of one table, at most."""
_INDENT = 0.8
"""Heights of a line by which the first line of a paragraph is set in."""
_MOST_LINES_OVER = 3
_MOST_LABELS = 8
"""Lines of one cell in a row that may stand between rows of a table."""


@dataclass(frozen=True, slots=True)
class Body:
    """How the running text of a document is set."""

    height: float
    """In points."""
    bold: bool = False
    italic: bool = False


def pieces_of(rows: Sequence[Row], body: Body) -> list[Piece]:
    """Return the blocks of a region, in order."""
    pieces: list[Piece] = []
    joined = [_without_marker_gap(row) for row in rows]
    tables = [table_row(row) for row in joined]
    lines: list[Row] = []
    at = 0
    while at < len(rows):
        stop = _table_end(tables, at)
        if stop > at:
            head = _lines_over(lines, tables[at:stop])
            pieces += _text_pieces(lines[: len(lines) - head], body)
            pieces += table_pieces([*lines[len(lines) - head :], *tables[at:stop]])
            lines, at = [], stop
        else:
            lines.append(joined[at])
            at += 1
    return [*pieces, *_text_pieces(lines, body)]


def _without_marker_gap(row: Row) -> Row:
    """Return a row whose first cell is a bullet or the number of an item or section with that and the next as one."""
    if len(row.cells) < 2:
        return row
    first, second = row.cells[:2]
    marked = _BULLET.fullmatch(first.text) or _MARKER.fullmatch(first.text)
    section = len(row.cells) == 2 and _SECTION.fullmatch(first.text) and not is_value(second)
    if not (marked or section) or not second.text[0].isalpha() or (is_value(first) and not section):
        return row
    return row_of([cell_of([*first.words, *second.words]), *row.cells[2:]])


def _table_end(rows: Sequence[Row], start: int) -> int:
    """Return where the table that begins at `start` ends; `start` itself where none begins.

    It has two rows of several cells, or one with two figures. Lines of one cell between such rows belong to it; a head
    below figures begins another one, and what stands under none of its columns ends it.
    """
    if len(rows[start].cells) < 2:
        return start
    stop, count, figures, at = start, 0, False, start
    while at < len(rows):
        row = rows[at]
        if at > start and row.top - rows[at - 1].bottom > _TABLE_GAP * row.height:
            break
        if len(row.cells) > 1:
            if figures and (_begins_table(rows, at) or not _is_under(row, rows[start:stop])):
                break
            figures = figures or any(is_figure(cell) for cell in row.cells[1:])
            count += 1
            stop = at + 1
        elif at - stop >= _MOST_LABELS or SENTENCE_END.search(row.text) or not _is_label(row, rows[start:stop]):
            break
        at += 1
    alone = sum(is_figure(cell) for cell in rows[start].cells) > 1
    return stop if count > 1 or alone else start


def _lines_over(lines: Sequence[Row], rows: Sequence[Row]) -> int:
    """Return how many of the lines right above a table stand over its figures alone, as a head of one cell does."""
    cells = [cell for row in rows for cell in row.cells[1:]]
    left, right = min(cell.left for cell in cells), max(cell.right for cell in cells)
    count, below = 0, rows[0]
    for line in reversed(lines[-_MOST_LINES_OVER:]):
        middle = (line.left + line.right) / 2
        set_in = line.left > min(row.left for row in rows) + 2 * line.height
        near = below.top - line.bottom < 1.5 * line.height
        if not (near and set_in and left - line.height < middle < right + line.height and is_head(line)):
            break
        count, below = count + 1, line
    return count


def _begins_table(rows: Sequence[Row], at: int) -> bool:
    """Say whether the row at `at` is the head of another table: no label, no figures, and figures below."""
    row, below = rows[at], rows[at + 1] if at + 1 < len(rows) else None
    return below is not None and is_head(row) and row.left > below.left + 2 * row.height


def _is_under(row: Row, above: Sequence[Row]) -> bool:
    """Say whether a row has figures, or a cell behind its first that stands under one of a row above."""
    if any(is_figure(cell) for cell in row.cells):
        return True
    columns = [cell for each in above for cell in each.cells[1:]]
    return any(cell.left < each.right and each.left < cell.right for cell in row.cells[1:] for each in columns)


def _is_label(row: Row, above: Sequence[Row]) -> bool:
    """Say whether a line of one cell leaves the last column of the rows above it free."""
    last = max(above, key=lambda each: each.right).cells[-1]
    return row.right <= max(last.left, last.right - last.height)


def _text_pieces(rows: Sequence[Row], body: Body) -> list[Piece]:
    """Return the blocks of rows that are no table."""
    pieces: list[Piece] = []
    for lines in _runs(rows):
        right = max(line.right for line in lines)
        for at, line in enumerate(lines):
            kind = _kind(line, body)
            following = lines[at + 1] if at + 1 < len(lines) else None
            if kind is BlockKind.HEADING and following is not None and _flows(line, following, right):
                kind = BlockKind.PARAGRAPH
            if at and _joins(pieces[-1], lines[at - 1], line, kind, right):
                pieces[-1].parts += _continued(line)
            else:
                pieces.append(_piece(kind, line))
            first = line.words[0]
            pieces[-1].full = len(lines) > 1 and right - line.right < first.width + first.height
    return pieces


def _flows(line: Row, following: Row, right: float) -> bool:
    """Say whether a line that is large, but not bold or italic, is the first of a paragraph: it fills its width."""
    if line.bold or line.italic or line.text.isupper():
        return False
    return right - line.right < 6 * line.height and following.text[0].islower() and following.right > 0.5 * right


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the lines that stand close below each other in letters of one size."""
    run: list[Row] = []
    for row in rows:
        if run and not _is_next_line(run[-1], row):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _is_next_line(before: Row, row: Row) -> bool:
    height = max(before.height, 1.0)
    return row.top - before.bottom <= _PARAGRAPH_GAP * height and abs(row.height - before.height) <= 0.15 * height


def _kind(line: Row, body: Body) -> BlockKind:
    first = line.words[0].text
    if len(line.words) > 1 and _BULLET.fullmatch(first):
        return BlockKind.LIST_ITEM
    if is_heading(line, body):
        return BlockKind.HEADING
    return BlockKind.LIST_ITEM if len(line.words) > 1 and _MARKER.fullmatch(first) else BlockKind.PARAGRAPH


def is_heading(line: Row, body: Body) -> bool:
    """Say whether a line stands out from the text as headings do: larger, bold, italic, or all in capitals."""
    text = line.text
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) < 2 or len(text) > _LONGEST_HEADING or text.endswith((",", ";")):
        return False
    if not text[0].isalnum() and text[0] not in _OPENING_MARKS:
        return False
    if line.height >= _HEADING_HEIGHT * body.height:
        return not text[0].islower() or line.bold
    if (
        text[0].islower()
        or (SENTENCE_END.search(text) and not _SECTION.fullmatch(text))
        or line.height < 0.9 * body.height
    ):
        return False
    stands_out = (line.bold and not body.bold) or (line.italic and not body.italic)
    return stands_out or (text.isupper() and len(letters) > 3)


def _piece(kind: BlockKind, line: Row) -> Piece:
    words = list(line.words)
    if kind is BlockKind.LIST_ITEM and _BULLET.fullmatch(words[0].text):
        words = words[1:]
    numbered = bool(_NUMBERED.match(line.text))
    rank = (line.height, line.text.isupper(), not line.italic, numbered)
    parts = parts_of(words) if len(line.cells) == 1 or kind is BlockKind.LIST_ITEM else _cells(line)
    return Piece(kind, parts, rank=rank)


def _cells(line: Row) -> list[Part]:
    """Return a lone row of several cells, which is no table, as text."""
    if any(is_value(cell) for cell in line.cells):
        return row_parts(((), cell.words) for cell in line.cells)
    return parts_of(line.words)


def _continued(line: Row) -> list[Part]:
    parts = parts_of(line.words)
    return [(" " if not line.words[0].glued else "", line.words[0]), *parts[1:]]


def _joins(piece: Piece, before: Row, line: Row, kind: BlockKind, right: float) -> bool:
    """Say whether a line goes on with the block of the line before it.

    It does not where it is set in, or where the line before had room for its first word and so was ended on purpose.
    """
    height = max(line.height, 1.0)
    first = line.words[0]
    ended = right - before.right > first.width + 0.5 * height
    if piece.kind is BlockKind.HEADING:
        same = kind is BlockKind.HEADING and (line.bold, line.italic) == (before.bold, before.italic)
        return (same and not ended) or (first.text[0].islower() and kind is not BlockKind.LIST_ITEM and line.bold)
    if kind is not BlockKind.PARAGRAPH:
        return False
    if piece.kind is BlockKind.LIST_ITEM:
        return line.left > before.left - height and not (ended and line.left < before.left - 0.5 * height)
    set_in = line.left - before.left > _INDENT * height
    sentence_over = bool(SENTENCE_END.search(before.words[-1].text))
    if set_in and sentence_over:
        return False
    return not ended or (not sentence_over and not first.text[0].isupper())
