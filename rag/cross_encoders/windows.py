"""Cutting what is longer than a model reads, so that no word of a passage is left unread."""

from __future__ import annotations

from collections.abc import Sequence

Spans = Sequence[tuple[int, int]]
"""Where each piece of a text stands in it."""


def windows(text: str, pieces: Spans, room: int) -> list[str]:
    """Return stretches of `text` of at most `room` of its pieces each, which overlap by half; all of it where it fits.

    Every piece is in one of them with at least a quarter of a window around it, the ends of the text apart.
    """
    if len(pieces) <= room:
        return [text]
    step = max(room // 2, 1)
    starts = [*range(0, len(pieces) - room, step), len(pieces) - room]
    return [text[pieces[start][0] : pieces[start + room - 1][1]] for start in starts]


def beginning(text: str, pieces: Spans, room: int) -> str:
    """Return the first `room` pieces of a text."""
    return text if len(pieces) <= room else text[: pieces[room - 1][1]]
