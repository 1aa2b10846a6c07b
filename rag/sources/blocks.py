"""Layout: from the lines of a text to its blocks, by the conventions of plain text and of Markdown.

What a line says of itself decides here: markers of headings, lists, quotations and code, rows of tables, rules.
Everything else is a paragraph. What only the neighbourhood can tell comes in later passes over the blocks:
`furniture` (parts of the web page), `metadata` (title, byline, date), `headings` (lines that read like one).
The span of a block leaves the marker out (`- `, `3. `, `## `), so that sentences in it are clean.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from rag.sources.lines import BLANK, Line, split_lines
from rag.sources.tables import table_rows
from rag.types import Block, BlockKind

_ATX = re.compile(r"(#{1,6})[ \t]+(?=\S)(.*?)(?:[ \t]+#+)?$")
_SETEXT = re.compile(r"(=+|-+)$")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_BULLET = re.compile(r"[-*+–⁃∙·➤►✓✔][ \t\u00a0]+(?=\S)|[•‣◦▪▫●○■□◆][ \t\u00a0]*(?=\S)")
_NUMBER = re.compile(r"(?:\(?\d{1,3}[.)]|[a-zA-Z]\)|\((?:[a-z]|[ivx]{1,4})\))[ \t\u00a0]+(?=\S)")
_QUOTED = re.compile(r"(?:>[ \t]?)+(?=\S)")
_RULE = re.compile(r"[-–—―_*=~·•.#+|^<>/\s\u00a0]+")
_REFERENCE = re.compile(r"\[[^\]^][^\]]*\]:[ \t]+\S+$|\[[^\]^][^\]]*\]:[ \t]+\S+[ \t]+[\"'(].*$")
_FRONT = {"---": ("---", "..."), "+++": ("+++",)}
_ASSIGNS = {"---": ":", "+++": "="}
"""What closes front matter, YAML and TOML, by its first line; and what stands between its keys and values."""
_ENDS = ".!?:;…"
_CLOSERS = "\"'”’»)]*_"
_LONGEST_UNDERLINED = 120
_WIDEST_WRAP = 120
_WRAPPED_SHARE = 0.3
_FULL_SHARE = 0.85


def layout(text: str, *, markdown: bool) -> list[Block]:
    """Return the blocks of `text` in order: every line that is not blank lies in one, or is the marker of one.

    Kinds are HEADING (marked ones only), PARAGRAPH, LIST_ITEM, TABLE_ROW, CODE; META for front matter; FURNITURE
    for rules and link definitions, HIDDEN for comments. In Markdown the lines of a paragraph belong
    together; in plain text only where the text is wrapped at a column.
    """
    lines = split_lines(text)
    width = None if markdown else _wrap_width(lines)
    return _Parser(text, lines, markdown, table_rows(lines), width, text.rfind("-->")).parse()


def _wrap_width(lines: list[Line]) -> int | None:
    """Return the column at which the lines of a text are wrapped, None where a line is a paragraph.

    In wrapped prose many lines go on in the middle of a sentence, with a small letter.
    """
    pairs = [(one, two) for one, two in itertools.pairwise(lines) if not two.gap]
    wrapped = [one for one, two in pairs if two.text[:1].islower() and not one.text.endswith(tuple(_ENDS))]
    if not wrapped or len(wrapped) < _WRAPPED_SHARE * len(pairs):
        return None
    lengths = sorted(len(line.text) for line in wrapped)
    width = lengths[int(0.9 * (len(lengths) - 1))]
    return width if width <= _WIDEST_WRAP else None


@dataclass(slots=True)
class _Parser:
    text: str
    lines: list[Line]
    markdown: bool
    rows: frozenset[int]
    """Indices of the lines that are rows of tables."""
    width: int | None
    last_comment_end: int
    """Where the last `-->` stands, -1 where there is none."""
    blocks: list[Block] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)
    """Indentations of the list items that the next one may lie under."""
    introducer: int | None = None
    """Indentation of a list item that ends in a colon; the items after it that stand as deep lie under it."""

    def parse(self) -> list[Block]:
        at = self._front_matter()
        while at < len(self.lines):
            at = self._next(at)
        return self.blocks

    def _add(self, kind: BlockKind, start: int, end: int, level: int = 0) -> None:
        if kind is not BlockKind.LIST_ITEM:
            self.indents.clear()
            self.introducer = None
        self.blocks.append(Block(kind, start, end, level))

    def _front_matter(self) -> int:
        """Take in a block between lines of `---` or `+++` at the very top; return the index of the line after it."""
        lines = self.lines
        if not lines or lines[0].text not in _FRONT or self.text[: lines[0].start].strip("\ufeff"):
            return 0
        close = next((at for at, line in enumerate(lines[1:100], 1) if line.text in _FRONT[lines[0].text]), None)
        if close is None or not all(
            _ASSIGNS[lines[0].text] in line.text or line.indent or line.text[0] in "-#[]" for line in lines[1:close]
        ):
            return 0
        self._add(BlockKind.META, lines[0].start, lines[close].end)
        return close + 1

    def _next(self, at: int) -> int:
        """Add the block that begins at line `at`; return the index of the line after it."""
        line = self.lines[at]
        if _FENCE.match(line.text):
            return self._fence(at)
        if line.text.startswith("<!--"):
            return self._comment(at)
        if (match := _ATX.match(line.text)) and (self.markdown or (line.gap and not line.text.endswith("."))):
            start = line.start + match.start(2)
            self._add(BlockKind.HEADING, start, start + len(match.group(2)), len(match.group(1)))
            return at + 1
        if at in self.rows:
            self._add(BlockKind.TABLE_ROW, line.start, line.end)
            return at + 1
        if _RULE.fullmatch(line.text) or (self.markdown and _REFERENCE.match(line.text)):
            self._add(BlockKind.FURNITURE, line.start, line.end)
            return at + 1
        if level := self._underlined(at):
            self._add(BlockKind.HEADING, line.start, line.end, level)
            self._add(BlockKind.FURNITURE, self.lines[at + 1].start, self.lines[at + 1].end)
            return at + 2
        if match := _BULLET.match(line.text) or _NUMBER.match(line.text):
            return self._item(at, match.end())
        return self._paragraph(at)

    def _fence(self, at: int) -> int:
        """Add a fenced code block, its fences included; one that is never closed goes on to the end."""
        fence = _FENCE.match(self.lines[at].text)
        mark = fence.group(1) if fence else ""
        for close in range(at + 1, len(self.lines)):
            line = self.lines[close].text
            if line.startswith(mark) and not line.strip(mark[0]):
                break
        else:
            close = len(self.lines) - 1 if self.markdown else at
        self._add(BlockKind.CODE, self.lines[at].start, self.lines[close].end)
        return close + 1

    def _comment(self, at: int) -> int:
        """Add an HTML comment; one that is never closed is a line."""
        close = at
        if self.lines[at].start <= self.last_comment_end:
            while "-->" not in self.lines[close].text:
                close += 1
        self._add(BlockKind.HIDDEN, self.lines[at].start, self.lines[close].end)
        return close + 1

    def _underlined(self, at: int) -> int:
        """Return the level of a heading that is underlined with `=` or `-`, 0 where line `at` is none."""
        line = self.lines[at]
        below = self.lines[at + 1] if at + 1 < len(self.lines) else None
        if below is None or below.gap or not (match := _SETEXT.match(below.text)):
            return 0
        alone = bool(line.gap) or not self.blocks or self.blocks[-1].kind is not BlockKind.PARAGRAPH
        long_enough = self.markdown or 2 * len(below.text) >= len(line.text)
        short = len(line.text) <= _LONGEST_UNDERLINED and not line.text.endswith((".", ";", ","))
        listed = _BULLET.match(line.text)
        return (1 if match.group().startswith("=") else 2) if alone and long_enough and short and not listed else 0

    def _item(self, at: int, marker: int) -> int:
        """Add a list item with the lines that go on with it."""
        line = self.lines[at]
        after = at + 1
        while after < len(self.lines) and self._item_goes_on(line, after):
            after += 1
        introduces = self.lines[after - 1].text.endswith(":")
        level = self._item_level(line.indent, introduces)
        words = line.text[marker:].lstrip(BLANK)  # marks without width may stand behind the bullet
        self._add(BlockKind.LIST_ITEM, line.end - len(words), self.lines[after - 1].end, level)
        if introduces:
            self.introducer = line.indent
        return after

    def _item_level(self, indent: int, introduces: bool) -> int:
        while self.indents and indent < self.indents[-1]:
            self.indents.pop()
        if not self.indents or indent > self.indents[-1] + 1:
            self.indents.append(indent)
        if self.introducer is not None and indent != self.introducer:
            self.introducer = None
        return len(self.indents) - 1 + (self.introducer is not None and not introduces)

    def _item_goes_on(self, item: Line, after: int) -> bool:
        following = self.lines[after]
        if following.gap or self._begins_block(after):
            return False
        return self.markdown or following.indent > item.indent or following.text[:1].islower()

    def _begins_block(self, at: int) -> bool:
        text = self.lines[at].text
        if _FENCE.match(text) or (self.markdown and _ATX.match(text)) or text.startswith("<!--") or at in self.rows:
            return True
        return bool(_BULLET.match(text) or _NUMBER.match(text) or _RULE.fullmatch(text))

    def _paragraph(self, at: int) -> int:
        """Add a paragraph with the lines that go on with it."""
        line = self.lines[at]
        quoted = _QUOTED.match(line.text)
        after = at + 1
        while after < len(self.lines) and self._paragraph_goes_on(after):
            after += 1
        self._add(BlockKind.PARAGRAPH, line.start + (quoted.end() if quoted else 0), self.lines[after - 1].end)
        return after

    def _paragraph_goes_on(self, after: int) -> bool:
        line, following = self.lines[after - 1], self.lines[after]
        if following.gap or self._begins_block(after):
            return False
        if self.markdown:
            return not self._underlined(after)
        if self.width is None:
            return False
        if following.text[:1].islower() and not line.text.rstrip(_CLOSERS).endswith(tuple(_ENDS)):
            return True
        first_word = following.text.split(maxsplit=1)[0]
        return len(line.text) + 1 + len(first_word) > _FULL_SHARE * self.width
