"""What a document looks like, block by block, and what holds for every document whatever it was read from."""

from __future__ import annotations

import itertools

from rag.types import BlockKind, Document

_MARKS = {
    BlockKind.HEADING: "#",
    BlockKind.PARAGRAPH: "",
    BlockKind.LIST_ITEM: "-",
    BlockKind.TABLE_ROW: "|",
    BlockKind.CODE: "`",
    BlockKind.META: "@",
    BlockKind.FURNITURE: "~",
    BlockKind.HIDDEN: "?",
}
_ONE_LINE = frozenset({BlockKind.HEADING, BlockKind.TABLE_ROW})


def layout_of(document: Document) -> list[str]:
    """Return a line for each block: its words behind a mark, repeated for a heading, set in for an item of a list."""
    lines = []
    for block in document.blocks:
        mark = _MARKS[block.kind]
        if block.kind is BlockKind.HEADING:
            mark *= block.level
        elif block.kind is BlockKind.LIST_ITEM:
            mark = "  " * block.level + mark
        words = document.text[block.start : block.end]
        lines.append(f"{mark} {words}" if mark else words)
    return lines


def require_sound(document: Document) -> None:
    """Fail where a block is empty, outside of the text or in another, or has white space around it or lines in it."""
    for before, after in itertools.pairwise(document.blocks):
        assert before.end <= after.start
    for block in document.blocks:
        words = document.text[block.start : block.end]
        assert 0 <= block.start < block.end <= len(document.text)
        assert words == words.strip()
        assert "\r" not in words
        assert "\n\n" not in words
        assert not (block.kind in _ONE_LINE and "\n" in words)
    gaps = [(0, 0), *((block.start, block.end) for block in document.blocks), (len(document.text),) * 2]
    for (_, end), (start, _) in itertools.pairwise(gaps):
        assert not document.text[end:start].strip()
    assert document.title
    document.text.encode("utf-8")
