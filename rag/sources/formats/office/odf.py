"""OpenDocument texts and presentations: ODT and ODP (ISO/IEC 26300), read from their XML.

Kept: the text in its order, notes and frames after the paragraph that they hang on, tables, the notes to slides.
Left out: what was deleted while changes were tracked, comments, the headers and footers of the pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from rag.errors import SourceError
from rag.sources.formats.archives import PASSWORD, GuardedZip, open_zip
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.office.office import add_heading, attribute, child, local_name, number
from rag.sources.formats.office.properties import core_properties, with_properties
from rag.sources.formats.office.slides import Deck
from rag.sources.formats.safe_xml import parse_xml
from rag.sources.formats.tables.grids import compose_table
from rag.types import BlockKind, Document

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_DROPPED = frozenset("tracked-changes annotation annotation-end note-citation ruby-text forms sequence-decls".split())
_HANGING = frozenset({"note-body", "text-box", "table"})
_ROW_GROUPS = frozenset({"table-header-rows", "table-rows", "table-row-group"})
_BLANK = re.compile(r"[ \t\r\n]+")
_MOST_REPEATS = 50
_LONGEST_REPEATED = 200
_LENGTH = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|px)?")
_POINTS = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0, "px": 0.75}
_EDGES = frozenset({"footer", "date-time", "page-number", "header"})


def read_odf(raw: RawFile) -> Reading:
    """Read an OpenDocument text or presentation."""
    archive = open_zip(raw)
    if _MANIFEST in archive and b"encryption-data" in archive.read(_MANIFEST):
        raise SourceError(PASSWORD)
    root = parse_xml(archive.read(_CONTENT))
    body = next((node for node in root.iter("{*}body")), None)
    if body is None or not len(body):
        raise SourceError("it has no text in it: open it in the program that made it and save it again")
    is_deck = local_name(body[0]) == "presentation"
    document = _presentation(raw, body[0]) if is_deck else _text_document(raw, body, _titles(root, archive))
    if not document.text:
        raise SourceError("it has no text, pictures at most: save it as PDF to have the pictures read")
    return Reading((with_properties(document, core_properties(archive)),))


def _text_document(raw: RawFile, body: etree._Element, titles: frozenset[str]) -> Document:
    flow = _Flow(Composer(), titles)
    flow.blocks(body)
    return flow.composer.document(raw.source, fallback_title=raw.stem, guess_headings=not flow.has_headings)


def _titles(root: etree._Element, archive: GuardedZip) -> frozenset[str]:
    """Return the names of the styles of the document's title: `Title`, and what is derived from it."""
    names = {"Title"}
    parts = [root, *([parse_xml(archive.read("styles.xml"))] if "styles.xml" in archive else [])]
    for part in parts:
        for style in part.iter("{*}style"):
            if attribute(style, "parent-style-name") == "Title":
                names.add(attribute(style, "name") or "")
    return frozenset(names)


@dataclass(slots=True)
class _Words:
    """The text of a paragraph, and what hangs on it. White space within it counts once (part 3, section 6.1.2)."""

    parts: list[str] = field(default_factory=list)
    hanging: list[etree._Element] = field(default_factory=list)

    def collect(self, node: etree._Element) -> None:
        """Add what stands in an element, without what follows it."""
        self.parts.append(_BLANK.sub(" ", node.text or ""))
        for inner in node:
            name = local_name(inner)
            if name in _HANGING:
                self.hanging.append(inner)
            elif name in {"tab", "s"}:
                self.parts.append(" ")
            elif name == "line-break":
                self.parts.append("\n")
            elif name not in _DROPPED:
                self.collect(inner)
            self.parts.append(_BLANK.sub(" ", inner.tail or ""))

    @property
    def text(self) -> str:
        """Return the text."""
        return "".join(self.parts)


@dataclass(slots=True)
class _Flow:
    """Paragraphs, lists and tables on their way into a composer."""

    composer: Composer
    titles: frozenset[str] = frozenset()
    has_title: bool = False
    has_headings: bool = False

    def blocks(self, container: etree._Element, list_level: int | None = None) -> None:
        """Add what stands in an element, in its order."""
        for node in container:
            name = local_name(node)
            if name in {"p", "h"}:
                self._paragraph(node, name, list_level)
            elif name == "list":
                self.blocks(node, 0 if list_level is None else list_level + 1)
            elif name == "table":
                self._table(node)
            elif name == "index-body":
                for line in node.iter("{*}p"):
                    self.composer.add(BlockKind.FURNITURE, _text_of(line))
            elif name not in _DROPPED:
                self.blocks(node, list_level)

    def _paragraph(self, node: etree._Element, name: str, list_level: int | None) -> None:
        words = _Words()
        words.collect(node)
        if attribute(node, "style-name") in self.titles:
            self.has_title = True
            add_heading(self.composer, words.text, 1)
        elif name == "h":
            self.has_headings = True
            add_heading(self.composer, words.text, max(1, min(number(node, "outline-level") or 1, 9)) + self.has_title)
        elif list_level is not None:
            self.composer.item(words.text, list_level)
        else:
            self.composer.paragraph(words.text)
        self._hang(words.hanging)

    def _hang(self, nodes: list[etree._Element]) -> None:
        for node in nodes:
            if local_name(node) == "table":
                self._table(node)
            else:
                self.blocks(node)

    def _table(self, table: etree._Element) -> None:
        hanging: list[etree._Element] = []
        rows = [list(_cells(row, hanging)) for row in _rows(table)]
        width = max(map(len, rows), default=0)
        if width > 1:
            compose_table(self.composer, [[*row, *[""] * (width - len(row))] for row in rows])
            self._hang(hanging)
        else:
            for row in _rows(table):
                self.blocks(row)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for node in table:
        if local_name(node) == "table-row":
            yield node
        elif local_name(node) in _ROW_GROUPS:
            yield from _rows(node)


def _cells(row: etree._Element, hanging: list[etree._Element]) -> Iterator[str]:
    for cell in row:
        if local_name(cell) not in {"table-cell", "covered-table-cell"}:
            continue
        words = _Words()
        for node in cell:
            if local_name(node) == "table":
                words.hanging.append(node)
            elif local_name(node) not in _DROPPED:
                words.collect(node)
                words.parts.append("\n")
        hanging += words.hanging
        text = words.text.strip()
        repeats = number(cell, "number-columns-repeated") or 1
        yield from [text] * (min(repeats, _MOST_REPEATS) if len(text) <= _LONGEST_REPEATED else 1)


def _text_of(node: etree._Element) -> str:
    words = _Words()
    words.collect(node)
    return words.text


# ------------------------------------------------------------ presentations


def _presentation(raw: RawFile, presentation: etree._Element) -> Document:
    deck = Deck()
    flow = _Flow(deck.composer)
    for page in presentation.iterfind("{*}page"):
        shapes = [node for node in page if local_name(node) != "notes" and attribute(node, "class") not in _EDGES]
        for shape in shapes:
            if attribute(shape, "class") == "title":
                add_heading(deck.composer, " ".join(_lines(shape)), deck.title_level)
        for shape in sorted((each for each in shapes if attribute(each, "class") != "title"), key=_place):
            flow.blocks(shape)
        notes = child(page, "notes")
        for frame in notes if notes is not None else ():
            if attribute(frame, "class") == "notes":
                flow.blocks(frame)
        deck.end_slide()
    return deck.document(raw)


def _lines(shape: etree._Element) -> Iterator[str]:
    for paragraph in shape.iter("{*}p"):
        yield _text_of(paragraph).strip()


def _place(shape: etree._Element) -> tuple[float, float]:
    return _points(attribute(shape, "y")), _points(attribute(shape, "x"))


def _points(length: str | None) -> float:
    match = _LENGTH.fullmatch(length or "")
    try:
        return float(match.group(1)) * _POINTS[match.group(2) or "pt"] if match else 0.0
    except ValueError:
        return 0.0
