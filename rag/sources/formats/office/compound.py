"""Compound files (OLE, [MS-CFB], by olefile): what office files up to 2003 are streams in."""

from __future__ import annotations

import datetime
import io
import struct
from typing import Any

from olefile import OleFileIO

from rag.errors import SourceError
from rag.sources.formats.archives import COMPOUND, DAMAGED
from rag.sources.formats.base import RawFile
from rag.sources.formats.office.properties import Properties

FAULTS = (OSError, struct.error, ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError)
"""What the library, and reading at places that a file states, raise on files that are damaged."""


def open_compound(raw: RawFile) -> OleFileIO[Any]:
    """Return the compound file that a file is, for a `with` statement; raises SourceError where it is none."""
    if not raw.data.startswith(COMPOUND):
        raise SourceError(f"it is not a real {raw.ending} file: open it in the program that made it and save it again")
    try:
        return OleFileIO(io.BytesIO(raw.data))
    except FAULTS as error:
        raise SourceError(DAMAGED) from error


def stream(compound: OleFileIO[Any], name: str) -> bytes:
    """Return the bytes of a stream; raises SourceError where it is not there."""
    if not compound.exists(name):
        raise SourceError(DAMAGED)
    with compound.openstream(name) as opened:
        return bytes(opened.read())


def compound_properties(compound: OleFileIO[Any]) -> Properties:
    """Return the properties of an office file up to 2003; empty ones where they are missing or broken."""
    try:
        found: Any = compound.get_metadata()
    except FAULTS:
        return Properties()
    encoding = {65001: "utf-8", -535: "utf-8", 10000: "mac-roman"}.get(found.codepage, f"cp{found.codepage}")
    return Properties(
        title=_words(found.title, encoding),
        author=_words(found.author, encoding),
        created=_date(found.create_time),
        modified=_date(found.last_saved_time),
    )


def _words(value: object, encoding: str) -> str:
    if not isinstance(value, bytes):
        return ""
    try:
        return value.decode(encoding, "replace")
    except LookupError:
        return value.decode("latin-1")


def _date(value: object) -> str:
    """Return a date as ISO 8601; the zero of the format, the year 1601, stands for none."""
    return value.date().isoformat() if isinstance(value, datetime.datetime) and value.year > 1601 else ""
