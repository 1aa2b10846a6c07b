"""Pages as pictures, as the person who wrote them saw them, from the file that was indexed and no other."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from rag.errors import SourceError
from rag.types import Document

ENDINGS = frozenset({".pdf"})
WIDTH = 1400
"""Pixels across a page: sharp at twice the width of a reading pane."""
SCALES = (0.2, 3.0)
"""Pixels a point, at least and at most."""


def has_page_pictures(document: Document) -> bool:
    """Return whether the pages of a document can be drawn; not those of one inside another file, like a mail's."""
    file = PurePosixPath(document.source)
    return bool(document.pages) and "#" not in document.source and file.suffix.lower() in ENDINGS


def draw_page(folder: Path, document: Document, sha256: str, number: int) -> bytes:
    """Return a page of a document of the sources folder as a PNG. `sha256` is that of the file when it was read.

    Raises SourceError where there is no such page, or the file is gone, or is another than was read.
    """
    page = next((page for page in document.pages if page.number == number), None)
    if page is None or not has_page_pictures(document):
        raise SourceError(f"{document.source} has no page {number} that can be drawn. Read it as text.")
    try:
        data = (folder / document.source).read_bytes()
    except OSError as error:
        problem = f"{document.source} cannot be read any more ({error.strerror})"
        raise SourceError(
            f"{problem}, so its pages cannot be shown. Its text is kept until the next update."
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SourceError(
            f"{document.source} has changed since it was indexed, so its pages would not fit the citations. "
            "Update the index, then ask again."
        )
    from rag.sources.formats.pdf_picture import page_picture

    lowest, highest = SCALES
    return page_picture(data, number, min(max(WIDTH / (page.width or WIDTH), lowest), highest))
