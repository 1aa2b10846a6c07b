"""From one file to its documents, in this process: what a worker does for each file that it is handed.

The bytes decide how a file is read, and its name where they leave that open. A PDF that is called `.txt` is read as
the PDF that it is; a page of text that is called `.pdf` is most likely a failed download, and is named as such.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import replace
from pathlib import Path

from rag.errors import SourceError
from rag.sources.files import SourceFile
from rag.sources.formats import DEFAULT_LIMITS, FORMATS, RawFile, Reading, ReadingLimits, format_reader
from rag.sources.formats.archives import require_no_password
from rag.sources.provenance import with_address
from rag.sources.recognition import Kind, advice_for, is_web_page, name_of, recognise
from rag.sources.soundness import require_sound
from rag.text.languages import detect_language
from rag.types import BlockKind, Skipped

_OWN = frozenset({"plain:read_plain"})
"""Readers that are this program's own code from end to end."""
_SMALL = 65_536
"""Bytes; what is not larger takes seconds at most, however it was made, and no less than an article is read at once."""
_WEB_PAGE, _WEB_ARCHIVE = ".html", ".mht"
_PLAIN = ".txt"
_ENDING = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{1,8}")
"""What an ending looks like. `.2024` is the end of a name and no ending."""
_OFTEN_WEB_PAGES = frozenset({".doc", ".xls"})
"""Office programs and their imitators write web pages under these endings, for old versions to open."""
_STRETCHES = (
    "stretch of hidden text is not searched: make it visible to have it read",
    "stretches of hidden text are not searched: make them visible to have them read",
)
_SHOWN = 200
"""Characters of what a reader says of its failure."""
_READ = "PDF, office documents, e-mails, web pages, tables and plain text are"


def read_file(file: SourceFile, limits: ReadingLimits = DEFAULT_LIMITS) -> Reading:
    """Read a file of the sources folder.

    Raises SourceError, with the reason and what to do but without the file's name, when it cannot be read, and
    MemoryError.
    """
    return _read(file, _bytes_of(file.path), limits)


def read_small_text(file: SourceFile, limits: ReadingLimits = DEFAULT_LIMITS) -> Reading | None:
    """Read a file that is small and plain text, not only by its name; None, and nothing done, for any other."""
    raw = RawFile(file.source, b"", limits)
    if file.size > _SMALL or FORMATS.get(raw.ending) not in _OWN:
        return None
    data = _bytes_of(file.path)
    if len(data) > _SMALL or recognise(data) is not None:
        return None
    return _read(file, data, limits)


def _read(file: SourceFile, data: bytes, limits: ReadingLimits) -> Reading:
    reading = read_raw(RawFile(file.source, data, limits))
    return require_sound(_with_hidden(_with_language(with_address(reading, file, data))))


def _with_language(reading: Reading) -> Reading:
    """Return a reading whose documents have the language that their words tell where they state none."""
    told = (replace(each, language=each.language or detect_language(each.text)) for each in reading.documents)
    return replace(reading, documents=tuple(told))


def _with_hidden(reading: Reading) -> Reading:
    """Return a reading that names beside its documents how much hidden text each has, or had before it was left out."""
    told = [
        Skipped(document.source, f"{count} {_STRETCHES[count > 1]}", count)
        for document in reading.documents
        if (count := document.hidden + sum(block.kind is BlockKind.HIDDEN for block in document.blocks))
    ]
    documents = tuple(replace(document, hidden=0) if document.hidden else document for document in reading.documents)
    return replace(reading, documents=documents, skipped=(*reading.skipped, *told))


def _bytes_of(path: Path) -> bytes:
    """Return the bytes of a file, if that is what it still is: opening a pipe would wait for its other end."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as stream:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                raise SourceError("it is not a regular file: remove it from the sources folder")
            return stream.read()
    except OSError as error:
        raise SourceError(f"it cannot be read ({error.strerror}): change its permissions") from error


def read_raw(raw: RawFile) -> Reading:
    """Read a file, or an attachment, as what its bytes are. Raises SourceError when it cannot be read.

    Here alone, whatever else a reader raises becomes a SourceError: a broken file, or a fault in the reader of its
    format, must not keep the others from being read. Called by itself, a format's reader stays loud.
    """
    if not raw.data:
        raise SourceError("it is empty: fill it or remove it")
    reader = format_reader(ending_to_read_as(raw))
    if reader is None:
        raise SourceError(_unknown(raw.ending))
    try:
        return reader(raw)
    except (SourceError, MemoryError, KeyboardInterrupt):
        raise
    except BaseException as error:  # panics of Rust libraries are no Exception
        raise SourceError(
            f"its reader failed ({_in_words(error)}), so it may be damaged: open it in the program that made it and "
            "save it again, or convert it to plain text"
        ) from error


def _in_words(error: BaseException) -> str:
    """Return what a reader raised, on one line."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return " ".join(f"{type(error).__name__}: {error}".split())[:_SHOWN]


def ending_to_read_as(raw: RawFile) -> str:
    """Return the ending of the format that a file is to be read in; perhaps one that is not read.

    Raises SourceError where the bytes are no document, or not what the name says.
    """
    require_no_password(raw.data)
    kind, ending = recognise(raw.data), raw.ending
    if kind is None:
        return _ending_of_text(raw)
    if _same_reader(kind.ending, ending) or (kind.advice and name_of(ending) and _is_wrapper(kind)):
        return ending
    if kind.ending in FORMATS:
        return kind.ending
    called = f"it is called {ending} but is {kind.name}" if ending in FORMATS else f"it is {kind.name}"
    raise SourceError(f"{called}: {kind.advice or 'convert it to PDF, DOCX or plain text'}")


def _same_reader(one: str, other: str) -> bool:
    return one in FORMATS and FORMATS[one] == FORMATS.get(other)


def _is_wrapper(kind: Kind) -> bool:
    """Say whether office files are of this kind when damaged: their own reader says best what is wrong."""
    return kind.ending in {".zip", ".ole"}


def _ending_of_text(raw: RawFile) -> str:
    """Return how to read what has no signature: text of any kind, or nothing that is known."""
    ending, page = raw.ending, is_web_page(raw.data)
    claimed = name_of(ending)
    if claimed is None:
        if ending in FORMATS or _ENDING.fullmatch(ending):
            return ending
        return _WEB_PAGE if page else _PLAIN
    if ending == ".pdf" and b"%PDF-" in raw.data[:1024]:
        return ending  # readers of PDF take up with a little in front of it
    if ending in _OFTEN_WEB_PAGES and (page or raw.data.startswith(b"MIME-Version:")):
        return _WEB_PAGE if page else _WEB_ARCHIVE
    if page:
        raise SourceError(
            f"it is called {ending} but is a web page, perhaps of a failed download: get it again, "
            "or rename it to end in .html"
        )
    raise SourceError(f"it is called {ending} but is not {claimed}: get it again, or rename it to what it is")


def _unknown(ending: str) -> str:
    advice = advice_for(ending)
    return f"files ending in {ending} are not read ({_READ}): {advice or 'if it is text, rename it to end in .txt'}"
