"""Presentations and OpenDocument files: slides as pages, order, tables, charts, notes, lists, frames."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from rag.errors import SourceError
from rag.sources.formats.office.odf import read_odf
from rag.sources.formats.office.pptx import read_pptx
from rag.types import Document
from tests.office_files import archive, blocks, raw


def saved(deck: Any) -> bytes:
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def read(data: bytes) -> Document:
    (document,) = read_pptx(raw("deck.pptx", data)).documents
    return document


def deck() -> Any:
    made = Presentation()
    first = made.slides.add_slide(made.slide_layouts[0])
    first.shapes.title.text, first.placeholders[1].text = "The new bridge", "By Ann Young, 3 May 2022"
    second = made.slides.add_slide(made.slide_layouts[1])
    second.shapes.title.text = "Why build it"
    frame = second.placeholders[1].text_frame
    frame.text = "The old one is closed"
    below = frame.add_paragraph()
    below.text, below.level = "since March", 1
    second.notes_slide.notes_text_frame.text = "Mention the ferry."
    made.slides.add_slide(made.slide_layouts[6])
    return made


def test_slides_are_pages() -> None:
    document = read(saved(deck()))
    assert (document.title, document.author, document.date) == ("The new bridge", "Ann Young", "2022-05-03")
    assert blocks(document) == [
        ("meta", 0, "The new bridge"),
        ("meta", 0, "By Ann Young, 3 May 2022"),
        ("heading", 2, "Why build it"),
        ("list_item", 0, "The old one is closed"),
        ("list_item", 1, "since March"),
        ("paragraph", 0, "Mention the ferry."),
    ]
    assert [(page.number, document.text[page.start : page.end][:14], page.width) for page in document.pages] == [
        (1, "The new bridge", 720.0),
        (2, "Why build it\nT", 720.0),
        (3, "", 720.0),
    ]


def test_shapes_stand_from_top_to_bottom_and_groups_are_opened() -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    for text, top, left in [("low", 4, 1), ("right", 1, 5), ("left", 1.02, 1)]:
        slide.shapes.add_textbox(Inches(left), Inches(top), Inches(1), Inches(1)).text_frame.text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(2.5), Inches(1), Inches(1)).text_frame.text = "grouped"
    assert read(saved(made)).text == "left\n\nright\n\ngrouped\n\nlow"


def test_tables_and_charts_carry_their_names() -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    table = slide.shapes.add_table(3, 2, 0, 0, Inches(4), Inches(1)).table
    for at, (year, revenue) in enumerate([("Year", "Revenue"), ("2021", "4.9"), ("2022", "5.3")]):
        table.cell(at, 0).text, table.cell(at, 1).text = year, revenue
    data = CategoryChartData()
    data.categories = ["2021", "2022"]
    data.add_series("Guests", (100, 120.5))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, Inches(3), Inches(4), Inches(2), data)
    lines = [text for _, _, text in blocks(read(saved(made)))]
    assert "Year: 2022 | Revenue: 5.3" in lines
    assert "2022 | Guests: 120.5" in lines


def test_what_the_library_cannot_open_is_read_from_its_parts() -> None:
    slide = '<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:sld>'
    data = archive({f"ppt/slides/slide{at}.xml": slide.format(f"slide {at}") for at in (10, 2)})
    document = read(data)
    assert document.text == "slide 2\n\nslide 10"
    assert [(page.start, page.end) for page in document.pages] == [(0, 7), (9, 17)]


def test_the_same_bytes_give_the_same_document() -> None:
    data = saved(deck())
    assert read(data) == read(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (archive({"a": "b"}), "no slides"),
        (archive({"ppt/slides/slide1.xml": "<sld/>"}), "no text"),
        (archive({"ppt/slides/slide1.xml": '<!DOCTYPE x [<!ENTITY a "ha">]><sld>&a;</sld>'}), "entities"),
        (b"PK", "not a real"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(data)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_damaged_presentations_raise_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(_DECK)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SourceError):
        read(bytes(whole))


_DECK = saved(deck())


# ------------------------------------------------------------ OpenDocument

SPACES = " ".join(
    f'xmlns:{name}="urn:{name}"' for name in ("office", "text", "table", "draw", "svg", "style", "presentation")
)


def opened(body: str, styles: str = "", **parts: str) -> Document:
    content = f"<office:document-content {SPACES}>{styles}<office:body>{body}</office:body></office:document-content>"
    files: dict[str, str | bytes] = {"content.xml": content, **{f"{name}.xml": part for name, part in parts.items()}}
    (document,) = read_odf(raw("t.odt", archive(files))).documents
    return document


def test_an_open_document_text() -> None:
    styles = '<style:style style:name="P9" style:parent-style-name="Title"/>'
    body = (
        '<office:text><text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p text:style-name="P9">'
        'The bridge</text:p><text:p>It  is<text:s text:c="3"/>new<text:line-break/>and<text:tab/>wide.<text:note>'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Since May.</text:p></text:note-body>"
        "</text:note></text:p><office:annotation><text:p>a comment</text:p></office:annotation>"
        '<text:h text:outline-level="1">Parts</text:h><text:list><text:list-item><text:p>deck</text:p><text:list>'
        "<text:list-item><text:p>planks</text:p></text:list-item></text:list></text:list-item></text:list>"
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Year</text:p>"
        "</table:table-cell><table:table-cell><text:p>Cost</text:p></table:table-cell></table:table-row>"
        "</table:table-header-rows><table:table-row><table:table-cell><text:p>2022</text:p></table:table-cell>"
        "<table:table-cell><text:p>5.3</text:p></table:table-cell></table:table-row></table:table></office:text>"
    )
    meta = '<m xmlns:dc="d"><dc:creator>Ann Young</dc:creator><dc:date>2022-05-03T10:00:00</dc:date></m>'
    document = opened(body, styles, meta=meta)
    assert (document.title, document.author, document.date) == ("The bridge", "Ann Young", "2022-05-03")
    assert blocks(document) == [
        ("meta", 0, "The bridge"),
        ("paragraph", 0, "It is new\nand wide."),
        ("paragraph", 0, "Since May."),
        ("heading", 2, "Parts"),
        ("list_item", 0, "deck"),
        ("list_item", 1, "planks"),
        ("table_row", 1, "Year | Cost"),
        ("table_row", 1, "Year: 2022 | Cost: 5.3"),
    ]


def test_an_open_document_presentation() -> None:
    frame = (
        '<draw:frame svg:y="{}" presentation:class="{}"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>'
    )
    notes = f"<presentation:notes>{frame.format('1cm', 'notes', 'Say hello.')}</presentation:notes>"
    slide = (
        frame.format("9cm", "outline", "low")
        + frame.format("2in", "outline", "high")
        + frame.format("1cm", "title", "One")
    )
    body = f"<office:presentation><draw:page>{slide}{notes}</draw:page><draw:page/></office:presentation>"
    document = opened(body)
    assert document.text == "One\n\nhigh\n\nlow\n\nSay hello."
    assert [(page.number, page.start, page.end) for page in document.pages] == [(1, 0, 26), (2, 26, 26)]


def test_an_open_document_with_a_password() -> None:
    manifest = "<m><e><encryption-data/></e></m>"
    data = archive({"content.xml": b"\x91\x02", "META-INF/manifest.xml": manifest})
    with pytest.raises(SourceError, match="needs a password"):
        read_odf(raw("t.odt", data))


@pytest.mark.parametrize("body", ["", "<office:text/>", "<office:text><text:p> </text:p></office:text>"])
def test_an_open_document_without_text(body: str) -> None:
    with pytest.raises(SourceError, match="no text"):
        opened(body)
