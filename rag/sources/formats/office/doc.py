"""Word documents of 1997 to 2003: DOC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.errors import SourceError
from rag.sources.formats.archives import DAMAGED
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.office.compound import FAULTS, compound_properties, open_compound, stream
from rag.sources.formats.office.office import add_heading
from rag.sources.formats.office.properties import with_properties
from rag.sources.formats.office.word_binary import Paragraph, read_paragraphs
from rag.sources.formats.tables.grids import compose_table

_DOCUMENT, _TABLES = "WordDocument", ("0Table", "1Table")


def read_doc(raw: RawFile) -> Reading:
    """Read a Word document of 1997 to 2003."""
    with open_compound(raw) as compound:
        try:
            zero, one = (stream(compound, name) if compound.exists(name) else b"" for name in _TABLES)
            paragraphs = list(read_paragraphs(stream(compound, _DOCUMENT), (zero, one)))
        except FAULTS as error:
            raise SourceError(DAMAGED) from error
        properties = compound_properties(compound)
    body = _Body()
    body.add(paragraphs)
    if not body.composer.length:
        raise SourceError("it has no text, pictures at most: save it as PDF to have the pictures read")
    headed = any(paragraph.heading for paragraph in paragraphs)
    document = body.composer.document(raw.source, fallback_title=raw.stem, guess_headings=not headed)
    return Reading((with_properties(document, properties),))


@dataclass(slots=True)
class _Body:
    """Paragraphs on their way into a composer; those of a table wait until it is whole."""

    composer: Composer = field(default_factory=Composer)
    rows: list[list[str]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)

    def add(self, paragraphs: Iterable[Paragraph]) -> None:
        """Add paragraphs and tables."""
        for paragraph in paragraphs:
            if paragraph.in_table or paragraph.ends_cell:
                self._in_table(paragraph)
            else:
                self._end_table()
                self._plain(paragraph)
        self._end_table()

    def _plain(self, paragraph: Paragraph) -> None:
        if paragraph.heading:
            add_heading(self.composer, paragraph.text, paragraph.heading)
        elif paragraph.list_level is not None:
            self.composer.item(paragraph.text, paragraph.list_level)
        else:
            self.composer.paragraph(paragraph.text)

    def _in_table(self, paragraph: Paragraph) -> None:
        if paragraph.ends_row:
            self.rows.append(self.row)
            self.row = []
            return
        self.cell.append(paragraph.text)
        if paragraph.ends_cell:
            self.row.append("\n".join(self.cell).strip())
            self.cell = []

    def _end_table(self) -> None:
        rows = [row for row in (*self.rows, self.row, self.cell) if any(row)]
        self.rows, self.row, self.cell = [], [], []
        width = max(map(len, rows), default=0)
        if width > 1:
            compose_table(self.composer, [[*row, *[""] * (width - len(row))] for row in rows])
        else:
            for row in rows:
                self.composer.paragraph(row[0])
