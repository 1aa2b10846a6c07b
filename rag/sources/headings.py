"""Headings that nothing marks: short lines that read like a title and stand over something."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.sources.prose import could_be_heading, ends_sentence, is_title_like, word_count
from rag.types import Block, BlockKind

_SENTENCE_CASE_WORDS = 7
_LONGEST_RUN = 3
_CONTENT = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.CODE})
_TOP_LEVEL = 2
_DEEPEST = 6
_SECTION_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})+(?=\.?\s)")


def promote_headings(text: str, blocks: list[Block], *, markdown: bool) -> list[Block]:
    """Return `blocks` with the paragraphs that are headings turned into HEADING.

    A heading directly under another one is one level deeper. More than three heading-like lines together are a
    list of something, and what stands over nothing is no heading. In Markdown only a line that is bold as a whole
    is taken for one.
    """
    candidates = [_is_candidate(text, blocks, at, markdown) for at in range(len(blocks))]
    found: dict[int, int] = {}
    above = 1
    at = 0
    while at < len(blocks):
        stop = at
        while stop < len(blocks) and candidates[stop]:
            stop += 1
        if 0 < stop - at <= _LONGEST_RUN and stop < len(blocks) and _stands_over(text, blocks, stop):
            level = above + 1 if markdown else _TOP_LEVEL
            for each in range(at, stop):
                found[each] = _numbered_level(text, blocks[each]) or min(_DEEPEST, level + each - at)
        if blocks[at].kind is BlockKind.HEADING:
            above = blocks[at].level
        at = max(stop, at + 1)
    return [
        replace(block, kind=BlockKind.HEADING, level=found[at]) if at in found else block
        for at, block in enumerate(blocks)
    ]


def _is_candidate(text: str, blocks: list[Block], at: int, markdown: bool) -> bool:
    block = blocks[at]
    line = text[block.start : block.end]
    if block.kind is BlockKind.LIST_ITEM:
        return not markdown and _is_numbered_heading(text, blocks, at, line)
    if block.kind is not BlockKind.PARAGRAPH:
        return False
    bold = len(line) > 4 and line.startswith("**") and line.endswith("**") and "**" not in line[2:-2]
    if bold or markdown:
        return bold and could_be_heading(line)
    return is_title_like(line) or (
        word_count(line) <= _SENTENCE_CASE_WORDS and could_be_heading(line) and _stands_alone(text, blocks, at)
    )


def _is_numbered_heading(text: str, blocks: list[Block], at: int, line: str) -> bool:
    """Say whether a numbered line is a heading: title-like, with paragraphs and not other items around it."""
    if not _is_numbered(text, blocks[at]) or not is_title_like(line):
        return False
    before = blocks[at - 1] if at else None
    after = blocks[at + 1] if at + 1 < len(blocks) else None
    counted = before is not None and before.kind is BlockKind.LIST_ITEM and _is_numbered(text, before)
    return not counted and (after is None or after.kind is not BlockKind.LIST_ITEM)


def _is_numbered(text: str, block: Block) -> bool:
    """Say whether the marker in front of a list item is a number."""
    return any(map(str.isdigit, text[max(0, block.start - 4) : block.start]))


def _numbered_level(text: str, block: Block) -> int:
    """Return the level that the number of a heading gives (`1.` and `1.1`), 0 for a heading without number."""
    if block.kind is BlockKind.LIST_ITEM:
        return _TOP_LEVEL
    number = _SECTION_NUMBER.match(text, block.start, block.end)
    return min(_DEEPEST, _TOP_LEVEL + number.group().count(".")) if number else 0


def _stands_alone(text: str, blocks: list[Block], at: int) -> bool:
    """Say whether blank lines stand before and after a block."""
    before = text[blocks[at - 1].end : blocks[at].start] if at else "\n\n"
    after = text[blocks[at].end : blocks[at + 1].start] if at + 1 < len(blocks) else "\n\n"
    return before.count("\n") > 1 and after.count("\n") > 1


def _stands_over(text: str, blocks: list[Block], at: int) -> bool:
    """Say whether the block at `at` is something that a heading can stand over."""
    block = blocks[at]
    if block.kind is not BlockKind.PARAGRAPH:
        return block.kind in _CONTENT
    content = text[block.start : block.end]
    return ends_sentence(content) or content.endswith(":") or not could_be_heading(content)
