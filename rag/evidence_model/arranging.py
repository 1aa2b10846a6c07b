"""How a question and the sentences of a text are laid out for the evidence model, in training as in use.

`[CLS] question [SEP] title and heading [SEP] sentence [SEP] sentence [SEP] …`: each sentence is read with those around
it, and the separator behind it is a place of its own. A text that is longer than the model reads is cut into windows of
whole sentences, as even as can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tokenizers import Tokenizer

MOST_PIECES = 256
"""Word pieces of one window, all told."""
MOST_QUESTION_PIECES = 64
MOST_FRONT_PIECES = 24
"""Of title and heading."""
MOST_SENTENCE_PIECES = 100
"""What a longer sentence says behind them is not read."""
_MOST_KEPT = 20_000


class Stretch(NamedTuple):
    """Sentences that follow each other in one source, under one heading, with what stands over them."""

    title: str
    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """One sentence in a window: its number in the stretch, its pieces `start:end`, where each stands in its text."""

    number: int
    start: int
    end: int
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """What the model reads at once. `types` is 0 for the question's pieces and 1 for the text's."""

    pieces: tuple[int, ...]
    types: tuple[int, ...]
    sentences: tuple[Placed, ...]


class Arranger:
    """Cuts texts into word pieces and lays them out. Safe to use from several threads."""

    def __init__(self, tokenizer: Path) -> None:
        """Read the tokenizer's file. Raises whatever `tokenizers` raises for one that cannot be read."""
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._opening, self._separator = (int(self._tokenizer.token_to_id(name) or 0) for name in ("[CLS]", "[SEP]"))
        self._pieces = lru_cache(maxsize=_MOST_KEPT)(self._cut)

    def windows(self, question: str, stretch: Stretch) -> Iterator[Window]:
        """Yield the windows that hold the sentences of a stretch, each sentence in one of them."""
        asked = self._pieces(question)[0][:MOST_QUESTION_PIECES]
        over = " . ".join(part for part in (stretch.title, stretch.heading) if part)
        front = self._pieces(over)[0][:MOST_FRONT_PIECES]
        opening = (self._opening, *asked, self._separator, *front, self._separator)
        types = (0,) * (len(asked) + 2) + (1,) * (len(front) + 1)
        cut = [self._pieces(sentence) for sentence in stretch.sentences]
        sizes = [min(len(pieces), MOST_SENTENCE_PIECES) + 1 for pieces, _ in cut]
        for first, last in _shares(sizes, MOST_PIECES - len(opening)):
            yield self._window(opening, types, [(number, *cut[number]) for number in range(first, last)])

    def _window(
        self,
        opening: tuple[int, ...],
        types: tuple[int, ...],
        sentences: Sequence[tuple[int, tuple[int, ...], tuple[tuple[int, int], ...]]],
    ) -> Window:
        pieces, placed = list(opening), []
        for number, ids, offsets in sentences:
            start = len(pieces)
            pieces += ids[:MOST_SENTENCE_PIECES]
            placed.append(Placed(number, start, len(pieces), offsets[:MOST_SENTENCE_PIECES]))
            pieces.append(self._separator)
        return Window(tuple(pieces), types + (1,) * (len(pieces) - len(types)), tuple(placed))

    def _cut(self, text: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return tuple(encoding.ids), tuple(encoding.offsets)


def _shares(sizes: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of sentences of at most `room` pieces together, no more of them than needed and of like size."""
    wanted = sum(sizes) / max(1, -(-sum(sizes) // room))
    first, held = 0, 0
    for number, size in enumerate(sizes):
        over = held + size > room
        if held and (over or held + size / 2 > wanted):
            yield first, number
            first, held = number, 0
        held += size
    if sizes:
        yield first, len(sizes)
