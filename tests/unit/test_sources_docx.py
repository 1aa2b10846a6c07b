"""Word documents: order, headings, lists, tables, notes, text boxes, tracked changes, properties, harm."""

from __future__ import annotations

import io

import docx as python_docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats.office.docx import read_docx
from rag.types import Document
from tests.office_files import W, archive, blocks, docx, paragraph, raw


def read(data: bytes, name: str = "report.docx") -> Document:
    (document,) = read_docx(raw(name, data)).documents
    return document


def by_library() -> bytes:
    made = python_docx.Document()
    made.add_heading("Annual report", 0)
    made.add_paragraph("The year was good for the shop, and better for its customers.")
    made.add_heading("Sales", 1)
    made.add_paragraph("first", style="List Bullet")
    made.add_paragraph("second", style="List Bullet 2")
    table = made.add_table(rows=3, cols=2)
    for at, (year, revenue) in enumerate([("Year", "Revenue"), ("2021", "4.9"), ("2022", "5.3")]):
        table.rows[at].cells[0].text, table.rows[at].cells[1].text = year, revenue
    made.add_heading("Outlook", 2)
    made.add_paragraph("More of the same.")
    made.core_properties.author = "Ada Young"
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def test_a_document_as_word_makes_it() -> None:
    document = read(by_library())
    assert (document.title, document.author, document.date) == ("Annual report", "Ada Young", None)
    assert blocks(document) == [
        ("meta", 0, "Annual report"),
        ("paragraph", 0, "The year was good for the shop, and better for its customers."),
        ("heading", 2, "Sales"),
        ("list_item", 0, "first"),
        ("list_item", 0, "second"),
        ("table_row", 1, "Year | Revenue"),
        ("table_row", 1, "Year: 2021 | Revenue: 4.9"),
        ("table_row", 1, "Year: 2022 | Revenue: 5.3"),
        ("heading", 3, "Outlook"),
        ("paragraph", 0, "More of the same."),
    ]


def test_list_levels() -> None:
    numbering = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="{}"/></w:numPr>'
    body = "".join(
        paragraph(text, numbering.format(level, number))
        for text, level, number in [("one", 0, 4), ("one and a half", 1, 4), ("none", 0, 0)]
    )
    assert blocks(read(docx(body))) == [
        ("list_item", 0, "one"),
        ("list_item", 1, "one and a half"),
        ("paragraph", 0, "none"),
    ]


def numbered(depth: int, list_number: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_number}"/></w:numPr>'


def test_the_numbers_of_headings_and_clauses_are_counted() -> None:
    level = '<w:lvl w:ilvl="{}"><w:start w:val="{}"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    levels = (
        level.format(0, 1, "decimal", "%1.")
        + level.format(1, 1, "decimal", "%1.%2")
        + level.format(2, 3, "lowerRoman", "%1.%2(%3)")
        + level.format(3, 1, "bullet", "•")
    )
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    first = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    second = f'<w:num w:numId="2"><w:abstractNumId w:val="7"/>{anew}</w:num>'
    abstract = f'<w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
    numbering = f"<w:numbering {W}>{abstract}{first}{second}</w:numbering>"
    style = f'<w:style w:styleId="h"><w:name w:val="heading 1"/><w:pPr>{numbered(0)}</w:pPr></w:style>'
    styles = f"<w:styles {W}>{style}</w:styles>"
    heading = '<w:pStyle w:val="h"/>'
    body = (
        paragraph("Parties", heading)
        + paragraph("The lender.", numbered(1))
        + paragraph("The borrower,", numbered(1))
        + paragraph("or an heir.", numbered(2))
        + paragraph("oak", numbered(3))
        + paragraph("Loan", heading)
        + paragraph("Ten pounds.", numbered(1))
        + paragraph("one", numbered(0, 2))
    )
    assert [text for _, _, text in blocks(read(docx(body, styles=styles, numbering=numbering)))] == [
        "1. Parties",
        "1.1 The lender.",
        "1.2 The borrower,",
        "1.2(iii) or an heir.",
        "oak",
        "2. Loan",
        "2.1 Ten pounds.",
        "one",
    ]


def test_insertions_stay_and_deletions_go() -> None:
    body = (
        "<w:p><w:r><w:t xml:space='preserve'>The fee is </w:t></w:r>"
        "<w:del><w:r><w:delText>ten</w:delText></w:r></w:del><w:ins><w:r><w:t>twelve</w:t></w:r></w:ins>"
        "<w:r><w:t xml:space='preserve'> pounds.</w:t></w:r>"
        "<w:moveFrom><w:r><w:t> Gone.</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> Hidden.</w:t></w:r></w:p>"
    )
    assert read(docx(body)).text == "The fee is twelve pounds."


def test_links_fields_and_breaks() -> None:
    body = (
        "<w:p><w:hyperlink><w:r><w:t>the site</w:t></w:r></w:hyperlink><w:r><w:tab/><w:t>page</w:t><w:br/>"
        "<w:t>two</w:t></w:r><w:r><w:instrText>PAGE 7</w:instrText></w:r></w:p>"
    )
    assert read(docx(body)).text == "the site page\ntwo"


def test_text_boxes_stand_once_and_after_their_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>before </w:t></w:r><w:r><mc:AlternateContent xmlns:mc='m'><mc:Choice><w:drawing>"
        f"{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        "<w:r><w:t>after</w:t></w:r></w:p>"
    )
    assert [text for _, _, text in blocks(read(docx(body)))] == ["before after", "in the box"]


def test_notes_stand_after_their_paragraph() -> None:
    notes = (
        f"<w:footnotes {W}><w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote>"
        f"<w:footnote w:id='2'>{paragraph('As counted in May.')}</w:footnote></w:footnotes>"
    )
    body = "<w:p><w:r><w:t>It has 40 rooms.</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
    document = read(docx(body + paragraph("And a roof."), footnotes=notes))
    assert [text for _, _, text in blocks(document)] == ["It has 40 rooms.", "As counted in May.", "And a roof."]


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def test_merged_cells_and_nested_tables() -> None:
    sizes = row(cell(paragraph("Size")), cell(paragraph("Price"))) + row(cell(paragraph("S")), cell(paragraph("3")))
    inner = f"<w:tbl>{sizes}</w:tbl>"
    table = "<w:tbl>{}</w:tbl>".format(
        row(cell(paragraph("Region")), cell(paragraph("Town")), cell(paragraph("Sales")))
        + row(cell(paragraph("North"), '<w:vMerge w:val="restart"/>'), cell(paragraph("York")), cell(paragraph("5")))
        + row(cell(paragraph(""), "<w:vMerge/>"), cell(paragraph("Leeds") + inner), cell(paragraph("7")))
        + row(cell(paragraph("Together"), '<w:gridSpan w:val="2"/>'), cell(paragraph("12")))
    )
    assert [text for _, _, text in blocks(read(docx(table)))] == [
        "Region | Town | Sales",
        "Region: North | Town: York | Sales: 5",
        "Region: North | Town: Leeds | Sales: 7",
        "Region: Together | Sales: 12",
        "Size | Price",
        "Size: S | Price: 3",
    ]


def test_a_table_that_lays_out_a_page_is_read_as_the_page() -> None:
    table = f"<w:tbl>{row(cell(paragraph('Left. ' + 'Long words. ' * 60)), cell(paragraph('Right.')))}</w:tbl>"
    assert [kind for kind, _, _ in blocks(read(docx(table)))] == ["paragraph", "paragraph"]


def test_a_paragraph_in_the_style_of_a_heading_is_a_paragraph() -> None:
    styles = f"<w:styles {W}><w:style w:styleId='h'><w:name w:val='heading 1'/></w:style></w:styles>"
    text = "This goes on and on, " * 12
    document = read(docx(paragraph(text, "<w:pStyle w:val='h'/>"), styles=styles))
    assert [kind for kind, _, _ in blocks(document)] == ["paragraph"]


CORE = (
    '<c xmlns:dc="d" xmlns:dcterms="t"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>'
    "<dcterms:created>{}</dcterms:created><dcterms:modified>{}</dcterms:modified></c>"
)


@pytest.mark.parametrize(
    ("properties", "facts"),
    [
        (
            ("The Long Report", "Ada Young", "2020-01-02T10:00:00Z", "2021-05-06T10:00:00Z"),
            ("The Long Report", "Ada Young", "2021-05-06"),
        ),
        (
            ("Microsoft Word - draft.doc", "Windows User", "2020-01-02T10:00:00Z", ""),
            ("Some words here.", None, "2020-01-02"),
        ),
        (("", "ibays", "", ""), ("Some words here.", None, None)),
        (("", "python-docx", "2013-12-23T23:15:00Z", "2013-12-23T23:15:00Z"), ("Some words here.", None, None)),
    ],
)
def test_properties_are_believed_where_they_are_sensible(
    properties: tuple[str, ...], facts: tuple[str | None, ...]
) -> None:
    document = read(docx(paragraph("Some words here."), core=CORE.format(*properties)))
    assert (document.title, document.author, document.date) == facts


def test_what_the_text_says_goes_before_the_properties() -> None:
    body = paragraph("The Title of It All") + paragraph("By Ben Old, 3 March 2019") + paragraph("It was a dark night.")
    document = read(docx(body, core=CORE.format("Another Title", "Ada Young", "", "2021-05-06T10:00:00Z")))
    assert (document.title, document.author, document.date) == ("The Title of It All", "Ben Old", "2019-03-03")


def test_broken_styles_and_notes_do_no_harm() -> None:
    document = read(docx(paragraph("Words."), styles="<broken", footnotes="<broken", core="<broken"))
    assert document.text == "Words."


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(""), "no text"),
        (archive({"other.xml": "<x/>"}), "no part named word/document.xml"),
        (archive({"word/document.xml": f"{LAUGHS}<w:document {W}>&b;</w:document>"}), "entities"),
        (archive({"word/document.xml": f"<w:document {W}><w:p>"}), "not well-formed"),
        (archive({"word/document.xml": f"<w:document {W}>{'<w:p>' * 400}{'</w:p>' * 400}</w:document>"}), "nested"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "needs a password"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(data)


def test_a_bomb_is_refused() -> None:
    with pytest.raises(SourceError, match="unpacks to more than 1,000,000 bytes"):
        read_docx(raw("a.docx", docx(paragraph("a" * 2_000_000)), unpacked_bytes=1_000_000))


@settings(max_examples=60)
@given(st.data())
def test_damaged_documents_raise_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(docx(paragraph("Words and more words.") * 3, core=CORE.format("T", "A", "x", "y")))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        document = read(bytes(whole))
    except SourceError:
        return
    assert all(document.text[block.start : block.end].strip() for block in document.blocks)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30), max_size=6))
def test_the_same_bytes_give_the_same_document(texts: list[str]) -> None:
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;") for text in texts]
    data = docx("".join(map(paragraph, escaped)) + paragraph("end"))
    document = read(data)
    assert document == read(data)
    assert all(document.text[block.start : block.end].strip() for block in document.blocks)
