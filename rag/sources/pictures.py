"""Pages as pictures, as those who wrote them saw them, drawn from the file that was indexed and no other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.errors import SourceError
from rag.types import Document

_ENDINGS = frozenset({".pdf"})
_WIDTH = 1400
"""Pixels across a page: sharp at twice the width of a reading pane."""
_SCALES = (0.2, 3.0)
"""Pixels a point, at least and at most."""


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """A page to be drawn."""

    path: Path
    sha256: str
    """Of the file when it was read: of another file the places of words would be wrong."""
    number: int
    scale: float
    """Pixels a point (1/72 inch)."""


def has_page_pictures(document: Document) -> bool:
    """Return whether the pages of a document can be drawn; not those of one inside another file, like a mail's."""
    file = PurePosixPath(document.source)
    return bool(document.pages) and "#" not in document.source and file.suffix.lower() in _ENDINGS


def picture_request(folder: Path, document: Document, sha256: str, number: int) -> PictureRequest:
    """Return the request for a page of a document of the sources folder.

    Raises SourceError where there is no such page, or it cannot be drawn.
    """
    page = next((page for page in document.pages if page.number == number), None)
    if page is None or not has_page_pictures(document):
        raise SourceError(f"{document.source} has no page {number} that can be drawn. Read it as text.")
    lowest, highest = _SCALES
    scale = min(max(_WIDTH / (page.width or _WIDTH), lowest), highest)
    return PictureRequest(folder / document.source, sha256, number, scale)


def draw_page(request: PictureRequest) -> bytes:
    """Return a page as a PNG: what a reading process does.

    Raises SourceError, worded to follow the name of the file, where it is gone or another than was read.
    """
    from rag.sources.formats.pdf.picture import page_picture

    try:
        data = request.path.read_bytes()
    except OSError as error:
        raise SourceError(f"it cannot be read any more ({error.strerror}): update the index") from error
    if hashlib.sha256(data).hexdigest() != request.sha256:
        raise SourceError("it has changed since it was indexed: update the index, then ask again")
    return page_picture(data, request.number, request.scale)
