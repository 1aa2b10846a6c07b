"""A saved trace as a JSON object, one for each question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rag.types import SavedTrace

FORMAT = "rag trace"
VERSION = 1
"""Raised when a trace of before could be misunderstood; keys may be added without."""

MOST_PASSAGES = 10_000
"""Asked for at once; more is no search that somebody made, and would be too much to run again."""


def trace_object(saved: SavedTrace) -> dict[str, Any]:
    """Return a saved trace as plain JSON values, with its format and version."""
    return {"format": FORMAT, "version": VERSION, **asdict(saved)}


def parse_trace(value: Mapping[str, Any]) -> SavedTrace:
    """Return the trace of an object that `trace_object` made. Raises ValueError that says on one line what is wrong."""
    if value.get("format") != FORMAT:
        raise ValueError("this is no trace of a search")
    if value.get("version") != VERSION:
        raise ValueError(f"a trace of version {value.get('version')!r}, and this program reads version {VERSION}")
    try:
        saved = _adapter().validate_json(json.dumps(value, allow_nan=False), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"a damaged trace: {where}: {first['msg']}") from error
    if not saved.traces:
        raise ValueError("a damaged trace: it holds no search")
    if not all(1 <= trace.count <= MOST_PASSAGES for trace in saved.traces):
        raise ValueError(f"a damaged trace: count is not between 1 and {MOST_PASSAGES:,}")
    return saved


@cache
def _adapter() -> TypeAdapter[SavedTrace]:
    return TypeAdapter(SavedTrace)
