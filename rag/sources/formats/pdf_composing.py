"""Putting the text of a PDF together, page by page, with the place of each word in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest

from rag.sources.formats.pdf_blocks import Piece
from rag.sources.formats.pdf_lines import Line
from rag.sources.formats.pdf_words import Word
from rag.text.pages import WordBox, pack_boxes
from rag.types import Block, BlockKind, Page

_TIGHT = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.FURNITURE})
"""Kinds of blocks that stand on the line after one of their own kind."""


class PdfComposer:
    """Collects pages and gives text, blocks and pages.

    A paragraph that goes on overleaf is one block: the words over the page's end come first on the next page's text,
    and the heads and feet of a page, which would stand between, after them.
    """

    def __init__(self, vocabulary: Collection[str]) -> None:
        """Take the words of the document in lower case: a word cut at a line's end is joined where that gives one."""
        self._vocabulary = vocabulary
        self._parts: list[str] = []
        self._length = 0
        self._open = False
        self._boxes: list[WordBox] = []
        self._frame = (1.0, 1.0)
        self._page_start = 0
        self.blocks: list[Block] = []
        self.pages: list[Page] = []

    @property
    def text(self) -> str:
        """Return the text so far."""
        return "".join(self._parts)

    def add_page(self, page: tuple[int, float, float], furniture: Iterable[Line], pieces: Sequence[Piece]) -> None:
        """Add a page, given by its number, width and height: what repeats on every page, and the blocks."""
        number, width, height = page
        self._frame = (width or 1.0, height or 1.0)
        self._boxes = []
        rest = list(pieces)
        continues = bool(self._open and rest and self._goes_on(rest[0]))
        self._page_start = self._length + (1 if continues else 2 if self._length else 0)
        if continues:
            self._continue(rest.pop(0))
        for line in furniture:
            self._add(BlockKind.FURNITURE, line.words)
        for piece in rest:
            self._add(piece.kind, piece.words, piece.level)
        self._open = bool(rest and rest[-1].is_open) if rest or not continues else self._open
        start = min(self._page_start, self._length)
        self.pages.append(Page(number, start, self._length, width, height, pack_boxes(self._boxes)))

    def _goes_on(self, piece: Piece) -> bool:
        return piece.kind is BlockKind.PARAGRAPH and not piece.words[0].text[:1].isupper()

    def _continue(self, piece: Piece) -> None:
        self._put(" ")
        self._words(piece.words)
        last = self.blocks[-1]
        self.blocks[-1] = Block(last.kind, last.start, self._length, last.level)
        self._open = piece.is_open

    def _add(self, kind: BlockKind, words: Sequence[Word], level: int = 0) -> None:
        if self._length:
            tight = kind in _TIGHT and self.blocks[-1].kind is kind
            self._put("\n" if tight and self._length >= self._page_start else "\n\n")
        start = self._length
        self._words(words)
        self.blocks.append(Block(kind, start, self._length, level))

    def _words(self, words: Sequence[Word]) -> None:
        for word, following in zip_longest(words, words[1:]):
            joined = following is not None and word.hyphenated and following.text[:1].islower()
            text = word.text
            if joined and (text[:-1] + following.text).lower().rstrip(".,;:!?)”’\"'") in self._vocabulary:
                text = text[:-1]
            start = self._length - self._page_start
            self._put(text)
            self._boxes.append((start, start + len(text), *self._shares(word)))
            if following is not None and not joined:
                self._put(" ")

    def _shares(self, word: Word) -> tuple[float, float, float, float]:
        width, height = self._frame
        return word.left / width, word.top / height, word.right / width, word.bottom / height

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
