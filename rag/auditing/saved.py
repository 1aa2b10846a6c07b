"""Saved answers in the forms in which the product gives them away.

One answer object (as the chat page's “Download as JSON” saves it), one a line (as `rag ask --json` prints them), a list
of them, or an exported conversation: Markdown with each answer object on a line of its own in a fence named `json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.text.json_lines import parse_object, parse_objects, read_text

FENCE = "```json"
"""The line above an answer object in an exported conversation; the object is the next line."""
_FENCE_END = "```"
_REMEDY = "Name a file of saved answers."

Saved = tuple[int, dict[str, Any]]
"""A line of the file, counted from 1, and the answer object that begins there."""


def read_saved(path: Path) -> list[Saved]:
    """Return the answer objects of a file. Raises UsageError, with the line, for what is none of the forms."""
    text = read_text(path, unreadable=_REMEDY, encoding=_REMEDY)
    whole = _whole(text)
    if whole is not None:
        return whole
    fenced = f"\n{FENCE}\n" in f"\n{text}".replace("\r\n", "\n")
    return list(_fenced(path, text) if fenced else parse_objects(path, text, malformed=_REMEDY, other=_REMEDY))


def _whole(text: str) -> list[Saved] | None:
    """Return the objects of a file that is one JSON value, None for one that is not."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows):
        return None
    return [(number if isinstance(value, list) else 1, row) for number, row in enumerate(rows, 1)]


def _fenced(path: Path, text: str) -> Iterator[Saved]:
    lines = [line.rstrip("\r") for line in text.split("\n")]
    at = 0
    while at < len(lines):
        if lines[at] == FENCE:
            end = next((stop for stop in range(at + 1, len(lines)) if lines[stop] == _FENCE_END), len(lines))
            written = "\n".join(lines[at + 1 : end])
            yield at + 2, parse_object(path, at + 2, written, malformed=_REMEDY, other=_REMEDY)
            at = end
        at += 1
