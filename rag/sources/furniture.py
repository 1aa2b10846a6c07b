"""Page furniture: what a web page puts around an article, and a copy of the page carries along.

The text keeps it (offsets hold), but it is never retrieved or quoted. A line is told by the vocabulary. A heading of
teasers or comments (`Related Posts`) also takes what follows it: in plain text to the end of the page or to where
prose begins again, in Markdown its own section, and that only where the section has no prose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.sources.prose import is_prose, is_title_like
from rag.sources.vocabulary import is_debris, is_furniture, may_be_furniture, opens_furniture
from rag.types import UNREAD, Block, BlockKind

_LINE_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING})
_LONG_PROSE = 350
_PAIR_OF_PROSE = 200
_SHORT_PROSE = 60
"""Characters: one long paragraph, two together, or the shorter of these, that teasers do not have."""


def mark_furniture(text: str, blocks: list[Block], *, markdown: bool = False) -> list[Block]:
    """Return `blocks` with those that are page furniture turned into FURNITURE."""
    page = _Page(blocks, [text[block.start : block.end] for block in blocks], markdown)
    marked = {at for at, block in enumerate(blocks) if block.kind is BlockKind.FURNITURE}
    marked.update(at for at in range(len(blocks)) if page.is_line(at) and is_furniture(page.lines[at]))
    marked.update(page.leading_debris())
    marked.update(page.opened())
    marked.update(page.in_company(marked))
    return [
        replace(block, kind=BlockKind.FURNITURE, level=0) if at in marked else block for at, block in enumerate(blocks)
    ]


@dataclass(frozen=True, slots=True)
class _Page:
    blocks: list[Block]
    lines: list[str]
    markdown: bool

    def is_line(self, at: int) -> bool:
        """Say whether a block may be furniture by its own words: a heading that Markdown marks may not."""
        kind = self.blocks[at].kind
        return kind in _LINE_KINDS and not (self.markdown and kind is BlockKind.HEADING)

    def leading_debris(self) -> set[int]:
        """Return the blocks without words of their own that stand before the first one that has some."""
        found = set()
        for at, block in enumerate(self.blocks):
            if block.kind in UNREAD:
                continue
            if not is_debris(self.lines[at]):
                break
            found.add(at)
        return found

    def opened(self) -> set[int]:
        """Return the headings of teasers and comments, with what belongs to them."""
        found: set[int] = set()
        at = 0
        while at < len(self.blocks):
            stop = at + 1
            kind = self.blocks[at].kind
            if kind in {BlockKind.PARAGRAPH, BlockKind.HEADING} and opens_furniture(self.lines[at]):
                stop = self._section_of_teasers(at) if self.markdown else self._article_resumes(at + 1)
                found.update(range(at, stop))
                stop = max(stop, at + 1)
            at = stop
        return found

    def _section_of_teasers(self, at: int) -> int:
        """Return where the Markdown section that begins at `at` ends, or `at` itself where it has prose in it."""
        level = self.blocks[at].level or 6
        for stop in range(at + 1, len(self.blocks)):
            block = self.blocks[stop]
            if block.kind is BlockKind.HEADING and block.level <= level:
                return stop
            if block.kind in {BlockKind.CODE, BlockKind.TABLE_ROW} or self._prose_length(stop) >= _SHORT_PROSE:
                return at
        return len(self.blocks)

    def _article_resumes(self, start: int) -> int:
        """Return the first block from `start` on that belongs to an article again, or the number of blocks."""
        for at in range(start, len(self.blocks)):
            if not self._begins_article(at):
                continue
            above = at - 1
            headed = above >= start and is_title_like(self.lines[above]) and not opens_furniture(self.lines[above])
            return above if headed else at
        return len(self.blocks)

    def _begins_article(self, at: int) -> bool:
        """Say whether a long paragraph stands here, two together, code, a table or an introduced list."""
        length = self._prose_length(at)
        if length >= _LONG_PROSE or self.blocks[at].kind in {BlockKind.CODE, BlockKind.TABLE_ROW}:
            return True
        if at + 1 >= len(self.blocks):
            return False
        following = self._prose_length(at + 1)
        if min(length, following) >= _SHORT_PROSE and length + following >= _PAIR_OF_PROSE:
            return True
        introduces = self.blocks[at].kind is BlockKind.PARAGRAPH and self.lines[at].endswith(":")
        is_own = not may_be_furniture(self.lines[at]) and not opens_furniture(self.lines[at])
        return introduces and is_own and self.blocks[at + 1].kind is BlockKind.LIST_ITEM

    def _prose_length(self, at: int) -> int:
        """Return the length of a paragraph of prose, 0 for anything else."""
        line = self.lines[at]
        if self.blocks[at].kind is not BlockKind.PARAGRAPH or not is_prose(line):
            return 0
        return 0 if is_furniture(line) or may_be_furniture(line) else len(line)

    def in_company(self, marked: set[int]) -> set[int]:
        """Return the blocks that are furniture by their company.

        That is a run of likely ones with a sure one in it, or in plain text two or more of them together.
        """
        found: set[int] = set()
        at = 0
        while at < len(self.blocks):
            stop = at
            while stop < len(self.blocks) and (stop in marked or self._is_likely(stop)):
                stop += 1
            run = range(at, stop)
            sure = any(each in marked and self.lines[each].strip("-*_=~ ") for each in run)
            lines = [each for each in run if self.blocks[each].kind is BlockKind.PARAGRAPH]
            if sure or (len(lines) > 1 and not self.markdown):
                found.update(run)
            at = max(stop, at + 1)
        return found

    def _is_likely(self, at: int) -> bool:
        return self.is_line(at) and may_be_furniture(self.lines[at])
