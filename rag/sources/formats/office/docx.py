"""Word documents: DOCX and DOCM (Office Open XML, ECMA-376 part 1, section 17), read from their XML.

Kept: the text in its order, the numbers of headings and clauses, tracked insertions, tables, text boxes and notes
after the paragraph that they hang on.
Left out: tracked deletions, hidden text, comments, and the headers and footers of the pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip, open_zip
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.office.docx_hidden import Concealment, read_concealment
from rag.sources.formats.office.docx_numbering import Numbering, read_numbering
from rag.sources.formats.office.docx_parts import Style, listed_by, outline_of, read_notes, read_styles
from rag.sources.formats.office.office import add_heading, attribute, child, local_name, number
from rag.sources.formats.office.properties import core_properties, with_properties
from rag.sources.formats.safe_xml import parse_xml
from rag.sources.formats.tables.grids import compose_table
from rag.types import BlockKind

_MAIN = "word/document.xml"
_DROPPED = frozenset("del moveFrom instrText delText pPr rPr sectPr rt sdtPr sdtEndPr tblPr tblGrid".split())
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "‑"}
_NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
_LONGEST_CELL = 600
"""Characters; a table with longer cells lays out a page, and its cells are read one after the other."""


def read_docx(raw: RawFile) -> Reading:
    """Read a Word document."""
    archive = open_zip(raw)
    body = _Body(read_styles(archive), read_notes(archive), read_numbering(archive), read_concealment(archive))
    body.blocks(parse_xml(archive.read(_main_part(archive))))
    if not body.composer.length:
        raise SourceError("it has no text, pictures at most: save it as PDF to have the pictures read")
    body.composer.hidden += body.concealment.count
    document = body.composer.document(raw.source, fallback_title=raw.stem, guess_headings=not body.has_headings)
    return Reading((with_properties(document, core_properties(archive)),))


def _main_part(archive: GuardedZip) -> str:
    """Return the name of the part with the text, which is nearly always the same."""
    if _MAIN in archive or "_rels/.rels" not in archive:
        return _MAIN
    relations = parse_xml(archive.read("_rels/.rels"))
    targets = (
        attribute(node, "Target") for node in relations if str(attribute(node, "Type")).endswith("/officeDocument")
    )
    return (next(targets, None) or _MAIN).lstrip("/")


@dataclass(slots=True)
class _Words:
    """The text of a paragraph, and what hangs on it."""

    concealment: Concealment
    parts: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def collect(self, node: etree._Element) -> None:
        """Add what stands in a run, a paragraph or another element within one."""
        name = local_name(node)
        if name in _DROPPED or (name == "r" and self.concealment.hides(node)):
            return
        if name == "t":
            self.parts.append(node.text or "")
        elif name in _CHARACTERS:
            self.parts.append(_CHARACTERS[name])
        elif name in _NOTES:
            self.notes.append((_NOTES[name], attribute(node, "id") or ""))
        elif name == "txbxContent":
            self.boxes.append(node)
        elif name == "AlternateContent":
            self._collect_one_of(node)
        else:
            for inner in node:
                self.collect(inner)

    def _collect_one_of(self, alternatives: etree._Element) -> None:
        """Add the first alternative that has words: they are the same picture or text box, for readers old and new."""
        for alternative in alternatives:
            words = _Words(self.concealment)
            for inner in alternative:
                words.collect(inner)
            if words.boxes or "".join(words.parts).strip():
                self.parts += words.parts
                self.boxes += words.boxes
                self.notes += words.notes
                return

    @property
    def text(self) -> str:
        return "".join(self.parts)


@dataclass(slots=True)
class _Body:
    """The document on its way into a composer."""

    styles: Mapping[str, Style]
    notes: Mapping[tuple[str, str], etree._Element]
    numbering: Numbering
    concealment: Concealment
    composer: Composer = field(default_factory=Composer)
    has_title: bool = False
    has_headings: bool = False

    def blocks(self, container: etree._Element) -> None:
        """Add the paragraphs and tables in an element, in their order."""
        for node in container:
            name = local_name(node)
            if name == "p":
                self._paragraph(node)
            elif name == "tbl":
                self._table(node)
            elif name == "AlternateContent":
                self.blocks(node[0] if len(node) else node)
            elif name not in _DROPPED:
                self.blocks(node)

    def _paragraph(self, node: etree._Element) -> None:
        words = _Words(self.concealment)
        words.collect(node)
        self._add(node, words.text)
        self._hanging(words)

    def _hanging(self, words: _Words) -> None:
        """Add the text boxes and notes of a paragraph."""
        for box in words.boxes:
            self.blocks(box)
        for reference in words.notes:
            if reference in self.notes:
                self.blocks(self.notes[reference])

    def _add(self, node: etree._Element, text: str) -> None:
        properties = child(node, "pPr")
        style = self.styles.get(attribute(child(properties, "pStyle"), "val") or "", Style())
        outline = outline_of(properties)
        outline = style.outline if outline is None else outline
        listed = listed_by(properties).over(style.listed)
        list_number, depth = listed.list_number or 0, listed.depth or 0
        label = self.numbering.label(list_number, depth)
        if style.name.lower().startswith("toc "):
            self.composer.add(BlockKind.FURNITURE, text)
        elif outline is not None:
            self.has_title = self.has_title or outline == 0
            self.has_headings = self.has_headings or outline > 0
            add_heading(self.composer, f"{label} {text}" if text.strip() else "", max(1, outline + self.has_title))
        elif list_number:
            is_clause = self.numbering.is_of_several(list_number, depth) and bool(text.strip())
            self.composer.item(f"{label} {text}" if is_clause else text, depth)
        else:
            self.composer.paragraph(text)

    # ------------------------------------------------------------ tables

    def _table(self, table: etree._Element) -> None:
        rows = [list(_named(row, "tc")) for row in _named(table, "tr") if child(row, "trPr", "del") is None]
        inner = [each for row in rows for cell in row for each in _named(cell, "tbl")]
        counted = self.concealment.count
        texts = [[_cell_text(cell, self.concealment) for cell in row] for row in rows]
        widest = max((len(row) for row in rows), default=0)
        if widest < 2 or len(rows) < 2 or any(len(text) > _LONGEST_CELL for row in texts for text in row):
            self.concealment.count = counted  # the same words are gone through again
            for row in rows:
                for cell in row:
                    self.blocks(cell)
            return
        compose_table(self.composer, list(_grid(rows, texts)))
        counted = self.concealment.count
        for row in rows:
            for cell in row:
                words = _Words(self.concealment)
                for paragraph in _named(cell, "p"):
                    words.collect(paragraph)
                self._hanging(words)
        self.concealment.count = counted
        for each in inner:
            self._table(each)


def _named(node: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the elements of a name below a node: within what wraps them, not within one another or in other tables."""
    for inner in node:
        if local_name(inner) == name:
            yield inner
        elif local_name(inner) in {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}:
            yield from _named(inner, name)


def _cell_text(cell: etree._Element, concealment: Concealment) -> str:
    lines: list[str] = []
    for paragraph in _named(cell, "p"):
        words = _Words(concealment)
        words.collect(paragraph)
        lines.append(words.text)
    return "\n".join(lines).strip()


def _grid(rows: list[list[etree._Element]], texts: list[list[str]]) -> Iterator[list[str]]:
    """Yield the rows of a table in one width: one over several rows stands in each, one over columns once."""
    width = max(sum(_span(cell) for cell in row) for row in rows)
    above: list[str] = [""] * width
    for row, words in zip(rows, texts, strict=True):
        line: list[str] = []
        for cell, text in zip(row, words, strict=True):
            merge = child(cell, "tcPr", "vMerge")
            goes_on = merge is not None and attribute(merge, "val") != "restart"
            shown = above[len(line)] if goes_on and len(line) < width else text
            line += [shown, *[""] * (_span(cell) - 1)]
        above = [*line, *[""] * (width - len(line))][:width]
        yield above


def _span(cell: etree._Element) -> int:
    return max(1, min(number(child(cell, "tcPr", "gridSpan")) or 1, 100))
