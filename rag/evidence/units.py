"""The units that evidence is chosen from: sentences (no quotation cut in two), list items, table rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    row: bool = False
    """Whether it is a row of a table, which says little without the first."""
    after: str = ""
    """For the sentence that a story opens with: the next one, which names whom the first only describes."""

    @property
    def introduces_list(self) -> bool:
        """Say whether the unit is the line in front of a list, which says nothing without it."""
        return self.list_span is not None and not self.item and self.text.endswith(":")

    @property
    def context(self) -> str:
        """What stands around the unit and tells what it is about: title, heading and what comes before."""
        return "\n".join(part for part in (self.title, self.heading, self.before, self.after) if part)

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
        self._first_item: tuple[int, int] | None = None
        self._units: list[Unit] = []
        paragraphs = [(b.start, b.end) for b in document.blocks if b.kind is BlockKind.PARAGRAPH]
        self._questions = {turn.start: turn.question for turn in find_turns(document.text, paragraphs)}

    def walk(self) -> list[Unit]:
        blocks = [block for block in self._document.blocks if block.kind is not BlockKind.FURNITURE]
        for number, block in enumerate(blocks):
            if block.kind is BlockKind.HEADING:
                self._heading = self._document.text[block.start : block.end].strip("# \t=")
                self._intro = self._first_item = None
            elif block.kind is BlockKind.HIDDEN:
                self._intro = self._first_item = None  # a list does not go on over it, or it would be quoted with it
            elif block.kind in _STORY:
                self._block(block, blocks[number + 1 :])
        return _with_named_lead(self._units)

    def _block(self, block: Block, following: list[Block]) -> None:
        self._asked = self._questions.get(block.start, "")
        listed = block.kind in {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW}
        row = block.kind is BlockKind.TABLE_ROW
        if not listed:
            self._intro = self._first_item = None
        before = self._introduction(row) if listed else ""
        if listed and self._first_item is None:
            self._first_item = (block.start, block.end)
        opening = self._intro or self._first_item
        spans = quotation_units(self._document.text, block.start, block.end)
        list_end = _list_end(following)
        introduces = not listed and bool(spans) and list_end > 0 and self._document.text[spans[-1][1] - 1] == ":"
        for number, (start, end) in enumerate(spans):
            span = (opening[0] if opening else start, max(end, list_end)) if listed else None
            if introduces:
                span = (start, list_end)
                self._intro = (start, end) if number == len(spans) - 1 else None
            self._units.append(replace(self._unit(start, end, before, span), item=listed, row=row))
            before = self._document.text[start:end]

    def _introduction(self, row: bool) -> str:
        """Return the line that introduces a list, and for the rows of a table its first."""
        parts = (self._slice(self._intro), self._slice(self._first_item) if row else "")
        return "\n".join(part for part in parts if part)

    def _slice(self, span: tuple[int, int] | None) -> str:
        return self._document.text[slice(*span)] if span else ""

    def _unit(self, start: int, end: int, before: str, span: tuple[int, int] | None) -> Unit:
        document = self._document
        text = document.text[start:end]
        heading = self._asked or self._heading
        return Unit(document.source, start, end, text, document.title, heading, before, document.date, list_span=span)


def _with_named_lead(units: list[Unit]) -> list[Unit]:
    """Return the units, the first that is a whole sentence with the next one beside it."""
    lead = next((n for n, unit in enumerate(units[:-1]) if len(unit.text.split()) >= _WHOLE_SENTENCE), None)
    if lead is not None and not units[lead].item:
        units[lead] = replace(units[lead], after=units[lead + 1].text)
    return units


_WHOLE_SENTENCE = 8


def _list_end(following: list[Block]) -> int:
    """Return where the run of list items or table rows at the front of `following` ends, 0 where there is none."""
    end = 0
    for block in following:
        if block.kind not in {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW}:
            break
        end = block.end
    return end
