"""What the blocks of a page are put together from: words, each with what stands between it and the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.sources.formats.composing import CELL_SEPARATOR
from rag.sources.formats.pdf.words import Word
from rag.types import BlockKind

SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_OPENING = re.compile(r"[$€£¥(]+")
_CLOSING = re.compile(r"[%)]+")

Part = tuple[str, Word]
"""What stands in front of a word, and the word."""

Rank = tuple[float, bool, bool, bool]
"""What tells how high a heading stands: the height of its letters in points, whether it is all in capitals, upright
(and not italic), and numbered."""


@dataclass(slots=True)
class Piece:
    """A block, or a part of one that goes on overleaf."""

    kind: BlockKind
    parts: list[Part]
    level: int = 0
    rank: Rank = (0.0, False, False, False)
    full: bool = False
    """Whether its last line leaves no room for another word: a paragraph that ends so may go on."""

    @property
    def text(self) -> str:
        """Return its text."""
        return "".join(before + word.text for before, word in self.parts)

    @property
    def is_open(self) -> bool:
        """Say whether it is a paragraph that may go on: no sentence ends where it ends."""
        return self.kind is BlockKind.PARAGRAPH and not SENTENCE_END.search(self.parts[-1][1].text)


def parts_of(words: Sequence[Word], before: str = "") -> list[Part]:
    """Return words with the blanks between them; `before` stands in front of the first.

    No blank stands where none stood before a word, between a currency sign and its figure, and before a percent sign
    or closing bracket that stands apart: `$ 5,794` becomes `$5,794`.
    """
    parts: list[Part] = []
    for word in words:
        last = parts[-1][1] if parts else word
        parts.append((before if not parts else "" if _is_tight(last, word) else " ", word))
    return parts


def _is_tight(last: Word, word: Word) -> bool:
    """Say whether no blank stands between two words."""
    sign = _OPENING.fullmatch(last.text) and word.text[0] in "(0123456789-–—"
    mark = _CLOSING.fullmatch(word.text) and last.text[-1] in ")0123456789-–—"
    return bool(sign or mark or word.glued)


def row_parts(cells: Iterable[tuple[Sequence[Word], Sequence[Word]]]) -> list[Part]:
    """Return the cells of a row with bars between them, each behind the name of its column if it has one: `2019: 5.3`.

    Each cell comes as the words of the name and its own.
    """
    parts: list[Part] = []
    for name, words in cells:
        bar = CELL_SEPARATOR if parts else ""
        if name:
            colon = " " if name[-1].text.endswith(":") else ": "
            parts += [*parts_of(name, bar), *parts_of(words, colon)]
        else:
            parts += parts_of(words, bar)
    return parts
