from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.text.pages import boxes_of, pack_boxes, page_at
from rag.types import Box, Page

FIRST = Page(
    1,
    0,
    11,
    boxes=pack_boxes([(0, 3, 0.1, 0.1, 0.2, 0.12), (4, 7, 0.22, 0.1, 0.3, 0.12), (8, 11, 0.1, 0.2, 0.2, 0.22)]),
)
SECOND = Page(2, 12, 15, boxes=pack_boxes([(0, 3, 0.0, 0.0, 1.0, 1.0)]))


def rounded(box: Box) -> Box:
    return Box(box.page, *(round(side, 3) for side in (box.left, box.top, box.right, box.bottom)))


def test_a_span_has_a_box_for_each_line_of_each_page_that_it_touches() -> None:
    assert [rounded(box) for box in boxes_of((FIRST, SECOND), 5, 14)] == [
        Box(1, 0.22, 0.1, 0.3, 0.12),
        Box(1, 0.1, 0.2, 0.2, 0.22),
        Box(2, 0.0, 0.0, 1.0, 1.0),
    ]


def test_the_words_of_a_line_share_a_box() -> None:
    assert [rounded(box) for box in boxes_of((FIRST,), 0, 7)] == [Box(1, 0.1, 0.1, 0.3, 0.12)]


def test_the_page_of_an_offset() -> None:
    pages = (FIRST, SECOND)
    assert [page.number for page in (page_at(pages, at) for at in (0, 10, 11, 12, 99)) if page] == [1, 1, 1, 2, 2]
    assert page_at((), 0) is None


@given(st.lists(st.tuples(*[st.floats(-1, 2)] * 4)))
def test_shares_are_held_to_the_page(corners: list[tuple[float, float, float, float]]) -> None:
    words = [(at, at + 1, *sides) for at, sides in enumerate(corners)]
    for box in boxes_of((Page(1, 0, len(words), boxes=pack_boxes(words)),), 0, len(words)):
        assert all(0 <= side <= 1 for side in (box.left, box.top, box.right, box.bottom))
