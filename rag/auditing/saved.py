"""Saved answers in the forms in which the product gives them away.

One answer object (as the chat page's “Download as JSON” saves it), one a line (as `rag ask --json` prints them), a list
of them, or an exported conversation: Markdown with each answer object on a line of its own in a fence named `json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.errors import UsageError

FENCE = "```json"
"""The line above an answer object in an exported conversation; the object is the next line."""
_FENCE_END = "```"

STANDARD_INPUT = Path("-")

Saved = tuple[int, dict[str, Any]]
"""A line of the file, counted from 1, and the answer object that begins there."""


def read_saved(path: Path) -> list[Saved]:
    """Return the answer objects of a file. Raises UsageError, with the line, for what is none of the forms."""
    text = _text_of(path)
    whole = _whole(text)
    if whole is not None:
        return whole
    fenced = f"\n{FENCE}\n" in f"\n{text}".replace("\r\n", "\n")
    return list(_fenced(path, text) if fenced else _lines(path, text))


def _text_of(path: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. Name a file of saved answers.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start}). Name a file of saved answers.") from error


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


def _lines(path: Path, text: str) -> Iterator[Saved]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _parsed(path, number, line)


def _fenced(path: Path, text: str) -> Iterator[Saved]:
    lines = [line.rstrip("\r") for line in text.split("\n")]
    at = 0
    while at < len(lines):
        if lines[at] == FENCE:
            end = next((stop for stop in range(at + 1, len(lines)) if lines[stop] == _FENCE_END), len(lines))
            yield at + 2, _parsed(path, at + 2, "\n".join(lines[at + 1 : end]))
            at = end
        at += 1


def _parsed(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} line {number}: not JSON ({error}). Name a file of saved answers.") from error
    if not isinstance(value, dict):
        raise UsageError(f"{path} line {number}: not a JSON object. Name a file of saved answers.")
    return value
