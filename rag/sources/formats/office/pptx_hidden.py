"""Text of presentations that nobody sees: shapes that are hidden or off the slide, words too small, white on white.

White letters are hidden only on a white slide: no ground of its own under the shape, no picture and no filled shape
that it could lie on, and no other background of the slide, its layout or its master than the theme's first colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from rag.sources.formats.office.office import attribute, child, local_name, number
from rag.sources.styles import WHITE, colour, look_alike

_SMALLEST = 200
"""Hundredths of a point."""
_GROUNDS = frozenset({"solidFill", "gradFill", "blipFill", "pattFill", "grpFill"})
_PLAIN_SCHEMES = frozenset({"bg1", "lt1"})


def is_switched_off(slide: Any) -> bool:
    """Say whether a slide is left out when the presentation is shown."""
    return slide._element.get("show") in {"0", "false"}


@dataclass(slots=True)
class Sight:
    """What of one slide is seen; `hidden` counts what is not."""

    slide: Any
    width: int
    height: int
    hidden: int = 0
    _white: bool | None = field(default=None)

    def hides(self, shape: Any) -> bool:
        """Say whether a shape is hidden, or lies off the slide; it is counted where it has words."""
        own = next((node for part in shape._element for node in part if local_name(node) == "cNvPr"), None)
        hidden = attribute(own, "hidden") in {"1", "true"} or self._is_outside(shape)
        self.hidden += hidden and any((node.text or "").strip() for node in shape._element.iter("{*}t"))
        return hidden

    def _is_outside(self, shape: Any) -> bool:
        if None in (shape.left, shape.top, shape.width, shape.height) or not (self.width and self.height):
            return False
        left, top = int(shape.left), int(shape.top)
        right, bottom = left + int(shape.width), top + int(shape.height)
        return right <= 0 or bottom <= 0 or left >= self.width or top >= self.height

    def text(self, paragraph: Any) -> str:
        """Return the words of a paragraph that are seen."""
        unseen = {run for run in paragraph._p.iter("{*}r") if self._hides_run(run)}
        if not unseen:
            return str(paragraph.text).replace("\v", "\n")
        self.hidden += 1
        return "".join(_words(paragraph._p, unseen))

    def _hides_run(self, run: etree._Element) -> bool:
        properties = child(run, "rPr")
        size = number(properties, "sz")
        if size is not None and size <= _SMALLEST:
            return True
        letters = colour(attribute(child(properties, "solidFill", "srgbClr"), "val") or "none")
        return letters is not None and look_alike(letters, WHITE) and self._is_on_white(run)

    def _is_on_white(self, run: etree._Element) -> bool:
        for node in run.iterancestors():
            if local_name(node) in {"tc", "tbl", "graphicFrame"}:
                return False  # tables have grounds by their style
            if local_name(node) == "sp" and _has_ground(node):
                return False
        if self._white is None:
            self._white = _is_white(self.slide)
        return self._white


def _words(paragraph: etree._Element, unseen: set[etree._Element]) -> Iterator[str]:
    for node in paragraph:
        if local_name(node) == "br":
            yield "\n"
        elif node not in unseen:
            yield "".join(part.text or "" for part in node.iter("{*}t"))


def _has_ground(shape: etree._Element) -> bool:
    properties = child(shape, "spPr")
    filled = properties is not None and any(local_name(node) in _GROUNDS for node in properties)
    styled = child(shape, "style", "fillRef")
    return filled or (styled is not None and attribute(styled, "idx") != "0")


def _is_white(slide: Any) -> bool:
    """Say whether nothing on a slide makes a ground of another colour than white."""
    for part in (slide, slide.slide_layout, slide.slide_layout.slide_master):
        tree = child(part._element, "cSld", "spTree")
        nodes = [] if tree is None else list(tree.iter(etree.Element))
        if any(local_name(node) == "pic" or (local_name(node) == "sp" and _has_ground(node)) for node in nodes):
            return False
        ground = child(part._element, "cSld", "bg")
        if ground is not None and not _is_plain(ground):
            return False
    return True


def _is_plain(ground: etree._Element) -> bool:
    """Say whether a background is the theme's first colour, or white itself."""
    if any(local_name(node) in _GROUNDS - {"solidFill"} for node in ground.iter(etree.Element)):
        return False
    named = [attribute(node, "val") or "" for node in ground.iter("{*}schemeClr")]
    told = [colour(attribute(node, "val") or "none") for node in ground.iter("{*}srgbClr")]
    white = all(each is not None and look_alike(each, WHITE) for each in told)
    return white and set(named) <= _PLAIN_SCHEMES
