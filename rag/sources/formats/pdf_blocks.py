"""From the lines of a PDF page to its blocks: headings, paragraphs, list items, rows of tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.sources.formats.pdf_lines import Line
from rag.sources.formats.pdf_words import Word
from rag.types import BlockKind

_BULLET = re.compile(r"[•‣◦▪▫●○■□–·➤✓o*-]")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]")
_VALUE = re.compile(r"[($€£¥+−–-]*\d[\d.,]*[%)]*|[—–-]+|[$€£¥%)]|N/?[AM]|\d+(?:\.\d+)?[x×%]")
_ENDS = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
_FEWEST_VALUES = 2
_HEADING_SIZE = 1.15
"""Times the size of the text from which on a line is a heading."""
_LONGEST_HEADING = 160
_LINE_GAP = 0.8
"""Heights of a line between two lines from which on a new paragraph begins."""
_INDENT = 1.5
"""Heights of a line by which the first line of a paragraph is set in."""
_SHORT_LINE = 0.85
"""Share of the width of the text that the last line of a paragraph may stay below."""


@dataclass(slots=True)
class Piece:
    """Words that make a block, or a part of one that goes on overleaf."""

    kind: BlockKind
    words: list[Word]
    level: int = 0

    @property
    def is_open(self) -> bool:
        """Say whether it is a paragraph that may go on: no sentence ends where it ends."""
        return self.kind is BlockKind.PARAGRAPH and not _SENTENCE_END.search(self.words[-1].text)


def pieces_of(lines: Sequence[Line], body: float) -> list[Piece]:
    """Return the blocks of a page in order. `body` is the size of the document's text, in points."""
    right = sorted(line.right for line in lines)[int(0.9 * (len(lines) - 1))] if lines else 0.0
    left = sorted(line.left for line in lines)[int(0.1 * (len(lines) - 1))] if lines else 0.0
    width = max(right - left, 1.0)
    pieces: list[Piece] = []
    before: Line | None = None
    for line in lines:
        kind = _kind(line, body, width)
        if before is not None and pieces and _joins(pieces[-1], before, line, kind, left + _SHORT_LINE * width):
            pieces[-1].words += line.words
        else:
            pieces.append(_piece(kind, line, body))
        before = line
    return pieces


def _piece(kind: BlockKind, line: Line, body: float) -> Piece:
    words = list(line.words)
    if kind is BlockKind.LIST_ITEM and len(words) > 1 and _BULLET.fullmatch(words[0].text):
        words = words[1:]
    level = 0 if kind is not BlockKind.HEADING else 1 if line.size >= 1.5 * body else 2 if line.size > body else 3
    return Piece(kind, words, level)


def _kind(line: Line, body: float, width: float) -> BlockKind:
    if _is_row(line):
        return BlockKind.TABLE_ROW
    first = line.words[0].text
    if len(line.words) > 1 and (_BULLET.fullmatch(first) or _NUMBERED.fullmatch(first)):
        return BlockKind.LIST_ITEM
    text = line.text
    if len(text) > _LONGEST_HEADING or not any(map(str.isalpha, text)) or text.endswith((",", ";")):
        return BlockKind.PARAGRAPH
    large = line.size >= _HEADING_SIZE * body
    stands_out = (line.bold or text.isupper()) and not _SENTENCE_END.search(text) and line.right - line.left < width
    return (
        BlockKind.HEADING
        if large or (stands_out and text[0].isalnum() and not text[0].islower())
        else BlockKind.PARAGRAPH
    )


def _is_row(line: Line) -> bool:
    """Say whether a line ends in figures side by side, as the row of a table does, or is nothing but such."""
    values = 0
    for word in reversed(line.words):
        if not _VALUE.fullmatch(word.text):
            break
        values += any(map(str.isdigit, word.text)) or word.text in {"—", "–", "-"}
    return values >= _FEWEST_VALUES


def _joins(piece: Piece, before: Line, line: Line, kind: BlockKind, short: float) -> bool:
    """Say whether a line goes on with the block of the line before it."""
    height = max(before.size, 1.0)
    gap = line.top - before.bottom
    if gap < -3 * height or gap > _LINE_GAP * height:
        return kind is BlockKind.PARAGRAPH and piece.is_open and gap < 0  # the next column
    if abs(line.size - before.size) > 0.2 * height:
        return False
    if piece.kind is BlockKind.HEADING:
        return kind is BlockKind.HEADING and line.bold == before.bold and gap < 0.5 * height and before.right >= short
    if piece.kind is BlockKind.TABLE_ROW or kind is not BlockKind.PARAGRAPH:
        return False
    if piece.kind is BlockKind.LIST_ITEM:
        return line.left >= before.left - 1
    ended = bool(_ENDS.search(before.words[-1].text))
    return not (ended and (before.right < short or line.left - before.left > _INDENT * height))
