"""Hidden text of plain text and Markdown: found, and cut out of the blocks that it stands in.

In any text those are invisible characters and comments; in Markdown also what a page made of it does not show as text:
the descriptions of pictures, long titles of links, and HTML that is styled so that nobody sees it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace

from rag.sources.lines import BLANK
from rag.sources.styles import (
    WHITE,
    Style,
    colour,
    ground,
    is_not_drawn,
    is_tiny,
    is_transparent,
    is_unseen,
    look_alike,
    read_style,
)
from rag.text.invisible import Span, invisible_spans, merged
from rag.types import Block, BlockKind

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_PICTURE = re.compile(
    r"!\[[^\[\]]{0,2000}\](?:\([^()\s]{0,2000}(?:\([^()\s]*\)[^()\s]*)?(?:\s+[\"'(][^\n]{0,2000}?[\"')])?\)|\[[^\]\n]*\])"
)
_REMARK = re.compile(r"^\[[^\]\n]{1,200}\]:[ \t]*(?:#|<>)[ \t]*[\"'(].*$", re.M)
"""A definition of a link that leads nowhere: how Markdown is commented."""
_LINK_TITLE = re.compile(r"\]\([^()\s]{1,2000}(\s+(?P<mark>[\"'])(?:\S+\s+){4,}?[^\n]{1,2000}?(?P=mark))\)")
_TAG = re.compile(r"<([a-zA-Z][\w-]{0,20})\b([^<>]{1,2000})>")
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\r?\n|\Z")
_FARTHEST = 100_000
"""Characters within which an element must be closed."""
_EMPTY_TAGS = frozenset("area base br col embed hr img input link meta source track wbr".split())


def hide(text: str, blocks: list[Block], *, markdown: bool) -> list[Block]:
    """Return `blocks` with what is hidden in them as blocks of their own, of the kind HIDDEN."""
    spans = merged([*invisible_spans(text), *_marked(text, blocks, markdown=markdown)])
    return _split(text, blocks, spans) if spans else blocks


def _marked(text: str, blocks: list[Block], *, markdown: bool) -> Iterator[Span]:
    """Yield what the marks of the text hide; code shows its marks, and hides nothing."""
    shown = [(block.start, block.end) for block in blocks if block.kind is BlockKind.CODE]
    finders = [_comments, *([_pictures, _titles, _elements] if markdown else [])]
    for find in finders:
        for start, end in find(text):
            if not any(first < end and start < last for first, last in shown):
                yield start, end


def _comments(text: str) -> Iterator[Span]:
    if "<!--" in text and "-->" in text:
        yield from (match.span() for match in _COMMENT.finditer(text))


def _pictures(text: str) -> Iterator[Span]:
    if "]:" in text:
        yield from (match.span() for match in _REMARK.finditer(text))
    if "![" in text:
        yield from (match.span() for match in _PICTURE.finditer(text))


def _titles(text: str) -> Iterator[Span]:
    if "](" in text:
        yield from (match.span(1) for match in _LINK_TITLE.finditer(text))


def _elements(text: str) -> Iterator[Span]:
    """Yield elements of HTML that nobody sees, up to where they are closed, else to the end of their paragraph."""
    at = 0
    while match := _TAG.search(text, at):
        at = match.end()
        tag, said = match.group(1).lower(), match.group(2)
        if tag in _EMPTY_TAGS:
            if re.search(r"\balt\s*=", said):
                yield match.span()
        elif _hides(said):
            at = _closed(text, tag, match.end())
            yield match.start(), at


def _hides(said: str) -> bool:
    values = {name.lower(): "".join(rest) for name, *rest in _ATTRIBUTE.findall(said)}
    if re.search(r"(?:^|\s)hidden(?:\s|$|=)", _ATTRIBUTE.sub(" ", said)) or "hidden" in values:
        return True
    style = read_style(values.get("style", ""))
    ink = style.get("color") or values.get("color", "")
    return is_not_drawn(style) or bool(is_tiny(style)) or bool(is_unseen(style)) or _is_lost(ink, style)


def _is_lost(ink: str, style: Style) -> bool:
    """Say whether letters have the colour of what they stand on, white where nothing is said."""
    letters, painted = colour(ink) if ink else None, style.get("background-color") or style.get("background") or ""
    under = ground(painted) if painted else WHITE
    return is_transparent(ink) or (letters is not None and under is not None and look_alike(letters, under))


def _closed(text: str, tag: str, start: int) -> int:
    depth = 1
    for match in re.compile(rf"<(/?){tag}\b[^<>]*>", re.I).finditer(text, start, start + _FARTHEST):
        depth += -1 if match.group(1) else 1
        if depth == 0:
            return match.end()
    end = _PARAGRAPH_END.search(text, start)
    return end.start() if end else len(text)


# ------------------------------------------------------------ cutting


def _split(text: str, blocks: list[Block], spans: list[Span]) -> list[Block]:
    hidden = [Block(BlockKind.HIDDEN, *_trimmed(text, *span)) for span in spans]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    seen: list[Block] = []
    for block in blocks:
        touching = spans[bisect_right(ends, block.start) : bisect_left(starts, block.end)]
        if block.kind is BlockKind.HIDDEN and touching:
            continue
        seen += _rest(text, block, touching) if touching else [block]
    return sorted([*seen, *hidden], key=lambda block: block.start)


def _rest(text: str, block: Block, spans: list[Span]) -> Iterator[Block]:
    """Yield what is left of a block: what has no word in it is no part of the story any more."""
    edges = [block.start, *(edge for span in spans for edge in span), block.end]
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        start, end = _trimmed(text, first, last) if first < last else (first, last)
        if start < end and text[start:end].strip(BLANK):
            worded = any(map(str.isalnum, text[start:end]))
            yield replace(block, start=start, end=end) if worded else Block(BlockKind.FURNITURE, start, end)


def _trimmed(text: str, start: int, end: int) -> Span:
    """Return a stretch without the white space around it; itself where it is nothing else."""
    body = text[start:end].lstrip(BLANK)
    if not body:
        return start, end
    first = end - len(body)
    return first, first + len(body.rstrip(BLANK))
