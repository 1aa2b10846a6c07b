"""A document as the reading pane lays it out: blocks of runs, the cited spans marked. Pure functions.

Every character of the document that is not white space is in exactly one run, in order, whatever the blocks cover: a
cited span can always be shown. Only the marks in front of list items, headings and quotations are drawn as such.
Of a document too long for a browser, the part around the cited words is laid out.

A block is `{"kind", "level", "span", "runs"}`, the span being its offsets in the document, with its `bullet` and with
the number of the `page` that begins at it. A run is `{"text"}`, with its `mark` (`light` or `strong`), the `page` that
begins at it inside a block, and in a row of a table its `role`: the `name` of a column, or the `gap` between two cells.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rag.types import Block, BlockKind, Document, Page
from rag.ui.wording import byline, displayable

LENGTH_SHOWN = 400_000
"""Characters of a source that are laid out at once, around the cited words where it has more."""
_MARKER = re.compile(r"\s*([-*+•‣◦▪–·>]|#{1,6}|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
_BULLET = re.compile(r"[ \t]*([•‣◦▪●·*+–—-]|\(?\d{1,3}[.)])[ \t]+")
_LINE = re.compile(r"[^\r\n]+")
_GAP = re.compile(r"\s*\|\s*")
_COLUMN_NAME = re.compile(r"[^|:\n]{1,80}:\s+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to be highlighted; `strong` for the one that was clicked."""

    start: int
    end: int
    strong: bool = False


def lay_out_heading(document: Document) -> dict[str, Any]:
    """Return what stands above a document, without its text: as `lay_out_article`, with no blocks."""
    return {
        "source": document.source,
        "title": [{"text": displayable(document.title)}],
        "byline": displayable(byline(document)),
        "shortened": False,
        "blocks": [],
    }


def lay_out_article(document: Document, marks: Sequence[Mark] = ()) -> dict[str, Any]:
    """Return the document for the reading pane: title, byline, and blocks of runs of text with their marks.

    The block that is the title stands in the heading's place, so that it is not read twice.
    """
    clamped = [mark for mark in marks if 0 <= mark.start < mark.end <= len(document.text)]
    pieces = _window(tuple(_cover(document)), next((mark.start for mark in clamped if mark.strong), 0))
    titled = next((block for block in pieces[:8] if _is_title(document, block)), None)
    laid_out = lay_out_heading(document) | {"shortened": len(document.text) > LENGTH_SHOWN}
    if titled is not None:
        laid_out["title"] = _runs(document, titled, clamped)
    blocks = [block for block in pieces if block is not titled]
    return laid_out | {"blocks": list(_lay_out_blocks(document, blocks, clamped))}


def _lay_out_blocks(document: Document, blocks: Iterable[Block], marks: Sequence[Mark]) -> Iterator[dict[str, Any]]:
    """Yield each block, with the page that begins at it where the document has several."""
    pages = document.pages if len(document.pages) > 1 else ()
    starts = [page.start for page in pages]
    reached = 0
    for block in blocks:
        begun, inside = bisect_right(starts, block.start), bisect_left(starts, block.end)
        laid_out = _lay_out_block(document, block, marks, pages[begun:inside])
        yield {**laid_out, "page": pages[begun - 1].number} if begun > reached else laid_out
        reached = max(begun, inside)


def _window(blocks: tuple[Block, ...], target: int) -> tuple[Block, ...]:
    """Return the blocks around `target` that a browser can lay out at once; of most documents, all."""
    if not blocks or blocks[-1].end <= LENGTH_SHOWN:
        return blocks
    first = max(0, min(target - LENGTH_SHOWN // 2, blocks[-1].end - LENGTH_SHOWN))
    return tuple(block for block in blocks if block.end > first and block.start < first + LENGTH_SHOWN)


def _is_title(document: Document, block: Block) -> bool:
    return " ".join(document.text[block.start : block.end].split()) == " ".join(document.title.split())


def _cover(document: Document) -> Iterator[Block]:
    """Yield the document's blocks, and paragraphs for the text that no block covers."""
    reached = 0
    for block in sorted(document.blocks, key=lambda block: (block.start, block.end)):
        if block.end <= reached:
            continue
        start = max(block.start, reached)
        marker = _marker(document.text, start)
        yield from _paragraphs(document.text, reached, max(reached, marker.start()) if marker else start)
        yield Block(block.kind, start, block.end, block.level)
        reached = block.end
    yield from _paragraphs(document.text, reached, len(document.text))


def _marker(text: str, start: int) -> re.Match[str] | None:
    """Match the mark of a list item, heading or quotation that stands in front of a block on its line."""
    return _MARKER.fullmatch(text, text.rfind("\n", 0, start) + 1, start)


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    for line in _LINE.finditer(text, start, end):
        if line.group().strip():
            yield Block(BlockKind.PARAGRAPH, line.start(), line.end())


def _lay_out_block(document: Document, block: Block, marks: Sequence[Mark], pages: Sequence[Page]) -> dict[str, Any]:
    laid_out: dict[str, Any] = {"kind": block.kind.value, "level": block.level, "span": [block.start, block.end]}
    bullet = _BULLET.match(document.text, block.start, block.end) if block.kind is BlockKind.LIST_ITEM else None
    marker = _marker(document.text, block.start)
    if bullet:
        laid_out["bullet"] = bullet.group(1)
        block = Block(block.kind, bullet.end(), block.end, block.level)
    elif marker and block.kind is BlockKind.LIST_ITEM:
        laid_out["bullet"] = marker.group(1)
    return {**laid_out, "runs": _runs(document, block, marks, pages)}


def _runs(document: Document, block: Block, marks: Iterable[Mark], pages: Sequence[Page] = ()) -> list[dict[str, Any]]:
    """Cut a block where marks begin and end, where pages begin, and a row of a table at its cells."""
    inside = [mark for mark in marks if mark.start < block.end and mark.end > block.start]
    roles = list(_roles(document.text, block)) if block.kind is BlockKind.TABLE_ROW else []
    cuts = {block.start, block.end, *(page.start for page in pages)}
    cuts |= {cut for start, end, _ in roles for cut in (start, end)}
    cuts |= {min(max(cut, block.start), block.end) for mark in inside for cut in (mark.start, mark.end)}
    begun = {page.start: page.number for page in pages}
    runs = []
    for start, end in pairwise(sorted(cuts)):
        run = _run(document.text[start:end], start, inside)
        run |= {"page": begun[start]} if start in begun else {}
        role = next((role for first, last, role in roles if first <= start < last), None)
        runs.append(run | ({"role": role} if role else {}))
    return runs


def _roles(text: str, block: Block) -> Iterator[tuple[int, int, str]]:
    """Yield the spans of a row of a table that are no values: gaps between cells, and the names of columns."""
    cell = block.start
    for gap in (*_GAP.finditer(text, block.start, block.end), None):
        named = _COLUMN_NAME.match(text, cell, gap.start() if gap else block.end)
        if named and block.level == 1:
            yield named.start(), named.end(), "name"
        if gap:
            yield gap.start(), gap.end(), "gap"
            cell = gap.end()


def _run(text: str, start: int, marks: Iterable[Mark]) -> dict[str, Any]:
    covering = [mark for mark in marks if mark.start <= start < mark.end]
    run: dict[str, Any] = {"text": displayable(text)}
    if covering:
        run["mark"] = "strong" if any(mark.strong for mark in covering) else "light"
    return run
