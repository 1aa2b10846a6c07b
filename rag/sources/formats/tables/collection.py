"""Collections: one JSON object a line, or a list of them, each a document of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from rag.errors import SourceError
from rag.sources.dates import parse_date
from rag.sources.decoding import decode
from rag.sources.formats.base import RawFile, Reading
from rag.sources.lines import BLANK
from rag.sources.parsing import parse_document
from rag.types import Document, Skipped

_IDENTIFIERS = ("doc_id", "id", "_id")
_LONGEST_IDENTIFIER = 200


def read_lines(raw: RawFile) -> Reading:
    """Read JSON lines: of `{"doc_id", "title", "text"}` each is the document `FILE#DOC_ID`, its text as it is.

    `author`, `outlet`, `date`, `url` and `language` may stand beside them. A line that is broken is named as skipped.
    """
    return _collect(raw, list(_entries(decode(raw.data).lstrip("\ufeff"))))


def read_json(raw: RawFile) -> Reading:
    """Read a list of the objects that `read_lines` reads line by line."""
    try:
        values = json.loads(decode(raw.data).lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"it is not well-formed JSON ({_fault(error)}): mend it, or remove it") from error
    if not isinstance(values, list) or not any(_is_document(value) for value in values):
        raise SourceError('it is not a list of documents, each {"doc_id", "title", "text"}: bring it into that form')
    return _collect(raw, [_entry(f"entry {at}", value) for at, value in enumerate(values, 1)])


@dataclass(frozen=True, slots=True)
class _Entry:
    """One object of a collection, or what is wrong with it."""

    place: str
    value: dict[str, Any]
    fault: str = ""


def _entries(text: str) -> Iterator[_Entry]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            yield _entry(place, json.loads(line))
        except (ValueError, RecursionError) as error:
            yield _Entry(place, {}, f"it is not well-formed JSON ({_fault(error)}): mend it")


def _fault(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"


def _entry(place: str, value: Any) -> _Entry:
    if not isinstance(value, dict):
        return _Entry(place, {}, "it is not an object with a text: give it one")
    if not isinstance(value.get("text"), str):
        return _Entry(place, {}, 'it has no "text", or one that is no string: give it one')
    if not value["text"].strip(BLANK):
        return _Entry(place, value, 'its "text" has nothing in it but white space: fill it or remove it')
    return _Entry(place, value)


def _is_document(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("text"), str)


def _collect(raw: RawFile, entries: list[_Entry]) -> Reading:
    documents: dict[str, Document] = {}
    skipped: list[Skipped] = []
    for entry in entries:
        source = f"{raw.source}#{_identifier(entry)}"
        if entry.fault:
            skipped.append(Skipped(f"{raw.source}#{entry.place}", entry.fault))
        elif source in documents:
            reason = f"{entry.place} has the identifier of one before it: give each document its own"
            skipped.append(Skipped(source, reason))
        else:
            documents[source] = _document(source, entry.value)
    if not documents:
        first = f" ({skipped[0].source.rpartition('#')[2]}: {skipped[0].reason})" if skipped else ""
        raise SourceError(f'no line of it is a document {{"doc_id", "title", "text"}}{first}: bring it into that form')
    return Reading(tuple(documents.values()), tuple(skipped))


def _identifier(entry: _Entry) -> str:
    """Return what names a document within its file: its identifier, else its place."""
    for key in _IDENTIFIERS:
        value = entry.value.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            shown = "".join(c if c.isprintable() else "�" for c in str(value).strip())
            return shown[:_LONGEST_IDENTIFIER]
    return entry.place


def _document(source: str, value: dict[str, Any]) -> Document:
    """Return the document of an object: its text stays as it is, but for halves of characters that cannot be stored."""
    text = value["text"].encode("utf-8", "replace").decode()
    parsed = parse_document(source, text)
    title, date = _words(value, "title"), _words(value, "date")
    return replace(
        parsed,
        title=title or parsed.title,
        titled=bool(title) or parsed.titled,
        author=_words(value, "author") or parsed.author,
        outlet=_words(value, "outlet") or parsed.outlet,
        date=(parse_date(date) if date else None) or parsed.date,
        url=_words(value, "url"),
        language=_words(value, "language"),
    )


def _words(value: dict[str, Any], key: str) -> str | None:
    found = value.get(key)
    return " ".join(found.encode("utf-8", "replace").decode().split()) or None if isinstance(found, str) else None
