"""Saving something new among the sources: under a safe name, whole or not at all, and never over another file."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from rag.errors import SourceError, UsageError
from rag.sources.files import require_folder
from rag.sources.formats import FORMATS, RawFile
from rag.sources.ignoring import is_passed_over, read_ignored
from rag.sources.provenance import Provenance, provenance_path, provenance_text
from rag.sources.reading import ending_to_read_as
from rag.sources.recognition import is_web_page, recognise

_LONGEST_NAME = 120
"""Bytes in UTF-8, without the ending; file systems take 255, and numbers and endings of our own come on top."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""Names that are devices on Windows, whatever their ending."""
_MEDIA_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "text/markdown": ".md",
    "text/x-rst": ".rst",
    "message/rfc822": ".eml",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/xml": ".xml",
    "text/xml": ".xml",
}
_MOST_NUMBERS = 10_000
_LONGEST_ENDING = 12
_TRIMMED = " .-~$"
"""Characters that a name neither begins nor ends with: hidden, temporary, or lost on some systems."""
_PAGES = frozenset({".html", ".xhtml"})
_PAGE_ENDING = re.compile(r"\.(?:x?html?|php|aspx?|jsp)$", re.IGNORECASE)


def safe_name(name: str, ending: str | None = None) -> str:
    """Return a name that a file can have anywhere: one component, shown as it is, neither hidden nor a device.

    With an `ending`, all of `name` is what stands in front of it.
    """
    last = re.split(r"[/\\]", name.rstrip("/\\ "))[-1]
    plain = " ".join(_UNSAFE.sub("-", unicodedata.normalize("NFC", last)).split()).strip(_TRIMMED)
    if ending is None:
        ending = PurePosixPath(plain).suffix if len(PurePosixPath(plain).suffix) <= _LONGEST_ENDING else ""
        plain = plain.removesuffix(ending)
    stem = plain.encode()[:_LONGEST_NAME].decode("utf-8", "ignore").strip(_TRIMMED) or "document"
    return f"_{stem}{ending}" if _RESERVED.match(stem + ending) else f"{stem}{ending}"


def name_for(url: str, file_name: str | None, media_type: str, data: bytes) -> str:
    """Return a readable name for what was fetched.

    A page is called by its host and path, another file as the server or its address calls it. The ending is that of
    the format that the bytes are in, or else of what the server says that they are.
    Raises SourceError for what is no document.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "page").removeprefix("www.")
    path = unquote(parts.path, errors="replace")
    last = safe_name(file_name or PurePosixPath(path).name or host)
    ending = _ending(RawFile(last, data), media_type)
    if ending not in _PAGES or file_name:
        return safe_name(PurePosixPath(last).stem if PurePosixPath(last).suffix.lower() in FORMATS else last, ending)
    slug = "-".join(word for word in re.split(r"[\s/\\]+", f"{host}/{path}") if word)
    return safe_name(_PAGE_ENDING.sub("", slug), ending)


def _ending(raw: RawFile, media_type: str) -> str:
    kind = recognise(raw.data)
    if kind is not None and kind.ending in FORMATS:
        return kind.ending
    if kind is None and is_web_page(raw.data):
        return ".xhtml" if media_type == "application/xhtml+xml" else ".html"
    stated = _MEDIA_TYPES.get(media_type)
    if kind is None and stated in FORMATS:
        return stated
    if kind is None and media_type == "text/plain" and raw.ending not in FORMATS:
        return ".txt"
    try:
        ending = ending_to_read_as(raw)
    except SourceError as error:
        raise SourceError(f"What is there cannot be read: {error}.") from error
    if ending not in FORMATS:
        raise SourceError(f"What is there cannot be read: it is {media_type}, and called {raw.name}.")
    return ending


def save(
    folder: Path,
    name: str,
    data: bytes,
    *,
    ignore: Sequence[str] = (),
    provenance: Provenance | None = None,
) -> Path:
    """Save `data` in the sources folder under `name`, made safe, with a number where another file has that name.

    Returns where it is; that is where it was before, when the same bytes are there under the name already.
    Raises SourceError for a missing folder or bytes that are no document, UsageError for a name that is passed over
    and a folder that cannot be written.
    """
    require_folder(folder)
    safe = safe_name(name)
    if is_passed_over(safe) or read_ignored(folder, ignore).has(safe):
        raise UsageError(f"{safe}: files of this name are passed over. Give it another name.")
    if not data:
        raise SourceError(f"{safe}: it is empty. Fill it first.")
    if provenance is None:
        _require_readable(safe, data)
    try:
        return _saved(folder, safe, data, provenance)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written ({error.strerror}). Make room, or change its permissions."
        ) from error


def _require_readable(name: str, data: bytes) -> None:
    try:
        ending = ending_to_read_as(RawFile(name, data))
    except SourceError as error:
        raise SourceError(f"{name}: {error}.") from error
    if ending not in FORMATS:
        raise SourceError(f"{name}: files ending in {ending} are not read. Convert it to PDF, DOCX or plain text.")


def _saved(folder: Path, name: str, data: bytes, provenance: Provenance | None) -> Path:
    descriptor, written = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    waiting = Path(written)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        waiting.chmod(0o644)
        for candidate in _candidates(name):
            path = folder / candidate
            if _is_there(path, data):
                return path
            if not path.exists() and _placed(waiting, path, provenance):
                return path
    finally:
        waiting.unlink(missing_ok=True)
    raise UsageError(f"{name}: there are too many files of this name. Give it another one.")


def _candidates(name: str) -> Iterator[str]:
    """Yield the name, then the name with numbers."""
    path = PurePosixPath(name)
    yield name
    for number in range(2, _MOST_NUMBERS):
        yield f"{path.stem} {number}{path.suffix}"


def _is_there(path: Path, data: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def _placed(waiting: Path, path: Path, provenance: Provenance | None) -> bool:
    """Give a written file its name, its provenance being there first; False where another file got the name before."""
    beside = provenance_path(path)
    if provenance is not None:
        beside.write_text(provenance_text(provenance), encoding="utf-8")
    try:
        os.link(waiting, path)
    except FileExistsError:
        beside.unlink(missing_ok=True)
        return False
    except OSError:  # a file system without links
        return _copied(waiting, path)
    return True


def _copied(waiting: Path, path: Path) -> bool:
    try:
        with path.open("xb") as stream:
            stream.write(waiting.read_bytes())
    except FileExistsError:
        return False
    return True
