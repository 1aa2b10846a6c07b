"""The words of a PDF page with their boxes, sizes and styles, in the order in which pdfium gives them.

pdfium tells lines and words by where characters stand; a word is what it has no white space in. Of a word's characters
only the first and the last are asked for their boxes: that is what keeps a thousand pages to seconds.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pypdfium2.raw as pdfium_c

from rag.sources.formats.composing import clean
from rag.sources.formats.pdf.unseen import address_of, unseen_objects

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

_LINE_END_HYPHENS = "\x02\ufffe"
"""What pdfium puts for a hyphen at the end of a line, and no white space behind it."""
_IDEOGRAPHS = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
_WORD = re.compile(
    rf"[{_IDEOGRAPHS}]|[^\s\u00a0{_IDEOGRAPHS}{_LINE_END_HYPHENS}]+[{_LINE_END_HYPHENS}]?|[{_LINE_END_HYPHENS}]"
)
_LIGATURES = dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_UNSHOWN = dict.fromkeys((*range(0x20), 0x00AD, 0x200B, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF))
_SYMBOLS = dict.fromkeys((0xF0A7, 0xF0A8, 0xF0B7, 0xF06E, 0xF06C, 0xF0D8, 0xF0FC), "•")
"""Bullets of Microsoft's symbol fonts, which have no code of their own."""
_BOLD_WEIGHT = 600
_BOLD_NAME = re.compile(rb"bold|black|heavy|cmb|demi|medi(?!um)", re.IGNORECASE)
_ITALIC_NAME = re.compile(b"ital|obli|cmti|cmmi", re.IGNORECASE)
_FONT_NAME_BYTES = 128
_QUARTER_TURN = 1.5707963
_WHOLE = 1 << 20


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands on the page.

    Its sides are in points from the top left corner of the page, which is turned so that the word stands upright.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    box: Box
    """The same on the page as it is shown, in shares of its width and height."""
    bold: bool = False
    italic: bool = False
    hyphenated: bool = False
    """Whether it ends in a hyphen that pdfium takes for the line's own."""
    glued: bool = False
    """Whether no white space stands before it: writing without blanks between words."""
    turn: int = 0
    """Quarter turns to the left that it is drawn at: 1 is read from the page's foot up."""

    @property
    def height(self) -> float:
        """Return the height of its line in the font, which headings are told by."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Return how long it is."""
        return self.right - self.left


def read_words(page: Any) -> tuple[list[Word], int]:
    """Return the words of a pypdfium2 page that are seen, and how many stretches of words are not.

    Raises PdfiumError where the page's text cannot be read.
    """
    text_page = page.get_textpage()
    try:
        seen = _Seen(text_page.raw, unseen_objects(page))
        return list(_words(text_page.raw, Frame(page), seen)), seen.stretches
    finally:
        text_page.close()


class _Seen:
    """Tells the words that are seen, and counts the stretches of those that are not."""

    def __init__(self, text_page: Any, unseen: set[int]) -> None:
        self._text_page = text_page
        self._unseen = unseen
        self._in_stretch = False
        self.stretches = 0

    def has(self, word: Word, first: int) -> bool:
        """Say whether a word is seen: within the page, and not drawn by what nobody sees."""
        left, top, right, bottom = word.box
        hidden = right <= 0 or bottom <= 0 or left >= 1 or top >= 1 or self._is_unseen(first)
        self.stretches += hidden and not self._in_stretch
        self._in_stretch = hidden
        return not hidden

    def _is_unseen(self, first: int) -> bool:
        if not self._unseen:
            return False
        return address_of(pdfium_c.FPDFText_GetTextObject(self._text_page, first)) in self._unseen


class Frame:
    """Turns a page's own coordinates into those of the page as it is shown, rotated and cropped."""

    def __init__(self, page: Any) -> None:
        """Ask pdfium where three points go: all others follow."""
        self.width, self.height = page.get_size()
        self.quarters = (page.get_rotation() // 90) % 4
        origin, across, up = (self._ask(page.raw, *point) for point in ((0, 0), (1000, 0), (0, 1000)))
        self._origin = origin
        self._across = tuple((there - here) / 1000 for there, here in zip(across, origin, strict=True))
        self._up = tuple((there - here) / 1000 for there, here in zip(up, origin, strict=True))

    @staticmethod
    def _ask(page: Any, x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, _WHOLE, _WHOLE, 0, x, y, ctypes.byref(across), ctypes.byref(down))
        return across.value / _WHOLE, down.value / _WHOLE

    def shares(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a rectangle of the page's own coordinates in shares of the page as it is shown."""
        x, y = self._origin
        ends = [
            (x + self._across[0] * a + self._up[0] * b, y + self._across[1] * a + self._up[1] * b)
            for a, b in ((left, bottom), (right, top))
        ]
        (x0, x1), (y0, y1) = (sorted(end[axis] for end in ends) for axis in (0, 1))
        return x0, y0, x1, y1

    def upright(self, box: Box, turn: int) -> Box:
        """Return a box in points of the page turned so that what is drawn at `turn` quarter turns stands upright."""
        left, top, right, bottom = box
        left, right, top, bottom = left * self.width, right * self.width, top * self.height, bottom * self.height
        if turn == 1:
            return self.height - bottom, left, self.height - top, right
        if turn == 2:
            return self.width - right, self.height - bottom, self.width - left, self.height - top
        if turn == 3:
            return top, self.width - right, bottom, self.width - left
        return left, top, right, bottom


def _words(text_page: Any, frame: Frame, seen: _Seen) -> Iterator[Word]:
    count = pdfium_c.FPDFText_CountChars(text_page)
    if count <= 0:
        return
    letters = _text(text_page, count)
    before = -1
    for match in _WORD.finditer(letters):
        text = _plain(match.group())
        if text:
            word = _word(text_page, frame, match, text, glued=match.start() == before)
            if seen.has(word, match.start()):
                yield word
        before = -1 if match.group()[-1] in _LINE_END_HYPHENS else match.end()


def _text(text_page: Any, count: int) -> str:
    """Return the page's text, one character for each that pdfium counts."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(text_page, 0, count, buffer) - 1
    text = bytes(buffer)[: 2 * max(written, 0)].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    codes = (pdfium_c.FPDFText_GetUnicode(text_page, at) for at in range(count))
    return "".join(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes)


@lru_cache(maxsize=50_000)
def _plain(text: str) -> str:
    """Return a word as it may stand in a text: composed, ligatures as letters, nothing in it that is not shown."""
    if text[-1] in _LINE_END_HYPHENS:
        text = text[:-1] + "-"
    plain = clean(text.translate(_LIGATURES).translate(_SYMBOLS).translate(_UNSHOWN)).replace("\n", "")
    while plain and unicodedata.category(plain[0])[0] in "MC":
        plain = plain[1:]  # a mark without its letter would compose with whatever comes to stand before it
    return "".join(letter for letter in plain if unicodedata.category(letter) not in {"Co", "Cs", "Cn"})


def _word(text_page: Any, frame: Frame, match: re.Match[str], text: str, *, glued: bool) -> Word:
    first, last = match.start(), match.end() - 1
    angle = pdfium_c.FPDFText_GetCharAngle(text_page, first)
    turn = (-round(max(angle, 0.0) / _QUARTER_TURN) - frame.quarters) % 4  # both count to the right
    sides = _union(_box(text_page, first), _box(text_page, last)) if last > first else _box(text_page, first)
    box = frame.shares(*sides)
    left, top, right, bottom = frame.upright(box, turn)
    bold, italic = _style(text_page, first)
    hyphenated = match.group()[-1] in _LINE_END_HYPHENS
    return Word(text, left, top, right, bottom, box, bold, italic, hyphenated, glued, turn)


def _box(text_page: Any, at: int) -> Box:
    """Return left, bottom, right and top of a character: as wide as it advances, as high as its font."""
    rectangle = pdfium_c.FS_RECTF()
    if pdfium_c.FPDFText_GetLooseCharBox(text_page, at, rectangle) and rectangle.top > rectangle.bottom:
        return rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium_c.FPDFText_GetCharBox(text_page, at, left, right, bottom, top)
    return left.value, bottom.value, right.value, top.value


def _union(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _style(text_page: Any, at: int) -> tuple[bool, bool]:
    """Say whether a character is bold and whether it is italic: by the name of its font, else by its weight."""
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    flags = ctypes.c_int()
    length = pdfium_c.FPDFText_GetFontInfo(text_page, at, name, _FONT_NAME_BYTES, flags)
    known = name.value if 0 < length <= _FONT_NAME_BYTES else b""
    bold = bool(_BOLD_NAME.search(known))
    if not bold and not known:
        bold = pdfium_c.FPDFText_GetFontWeight(text_page, at) >= _BOLD_WEIGHT
    return bold, bool(_ITALIC_NAME.search(known))
