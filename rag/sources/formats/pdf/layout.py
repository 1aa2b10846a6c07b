"""From the words of all pages of a PDF to its text, blocks and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.sources.formats.pdf.blocks import Body, is_heading, pieces_of
from rag.sources.formats.pdf.columns import regions_of
from rag.sources.formats.pdf.composing import PageSize, PdfComposer, vocabulary_of
from rag.sources.formats.pdf.furniture import running_rows
from rag.sources.formats.pdf.lines import Cell, Row, cells_of, common_height, rows_of
from rag.sources.formats.pdf.pieces import Piece, parts_of, row_parts
from rag.sources.formats.pdf.words import Word
from rag.types import Block, BlockKind, Page

_PROSE_WORDS = 8
"""Words in a line of prose, at least."""
_HEAD_LEVEL = 2
_FEWEST_LINES = 5
"""Lines of prose from which on they tell how text is set."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the words of a PDF make, and how its text is set."""

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...]
    body: Body
    first: tuple[Row, ...]
    """The rows of the first page that has any, from the top down."""


@dataclass(slots=True)
class _Sheet:
    """A page on its way: its cells, by how they are turned, and the rows that those make which stand upright."""

    size: PageSize
    cells: list[Cell]
    turned: list[list[Cell]]
    rows: list[Row]
    furniture: list[Row] = field(default_factory=list)
    heads: list[Row] = field(default_factory=list)
    """Running heads that stand here for the first time."""

    def pieces(self, body: Body) -> list[Piece]:
        running = {id(cell) for row in (*self.furniture, *self.heads) for cell in row.cells}
        content = [cell for cell in self.cells if id(cell) not in running]
        body = max(body, _body(content) or body, key=lambda each: each.height)
        regions = [*regions_of(content), *self.turned]
        heads = [Piece(BlockKind.HEADING, parts_of(row.words), level=_HEAD_LEVEL) for row in self.heads]
        return [*heads, *(piece for region in regions for piece in pieces_of(rows_of(region), body))]


def lay_out(pages: Sequence[tuple[PageSize, Sequence[Word]]]) -> Layout:
    """Return what the words of the pages make, those of each page in the order of drawing."""
    words = [word for _, each in pages for word in each]
    sheets = [_sheet(size, each) for size, each in pages]
    body = _body([cell for sheet in sheets for cell in sheet.cells]) or _body_of_words(words)
    _set_apart(sheets, body)
    pieces = [sheet.pieces(body) for sheet in sheets]
    ranks = (piece.rank for page in pieces for piece in page if piece.kind is BlockKind.HEADING)
    composer = PdfComposer(vocabulary_of(words), ranks)
    for sheet, content in zip(sheets, pieces, strict=True):
        composer.add_page(sheet.size, [_running(row) for row in sheet.furniture], content)
    first = next((sheet.rows for sheet in sheets if sheet.rows), [])
    return Layout(composer.text, tuple(composer.blocks), tuple(composer.pages), body, tuple(first))


def _set_apart(sheets: Sequence[_Sheet], body: Body) -> None:
    """Take running heads and feet out of the pages.

    The first of those that look like a heading is one: `NOTES TO THE ACCOUNTS` over each page of the notes heads them.
    """
    kept: set[str] = set()
    for page, at in sorted(running_rows([sheet.rows for sheet in sheets])):
        row = sheets[page].rows[at]
        if row.text not in kept and 2 * at < len(sheets[page].rows) and is_heading(row, body) and page:
            kept.add(row.text)
            sheets[page].heads.append(row)
        else:
            sheets[page].furniture.append(row)


def _sheet(size: PageSize, words: Sequence[Word]) -> _Sheet:
    """Return a page with its words divided by how they are turned; most of them are taken to stand upright."""
    letters: Counter[int] = Counter()
    for word in words:
        letters[word.turn] += len(word.text)
    turns = sorted(letters, key=lambda turn: (-letters[turn], turn))
    cells = [cells_of(word for word in words if word.turn == turn) for turn in turns]
    upright = cells[0] if cells else []
    return _Sheet(size, upright, cells[1:], rows_of(upright))


def _running(row: Row) -> Piece:
    return Piece(BlockKind.FURNITURE, row_parts(((), cell.words) for cell in row.cells))


def _body(cells: Sequence[Cell]) -> Body | None:
    """Return how most letters of lines of prose are set, None where there are few such lines."""
    prose = [cell for cell in cells if len(cell.words) >= _PROSE_WORDS]
    return _body_of_words([word for cell in prose for word in cell.words]) if len(prose) >= _FEWEST_LINES else None


def _body_of_words(words: Sequence[Word]) -> Body:
    """Return how most letters are set."""
    height = common_height(words)
    same = [word for word in words if round(2 * word.height) / 2 == height]
    letters = sum(len(word.text) for word in same)
    bold = sum(len(word.text) for word in same if word.bold)
    italic = sum(len(word.text) for word in same if word.italic)
    return Body(height, 2 * bold > letters, 2 * italic > letters)
