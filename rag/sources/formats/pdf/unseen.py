"""Words of a PDF page that nobody sees: drawn invisibly, without colour, too small, or white on white.

Invisible letters (text rendering mode 3, ISO 32000-1 section 9.3.6) are what OCR programs lay over the picture of a
page, and are read there: over a picture that fills the page. White letters are hidden only where nothing painted before
them lies under them.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot
from typing import Any

import pypdfium2.raw as pdfium_c

_INVISIBLE = frozenset({3, 7})
"""Rendering modes: neither fill nor stroke, and a path to clip with."""
_FILLS = frozenset({0, 2, 4, 6})
_CLEAR = 12
"""Of 255: what is no more opaque than that is not seen."""
_WHITE = 243
_TINY = 1.5
"""Points."""
_FULL_PAGE = 0.5
"""Share of the page that a picture must cover for words over it to be those of OCR."""
_DEEPEST = 4
_MOST_OBJECTS = 200_000

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in the page's own coordinates."""


@dataclass(slots=True)
class _Scene:
    """What was painted so far, and which text objects are not seen."""

    size: tuple[float, float]
    grounds: list[Box] = field(default_factory=list)
    unseen: set[int] = field(default_factory=set)
    invisible: set[int] = field(default_factory=set)
    """Of those, the ones that are read over a picture of the page."""
    has_scan: bool = False


def unseen_objects(page: Any) -> set[int]:
    """Return the addresses of the text objects of a pypdfium2 page whose words nobody sees; mostly none."""
    scene = _Scene(page.get_size())
    for each, depth in _objects(page.raw):
        kind = pdfium_c.FPDFPageObj_GetType(each)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            _look_at(each, depth, scene)
        elif kind != pdfium_c.FPDF_PAGEOBJ_FORM:
            _paint(each, kind, scene)
    return scene.unseen if scene.has_scan else scene.unseen | scene.invisible


def address_of(pointer: Any) -> int:
    """Return where an object of pdfium lies, 0 for none."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _objects(page: Any) -> Iterator[tuple[Any, int]]:
    """Yield the objects of a page in the order of painting, those within others with how deep."""
    left = _MOST_OBJECTS
    waiting = [(pdfium_c.FPDFPage_GetObject(page, at), 0) for at in range(pdfium_c.FPDFPage_CountObjects(page))][::-1]
    while waiting and left:
        each, depth = waiting.pop()
        left -= 1
        yield each, depth
        if depth < _DEEPEST and pdfium_c.FPDFPageObj_GetType(each) == pdfium_c.FPDF_PAGEOBJ_FORM:
            count = pdfium_c.FPDFFormObj_CountObjects(each)
            waiting += [(pdfium_c.FPDFFormObj_GetObject(each, at), depth + 1) for at in range(count - 1, -1, -1)]


def _look_at(text: Any, depth: int, scene: _Scene) -> None:
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(text)
    if mode in _INVISIBLE:
        scene.invisible.add(address_of(text))
        return
    if mode not in _FILLS:
        return  # outlined letters are seen, whatever would fill them
    colour = _fill(text)
    if (colour is not None and colour[3] <= _CLEAR) or (_height(text) <= _TINY and not depth):
        scene.unseen.add(address_of(text))
    elif colour is not None and min(colour[:3]) >= _WHITE and mode == 0 and not depth:
        box = _bounds(text)
        if box is not None and not any(_touch(box, ground) for ground in scene.grounds):
            scene.unseen.add(address_of(text))


def _paint(each: Any, kind: int, scene: _Scene) -> None:
    """Take in what may be a ground for letters: pictures, shadings, filled paths of another colour than white."""
    if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
        mode, stroked = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDFPath_GetDrawMode(each, mode, stroked)
        colour = _fill(each)
        if not mode.value or colour is None or colour[3] <= _CLEAR or min(colour[:3]) >= _WHITE:
            return
    box = _bounds(each)
    if box is None:
        return
    scene.grounds.append(box)
    if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
        area = max(scene.size[0] * scene.size[1], 1.0)
        scene.has_scan = scene.has_scan or (box[2] - box[0]) * (box[3] - box[1]) >= _FULL_PAGE * area


def _fill(each: Any) -> tuple[int, int, int, int] | None:
    """Return red, green, blue and opacity, None where they cannot be told."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetFillColor(each, red, green, blue, alpha):
        return None
    return red.value, green.value, blue.value, alpha.value


def _height(text: Any) -> float:
    """Return the size of the font as it is drawn, in points of the page; large where it cannot be told."""
    size, matrix = ctypes.c_float(), pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFTextObj_GetFontSize(text, size) or not pdfium_c.FPDFPageObj_GetMatrix(text, matrix):
        return _TINY + 1
    return abs(float(size.value)) * hypot(matrix.c, matrix.d)


def _bounds(each: Any) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetBounds(each, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
