"""Putting the text of a PDF together, page by page, with the place of each word in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log

from rag.sources.formats.pdf.pieces import Part, Piece, Rank
from rag.sources.formats.pdf.words import Word
from rag.text.pages import WordBox, pack_boxes
from rag.types import Block, BlockKind, Page

_TIGHT = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.FURNITURE})
"""Kinds of blocks that stand on the line after one of their own kind."""
_EDGES = re.compile(r"^\W+|\W+$")
_DEEPEST = 6
_MOST_LEVELS = 5
_FEWEST_OF_A_RANK = 3
_SAME_HEIGHT = 1.06
"""Times the height of one heading that another one's may have to be of the same level, where there are many sizes."""


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page's number, counted from 1, and its width and height in points."""

    number: int
    width: float
    height: float


class PdfComposer:
    """Collects pages and gives text, blocks and pages.

    A paragraph that goes on overleaf is one block, so that it can be quoted whole: its end comes first on the next
    page's span, and that page's running head and foot, which would stand between, after it.
    """

    def __init__(self, vocabulary: Counter[str], ranks: Iterable[Rank]) -> None:
        """Take the words of the document in lower case, as `vocabulary_of` counts them, and the ranks of all headings.

        A hyphen at a line's end goes where the word without it occurs in the document, or where neither the word with
        it nor its second part does: `infor-` `mation` is joined, `well-` `known` is not.
        """
        self._vocabulary = vocabulary
        self._levels = _levels(ranks)
        self._text: list[str] = []
        self._length = 0
        self._boxes: list[WordBox] = []
        self._page_start = 0
        self._last: Piece | None = None
        self.blocks: list[Block] = []
        self.pages: list[Page] = []

    @property
    def text(self) -> str:
        """Return the text so far."""
        return "".join(self._text)

    def add_page(self, page: PageSize, furniture: Sequence[Piece], pieces: Sequence[Piece]) -> None:
        """Add a page: what repeats from page to page, and its blocks."""
        self._boxes = []
        rest = list(pieces)
        continued = self._last if rest and self._last is not None and _goes_on(self._last, rest[0]) else None
        ahead = 1 if continued is not None else 2
        self._page_start = self._length + (ahead if self._length and (furniture or rest) else 0)
        if continued is not None:
            self._continue(continued, rest.pop(0))
        for piece in (*furniture, *rest):
            self._add(piece)
        if pieces:
            self._last = rest[-1] if rest else continued
        start = min(self._page_start, self._length)
        self.pages.append(Page(page.number, start, self._length, page.width, page.height, pack_boxes(self._boxes)))

    def _continue(self, piece: Piece, more: Piece) -> None:
        """Add the rest of the last block, which began on a page before."""
        hyphenated = piece.parts[-1][1]
        before, word = more.parts[0]
        glued = hyphenated.hyphenated and word.text[:1].islower()
        self._page_start = self._length + (0 if glued else 1)
        self._words([("" if glued else before or " ", word), *more.parts[1:]])
        last = self.blocks[-1]
        self.blocks[-1] = Block(last.kind, last.start, self._length, last.level)
        piece.parts = [*piece.parts, *more.parts]
        piece.full = more.full

    def _add(self, piece: Piece) -> None:
        if self._length:
            tight = piece.kind in _TIGHT and self.blocks[-1].kind is piece.kind
            self._put("\n" if tight and self._length >= self._page_start else "\n\n")
        start = self._length
        self._words(piece.parts)
        self.blocks.append(Block(piece.kind, start, self._length, self._level(piece)))

    def _level(self, piece: Piece) -> int:
        """Return the level of a heading by its letters; one right under another of its level is one deeper."""
        if piece.kind is not BlockKind.HEADING:
            return piece.level
        level = piece.level or self._levels[piece.rank]
        above = self.blocks[-1] if self.blocks else None
        if above is not None and above.kind is BlockKind.HEADING and above.level == level:
            level += 1
        return min(level, _DEEPEST)

    def _words(self, parts: Sequence[Part]) -> None:
        for at, (before, word) in enumerate(parts):
            following = parts[at + 1] if at + 1 < len(parts) else None
            last = parts[at - 1][1] if at else None
            self._put("" if last is not None and _is_cut(last, before, word) else before)
            text = word.text
            if following is not None and _is_cut(word, *following) and self._is_whole(text, following[1].text):
                text = text[:-1]
            start = self._length - self._page_start
            self._put(text)
            self._boxes.append((start, start + len(text), *word.box))

    def _is_whole(self, first: str, second: str) -> bool:
        """Say whether two parts of a word make one without the hyphen between them."""
        if not second[0].islower():
            return False
        first, second = _EDGES.sub("", first.lower()), _EDGES.sub("", second.lower())
        if self._vocabulary[first + second]:
            return True
        return not self._vocabulary[f"{first}-{second}"] and not self._vocabulary[second]

    def _put(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)


def vocabulary_of(words: Iterable[Word]) -> Counter[str]:
    """Count the words of a document, in lower case, those left out that a line's end may have cut in two."""
    counts: Counter[str] = Counter()
    cut = False
    for word in words:
        if not cut and not word.hyphenated:
            counts[_EDGES.sub("", word.text.lower())] += 1
        cut = word.hyphenated
    return counts


def _is_cut(word: Word, before: str, following: Word) -> bool:
    """Say whether a word goes on with the following one, on the next line, behind a hyphen."""
    return word.hyphenated and len(word.text) > 1 and before == " " and following.text[:1].isalnum()


def _goes_on(piece: Piece, following: Piece) -> bool:
    """Say whether a paragraph at the end of a page goes on at the top of the next one."""
    if not piece.is_open or following.kind is not BlockKind.PARAGRAPH:
        return False
    first = following.parts[0][1].text
    return first[:1].islower() or (piece.full and first[:1].isalnum())


def _levels(ranks: Iterable[Rank]) -> dict[Rank, int]:
    """Return the level of each rank of headings, from 2 on; one that is rare has that of the next lower one.

    The larger stand the higher, of one size those in capitals, then those that are upright, then those with a number.
    Where that would make more than five levels, italics make none, then capitals, then numbers, then small differences
    in size.
    """
    counts = Counter(ranks)
    common = [rank for rank, count in counts.items() if count >= _FEWEST_OF_A_RANK] or list(counts)
    views = [*_VIEWS, *(_by_height(_SAME_HEIGHT**steps) for steps in range(1, 100))]
    for view in views:
        steps = sorted({view(rank) for rank in common}, reverse=True)
        if len(steps) <= _MOST_LEVELS:
            break
    return {rank: 2 + min(sum(step > view(rank) for step in steps), len(steps) - 1) for rank in counts}


def _by_height(tolerance: float) -> Callable[[Rank], tuple[float, ...]]:
    """Return what tells ranks apart by their height alone, in steps of `tolerance` times the one before."""
    return lambda rank: (round(log(max(rank[0], 1.0)) / log(tolerance)),)


_VIEWS: tuple[Callable[[Rank], tuple[float, ...]], ...] = (
    lambda rank: rank,
    lambda rank: (rank[0], rank[1], rank[3]),
    lambda rank: (rank[0], rank[3]),
)
