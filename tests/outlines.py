"""What the layout of a plain text or Markdown is, in short."""

from __future__ import annotations

from rag.sources import parse_document
from rag.types import Block, BlockKind, Document

_KINDS = {
    BlockKind.HEADING: "h",
    BlockKind.PARAGRAPH: "p",
    BlockKind.LIST_ITEM: "l",
    BlockKind.TABLE_ROW: "t",
    BlockKind.CODE: "c",
    BlockKind.META: "m",
    BlockKind.FURNITURE: "f",
    BlockKind.HIDDEN: "x",
}
PROSE = "The minister said on Tuesday that the plan would not be changed, whatever the council might decide about it. "
STORY = f"A Title for the Story\n\n{PROSE}{PROSE}\n\n"
"""The beginning of an article: a title over prose."""


def outline(text: str, *, markdown: bool = False) -> list[str]:
    """Return the blocks as `kind level text`, the level only where there is one."""
    return lines_of(parse_document("x", text, markdown=markdown))


def lines_of(document: Document) -> list[str]:
    """Return the blocks of a document as `kind level text`."""
    return [_line(document.text, block) for block in document.blocks]


def kinds_of(document: Document) -> str:
    """Return the kinds of the blocks of a document, a letter each."""
    return "".join(_KINDS[block.kind] for block in document.blocks)


def _line(text: str, block: Block) -> str:
    return f"{_KINDS[block.kind]}{block.level or ''} {text[block.start : block.end]}"


def kinds(text: str, *, markdown: bool = False) -> str:
    """Return the kinds of the blocks, a letter each."""
    return kinds_of(parse_document("x", text, markdown=markdown))
