"""What a file is by its bytes, whatever it is called: most kinds begin with a signature."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum

from rag.sources.formats.archives import COMPOUND


class Advice(StrEnum):
    """What to do with a file that is no document."""

    ARCHIVE = "unpack it, and put the files that were in it here"
    IMAGE = "only words are read: save what it shows as a PDF with text, or remove it"
    RECORDING = "only words are read: put a transcript here"
    PROGRAM = "it is no document: remove it"
    CONVERT = "convert it to PDF, DOCX or plain text"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `ending` is what such files end in; `advice` is None for what may be a document."""

    ending: str
    name: str
    advice: Advice | None = None


_DOCUMENTS = {
    kind.ending: kind
    for kind in (
        Kind(".pdf", "a PDF"),
        Kind(".rtf", "an RTF document"),
        Kind(".html", "a web page"),
        Kind(".docx", "a Word document"),
        Kind(".xlsx", "an Excel workbook"),
        Kind(".xlsb", "an Excel workbook"),
        Kind(".pptx", "a PowerPoint presentation"),
        Kind(".odt", "an OpenDocument text"),
        Kind(".ods", "an OpenDocument spreadsheet"),
        Kind(".odp", "an OpenDocument presentation"),
        Kind(".epub", "an EPUB book"),
        Kind(".doc", "a Word document of before 2007"),
        Kind(".xls", "an Excel workbook of before 2007"),
        Kind(".ppt", "a PowerPoint presentation of before 2007"),
        Kind(".msg", "an Outlook message"),
    )
}
_ZIP = Kind(".zip", "a ZIP archive", Advice.ARCHIVE)
_COMPOUND = Kind(".ole", "a file of an office program", Advice.CONVERT)
_SIGNATURES = (
    (0, b"%PDF-", _DOCUMENTS[".pdf"]),
    (0, b"{\\rtf", _DOCUMENTS[".rtf"]),
    (0, b"\x89PNG\r\n\x1a\n", Kind(".png", "a PNG image", Advice.IMAGE)),
    (0, b"\xff\xd8\xff", Kind(".jpg", "a JPEG image", Advice.IMAGE)),
    (0, b"GIF87a", Kind(".gif", "a GIF image", Advice.IMAGE)),
    (0, b"GIF89a", Kind(".gif", "a GIF image", Advice.IMAGE)),
    (0, b"II*\0", Kind(".tif", "a TIFF image", Advice.IMAGE)),
    (0, b"MM\0*", Kind(".tif", "a TIFF image", Advice.IMAGE)),
    (8, b"WEBP", Kind(".webp", "a WebP image", Advice.IMAGE)),
    (4, b"ftypheic", Kind(".heic", "a HEIC image", Advice.IMAGE)),
    (4, b"ftypavif", Kind(".avif", "an AVIF image", Advice.IMAGE)),
    (4, b"ftyp", Kind(".mp4", "a film or sound recording", Advice.RECORDING)),
    (0, b"\x1aE\xdf\xa3", Kind(".mkv", "a film", Advice.RECORDING)),
    (0, b"ID3", Kind(".mp3", "a sound recording", Advice.RECORDING)),
    (0, b"OggS", Kind(".ogg", "a sound recording", Advice.RECORDING)),
    (0, b"fLaC", Kind(".flac", "a sound recording", Advice.RECORDING)),
    (8, b"WAVE", Kind(".wav", "a sound recording", Advice.RECORDING)),
    (0, b"7z\xbc\xaf\x27\x1c", Kind(".7z", "a 7z archive", Advice.ARCHIVE)),
    (0, b"Rar!\x1a\x07", Kind(".rar", "a RAR archive", Advice.ARCHIVE)),
    (0, b"\x1f\x8b\x08", Kind(".gz", "a file packed by gzip", Advice.ARCHIVE)),
    (0, b"BZh", Kind(".bz2", "a file packed by bzip2", Advice.ARCHIVE)),
    (0, b"\xfd7zXZ\0", Kind(".xz", "a file packed by xz", Advice.ARCHIVE)),
    (0, b"\x28\xb5\x2f\xfd", Kind(".zst", "a file packed by zstd", Advice.ARCHIVE)),
    (257, b"ustar", Kind(".tar", "a TAR archive", Advice.ARCHIVE)),
    (0, b"\x7fELF", Kind(".so", "a program", Advice.PROGRAM)),
    (0, b"\xcf\xfa\xed\xfe", Kind(".dylib", "a program", Advice.PROGRAM)),
    (0, b"SQLite format 3\0", Kind(".sqlite", "a database", Advice.CONVERT)),
)
_OFTEN_WORDS = frozenset({b"BZh", b"ID3", b"ftyp", b"WAVE", b"WEBP", b"OggS", b"fLaC", b"GIF87a", b"GIF89a"})
"""Signatures of letters alone, with which a text may begin too."""
_PARTS = (("word/", ".docx"), ("xl/workbook.bin", ".xlsb"), ("xl/", ".xlsx"), ("ppt/", ".pptx"))
_MEDIA_TYPES = {
    "application/epub+zip": ".epub",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
_STREAMS = (
    ("__properties_version1.0", ".msg"),
    ("WordDocument", ".doc"),
    ("PowerPoint Document", ".ppt"),
    ("Workbook", ".xls"),
    ("Book", ".xls"),
)
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_BEGINNING = 4096
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1b")
_EXECUTABLE = Kind(".exe", "a program", Advice.PROGRAM)
_NO_DOCUMENTS = {
    Advice.ARCHIVE: "zip 7z rar tar gz tgz bz2 xz zst cab iso dmg jar apk",
    Advice.IMAGE: "png jpg jpeg gif tif tiff bmp webp heic heif avif ico svg psd ai raw",
    Advice.RECORDING: "mp3 m4a wav ogg oga opus flac aac wma mp4 m4v mov avi mkv webm wmv mpg mpeg",
    Advice.PROGRAM: "exe dll so dylib bin msi bat cmd com class pyc o a lib sys ttf otf woff woff2",
    Advice.CONVERT: "sqlite db mdb accdb parquet pages numbers key wpd wps one vsd vsdx djvu mobi azw azw3 pst mbox",
}
_ADVICE = {f".{ending}": advice for advice, endings in _NO_DOCUMENTS.items() for ending in endings.split()}


def advice_for(ending: str) -> Advice | None:
    """Return what to do with files of an ending that are no documents, None for others and for unknown endings."""
    return _ADVICE.get(ending)


def name_of(ending: str) -> str | None:
    """Return what a file of an ending claims to be, where such files can be told by their bytes; None for others."""
    kind = _DOCUMENTS.get(_SAME.get(ending, ending))
    return kind.name if kind is not None and kind.ending != ".html" else None


_SAME = {
    **dict.fromkeys((".docm", ".dotx", ".dotm"), ".docx"),
    **dict.fromkeys((".xlsm", ".xltx", ".xltm"), ".xlsx"),
    **dict.fromkeys((".pptm", ".ppsx", ".ppsm", ".potx"), ".pptx"),
    ".dot": ".doc",
    ".pps": ".ppt",
    ".ott": ".odt",
}


def recognise(data: bytes) -> Kind | None:
    """Return the kind of file that the bytes are; None for text of whatever kind, and for what is not known."""
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _inside_zip(data)
    if data.startswith(COMPOUND):
        return _inside_compound(data)
    for at, signature, kind in _SIGNATURES:
        if data[at : at + len(signature)] == signature and not (signature in _OFTEN_WORDS and reads_as_text(data)):
            return kind
    if data.startswith(b"MZ") and not reads_as_text(data):
        return _EXECUTABLE
    return None


def reads_as_text(data: bytes) -> bool:
    """Say whether a file begins with characters alone, in an encoding of one byte a character or UTF-8."""
    return not data[:_BEGINNING].translate(None, delete=bytes(set(range(256)) - set(_CONTROL)))


def is_web_page(data: bytes) -> bool:
    """Say whether a text begins as HTML does."""
    return _HTML.match(data[:_BEGINNING].removeprefix(codecs.BOM_UTF8)) is not None


def _inside_zip(data: bytes) -> Kind:
    """Return what a ZIP archive is, by the names in it and by what it states itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            stated = _media_type(archive) if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError, EOFError):
        return _ZIP
    if stated in _MEDIA_TYPES:
        return _DOCUMENTS[_MEDIA_TYPES[stated]]
    if "[Content_Types].xml" in names:
        for beginning, ending in _PARTS:
            if any(name.startswith(beginning) for name in names):
                return _DOCUMENTS[ending]
    return _ZIP


def _media_type(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as entry:
        return entry.read(100).decode("ascii", "replace").strip().removesuffix("-template")


def _inside_compound(data: bytes) -> Kind:
    """Return what a compound file is, by the names of its streams: they stand in it as UTF-16."""
    for name, ending in _STREAMS:
        if name.encode("utf-16-le") + b"\0\0" in data:
            return _DOCUMENTS[ending]
    return _COMPOUND
