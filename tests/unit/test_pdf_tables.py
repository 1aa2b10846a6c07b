"""Tables of PDFs: rows stay whole, and each carries the names of its columns."""

from __future__ import annotations

from dataclasses import replace

from rag.sources.formats.base import RawFile
from rag.sources.formats.pdf.pdf import read_pdf
from rag.text.pages import boxes_of
from rag.types import Document
from tests.layouts import layout_of
from tests.pdf_pages import Sheet, Words, lines, make, table

COLUMNS = (60, 300, 400, 500)


def read(words: list[Words]) -> Document:
    (document,) = read_pdf(RawFile("t.pdf", make(Sheet(words)))).documents
    return document


def rows(words: list[Words]) -> list[str]:
    return layout_of(read(words))


def test_a_row_carries_the_names_of_its_columns() -> None:
    drawn = table([("", "2019", "2018"), ("Net sales", "$ 5.3", "$ 4.1"), ("Net loss", "(12)", "\u2014")], COLUMNS, 100)
    assert rows(drawn) == [
        "| 2019 | 2018",
        "| Net sales | 2019: $5.3 | 2018: $4.1",
        "| Net loss | 2019: (12) | 2018: \u2014",
    ]


def test_names_are_as_long_as_it_takes_to_tell_columns_apart() -> None:
    head = [("", "Quarter", "", "Year"), ("", "May 2019", "May 2018", "May 2019")]
    drawn = table([*head, ("Lanterns", "1", "2", "3"), ("Ropes", "4", "5", "6")], COLUMNS, 100)
    assert rows(drawn)[2:] == [
        "| Lanterns | Quarter May 2019: 1 | May 2018: 2 | Year May 2019: 3",
        "| Ropes | Quarter May 2019: 4 | May 2018: 5 | Year May 2019: 6",
    ]


def test_figures_drawn_apart_from_their_signs_are_one_cell() -> None:
    drawn = [
        *table([("Sales", "", "")], COLUMNS, 100),
        *(
            Words(sign, left, 100)
            for sign, left in (("$", 300), ("5,794", 330), ("%", 362), ("$", 400), ("4,225", 430))
        ),
        *table([("Costs", "1,100", "1,200")], COLUMNS, 114),
    ]
    assert rows(drawn)[0] == "| Sales | $5,794% | $4,225"


def test_labels_that_go_on_over_two_lines_are_put_together() -> None:
    drawn = table(
        [
            ("", "2019", "2018"),
            ("Lanterns, net of those that were", "", ""),
            ("lost in the flood", "40", "41"),
            ("Ropes that were bought for", "7", "8"),
            ("the tower", "", ""),
            ("Ladders", "1", "2"),
        ],
        COLUMNS,
        100,
        step=11,
    )
    assert rows(drawn)[1:] == [
        "| Lanterns, net of those that were lost in the flood | 2019: 40 | 2018: 41",
        "| Ropes that were bought for the tower | 2019: 7 | 2018: 8",
        "| Ladders | 2019: 1 | 2018: 2",
    ]


def test_lines_between_rows_belong_to_the_table() -> None:
    drawn = table([("", "2019", "2018"), ("Assets:", "", ""), ("Rope", "1", "2"), ("Oil", "3", "4")], COLUMNS, 100)
    assert rows(drawn)[1:3] == ["| Assets:", "| Rope | 2019: 1 | 2018: 2"]


def test_a_second_head_begins_another_table() -> None:
    first = [("", "2019", "2018"), ("Rope", "1", "2")]
    second = [("", "Boxes", "Crates"), ("Oil", "3", "4")]
    assert rows(table([*first, *second], COLUMNS, 100))[2:] == ["| Boxes | Crates", "| Oil | Boxes: 3 | Crates: 4"]


def test_prose_around_a_table_stays_prose() -> None:
    above = "What the tower held at the end of the year is set out below, as it was counted by the council."
    drawn = [*lines(above, down=80), *table([("", "2019"), ("Rope", "1"), ("Oil", "3")], COLUMNS, 110)]
    assert rows([*drawn, *lines(above, down=180)]) == [above, "| 2019", "| Rope | 2019: 1", "| Oil | 2019: 3", above]


def test_dots_that_lead_to_a_page_number_are_left_out() -> None:
    drawn = [
        Words("Chapter one ............................ 7", down=100),
        Words("Chapter two ............. 19", down=114),
    ]
    assert rows(drawn) == ["| Chapter one | 7", "| Chapter two | 19"]


def test_the_name_of_a_column_is_highlighted_where_it_stands() -> None:
    document = read(table([("", "2019", "2018"), ("Rope", "1", "2"), ("Oil", "3", "4")], COLUMNS, 100))
    start = document.text.index("2018: 4")
    name, figure = boxes_of(document.pages, start, start + len("2018: 4"))
    assert name.top < figure.top
    assert abs(name.left - figure.left) < 0.01


def test_names_lose_the_words_that_all_of_them_begin_with() -> None:
    head = ("", "At May 31, 2019", "At May 31, 2018")
    drawn = table([head, ("Rope", "1", "2"), ("Oil", "3", "4")], COLUMNS, 100)
    assert rows(drawn) == [
        "| At May 31, 2019 | At May 31, 2018",
        "| Rope | 2019: 1 | 2018: 2",
        "| Oil | 2019: 3 | 2018: 4",
    ]


def bold(words: list[Words]) -> list[Words]:
    return [replace(each, font="bold") for each in words]


def test_bold_rows_are_the_head_of_a_table_of_words() -> None:
    drawn = [
        *bold(table([("Thing", "Kind")], COLUMNS, 100)),
        *table([("Rope", "hemp"), ("Lantern", "brass")], COLUMNS, 114),
    ]
    assert rows(drawn) == ["| Thing | Kind", "| Rope | Kind: hemp", "| Lantern | Kind: brass"]


def test_bold_names_over_one_row_are_no_head() -> None:
    drawn = [*bold(table([("Ida Fells", "Tom Moor")], COLUMNS, 100)), *table([("Quorn", "Vell")], COLUMNS, 114)]
    assert rows(drawn) == ["| Ida Fells | Tom Moor", "| Quorn | Vell"]
