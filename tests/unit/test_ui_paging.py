"""Pages as pictures with marks, pages in a text, rows of tables."""

from __future__ import annotations

import base64
from dataclasses import replace

from rag.types import Block, BlockKind, Document
from rag.ui.article import Mark, lay_out_article
from rag.ui.paging import shown_page, view_leaves, view_page
from tests.paged_documents import make_paged, png

REPORT = make_paged("report.pdf", "The first page.", "A second page with words.", "The end.")


def span(words: str, *, strong: bool = True) -> Mark:
    start = REPORT.text.index(words)
    return Mark(start, start + len(words), strong)


def test_the_page_of_the_clicked_words_is_shown_unless_another_was_leafed_to() -> None:
    marks = [span("The end."), span("second")]
    assert shown_page(REPORT, None, marks).number == 3
    assert shown_page(REPORT, None, [replace(marks[0], strong=False), marks[1]]).number == 2
    assert shown_page(REPORT, 1, marks).number == 1
    assert shown_page(REPORT, 99, marks).number == 3
    assert shown_page(REPORT, None, []).number == 1


def test_a_span_that_begins_in_the_gap_between_pages_is_shown_where_its_words_are() -> None:
    start = REPORT.pages[0].end
    assert shown_page(REPORT, None, [Mark(start, start + 5, strong=True)]).number == 2


def test_words_are_marked_where_they_stand_on_the_picture_the_clicked_ones_last() -> None:
    picture = png(6, 8)
    page = view_page(
        REPORT,
        REPORT.pages[1],
        [span("second page"), span("second page", strong=False), span("words", strong=False), span("The end.")],
        picture,
    )
    assert base64.b64decode(page["picture"].removeprefix("data:image/png;base64,")) == picture
    assert (page["number"], page["width"], page["height"]) == (2, 600, 800)
    assert page["boxes"] == [
        {"left": 49.8, "top": 9.8, "width": 9.4, "height": 3.4, "strong": False},
        {"left": 19.8, "top": 9.8, "width": 19.4, "height": 3.4, "strong": True},
    ]


def test_leafing() -> None:
    assert view_leaves(REPORT, REPORT.pages[1]) == {"word": "Page", "number": 2, "first": 1, "last": 3}
    slides = replace(REPORT, source="talk.pptx")
    assert view_leaves(slides, slides.pages[2]) == {"word": "Slide", "number": 3, "first": 1, "last": 3}


# ---------------------------------------------------------------- pages in the text


def test_the_text_says_where_each_page_begins() -> None:
    blocks = lay_out_article(REPORT)["blocks"]
    assert [(block.get("page"), block["runs"][0]["text"]) for block in blocks] == [
        (1, "The first page."),
        (2, "A second page with words."),
        (3, "The end."),
    ]


def test_a_page_that_begins_inside_a_paragraph_is_marked_there() -> None:
    whole = (Block(BlockKind.PARAGRAPH, 0, len(REPORT.text.rstrip())),)
    (block,) = lay_out_article(replace(REPORT, blocks=whole))["blocks"]
    assert block["page"] == 1
    assert [(run.get("page"), run["text"].strip()) for run in block["runs"]] == [
        (None, "The first page."),
        (2, "A second page with words."),
        (3, "The end."),
    ]


def test_of_pages_without_words_the_last_is_named_and_a_single_page_is_not() -> None:
    blank = make_paged("report.pdf", "One.", "", "", "Four.")
    assert [block.get("page") for block in lay_out_article(blank)["blocks"]] == [1, 4]
    assert [block.get("page") for block in lay_out_article(make_paged("a.pdf", "One."))["blocks"]] == [None]


# ---------------------------------------------------------------- rows of tables


def row(text: str, level: int, *marks: Mark) -> list[tuple[str, str | None, str | None]]:
    document = Document("a.csv", text, "A", blocks=(Block(BlockKind.TABLE_ROW, 0, len(text), level),))
    (block,) = lay_out_article(document, marks)["blocks"]
    return [(run["text"], run.get("role"), run.get("mark")) for run in block["runs"]]


def test_a_row_is_cut_into_names_and_values() -> None:
    assert row("Year: 2022 | Revenue: 5.3: new", 1) == [
        ("Year: ", "name", None),
        ("2022", None, None),
        (" | ", "gap", None),
        ("Revenue: ", "name", None),
        ("5.3: new", None, None),
    ]
    assert row("Time: 10:30", 0) == [("Time: 10:30", None, None)]
    assert row("| a | b |", 0) == [
        ("| ", "gap", None),
        ("a", None, None),
        (" | ", "gap", None),
        ("b", None, None),
        (" |", "gap", None),
    ]


def test_marks_go_through_a_row() -> None:
    assert row("A: 1 | B: 2", 1, Mark(3, 9, strong=True)) == [
        ("A: ", "name", None),
        ("1", None, "strong"),
        (" | ", "gap", "strong"),
        ("B:", "name", "strong"),
        (" ", "name", None),
        ("2", None, None),
    ]
