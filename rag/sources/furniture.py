"""Page furniture: what a web page puts around an article, and a copy of the page carries along.

The text keeps it (offsets hold), but it is never retrieved or quoted. A line is told by the vocabulary; a heading
of teasers or comments (`Related Posts`) also takes what follows it, to the end of the page or to where full
paragraphs of prose begin again.
"""

from __future__ import annotations

from dataclasses import replace

from rag.sources.prose import is_prose, is_title_like
from rag.sources.vocabulary import is_debris, is_furniture, may_be_furniture, opens_furniture
from rag.types import Block, BlockKind

_LINE_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING})
_PROSE_LENGTH = 140
_LONG_PROSE_LENGTH = 350


def mark_furniture(text: str, blocks: list[Block], *, markdown: bool = False) -> list[Block]:
    """Return `blocks` with those that are page furniture turned into FURNITURE.

    In Markdown a heading is furniture only when it opens teasers or comments and no prose follows.
    """
    lines = [text[block.start : block.end] if block.kind in _LINE_KINDS else "" for block in blocks]
    marked = {at for at, block in enumerate(blocks) if block.kind is BlockKind.FURNITURE}
    plain = [at for at, block in enumerate(blocks) if not (markdown and block.kind is BlockKind.HEADING)]
    marked.update(at for at in plain if is_furniture(lines[at]))
    marked.update(_leading_debris(blocks, lines))
    marked.update(_opened(text, blocks, lines, markdown))
    marked.update(_in_company(blocks, lines, marked, set(plain)))
    return [
        replace(block, kind=BlockKind.FURNITURE, level=0) if at in marked else block for at, block in enumerate(blocks)
    ]


def _leading_debris(blocks: list[Block], lines: list[str]) -> set[int]:
    """Return the blocks without any word of their own that stand before the first one that has some."""
    found = set()
    for at, block in enumerate(blocks):
        if block.kind is BlockKind.FURNITURE:
            continue
        if not is_debris(lines[at]):
            break
        found.add(at)
    return found


def _opened(text: str, blocks: list[Block], lines: list[str], markdown: bool) -> set[int]:
    """Return the blocks that headings of teasers and comments open."""
    found: set[int] = set()
    at = 0
    while at < len(blocks):
        if not opens_furniture(lines[at]):
            at += 1
            continue
        stop = _article_resumes(text, blocks, at + 1)
        if not (markdown and blocks[at].kind is BlockKind.HEADING and stop == at + 1):
            found.update(range(at, stop))
        at = max(stop, at + 1)
    return found


def _article_resumes(text: str, blocks: list[Block], start: int) -> int:
    """Return the first block from `start` on that belongs to an article again, or the number of blocks."""
    for at in range(start, len(blocks)):
        if _begins_article(text, blocks, at):
            heads = at > start and (
                blocks[at - 1].kind is BlockKind.HEADING
                or is_title_like(text[blocks[at - 1].start : blocks[at - 1].end])
            )
            return at - 1 if heads and not opens_furniture(text[blocks[at - 1].start : blocks[at - 1].end]) else at
    return len(blocks)


def _begins_article(text: str, blocks: list[Block], at: int) -> bool:
    """Say whether one long paragraph of prose stands here, or two together."""
    if _is_full_prose(text, blocks[at], _LONG_PROSE_LENGTH):
        return True
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    return bool(
        following and _is_full_prose(text, blocks[at], _PROSE_LENGTH) and _is_full_prose(text, following, _PROSE_LENGTH)
    )


def _is_full_prose(text: str, block: Block, length: int) -> bool:
    if block.kind is not BlockKind.PARAGRAPH or block.end - block.start < length:
        return False
    return is_prose(text[block.start : block.end])


def _in_company(blocks: list[Block], lines: list[str], marked: set[int], plain: set[int]) -> set[int]:
    """Return the blocks that are furniture by their company: a run of them, or one beside what is marked."""
    weak = [at in marked or (at in plain and may_be_furniture(lines[at])) for at in range(len(blocks))]
    found: set[int] = set()
    at = 0
    while at < len(blocks):
        stop = at
        while stop < len(blocks) and weak[stop]:
            stop += 1
        if stop - at > 1:
            found.update(range(at, stop))
        at = max(stop, at + 1)
    return found
