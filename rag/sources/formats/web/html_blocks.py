"""From a tree of HTML to blocks of a canonical text: headings, paragraphs, list items, tables, code.

Nothing is chosen or left out here; what is handed over is composed whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from rag.sources.formats.composing import Composer
from rag.sources.formats.web.html_tables import add_table
from rag.types import BlockKind

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_ITEMS = frozenset({"li", "dd"})
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form header hgroup hr legend li main menu nav ol option p pre search section select summary table tbody td tfoot "
    "th thead tr ul caption html textarea title".split()
) | frozenset(_HEADINGS)
_PREFORMATTED = frozenset({"pre", "textarea", "listing", "xmp"})
_UNSEEN_CHARACTERS = dict.fromkeys(map(ord, "\xad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff"))
"""Soft hyphens, and blanks and marks of no width: they would cut words in two."""


def compose_html(root: etree._Element, composer: Composer) -> None:
    """Add everything in a tree to `composer`, in the order of the page.

    A table whose cells hold no tables and no long texts is composed row by row, each with the header; other
    tables are taken for the layout of a page and gone through.
    """
    walk = _Walk(composer)
    steps = etree.iterwalk(root, events=("start", "end"))
    for event, element in steps:
        if not isinstance(element.tag, str):
            continue
        if event == "start" and element.tag == "table" and walk.table(element):
            steps.skip_subtree()
        elif event == "start":
            walk.open(element)
        else:
            walk.close(element)
    walk.flush()


@dataclass(slots=True)
class _Walk:
    """Where the walk through the tree is, and the words of the block that has not ended yet."""

    composer: Composer
    parts: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    """Levels of the headings that the walk is inside of; so of the others."""
    items: list[bool] = field(default_factory=list)
    """For each list item that the walk is inside of, whether its first words have been added."""
    lists: int = 0
    preformatted: int = 0
    inside: etree._Element | None = None
    """The table of data that has been added."""

    def table(self, element: etree._Element) -> bool:
        """Add a table of data whole; False for one that is to be gone through."""
        self.flush()
        added = add_table(self.composer, element)
        self.inside = element if added else None
        return added

    def open(self, element: etree._Element) -> None:
        """Go into an element."""
        tag = element.tag
        if tag == "br":
            self.parts.append("\n")
        if tag in _BLOCKS:
            self.flush()
        if tag in _HEADINGS:
            self.headings.append(_HEADINGS[tag])
        elif tag in _LISTS:
            self.lists += 1
        elif tag in _ITEMS:
            self.items.append(False)
        elif tag in _PREFORMATTED:
            self.preformatted += 1
        self.say(element.text)

    def close(self, element: etree._Element) -> None:
        """Come out of an element, to the text behind it."""
        tag = element.tag
        if element is self.inside:
            self.inside = None
        if tag in _BLOCKS:
            self.flush()
        if tag in _HEADINGS:
            self.headings.pop()
        elif tag in _LISTS:
            self.lists -= 1
        elif tag in _ITEMS:
            self.items.pop()
        elif tag in _PREFORMATTED:
            self.preformatted -= 1
        self.say(element.tail)

    def say(self, text: str | None) -> None:
        """Take up words; a line end in the source is a blank, but in preformatted text."""
        if text:
            shown = text.translate(_UNSEEN_CHARACTERS)
            self.parts.append(shown if self.preformatted else _one_line(shown))

    def flush(self) -> None:
        """End the block, where there is one."""
        text = "".join(self.parts)
        self.parts.clear()
        if not text.strip():
            return
        if self.headings:
            self.composer.heading(text, self.headings[-1])
        elif self.preformatted:
            self.composer.add(BlockKind.CODE, text)
        elif self.items and not self.items[-1]:
            self.items[-1] = True
            self.composer.item(text, max(self.lists - 1, 0))
        else:
            for paragraph in paragraphs(text):
                self.composer.paragraph(paragraph)


def _one_line(text: str) -> str:
    """Return text with every run of white space as one blank; at its ends too, where there is any."""
    words = " ".join(text.split())
    if not words:
        return " "
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text in which an empty line, made of two `<br>`, ends one."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)
