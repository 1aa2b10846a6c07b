"""Title, author, outlet and date of a document, by the rules of layout: what stands above the first prose."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.sources.bylines import (
    Facts,
    is_outlet,
    merge,
    parse_front_matter,
    parse_header_line,
    parse_line,
    parse_place_line,
)
from rag.sources.dates import is_date_line
from rag.sources.prose import could_be_heading, ends_sentence, is_title_like
from rag.text.normalise import normalise
from rag.text.sentences import sentence_spans
from rag.types import UNREAD, Block, BlockKind

_LONGEST_TITLE = 200
_LONGEST_SHORT_TITLE = 80
_ZONE = 16
"""Blocks from the top in which facts about the document are looked for."""
_DECK_LENGTH = 300
_PARAGRAPHS_BEFORE_BYLINE = 1
_LONGEST_TAG = 80
_FEWEST_DIARY_DATES = 2
_LINE_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING})
_INLINE = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|(\*\*|__|\*|`)(?=\S)|(?<=\S)(\*\*|__|\*|`)")
_LONGEST_LINE = 4_000
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class _Zone:
    """The blocks above the story: which is the title, and which are lines of facts."""

    title: int | None
    facts: dict[int, Facts]


def read_metadata(text: str, blocks: list[Block], fallback_title: str) -> tuple[Facts, list[Block]]:
    """Return what `text` says of itself, and `blocks` with the lines that say it turned into META.

    The title is that of the front matter, else the first heading or title-like line above the prose, else a short
    form of the first sentence, else `fallback_title`. A date counts only where it is a line of its own or of a
    byline near the top.
    """
    zone = _without_diary_dates(text, blocks, _read_zone(text, blocks))
    facts = merge(zone.facts.values())
    meta = set(zone.facts)
    if zone.title is not None:
        title, outlet = _split_title(plain(text[blocks[zone.title].start : blocks[zone.title].end]))
        if not facts.title or normalise(facts.title).lower() == normalise(title).lower():
            meta.add(zone.title)
            facts = replace(facts, title=title, outlet=facts.outlet or outlet)
    marked = [replace(block, kind=BlockKind.META, level=0) if at in meta else block for at, block in enumerate(blocks)]
    story = [block for block in marked if block.kind not in {BlockKind.META, *UNREAD}]
    if not facts.outlet and story:
        facts = replace(facts, outlet=parse_place_line(text[story[0].start : story[0].end]))
    if not facts.title:
        facts = replace(facts, title=_short_title(text, story) or fallback_title)
    return facts, marked


def plain(line: str) -> str:
    """Return a line of Markdown without emphasis and link targets, on one line; of a very long one, the beginning."""
    begun = line[:_LONGEST_LINE]  # a link that never closes is looked for from each of its brackets on
    return " ".join(_ESCAPE.sub(r"\1", _INLINE.sub(lambda match: match.group(1) or "", begun)).split())


def _read_zone(text: str, blocks: list[Block]) -> _Zone:
    """Go through the first blocks up to the story, and a deck beyond the first paragraph for a byline."""
    facts = _masthead(text, blocks)
    title: int | None = None
    paragraphs = 0
    for at, block in enumerate(blocks[:_ZONE]):
        line = text[block.start : block.end]
        if block.kind in UNREAD or at in facts:
            continue
        if block.kind is BlockKind.META:
            facts[at] = parse_front_matter(line)
        elif block.kind is BlockKind.HEADING and title is not None and _is_above_facts(text, blocks, at):
            facts |= {at: found} if (found := parse_line(line, has_title=True)) else {}
        elif block.kind is BlockKind.HEADING:
            if title is not None or paragraphs:
                break
            title = at if _heads_all(blocks, at) and _story_follows(blocks, at) else None
        elif block.kind is not BlockKind.PARAGRAPH:
            break
        elif found := parse_header_line(line) or parse_line(line, has_title=title is not None):
            facts[at] = found
        elif title is None and not paragraphs and _is_title(line) and _story_follows(blocks, at):
            title = at
        elif not ends_sentence(line) and len(line) <= _LONGEST_TAG:
            continue
        elif paragraphs < _PARAGRAPHS_BEFORE_BYLINE and len(line) <= _DECK_LENGTH:
            paragraphs += 1
        else:
            break
    return _Zone(title, facts | _tags_between(text, blocks, facts))


def _tags_between(text: str, blocks: list[Block], facts: dict[int, Facts]) -> dict[int, Facts]:
    """Return the lines of a few words between a byline and a date line: `Staff Writer`."""
    between = range(min(facts, default=0) + 1, max(facts, default=0))
    lines = {at: text[blocks[at].start : blocks[at].end] for at in between if blocks[at].kind is BlockKind.PARAGRAPH}
    return {
        at: Facts()
        for at, line in lines.items()
        if at not in facts and len(line) <= _LONGEST_TAG // 2 and is_title_like(line)
    }


def _without_diary_dates(text: str, blocks: list[Block], zone: _Zone) -> _Zone:
    """Return `zone` without its date lines where the text goes on with date lines: they head entries, as in a diary."""
    if not zone.facts:
        return zone
    below = blocks[max(zone.facts) + 1 :]
    lines = (text[block.start : block.end] for block in below if block.kind in _LINE_KINDS)
    dated = sum(1 for line in lines if is_date_line(line))
    if dated < _FEWEST_DIARY_DATES:
        return zone
    entries = {at for at in zone.facts if is_date_line(text[blocks[at].start : blocks[at].end])}
    return _Zone(zone.title, {at: facts for at, facts in zone.facts.items() if at not in entries})


def _split_title(line: str) -> tuple[str, str | None]:
    """Return the title and, where the title of the page has it after a bar, the outlet."""
    title, _, outlet = line.rpartition(" | ")
    return (title, outlet) if title and is_outlet(outlet) else (line, None)


def _is_title(line: str) -> bool:
    """Say whether the first line of a text that is not a date or byline is its title."""
    menu = line.count(" | ") > 1
    if (
        menu
        or len(line) > _LONGEST_TITLE
        or "\n" in line
        or line.endswith((".", ":", ";", ","))
        or line[0] in "<{[|#@/\\"
        or not any(map(str.isalnum, line))
    ):
        return False
    return could_be_heading(line) or not ends_sentence(line)


def _is_above_facts(text: str, blocks: list[Block], at: int) -> bool:
    """Say whether what looks like a heading under the title is a byline or date line, or a name right above one."""
    near = (text[block.start : block.end] for block in blocks[at : at + 2] if block.kind in _LINE_KINDS)
    return any(parse_line(line, has_title=True) for line in near)


def _masthead(text: str, blocks: list[Block]) -> dict[int, Facts]:
    """Return the first line, where it names the publication or section and the title stands below."""
    first = next((at for at, block in enumerate(blocks) if block.kind not in UNREAD), None)
    if first is None or blocks[first].kind not in _LINE_KINDS:
        return {}
    line = text[blocks[first].start : blocks[first].end]
    if not _is_masthead(line) or not _headline_below(text, blocks, first):
        return {}
    return {first: Facts(outlet=line if len(line.split()) > 1 and is_outlet(line) else None)}


def _is_masthead(line: str) -> bool:
    """Say whether a line is the name of a publication or section rather than a title."""
    all_capitals = all(map(str.isupper, filter(str.isalpha, line)))  # scripts without capitals have none
    return len(line.split()) <= _LONGEST_MASTHEAD and is_title_like(line) and (is_outlet(line) or all_capitals)


def _headline_below(text: str, blocks: list[Block], at: int) -> bool:
    """Say whether a longer line that can be the title stands close under the block at `at`, and prose under that."""
    for below in range(at + 1, min(len(blocks) - 1, at + _CLOSE)):
        line = text[blocks[below].start : blocks[below].end]
        if blocks[below].kind in _LINE_KINDS and not parse_line(line, has_title=True) and _is_title(line):
            return len(line.split()) > _LONGEST_MASTHEAD and not ends_sentence(line) and _story_follows(blocks, below)
    return False


_LONGEST_MASTHEAD = 4
_CLOSE = 5


def _heads_all(blocks: list[Block], at: int) -> bool:
    """Say whether a marked heading is the document's: of the first level, or the only one of the highest."""
    level = blocks[at].level
    others = (block for index, block in enumerate(blocks) if index != at and block.kind is BlockKind.HEADING)
    return level == 1 or not any(other.level <= level for other in others)


def _story_follows(blocks: list[Block], at: int) -> bool:
    return any(block.kind not in {BlockKind.META, BlockKind.HEADING, *UNREAD} for block in blocks[at + 1 :])


def _short_title(text: str, story: list[Block]) -> str:
    """Return the first sentence of the story, cut at a word with an ellipsis where it is too long."""
    for block in story:
        if block.kind in {BlockKind.CODE, BlockKind.TABLE_ROW}:
            continue
        for start, end in sentence_spans(text, block.start, block.end):
            sentence = plain(text[start:end])
            if any(map(str.isalpha, sentence)):
                return shorten(sentence, _LONGEST_SHORT_TITLE)
    return ""


def shorten(text: str, length: int) -> str:
    """Return `text` cut at a word, with an ellipsis, so that it has at most `length` characters."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at_word = cut.rsplit(maxsplit=1)[0] if not text[length - 1].isspace() and len(cut.split()) > 1 else cut
    return at_word.rstrip(" ,;:-–—") + "…"
