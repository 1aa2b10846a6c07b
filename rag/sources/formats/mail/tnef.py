"""Files in Outlook's own wrapping (`winmail.dat`, [MS-OXTNEF]), which it sends where it takes everybody for Outlook."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from rag.sources.formats.mail.messages import Attachment

_SIGNATURE = struct.pack("<I", 0x223E9F78)
_START, _HEAD, _CHECKSUM = 6, 9, 2
"""Bytes before the first attribute, before the data of each, and after them."""
_BEGINS, _TITLE, _DATA = 0x9002, 0x8010, 0x800F


def is_tnef(data: bytes) -> bool:
    """Say whether bytes are wrapped so."""
    return data.startswith(_SIGNATURE)


def attachments_of(data: bytes) -> list[Attachment]:
    """Return the files in a wrapping; of one that is cut short, those that are whole."""
    found: list[Attachment] = []
    for kind, content in _attributes(data):
        if kind == _BEGINS:
            found.append(Attachment("", b""))
        elif found and kind == _TITLE:
            found[-1] = Attachment(content.split(b"\0")[0].decode("cp1252", "replace"), found[-1].content)
        elif found and kind == _DATA:
            found[-1] = Attachment(found[-1].name, content)
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = _START
    while at + _HEAD <= len(data):
        _, kind, _, length = struct.unpack_from("<BHHI", data, at)
        at += _HEAD
        if at + length > len(data):
            return
        yield kind, data[at : at + length]
        at += length + _CHECKSUM
