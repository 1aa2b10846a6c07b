"""From one file to its documents, in this process: what a worker does for each file that it is handed."""

from __future__ import annotations

from rag.errors import SourceError
from rag.sources.files import SourceFile
from rag.sources.formats import DEFAULT_LIMITS, RawFile, Reading, ReadingLimits, format_reader


def read_file(file: SourceFile, limits: ReadingLimits = DEFAULT_LIMITS) -> Reading:
    """Read a file of the sources folder.

    Raises SourceError, with the reason and what to do but without the file's name, when it cannot be read.
    """
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise SourceError(f"it cannot be read ({error.strerror}): change its permissions") from error
    return read_raw(RawFile(file.source, data, limits))


def read_raw(raw: RawFile) -> Reading:
    """Read a file, or an attachment, by the ending of its name. Raises SourceError when it cannot be read."""
    if not raw.data:
        raise SourceError("it is empty: fill it or remove it")
    reader = format_reader(raw.ending)
    if reader is None:
        raise SourceError(f"files ending in {raw.ending or 'nothing'} are not read: convert it to a format that is")
    return reader(raw)
