"""Files with one JSON object a line, read for people: what is wrong is named with its line, and what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.errors import UsageError

STANDARD_INPUT = Path("-")


def read_text(path: Path, *, unreadable: str, encoding: str) -> str:
    """Return the text of a file in UTF-8; `-` is standard input.

    Raises UsageError with the remedy `unreadable` or `encoding`, each a sentence.
    """
    try:
        data = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. {unreadable}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start}). {encoding}") from error


def parse_objects(path: Path, text: str, *, malformed: str, other: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number (from 1) and the object of each line of `text` that is not empty; see `parse_object`."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, parse_object(path, number, line, malformed=malformed, other=other)


def parse_object(path: Path, number: int, line: str, *, malformed: str, other: str) -> dict[str, Any]:
    """Return the object that is written at a line of a file.

    Raises UsageError with the remedy `malformed` for what is no JSON, and `other` for another JSON value.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} line {number}: not JSON ({error}). {malformed}") from error
    if not isinstance(value, dict):
        raise UsageError(f"{path} line {number}: not a JSON object. {other}")
    return value
