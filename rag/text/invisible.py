"""Characters that nobody sees and that carry text all the same.

Tag characters (Unicode 15, section 23.9) spell ASCII that no font draws; long runs of characters without width encode
it in bits; an override of the writing direction shows words in another order than they stand in. Programs read all of
it as text. The flags of England, Scotland and Wales are spelt with tags too, and are seen; so are single joiners.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

WIDTHLESS = "\ufeff\u200b\u2060"
"""Marks that may stand in front of a line, or behind what marks an item, and that take no room."""
_TAGS = "\U000e0000-\U000e007f"
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,7}\U000e007f"
_WITHOUT_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a\u202b\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U000e0100-\U000e01ef"
)
_FEWEST = 8
"""Characters without width in a row that can spell something: a byte in bits, and more than any writing needs."""
_HIDDEN = re.compile(
    rf"{_FLAG}|(?P<hidden>[{_TAGS}]+|[{_WITHOUT_WIDTH}]{{{_FEWEST},}}|"
    "[\u202d\u202e][^\u202c\n\r\u2028\u2029]*\u202c?)"
)
_WIDE_RUN = re.compile(rf"[{_WITHOUT_WIDTH}]+")

Span = tuple[int, int]


def invisible_spans(text: str) -> list[Span]:
    """Return the stretches of `text` that are written in characters which nobody sees, or sees in that order."""
    if text.isascii():
        return []
    return [match.span() for match in _HIDDEN.finditer(text) if match.lastgroup and _says_something(match.group())]


def _says_something(stretch: str) -> bool:
    """Say whether a stretch can spell anything: the same mark over and over cannot."""
    return not _WIDE_RUN.fullmatch(stretch) or len(set(stretch)) > 1


def without(text: str, spans: Iterable[Span]) -> str:
    """Return `text` without what stands in `spans`, which are in order and apart."""
    parts, at = [], 0
    for start, end in spans:
        parts.append(text[at:start])
        at = end
    return "".join([*parts, text[at:]]) if at else text


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same stretches in order, those that touch or overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found
