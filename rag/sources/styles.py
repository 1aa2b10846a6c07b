"""Styles of web pages (CSS), as far as they hide text: not drawn, without size, in the colour of its background.

What a style says is read declaration by declaration; only what has one plain meaning counts. Of a style sheet, the
rules for one tag, class or identifier are read; what stands under a condition (`@media`) is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Colour = tuple[int, int, int]
Style = Mapping[str, str]
"""Property → value, both in lower case."""
Rules = Mapping[str, Style]
"""`p`, `.class`, `#id`, `p.class` → what is said of it."""

WHITE: Colour = (255, 255, 255)
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_CONDITION = re.compile(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@[^{};]*;")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"[a-z][\w-]*|(?:[a-z][\w-]*)?[.#][\w-]+", re.I)
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|ch|vw|vh|%|cm|mm|in|pc)?")
_PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "vw": 12.0, "vh": 8.0}
_PIXELS |= {"%": 12.0, "cm": 37.8, "mm": 3.78, "in": 96.0, "pc": 16.0}
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*([\d.]+%?)\s*)?\)")
_HEX = re.compile(r"#([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})")
_NAMES = {"white": WHITE, "snow": (255, 250, 250), "ivory": (255, 255, 240), "black": (0, 0, 0)}
_LONGEST_SHEET = 300_000
_TINY = 2.0
"""Pixels: letters that are no higher are not read."""
_FAR_OFF = -900.0
"""Pixels to the left of or above where a page begins."""
_FAINT = 0.05
_ALIKE = 12
"""Steps of 255 that two colours may differ in each part and still look the same."""


def read_style(text: str) -> Style:
    """Return the declarations of a `style` attribute or of a rule."""
    return {name.lower(): value.lower().replace("!important", "").strip() for name, value in _DECLARATION.findall(text)}


def read_rules(sheet: str) -> Rules:
    """Return the plain rules of a style sheet; of one that is too long, those at its beginning."""
    rules: dict[str, Style] = {}
    plain = _CONDITION.sub("", _COMMENT.sub("", sheet[:_LONGEST_SHEET]))
    for selectors, body in _RULE.findall(plain):
        for selector in selectors.split(","):
            name = selector.strip()
            if _SIMPLE.fullmatch(name):
                rules[name] = {**rules.get(name, {}), **read_style(body)}
    return rules


def is_not_drawn(style: Style) -> bool:
    """Say whether what has this style is not drawn, or drawn where nobody looks, whatever stands in it."""
    return (
        style.get("display") == "none"
        or style.get("content-visibility") == "hidden"
        or _is_faint(style)
        or _is_off_screen(style)
        or _is_cut_away(style)
    )


def _is_faint(style: Style) -> bool:
    value = style.get("opacity", "1")
    number = _number(value.rstrip("%"))
    faint = number is not None and number / (100 if value.endswith("%") else 1) <= _FAINT
    return faint or bool(re.search(r"opacity\(\s*0(?:\.0+)?%?\s*\)", style.get("filter", "")))


def _is_off_screen(style: Style) -> bool:
    moved = ["text-indent", "margin-left", "margin-top"]
    if style.get("position") in {"absolute", "fixed", "relative"}:
        moved += ["left", "top", "right", "bottom"]
    lengths = (pixels(style.get(name, "")) for name in moved)
    shifted = re.search(
        r"translate(?:x|y|3d)?\(\s*-\d{4,}|scale(?:x|y)?\(\s*0(?:\.0+)?\s*[,)]", style.get("transform", "")
    )
    return bool(shifted) or any(length is not None and length <= _FAR_OFF for length in lengths)


def _is_cut_away(style: Style) -> bool:
    clip, path = style.get("clip", ""), style.get("clip-path", "")
    if re.match(r"rect\(\s*([01])(?:px)?[\s,]+\1(?:px)?[\s,]+\1(?:px)?[\s,]+\1(?:px)?\s*\)", clip):
        return True
    if re.match(r"inset\(\s*(?:50|100)%|circle\(\s*0", path):
        return True
    sizes = (pixels(style.get(name, "")) for name in ("height", "max-height", "width", "max-width"))
    closed = any(size is not None and 0 <= size <= 1 for size in sizes)
    return closed and style.get("overflow", "").startswith(("hidden", "clip"))


def is_unseen(style: Style) -> bool | None:
    """Return whether words of this style are not seen, None where it says nothing; what stands inside may differ."""
    visibility = style.get("visibility")
    return None if visibility is None else visibility in {"hidden", "collapse"}


def is_tiny(style: Style) -> bool | None:
    """Return whether letters of this style are too small to be read, None where it says nothing of their size."""
    size = pixels(style.get("font-size", ""))
    return None if size is None else size <= _TINY


def pixels(value: str) -> float | None:
    """Return a length in pixels, roughly where it depends on the page; None for what is none."""
    match = _LENGTH.fullmatch(value.strip())
    return float(match.group(1)) * _PIXELS[match.group(2) or ""] if match else None


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def colour(value: str) -> Colour | None:
    """Return a colour by its parts, None for one that is not told by its numbers, or that lets others through."""
    value = value.strip().lower()
    if value in _NAMES:
        return _NAMES[value]
    if match := _RGB.match(value):
        alpha = match.group(4)
        return None if alpha and (_number(alpha.rstrip("%")) or 0.0) == 0 else _parts(match.groups()[:3])
    if match := _HEX.fullmatch(value if value.startswith("#") else f"#{value}"):
        digits = match.group(1)
        wide = digits[:6] if len(digits) >= 6 else "".join(2 * digit for digit in digits[:3])
        return _parts(str(int(wide[at : at + 2], 16)) for at in (0, 2, 4))
    return None


def ground(value: str) -> Colour | None:
    """Return the colour of a `background`, which may say more than its colour; None where it says none."""
    return colour(value) or next(filter(None, map(colour, value.split())), None)


def _parts(values: Iterable[str]) -> Colour:
    red, green, blue = (min(int(value), 255) for value in values)
    return red, green, blue


def is_transparent(value: str) -> bool:
    """Say whether a colour is none at all."""
    value = value.strip()
    match = _RGB.match(value)
    clear = match is not None and match.group(4) is not None and (_number(match.group(4).rstrip("%")) or 0.0) == 0
    return value == "transparent" or clear or bool(re.fullmatch(r"#(?:[0-9a-f]{3}0|[0-9a-f]{6}00)", value))


def look_alike(one: Colour, other: Colour) -> bool:
    """Say whether a person sees no difference between two colours."""
    return all(abs(a - b) <= _ALIKE for a, b in zip(one, other, strict=True))
