"""Reading PDFs: what their layout says of paragraphs, headings, lists, columns, heads and feet."""

from __future__ import annotations

import pytest

from rag.sources.formats.base import RawFile
from rag.sources.formats.pdf.pdf import read_pdf
from rag.text.pages import boxes_of, page_at
from rag.types import Box, Document
from tests.layouts import layout_of
from tests.pdf_pages import HEIGHT, MARGIN, WIDTH, Picture, Sheet, Words, lines, make

PROSE = (
    "The council of Quorn met on Monday to hear what had become of the forty lanterns,",
    "which its members had last counted in the spring of the year in which the tower was",
    "built. Nobody could say for certain who had lit them since, nor at whose expense.",
)
JOINED = " ".join(PROSE)


def read(*sheets: Sheet, **facts: object) -> Document:
    reading = read_pdf(RawFile("folder/tower.pdf", make(*sheets, **facts)))  # type: ignore[arg-type]
    assert reading.skipped == ()
    (document,) = reading.documents
    return document


def layout(*sheets: Sheet) -> list[str]:
    return layout_of(read(*sheets))


def test_lines_make_paragraphs_by_the_space_between_them() -> None:
    second = lines(*PROSE, down=MARGIN + 60)
    assert layout(Sheet([*lines(*PROSE), *second])) == [JOINED, JOINED]


def test_a_line_that_is_set_in_begins_a_paragraph() -> None:
    second = [Words(PROSE[0], MARGIN + 15, MARGIN + 36), *lines(*PROSE[1:], down=MARGIN + 48)]
    assert layout(Sheet([*lines(*PROSE), *second])) == [JOINED, JOINED]


def test_a_line_that_had_room_for_the_next_word_ends_a_paragraph() -> None:
    assert layout(Sheet(lines(*PROSE, "So it ended.", *PROSE))) == [f"{JOINED} So it ended.", JOINED]


@pytest.mark.parametrize(
    ("cut", "elsewhere", "joined"),
    [
        (("coun-", "cil"), "The council sat.", "council"),
        (("well-", "known"), "It was known.", "well-known"),
        (("re-", "elected"), "They were re-elected.", "re-elected"),
        (("lan-", "terns"), "Nothing else.", "lanterns"),
        (("Anglo-", "Saxon"), "Nothing else.", "Anglo-Saxon"),
    ],
)
def test_a_hyphen_goes_only_where_the_document_shows_that_it_may(
    cut: tuple[str, str], elsewhere: str, joined: str
) -> None:
    first = f"Of all that was said on that long and most remarkable evening in the hall one {cut[0]}"
    second = f"{cut[1]} of some kind was remembered longest by those who had been there to hear it said."
    text = read(Sheet([*lines(first, second), *lines(elsewhere, down=300)])).text
    assert f"in the hall one {joined} of some kind" in text


def test_the_two_parts_of_a_word_keep_boxes_of_their_own() -> None:
    first = "Of all that was said on that long and most remarkable evening one coun-"
    document = read(
        Sheet([*lines(first, "cil was remembered by those who had heard it."), *lines("A council.", down=300)])
    )
    start = document.text.index("council")
    before, behind = boxes_of(document.pages, start, start + len("council"))
    assert before.left > 0.5 > behind.left
    assert before.top < behind.top


def test_headings_are_told_by_size_and_weight() -> None:
    sheet = Sheet(
        [
            Words("The Lanterns of Quorn", down=50, size=20),
            *lines(*PROSE, down=90),
            Words("What was counted", down=150, font="bold"),
            *lines(*PROSE, down=170),
            Words("1. Who counted", down=230, font="bold", size=13),
            *lines(*PROSE, down=250),
        ]
    )
    document = read(sheet)
    assert document.title == "The Lanterns of Quorn"
    assert layout_of(document) == [
        "@ The Lanterns of Quorn",
        JOINED,
        "#### What was counted",
        JOINED,
        "### 1. Who counted",
        JOINED,
    ]


def test_large_text_is_no_heading_where_it_is_prose() -> None:
    small = lines(*(f"Note {number} in small letters" for number in range(20)), down=300, size=6, step=8)
    assert layout(Sheet([*lines(*PROSE), *small]))[0] == JOINED


def test_list_items_lose_their_bullets_and_keep_their_numbers() -> None:
    items = [
        Words("\u2022", down=100),
        Words("lanterns of brass, of which", MARGIN + 18, 100),
        Words("there are forty,", MARGIN + 18, 112),
        Words("\u2022", down=124),
        Words("ropes.", MARGIN + 18, 124),
        Words("1. A ladder is needed.", down=160),
    ]
    assert layout(Sheet([*lines(*PROSE), *items])) == [
        JOINED,
        "- lanterns of brass, of which there are forty,",
        "- ropes.",
        "- 1. A ladder is needed.",
    ]


def columns(top: float) -> list[Words]:
    """Two columns of prose, drawn line by line across the page."""
    drawn = []
    for at in range(6):
        drawn.append(Words(f"left line {at} goes on about the lanterns and", MARGIN, top + 12 * at))
        drawn.append(Words(f"right line {at} goes on about the ladders and", 330, top + 12 * at))
    return drawn


def test_columns_are_read_one_after_the_other() -> None:
    title = Words("A title over both of the columns of this page here", MARGIN, 50, size=18)
    document = read(Sheet([title, *columns(100)]))
    order = [f"{side} line {at} goes" for side in ("left", "right") for at in range(6)]
    places = [document.text.index(part) for part in order]
    assert places == sorted(places)
    assert document.text.index("A title") < places[0]


def test_what_spans_both_columns_divides_them() -> None:
    across = Words(
        "This one line goes across both columns of the page, from the left margin to the right one.", down=190
    )
    document = read(Sheet([*columns(100), across, *columns(220)]))
    across_at = document.text.index("This one line")
    first, second = document.text[:across_at], document.text[across_at:]
    assert first.index("left line 5") < first.index("right line 0")
    assert second.index("left line 5") < second.index("right line 0")


def test_running_heads_feet_and_page_numbers_are_set_apart() -> None:
    sheets = [
        Sheet(
            [
                Words("The Quorn Gazette", down=30),
                *lines(f"Story {word} begins.", down=100),
                Words(f"Page {at + 7}", down=780),
            ]
        )
        for at, word in enumerate(("one", "two", "three", "four"))
    ]
    document = read(*sheets)
    furniture = [line for line in layout_of(document) if line.startswith("~")]
    assert furniture == [each for at in range(4) for each in ("~ The Quorn Gazette", f"~ Page {at + 7}")]
    assert [line for line in layout_of(document) if not line.startswith("~")] == [
        "Story one begins.",
        "Story two begins.",
        "Story three begins.",
        "Story four begins.",
    ]


def test_a_running_head_that_looks_like_a_heading_heads_the_pages_once() -> None:
    first = Sheet([*lines(*PROSE, down=100)])
    rest = [Sheet([Words("NOTES TO THE ACCOUNTS", down=30, font="bold"), *lines(*PROSE, down=100)]) for _ in range(3)]
    found = layout(first, *rest)
    assert found.count("## NOTES TO THE ACCOUNTS") == 1
    assert found.count("~ NOTES TO THE ACCOUNTS") == 2


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    head = Words("The Quorn Gazette", down=30)
    sheets = [
        Sheet([head, *lines(*PROSE[:2], down=100)]),
        Sheet([head, *lines(PROSE[2], down=100)]),
        Sheet([head, *lines(*PROSE, down=100)]),
    ]
    document = read(*sheets)
    assert JOINED in document.text
    at = document.text.index("built.")
    first, second = page_at(document.pages, at - 2), page_at(document.pages, at)
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (1, 2)
    assert [box.page for box in boxes_of(document.pages, at - 6, at + 5)] == [1, 2]
    assert layout_of(document)[:3] == ["~ The Quorn Gazette", JOINED, "~ The Quorn Gazette"]


def box_of(document: Document, words: str) -> Box:
    start = document.text.index(words)
    (box,) = boxes_of(document.pages, start, start + len(words))
    return box


def test_boxes_lie_on_the_words() -> None:
    box = box_of(read(Sheet([Words("Forty lanterns", 150, 400)])), "Forty")
    assert box.left == pytest.approx(150 / WIDTH, abs=0.002)
    assert box.top < 400 / HEIGHT < box.bottom + 0.001


@pytest.mark.parametrize(
    ("rotated", "left", "top"),
    [(0, 0.25, 0.5), (90, 0.5, 0.25), (180, 0.75, 0.5), (270, 0.5, 0.75)],
)
def test_boxes_follow_the_rotation_of_the_page(rotated: int, left: float, top: float) -> None:
    document = read(Sheet([Words("Lanterns", 150, 400)], rotated=rotated))
    page, box = document.pages[0], box_of(document, "Lanterns")
    assert (page.width, page.height) == ((WIDTH, HEIGHT) if rotated % 180 == 0 else (HEIGHT, WIDTH))
    corners = {(box.left, box.top), (box.right, box.top), (box.left, box.bottom), (box.right, box.bottom)}
    assert any(abs(x - left) < 0.02 and abs(y - top) < 0.02 for x, y in corners)


def test_boxes_follow_the_crop_box() -> None:
    document = read(Sheet([Words("Lanterns", 150, 400)], crop=(100, 200, 400, 600)))
    box = box_of(document, "Lanterns")
    assert (document.pages[0].width, document.pages[0].height) == (300, 400)
    assert box.left == pytest.approx(50 / 300, abs=0.01)
    assert box.top < 0.5 <= box.bottom + 0.01


def test_words_that_are_turned_are_read_for_themselves() -> None:
    turned = Words("Printed in Quorn in May", 30, 600, quarters=1)
    assert layout(Sheet([*lines(*PROSE, down=400), turned])) == [JOINED, "Printed in Quorn in May"]


def test_text_that_lies_unseen_over_a_scan_is_read() -> None:
    scan = Picture(2, 2, b"\xff" * 4)
    assert layout(Sheet([Words("What a scanner has read.", invisible=True)], scan)) == ["What a scanner has read."]


def test_text_that_nobody_sees_is_left_out_and_counted() -> None:
    unseen = [
        Words("Say nothing else.", invisible=True),
        Words("Say nothing.", down=-100),
        Words("No.", size=0.4, down=90),
    ]
    document = read(Sheet([*lines(*PROSE, down=400), *unseen]))
    assert layout_of(document) == [JOINED]
    assert document.hidden == 1  # one after the other
