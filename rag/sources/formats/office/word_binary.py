"""The text of Word documents of 1997 to 2003, with what their paragraphs and characters say of themselves.

By [MS-DOC]: the text lies in pieces (section 2.8.35, PlcPcd); the properties of paragraphs and characters lie in pages
of 512 bytes, found by the place of the text in the file (2.8.5 and 2.8.6), and are lists of changes (2.2.5, Prl).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from rag.errors import SourceError
from rag.sources.formats.archives import DAMAGED, PASSWORD

_IDENTIFIER = 0xA5EC
_OLDEST = 0xC1
"""Version of Word 97."""
_FLAGS, _LENGTHS, _PLACES = 0x0A, 0x4C, 0x9A
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_CLX, _CHARACTER_PAGES, _PARAGRAPH_PAGES = 33, 12, 13
"""Which of the pairs of place and length in the file information block (2.5.6)."""
_PAGE = 512
_MOST_CHARACTERS = 20_000_000
_OPERAND_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_DELETED, _VANISHED, _IN_TABLE, _ROW_END, _LIST_LEVEL, _LIST = 0x0800, 0x083C, 0x2416, 0x2417, 0x260A, 0x460B
_LONG_OPERANDS = frozenset({0xD608})
_PARAGRAPH_ENDS = frozenset("\r\x07\x0c")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, without its mark."""

    text: str
    heading: int = 0
    """Depth of a heading, 1 being the uppermost; 0 for what is none."""
    list_level: int | None = None
    """Depth of a list item, None for what is none."""
    in_table: bool = False
    ends_cell: bool = False
    ends_row: bool = False


def read_paragraphs(document: bytes, tables: tuple[bytes, bytes]) -> Iterator[Paragraph]:
    """Yield the paragraphs of the body, then those of the notes and of the text boxes.

    `document` is the stream WordDocument, `tables` the streams 0Table and 1Table. Raises SourceError for a file that
    is encrypted, damaged, or older than Word 97, and what `compound.FAULTS` names.
    """
    identifier, version = struct.unpack_from("<HH", document)
    (flags,) = struct.unpack_from("<H", document, _FLAGS)
    if identifier != _IDENTIFIER or version < _OLDEST:
        raise SourceError("it was made by Word 95 or an older program: save it as .docx")
    if flags & _ENCRYPTED:
        raise SourceError(PASSWORD)
    table = tables[bool(flags & _SECOND_TABLE)]
    text = _characters(document, _block(document, table, _CLX))
    paragraphs = _Properties(document, _block(document, table, _PARAGRAPH_PAGES), entry_size=13)
    runs = _Properties(document, _block(document, table, _CHARACTER_PAGES), entry_size=1)
    lengths = struct.unpack_from("<8I", document, _LENGTHS)
    body, footnotes, headers, _, comments, endnotes, boxes, _ = lengths
    start = 0
    for length, is_read in (
        (body, True),
        (footnotes, True),
        (headers, False),
        (comments, False),
        (endnotes, True),
        (boxes, True),
    ):
        if is_read:
            yield from _paragraphs(text, start, start + length, paragraphs, runs)
        start += length


def _block(document: bytes, table: bytes, which: int) -> bytes:
    place, length = struct.unpack_from("<II", document, _PLACES + 8 * which)
    return table[place : place + length]


@dataclass(slots=True)
class _Text:
    """The text in its order, one character for each unit of UTF-16, and where in the file each of them lies."""

    characters: str
    starts: list[int]
    """Where in the text each piece begins."""
    places: list[tuple[int, int]]
    """For each piece, where in the file it begins, and how many bytes a character takes."""

    def place(self, at: int) -> int:
        """Return where in the file a character lies."""
        piece = bisect_right(self.starts, at) - 1
        begin, width = self.places[piece]
        return begin + (at - self.starts[piece]) * width


def _characters(document: bytes, clx: bytes) -> _Text:
    at = 0
    while clx[at : at + 1] == b"\x01":
        at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
    if clx[at : at + 1] != b"\x02":
        raise SourceError(DAMAGED)
    (size,) = struct.unpack_from("<I", clx, at + 1)
    pieces = clx[at + 5 : at + 5 + size]
    count = max(0, (len(pieces) - 4) // 12)
    edges = struct.unpack_from(f"<{count + 1}I", pieces)
    text = _Text("", [0], [(0, 1)])
    parts: list[str] = []
    length = 0
    for index in range(count):
        (place,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * index + 2)
        begin, width = ((place & 0x3FFFFFFF) // 2, 1) if place & 0x40000000 else (place & 0x3FFFFFFF, 2)
        part = _piece(document[begin : begin + max(0, edges[index + 1] - edges[index]) * width], width)
        text.starts.append(length)
        text.places.append((begin, width))
        parts.append(part)
        length += len(part)
        if length > _MOST_CHARACTERS:
            raise SourceError(f"it has more than {_MOST_CHARACTERS:,} characters: split it")
    text.characters = "".join(parts)
    return text


def _piece(data: bytes, width: int) -> str:
    if width == 1:
        return data.decode("cp1252", "replace")
    return "".join(chr(unit) for (unit,) in struct.iter_unpack("<H", data[: len(data) & ~1]))


def _paragraphs(text: _Text, start: int, end: int, paragraphs: _Properties, runs: _Properties) -> Iterator[Paragraph]:
    parts: list[str] = []
    fields: list[bool] = []
    """For each field that the text is inside of, whether it is still its instructions."""
    for at in range(start, min(end, len(text.characters))):
        character = text.characters[at]
        if character == "\x13":
            fields.append(True)
        elif character == "\x14":
            fields[-1:] = [False] * len(fields[-1:])
        elif character == "\x15":
            fields[-1:] = []
        elif character in _PARAGRAPH_ENDS:
            yield _paragraph("".join(parts), character, paragraphs.at(text.place(at)))
            parts = []
            fields = [False] * len(fields)  # instructions do not go over the end of a paragraph
        elif not any(fields) and not runs.at(text.place(at)).is_hidden:
            parts.append(character)
    if parts:
        yield Paragraph(_readable("".join(parts)))


def _paragraph(text: str, mark: str, found: _Found) -> Paragraph:
    changes = found.changes
    listed = changes.get(_LIST, 0) not in {0, 0xF801}
    return Paragraph(
        _readable(text),
        heading=found.style if 1 <= found.style <= 9 else 0,
        list_level=min(changes.get(_LIST_LEVEL, 0), 8) if listed else None,
        in_table=bool(changes.get(_IN_TABLE)),
        ends_cell=mark == "\x07",
        ends_row=bool(changes.get(_ROW_END)),
    )


def _readable(text: str) -> str:
    """Return a text with the characters that Word gives a meaning of its own (2.4.1) as what they stand for."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x0b", "\n").replace("\x0e", "\n").replace("\x1e", "‑").replace("\x1f", "")


@dataclass(frozen=True, slots=True)
class _Found:
    """What is stated about a stretch of text."""

    style: int
    changes: dict[int, int]

    @property
    def is_hidden(self) -> bool:
        return bool(self.changes.get(_DELETED)) or self.changes.get(_VANISHED) == 1


_NOTHING = _Found(0, {})


class _Properties:
    """The properties of the paragraphs, or of the runs of characters, by their places in the file."""

    def __init__(self, document: bytes, pages: bytes, entry_size: int) -> None:
        self._starts: list[int] = []
        self._found: list[_Found] = []
        count = max(0, (len(pages) - 4) // 8)
        for (number,) in struct.iter_unpack("<I", pages[4 * (count + 1) : 4 * (count + 1) + 4 * count]):
            page = document[(number & 0x3FFFFF) * _PAGE :][:_PAGE]
            if len(page) == _PAGE:
                self._read(page, entry_size)

    def _read(self, page: bytes, entry_size: int) -> None:
        count = page[-1]
        for index in range(count):
            (start,) = struct.unpack_from("<I", page, 4 * index)
            at = 2 * page[4 * (count + 1) + entry_size * index]
            if self._starts and start < self._starts[-1]:
                continue
            self._starts.append(start)
            self._found.append(
                _NOTHING if not at else _paragraph_changes(page, at) if entry_size > 1 else _run(page, at)
            )

    def at(self, place: int) -> _Found:
        """Return what is stated about the character at a place in the file."""
        index = bisect_right(self._starts, place) - 1
        return self._found[index] if index >= 0 else _NOTHING


def _paragraph_changes(page: bytes, at: int) -> _Found:
    size = page[at]
    start, length = (at + 1, 2 * size - 1) if size else (at + 2, 2 * page[at + 1])
    (style,) = struct.unpack_from("<H", page, start)
    return _Found(style, dict(_changes(page[start + 2 : start + length])))


def _run(page: bytes, at: int) -> _Found:
    return _Found(0, dict(_changes(page[at + 1 : at + 1 + page[at]])))


def _changes(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the changes that are numbers of one or two bytes, up to one that makes no sense."""
    at = 0
    while at + 2 < len(data):
        (code,) = struct.unpack_from("<H", data, at)
        at += 2
        if code in _LONG_OPERANDS:
            at += int.from_bytes(data[at : at + 2], "little") + 1
            continue
        size = _OPERAND_SIZES.get(code >> 13)
        if size is None:
            at += 1 + data[at]
            continue
        yield code, int.from_bytes(data[at : at + min(size, 2)], "little")
        at += size
