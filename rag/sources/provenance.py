"""Where a fetched file came from: kept beside it in a small file of its own, so that its bytes stay as they came.

`NAME.source.json` holds the address, the time of fetching (which says nothing about when it was published) and the
hash of the file, so that it never speaks for another file that got the name later.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from rag.sources.files import SourceFile
from rag.sources.formats import Reading
from rag.sources.ignoring import PROVENANCE_ENDING
from rag.types import Skipped

_LARGEST = 10_000


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the bytes of a file came from."""

    url: str
    fetched: str
    """When, as ISO 8601 in UTC."""
    sha256: str
    """Of the file."""


def describe_fetched(data: bytes, url: str, fetched: str) -> Provenance:
    """Return the provenance of what came from an address."""
    return Provenance(url, fetched, hashlib.sha256(data).hexdigest())


def provenance_path(path: Path) -> Path:
    """Return where the provenance of a file stands."""
    return path.with_name(path.name + PROVENANCE_ENDING)


def provenance_text(provenance: Provenance) -> str:
    """Return what stands there."""
    return json.dumps(asdict(provenance), indent=2, ensure_ascii=False) + "\n"


def with_address(reading: Reading, file: SourceFile, data: bytes) -> Reading:
    """Return the reading of a file of these bytes, its documents with the address that it was fetched from, if it was.

    A provenance that cannot be understood is named as skipped.
    """
    beside = provenance_path(file.path)
    try:
        text = beside.read_bytes()[:_LARGEST] if beside.is_file() else None
    except OSError:
        text = b""
    if text is None:
        return reading
    provenance = _parsed(text)
    if provenance is None:
        reason = "it does not say where the file beside it came from: remove it"
        return replace(reading, skipped=(*reading.skipped, Skipped(file.source + PROVENANCE_ENDING, reason)))
    if hashlib.sha256(data).hexdigest() != provenance.sha256:
        return reading
    return replace(reading, documents=tuple(replace(each, url=provenance.url) for each in reading.documents))


def _parsed(text: bytes) -> Provenance | None:
    """Return the provenance that a file holds, None where it holds none, or an address that must not be followed."""
    try:
        values = json.loads(text)
        provenance = Provenance(*(str(values[name]) for name in ("url", "fetched", "sha256")))
        followed = urlsplit(provenance.url).scheme in {"http", "https"}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return provenance if followed and provenance.url.isprintable() else None
