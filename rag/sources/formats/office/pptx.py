"""Presentations: PPTX and PPTM (by python-pptx). Each slide is a page of the document.

Of a slide, its title comes first, then text, tables, charts and diagrams from top to bottom, then the speaker's notes.
Left out: slide numbers, footers, dates, pictures, hidden slides and hidden words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.exc import PythonPptxError

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip, open_zip
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.office.office import add_heading, local_name, require_no_entities
from rag.sources.formats.office.pptx_hidden import Sight, is_switched_off
from rag.sources.formats.office.properties import core_properties, with_properties
from rag.sources.formats.office.slides import Deck
from rag.sources.formats.safe_xml import parse_xml
from rag.sources.formats.tables.grids import compose_table, shown_number

_FAULTS = (
    *(PythonPptxError, etree.LxmlError, KeyError, ValueError, AttributeError, IndexError, TypeError),
    *(NotImplementedError, AssertionError, OverflowError, RecursionError),
)
"""What the library raises on files that are damaged, or made by programs that leave something out."""
_TITLES = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE})
_LISTS = frozenset(
    {PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT}
)
_EDGES = frozenset({PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER})
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_EMU_PER_POINT = 12_700
_BANDS = 24
"""Shapes whose tops lie within the same of so many bands of a slide stand beside each other."""


def read_pptx(raw: RawFile) -> Reading:
    """Read a presentation."""
    archive = open_zip(raw)
    archive.verify()
    require_no_entities(archive)
    try:
        deck = _by_library(raw)
    except _FAULTS:
        deck = _by_parts(archive)
    if not deck.composer.length:
        raise SourceError("it has no text, pictures at most: save it as PDF to have the pictures read")
    return Reading((with_properties(deck.document(raw), core_properties(archive)),))


# ------------------------------------------------------------ by the library


def _by_library(raw: RawFile) -> Deck:
    presentation = Presentation(io.BytesIO(raw.data))
    deck = Deck((presentation.slide_width or 0) / _EMU_PER_POINT, (presentation.slide_height or 0) / _EMU_PER_POINT)
    for slide in presentation.slides:
        sight = Sight(slide, int(presentation.slide_width or 0), int(presentation.slide_height or 0))
        if is_switched_off(slide):
            sight.hidden += 1
        else:
            _Slide(deck.composer, sight, deck.title_level).add(slide)
        deck.composer.hidden += sight.hidden
        deck.end_slide()
    return deck


@dataclass(slots=True)
class _Slide:
    composer: Composer
    sight: Sight
    title_level: int

    def add(self, slide: Any) -> None:
        shown = [shape for shape in slide.shapes if not self.sight.hides(shape)]
        titles = [shape for shape in shown if _placeholder(shape) in _TITLES]
        for shape in titles:
            add_heading(
                self.composer,
                " ".join(" ".join(map(self.sight.text, shape.text_frame.paragraphs)).split()),
                self.title_level,
            )
        self._shapes(shape for shape in shown if _placeholder(shape) not in _TITLES | _EDGES)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            for paragraph in slide.notes_slide.notes_text_frame.paragraphs:
                self.composer.paragraph(self.sight.text(paragraph))

    def _shapes(self, shapes: Iterable[Any]) -> None:
        for shape in sorted(shapes, key=self._place):
            if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
                self._shapes(shape.shapes)
            elif getattr(shape, "has_table", False):
                compose_table(self.composer, [[_cell_text(cell) for cell in row.cells] for row in shape.table.rows])
            elif getattr(shape, "has_chart", False):
                self._chart(shape.chart)
            elif shape.has_text_frame:
                self._frame(shape)
            else:
                self._diagram(shape)

    def _place(self, shape: Any) -> tuple[int, int]:
        return int(shape.top or 0) * _BANDS // max(self.sight.height, 1), int(shape.left or 0)

    def _frame(self, shape: Any) -> None:
        texts = [(paragraph, self.sight.text(paragraph)) for paragraph in shape.text_frame.paragraphs]
        paragraphs = [(paragraph, text) for paragraph, text in texts if text.strip()]
        listed = _placeholder(shape) in _LISTS and len(paragraphs) > 1
        for paragraph, text in paragraphs:
            marks = {local_name(each) for each in paragraph._p.iterfind(".//{*}pPr/*")}
            if "buNone" not in marks and (listed or marks & {"buChar", "buAutoNum", "buBlip"}):
                self.composer.item(text, paragraph.level)
            else:
                self.composer.paragraph(text)

    def _chart(self, chart: Any) -> None:
        if chart.has_title and chart.chart_title.has_text_frame:
            self.composer.paragraph(chart.chart_title.text_frame.text.replace("\v", "\n"))
        for plot in chart.plots:
            names = [str(category) for category in plot.categories]
            series = list(plot.series)
            values = [[_value(value) for value in each.values] for each in series]
            rows = [
                [name, *(column[at] if at < len(column) else "" for column in values)] for at, name in enumerate(names)
            ]
            self.composer.table([["", *(str(each.name or "") for each in series)], *rows])

    def _diagram(self, shape: Any) -> None:
        """Add the words of a diagram (SmartArt), which stand in a part of their own."""
        for relation in shape._element.iterfind(".//{*}relIds"):
            name = next((value for key, value in relation.attrib.items() if key.endswith("}dm")), None)
            if name:
                for paragraph in parse_xml(shape.part.related_part(name).blob).iter("{*}p"):
                    self.composer.item(_words(paragraph))


def _placeholder(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _cell_text(cell: Any) -> str:
    return "" if cell.is_spanned else str(cell.text).replace("\v", "\n")


def _value(value: object) -> str:
    return shown_number(float(value)) if isinstance(value, int | float) else str(value or "")


# ------------------------------------------------------------ without it


def _by_parts(archive: GuardedZip) -> Deck:
    """Return the slides as their parts are named, each with its paragraphs as they come."""
    deck = Deck()
    found = sorted((int(match.group(1)), name) for name in archive.names() if (match := _SLIDE.fullmatch(name)))
    if not found:
        raise SourceError("it has no slides: open it in the program that made it and save it again")
    for _, name in found:
        for words in _paragraphs(parse_xml(archive.read(name))):
            deck.composer.paragraph(words)
        deck.end_slide()
    return deck


def _paragraphs(slide: etree._Element) -> Iterator[str]:
    for paragraph in slide.iter("{*}p"):
        yield _words(paragraph)


def _words(paragraph: etree._Element) -> str:
    return "".join("\n" if local_name(node) == "br" else node.text or "" for node in paragraph.iter("{*}t", "{*}br"))
