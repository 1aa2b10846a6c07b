"""ZIP archives from strangers: what DOCX, PPTX, XLSX, ODT and EPUB are wrapped in, opened within limits.

What an archive says of itself is not believed: entries are counted while they are unpacked. Nothing is ever written.
"""

from __future__ import annotations

import copy
import io
import zipfile
import zlib

from rag.errors import SourceError
from rag.sources.formats.base import RawFile

_MOST_ENTRIES = 20_000
_STEP = 1 << 20
_ENCRYPTED = 0x1
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What a compound file (OLE) begins with: office files up to 2003, and later ones with a password."""
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
"""The name in a compound file of an office file that is encrypted ([MS-OFFCRYPTO] 2.3.4)."""
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""All that the standards of office files and of EPUB allow; other methods may take gigabytes to unpack."""
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)
"""What `zipfile` raises on archives that are damaged or made to harm."""
PASSWORD = "it needs a password: save a copy without one"
DAMAGED = "it is damaged: get a new copy, or open it in the program that made it and save it again"


class GuardedZip:
    """An archive in memory. All that is read from it, taken together, stays within the limit of unpacked bytes."""

    def __init__(self, archive: zipfile.ZipFile, unpacked_limit: int) -> None:
        self._archive = archive
        self._entries = {entry.filename: entry for entry in archive.infolist() if not entry.filename.endswith("/")}
        self._limit = unpacked_limit
        self._unpacked = 0

    def names(self) -> list[str]:
        """Return the names of the files in the archive, in its order."""
        return list(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def read(self, name: str) -> bytes:
        """Return the bytes of a file in the archive.

        Raises SourceError when there is no such file, it is damaged, or the limit is reached.
        """
        if name not in self._entries:
            raise SourceError(f"it has no part named {name}: open it in the program that made it and save it again")
        parts: list[bytes] = []
        self._unpack(name, parts)
        return b"".join(parts)

    def verify(self) -> None:
        """Unpack everything once and keep nothing: for libraries that unpack by themselves, without a limit.

        Raises SourceError where the archive is damaged or holds more than the limit.
        """
        before = self._unpacked
        for name in self._entries:
            self._unpack(name, None)
        self._unpacked = before

    def _unpack(self, name: str, parts: list[bytes] | None) -> None:
        entry = copy.copy(self._entries[name])
        declared = entry.file_size
        entry.file_size = self._limit + 2 * _STEP  # or `zipfile` would stop at the size that the archive states
        unpacked = 0
        try:
            with self._archive.open(entry) as stream:
                while step := stream.read(_STEP):
                    unpacked += len(step)
                    self._count(len(step))
                    if parts is not None:
                        parts.append(step)
        except _FAULTS as error:
            raise SourceError(DAMAGED) from error
        if unpacked != declared:
            raise SourceError(DAMAGED)

    def _count(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > self._limit:
            raise SourceError(_too_large(self._limit))


def open_zip(raw: RawFile) -> GuardedZip:
    """Return the archive that a file is.

    Raises SourceError when it is none, is damaged, needs a password, has too many entries, or says that it holds
    more than `raw.limits.unpacked_bytes`.
    """
    require_no_password(raw.data)
    if not zipfile.is_zipfile(io.BytesIO(raw.data)):
        kind = raw.ending or "ZIP"
        raise SourceError(f"it is not a real {kind} file: open it in the program that made it and save it again")
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw.data))
    except _FAULTS as error:
        raise SourceError(DAMAGED) from error
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise SourceError(f"it holds more than {_MOST_ENTRIES:,} files: split it")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise SourceError(PASSWORD)
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise SourceError("it is packed in a way that office files are not: save it again in the program that made it")
    if sum(entry.file_size for entry in entries) > raw.limits.unpacked_bytes:
        raise SourceError(_too_large(raw.limits.unpacked_bytes))
    return GuardedZip(archive, raw.limits.unpacked_bytes)


def require_no_password(data: bytes) -> None:
    """Raise SourceError for an office file that is encrypted, and so no archive but a compound file around one."""
    if data.startswith(COMPOUND) and _ENCRYPTED_PACKAGE in data:
        raise SourceError(PASSWORD)


def _too_large(limit: int) -> str:
    return f"it unpacks to more than {limit:,} bytes: split it"
