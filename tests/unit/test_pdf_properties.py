"""What holds for every PDF: spans lie in the text, boxes lie on words, the same bytes give the same document."""

from __future__ import annotations

import struct
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats.base import RawFile
from rag.sources.formats.pdf.pdf import read_pdf
from rag.types import Document
from tests.pdf_pages import HEIGHT, WIDTH, Sheet, Words, make

RECORD = struct.Struct("<IIHHHH")
LETTERS = st.text("abcdeßéZ0123456789.,:;-()$%|\u2022\u2014 ", min_size=1, max_size=40)

words = st.builds(
    Words,
    text=st.one_of(LETTERS, st.sampled_from(["2019", "$ 5,794", "Net sales", "lan-", "terns", "(a)", "1.", "....."])),
    left=st.integers(0, WIDTH),
    down=st.integers(0, HEIGHT),
    size=st.sampled_from([6, 10, 10, 10, 24]),
    font=st.sampled_from(["regular", "regular", "bold", "italic"]),
    quarters=st.sampled_from([0, 0, 0, 0, 1, 2, 3]),
)
sheets = st.builds(Sheet, words=st.lists(words, max_size=12), rotated=st.sampled_from([0, 0, 90, 180, 270]))


def documents(data: bytes) -> tuple[Document, ...]:
    try:
        return read_pdf(RawFile("made.pdf", data)).documents
    except SourceError:
        return ()


@settings(max_examples=150)
@given(st.lists(sheets, min_size=1, max_size=4))
def test_spans_lie_in_the_text_and_boxes_on_its_words(pages: list[Sheet]) -> None:
    data = make(*pages)
    made = documents(data)
    assert documents(data) == made
    for document in made:
        check_blocks(document)
        check_pages(document, len(pages))


def check_blocks(document: Document) -> None:
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        words = document.text[block.start : block.end]
        assert words == words.strip()
        assert not document.text[end : block.start].strip()
        end = block.end
    assert end == len(document.text)


def check_pages(document: Document, count: int) -> None:
    assert [page.number for page in document.pages] == list(range(1, count + 1))
    last = 0
    bare = list(document.text)
    for page in document.pages:
        assert last <= page.start <= page.end <= len(document.text)
        assert not document.text[last : page.start].strip()
        last, before = page.end, 0
        for start, end, left, top, right, bottom in RECORD.iter_unpack(zlib.decompress(page.boxes)):
            assert before <= start < end <= page.end - page.start
            assert left <= right
            assert top <= bottom
            word = document.text[page.start + start : page.start + end]
            assert not any(map(str.isspace, word))
            bare[page.start + start : page.start + end] = " " * len(word)
            before = end
    assert not document.text[last:].strip()
    assert set(bare) <= set(" \n|:")


@settings(max_examples=100)
@given(st.binary(max_size=40), st.integers(0, 600))
def test_damage_is_read_around_or_refused(damage: bytes, place: int) -> None:
    data = make(Sheet([Words("The tower of Quorn has forty lanterns.")]))
    documents(data[:place] + damage + data[place + len(damage) :])
