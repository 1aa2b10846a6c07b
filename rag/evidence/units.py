"""The units that evidence is chosen from: sentences (no quotation cut in two), list items, table rows."""

from __future__ import annotations

from dataclasses import dataclass

from rag.text.sentences import quotation_units
from rag.text.transcripts import find_turns
from rag.types import Block, BlockKind, Document

_STORY = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.CODE})


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, list item or table row of a document: `text == document.text[start:end]`."""

    source: str
    start: int
    end: int
    text: str
    title: str
    heading: str
    """The heading above it; in an interview, the question that it answers."""
    before: str = ""
    """The sentence before it in the same paragraph, or the line that introduces its list."""
    date: str | None = None
    item: bool = False
    list_span: tuple[int, int] | None = None
    """For an item, and for the sentences of a paragraph that introduces a list: from there to the last item."""

    @property
    def introduces_list(self) -> bool:
        """Say whether the unit is the line in front of a list, which says nothing without it."""
        return self.list_span is not None and not self.item and self.text.endswith(":")

    @property
    def context(self) -> str:
        """What stands around the unit and tells what it is about: title, heading and what comes before."""
        return "\n".join(part for part in (self.title, self.heading, self.before) if part)

    @property
    def embedding_text(self) -> str:
        """What is embedded for it: heading and the line before in front, where it needs them."""
        front = (self.heading, self.before) if self.item else (self.heading,)
        return "\n".join([*(part for part in front if part), self.text])


def units_of(document: Document) -> list[Unit]:
    """Return the units of a document in order; headings, furniture and facts about the document are none."""
    return _Walker(document).walk()


class _Walker:
    """One pass over the blocks of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._heading = ""
        self._asked = ""
        self._intro: tuple[int, int] | None = None
        self._units: list[Unit] = []
        paragraphs = [(b.start, b.end) for b in document.blocks if b.kind is BlockKind.PARAGRAPH]
        self._questions = {turn.start: turn.question for turn in find_turns(document.text, paragraphs)}

    def walk(self) -> list[Unit]:
        blocks = [block for block in self._document.blocks if block.kind is not BlockKind.FURNITURE]
        for number, block in enumerate(blocks):
            if block.kind is BlockKind.HEADING:
                self._heading, self._intro = self._document.text[block.start : block.end].strip("# \t="), None
            elif block.kind in _STORY:
                self._block(block, blocks[number + 1 :])
        return self._units

    def _block(self, block: Block, following: list[Block]) -> None:
        self._asked = self._questions.get(block.start, "")
        listed = block.kind in {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW}
        if not listed:
            self._intro = None
        spans = quotation_units(self._document.text, block.start, block.end)
        before = self._slice(self._intro) if listed else ""
        list_end = _list_end(following)
        introduces = not listed and bool(spans) and list_end > 0 and self._document.text[spans[-1][1] - 1] == ":"
        for number, (start, end) in enumerate(spans):
            span = (self._intro[0] if self._intro else start, max(end, list_end)) if listed else None
            if introduces:
                span = (start, list_end)
                self._intro = (start, end) if number == len(spans) - 1 else None
            self._units.append(self._unit(start, end, before, listed, span))
            before = self._document.text[start:end]

    def _slice(self, span: tuple[int, int] | None) -> str:
        return self._document.text[slice(*span)] if span else ""

    def _unit(self, start: int, end: int, before: str, item: bool, span: tuple[int, int] | None) -> Unit:
        document = self._document
        text = document.text[start:end]
        heading = self._asked or self._heading
        return Unit(document.source, start, end, text, document.title, heading, before, document.date, item, span)


def _list_end(following: list[Block]) -> int:
    """Return where the run of list items or table rows at the front of `following` ends, 0 where there is none."""
    end = 0
    for block in following:
        if block.kind not in {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW}:
            break
        end = block.end
    return end
