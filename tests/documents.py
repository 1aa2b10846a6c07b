"""Documents for tests, laid out by plain marks instead of by the reader of sources."""

from __future__ import annotations

import re

from rag.types import Block, BlockKind, Document

_MARKS = {
    "# ": BlockKind.HEADING,
    "- ": BlockKind.LIST_ITEM,
    "| ": BlockKind.TABLE_ROW,
    "~ ": BlockKind.FURNITURE,
    "@ ": BlockKind.META,
}


def make_document(
    text: str, source: str = "a.txt", title: str = "The title", date: str | None = None, author: str | None = None
) -> Document:
    """Make a document of `text`: a block for each line that is not blank, its kind by its mark, else a paragraph.

    Marks: `# ` heading, `- ` list item, `| ` table row, `~ ` furniture, `@ ` fact about the document. The mark is no
    part of the block, but stays in the text.
    """
    blocks = []
    for line in re.finditer(r"[^\n]+", text):
        kind = _MARKS.get(line.group()[:2])
        start = line.start() + (2 if kind else 0)
        if text[start : line.end()].strip():
            blocks.append(Block(kind or BlockKind.PARAGRAPH, start, line.end()))
    return Document(source, text, title, author=author, date=date, blocks=tuple(blocks))
