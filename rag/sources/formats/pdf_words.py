"""The words of a PDF page with their boxes, sizes and weight, in the order of the page's content."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

_UNSHOWN = frozenset("\u00ad\u200b\u2060\ufeff")
_HYPHENS = frozenset("\x02\ufffe")
"""What pdfium puts where a line ends in a hyphen that its producer may have put there."""
_BOLD_WEIGHT = 600
_FONT_NAME_BYTES = 128


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands on the page. Lengths are in points from the page's top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    """Height of its line in the font, which is what headings are told by."""
    bold: bool
    hyphenated: bool = False
    """Whether it ends in a hyphen that pdfium takes for one of the line's end."""

    @property
    def middle(self) -> float:
        """Return the height of its middle."""
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """Return the height of its box."""
        return self.bottom - self.top


class _Frame:
    """Turns a page's own coordinates into points from its top left corner as it is shown, rotation and crop applied."""

    _WHOLE = 1 << 20

    def __init__(self, page: Any) -> None:
        self._page = page.raw
        self.width, self.height = page.get_size()

    def place(self, x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(
            self._page, 0, 0, self._WHOLE, self._WHOLE, 0, x, y, ctypes.byref(across), ctypes.byref(down)
        )
        return across.value / self._WHOLE * self.width, down.value / self._WHOLE * self.height


def read_words(page: Any) -> list[Word]:
    """Return the words of a pypdfium2 page in the order in which the page draws them."""
    text_page = page.get_textpage()
    try:
        return list(_words(text_page.raw, _Frame(page)))
    finally:
        text_page.close()


def _words(text_page: Any, frame: _Frame) -> Iterator[Word]:
    letters: list[str] = []
    first = 0
    box = pdfium_c.FS_RECTF()
    sides = [0.0, 0.0, 0.0, 0.0]
    hyphenated = False
    high = 0
    count = pdfium_c.FPDFText_CountChars(text_page)
    for at in range(count + 1):
        code = pdfium_c.FPDFText_GetUnicode(text_page, at) if at < count else 0x20
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
        letter = chr(code)
        if letter in _HYPHENS:
            letter, hyphenated = "-", True
        elif _divides(letter):
            if letters:
                yield _word(text_page, frame, letters, first, sides, hyphenated=hyphenated)
            letters, hyphenated = [], False
            continue
        elif letter in _UNSHOWN:
            continue
        else:
            hyphenated = False
        found = bool(pdfium_c.FPDFText_GetLooseCharBox(text_page, at, box))
        corners = (box.left, box.bottom, box.right, box.top) if found else (0.0, 0.0, 0.0, 0.0)
        if not letters:
            first, sides = at, list(corners)
        elif found:
            sides = [*map(min, sides[:2], corners[:2]), *map(max, sides[2:], corners[2:])]
        letters.append(letter)


def _divides(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in {"Cc", "Cs", "Cn", "Co"}


def _word(
    text_page: Any, frame: _Frame, letters: list[str], first: int, sides: list[float], *, hyphenated: bool
) -> Word:
    one, other = frame.place(sides[0], sides[1]), frame.place(sides[2], sides[3])
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    text = unicodedata.normalize("NFC", "".join(letters))
    size = round(2 * min(bottom - top, right - left if bottom - top > 4 * (right - left) else bottom - top)) / 2
    return Word(text, left, top, right, bottom, size, _is_bold(text_page, first), hyphenated)


def _is_bold(text_page: Any, at: int) -> bool:
    """Say whether a letter is bold: by the name of its font, else by its weight."""
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    flags = ctypes.c_int()
    length = pdfium_c.FPDFText_GetFontInfo(text_page, at, name, _FONT_NAME_BYTES, ctypes.byref(flags))
    lowered = name.value.lower() if 0 < length <= _FONT_NAME_BYTES else b""
    if any(part in lowered for part in (b"bold", b"black", b"heavy")):
        return True
    return bool(pdfium_c.FPDFText_GetFontWeight(text_page, at) >= _BOLD_WEIGHT)
