"""From the words of a PDF page to its lines, and to what repeats on every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.sources.formats.pdf_words import Word

_SAME_LINE = 0.5
"""Share of the lower one's height by which two words of one line overlap in height."""
_EDGE_LINES = 3
"""Lines at the top and at the bottom of a page among which running heads and feet are looked for."""
_FEWEST_REPEATS = 3
_REPEAT_SHARE = 0.25
_EDGE = 0.12
"""Share of a page's height at its top and bottom in which a running head or foot stands."""
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand side by side, in the order of the page. Lengths in points from the top left corner."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """Return the words with single blanks between them."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Return where its leftmost word begins."""
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        """Return where its rightmost word ends."""
        return max(word.right for word in self.words)

    @property
    def top(self) -> float:
        """Return how far down its highest word begins."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Return how far down its lowest word ends."""
        return max(word.bottom for word in self.words)

    @property
    def size(self) -> float:
        """Return the size that most of its letters have."""
        return most_letters((word.size, word) for word in self.words)

    @property
    def bold(self) -> bool:
        """Say whether all of its words are bold."""
        return all(word.bold for word in self.words)


def most_letters(words: Iterable[tuple[float, Word]]) -> float:
    """Return the value that most letters have; 0 of nothing."""
    counts: Counter[float] = Counter()
    for value, word in words:
        counts[value] += len(word.text)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else 0.0


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Return the lines of a page: a word begins a new one where it stands higher, lower or further left."""
    lines: list[list[Word]] = []
    for word in words:
        if lines and _goes_on(lines[-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [Line(tuple(line)) for line in lines]


def _goes_on(line: Sequence[Word], word: Word) -> bool:
    last = line[-1]
    shared = min(last.bottom, word.bottom) - max(last.top, word.top)
    if shared < _SAME_LINE * min(last.height, word.height):
        return False
    return word.left >= last.left


def running_lines(pages: Sequence[tuple[float, Sequence[Line]]]) -> set[tuple[int, int]]:
    """Return which lines are running heads, feet and page numbers, as (page, line) counted from 0.

    `pages` holds each page's height and lines. A line is one where it stands at the edge of its page and, numbers left
    aside, at the edge of at least a quarter of the pages.
    """
    edges = {
        (page, at): _NUMBER.sub("#", line.text.lower())
        for page, (height, lines) in enumerate(pages)
        for at, line in enumerate(lines)
        if _is_at_edge(line, height, at, len(lines))
    }
    repeats = Counter(text for _, text in {(page, text) for (page, _), text in edges.items()})
    fewest = max(_FEWEST_REPEATS, _REPEAT_SHARE * len(pages))
    return {place for place, text in edges.items() if repeats[text] >= fewest or text.strip(" -–—|.") == "#"}


def _is_at_edge(line: Line, height: float, at: int, count: int) -> bool:
    if at >= _EDGE_LINES and at < count - _EDGE_LINES:
        return False
    return line.bottom <= _EDGE * height or line.top >= (1 - _EDGE) * height
