"""Word and PowerPoint files of 1997 to 2003, made up by their specifications."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats.office.doc import read_doc
from rag.sources.formats.office.ppt import read_ppt
from rag.types import Document
from tests.compound_files import compound
from tests.office_files import blocks, raw

_TEXT_AT, _PAPX_AT, _CHPX_AT = 2048, 4096, 4608


def word(
    text: str,
    *,
    notes: str = "",
    paragraphs: dict[int, bytes] | None = None,
    runs: dict[int, bytes] | None = None,
    flags: int = 0,
    version: int = 0xC1,
) -> bytes:
    """Return a Word document in one piece of UTF-16; `paragraphs` and `runs` are property lists by where they begin."""
    characters = (text + notes).encode("utf-16-le")
    head = bytearray(_TEXT_AT)
    struct.pack_into("<HH", head, 0, 0xA5EC, version)
    struct.pack_into("<H", head, 10, flags | 0x0200)
    struct.pack_into("<II", head, 0x4C, len(text), len(notes))
    units = len(text) + len(notes)
    clx = b"\x02" + struct.pack("<I", 16) + struct.pack("<IIHIH", 0, units, 0, _TEXT_AT, 0)
    pages = struct.pack("<III", _TEXT_AT, _TEXT_AT + 2 * units, _PAPX_AT // 512)
    chars = struct.pack("<III", _TEXT_AT, _TEXT_AT + 2 * units, _CHPX_AT // 512)
    for which, start, block in ((33, 0, clx), (13, 100, pages), (12, 200, chars)):
        struct.pack_into("<II", head, 0x9A + 8 * which, start, len(block))
    table = clx.ljust(100, b"\0") + pages.ljust(100, b"\0") + chars
    body = (bytes(head) + characters).ljust(_PAPX_AT, b"\0")
    body += _page(paragraphs or {0: b"\0\0"}, units, 13, words=True) + _page(runs or {0: b""}, units, 1, words=False)
    return compound({"WordDocument": body, "1Table": table})


def _page(entries: dict[int, bytes], units: int, size: int, *, words: bool) -> bytes:
    page = bytearray(512)
    for at, place in enumerate([*entries, units]):
        struct.pack_into("<I", page, 4 * at, _TEXT_AT + 2 * place)
    end = 510
    for at, content in enumerate(entries.values()):
        record = bytes([0, (len(content) + 1) // 2]) + content.ljust(len(content) + len(content) % 2, b"\0")
        record = record if words else bytes([len(content)]) + content
        end = (end - len(record)) & ~1
        page[end : end + len(record)] = record
        page[4 * (len(entries) + 1) + size * at] = end // 2
    page[511] = len(entries)
    return bytes(page)


def change(code: int, operand: bytes) -> bytes:
    return struct.pack("<H", code) + operand


def read(data: bytes) -> Document:
    (document,) = read_doc(raw("old.doc", data)).documents
    return document


def test_paragraphs_headings_lists_and_notes() -> None:
    texts = ["The bridge\r", "It is new.\r", "deck\r", "end.\r"]
    starts = [sum(map(len, texts[:at])) for at in range(4)]
    item = b"\0\0" + change(0x260A, b"\1") + change(0x460B, b"\1\0")
    entries = dict(zip(starts, [b"\1\0", b"\0\0", item, b"\0\0"], strict=True))
    document = read(word("".join(texts), notes="A note.\r", paragraphs=entries))
    assert blocks(document) == [
        ("meta", 0, "The bridge"),
        ("paragraph", 0, "It is new."),
        ("list_item", 1, "deck"),
        ("paragraph", 0, "end."),
        ("paragraph", 0, "A note."),
    ]


def test_tables_and_empty_cells() -> None:
    rows = "Year\x07Cost\x07Note\x07\x07" + "2021\x074.9\x07\x07\x07" + "2022\x075.3\x07late\x07\x07"
    cell, end = b"\0\0" + change(0x2416, b"\1"), b"\0\0" + change(0x2416, b"\1") + change(0x2417, b"\1")
    entries: dict[int, bytes] = {}
    count = 0
    for at, character in enumerate(rows):
        count += character == "\x07"
        if at == 0 or rows[at - 1] == "\x07":
            entries[at] = end if character == "\x07" and count % 4 == 0 else cell
    assert [text for _, _, text in blocks(read(word(rows + "end.\r", paragraphs={**entries, len(rows): b"\0\0"})))] == [
        "Year | Cost | Note", "Year: 2021 | Cost: 4.9", "Year: 2022 | Cost: 5.3 | Note: late", "end.",
    ]  # fmt: skip


def test_fields_deletions_and_hidden_words() -> None:
    text = 'See \x13HYPERLINK "x"\x14the site\x15. OLD NEW\x0bline\x1fs\r'
    at = text.index("OLD")
    runs = {0: b"", at: change(0x0800, b"\1"), at + 3: b""}
    assert read(word(text, runs=runs)).text == "See the site. NEW\nlines"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (word("x\r", flags=0x0100), "needs a password"),
        (word("x\r", version=0x68), "Word 95"),
        (word("\r"), "no text"),
        (compound({"other": b"x"}), "damaged"),
        (compound({"WordDocument": b"\xec\xa5"}), "damaged"),
        (b"words", "not a real"),
    ],
)
def test_word_files_that_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(data)


# ------------------------------------------------------------ PowerPoint


def record(kind: int, content: bytes, instance: int = 0, container: bool = False) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if container else 0), kind, len(content)) + content


def holder(kind: int, *inner: bytes, instance: int = 0) -> bytes:
    return record(kind, b"".join(inner), instance, container=True)


def entry(reference: int, identifier: int) -> bytes:
    return record(1011, struct.pack("<IIiII", reference, 0, 0, identifier, 0))


def text(kind: int, words: str) -> bytes:
    return record(3999, struct.pack("<I", kind)) + record(4000, words.encode("utf-16-le"))


def shape(top: int, content: bytes) -> bytes:
    anchor = record(0xF010, struct.pack("<hhhh", top, 0, 9, 9))
    return holder(0xF004, anchor, holder(0xF00D, content))


def powerpoint(token: int = 0xE391C05F) -> bytes:
    """Return a presentation of one slide with notes, saved twice: the first version of the slide is not the last."""
    listed = entry(2, 256) + text(0, "The bridge") + text(1, "new\rwide")
    document = holder(1000, holder(4080, listed, instance=0), holder(4080, entry(3, 1), instance=2))
    box = record(3999, struct.pack("<I", 4)) + record(4008, b"in a box")
    shapes = (
        shape(500, record(3998, struct.pack("<I", 1)))
        + shape(100, record(3998, struct.pack("<I", 0)))
        + shape(700, box)
    )
    slide = holder(1006, holder(1036, holder(0xF003, shapes)))
    notes = holder(1008, record(1009, struct.pack("<III", 256, 0, 0)), shape(0, text(2, "Say hello.")))
    stale = holder(1006, shape(0, text(4, "stale")))
    parts = [stale, document, slide, notes]
    places = [sum(map(len, parts[:at])) for at in range(5)]
    first = record(6002, struct.pack("<IIII", 3 << 20 | 1, places[1], places[0], places[3]))
    edit_at = places[4] + len(first)
    edit = record(4085, struct.pack("<IHHIIIIHH", 256, 0, 0, 0, places[4], 1, 0, 0, 0))
    second_at = edit_at + len(edit)
    second = record(6002, struct.pack("<II", 1 << 20 | 2, places[2]))
    last_at = second_at + len(second)
    last = record(4085, struct.pack("<IHHIIIIHH", 256, 0, 0, edit_at, second_at, 1, 0, 0, 0))
    data = b"".join(parts) + first + edit + second + last
    return compound({"PowerPoint Document": data, "Current User": bytes(12) + struct.pack("<II", token, last_at)})


def test_a_presentation_of_old() -> None:
    (document,) = read_ppt(raw("old.ppt", powerpoint())).documents
    assert [text for _, _, text in blocks(document)] == ["The bridge", "new", "wide", "in a box", "Say hello."]
    assert [(page.number, page.start, page.end) for page in document.pages] == [(1, 0, len(document.text))]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (powerpoint(token=0xF3D1C4DF), "needs a password"),
        (compound({"PowerPoint Document": b"x"}), "damaged"),
        (compound({"PowerPoint Document": b"x", "Current User": bytes(20)}), "damaged"),
    ],
)
def test_powerpoint_files_that_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read_ppt(raw("old.ppt", data))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_damaged_files_raise_nothing_else(data: st.DataObject) -> None:
    for reader, sound in ((read_doc, word("Year\x07Cost\x07\x07It is new.\r")), (read_ppt, powerpoint())):
        whole = bytearray(sound)
        for _ in range(data.draw(st.integers(1, 8))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        with contextlib.suppress(SourceError):
            reader(raw("old.doc", bytes(whole)))
