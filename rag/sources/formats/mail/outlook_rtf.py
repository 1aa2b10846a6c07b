"""The rich text in which Outlook keeps the body of some messages: RTF, compressed by a method of its own.

The method is LZFu of [MS-OXRTFCP]: a dictionary of 4,096 bytes that begins with common RTF, and a byte of flags before
each eight tokens that are a byte, or a place and length in the dictionary.
"""

from __future__ import annotations

import struct

from rag.errors import SourceError
from rag.sources.formats.base import RawFile
from rag.sources.formats.markup.rtf import read_rtf

_HEADER = struct.Struct("<IIII")
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_FIRST = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans "
    rb"SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_SIZE = 4096


def words_of_compressed_rtf(data: bytes) -> str:
    """Return the words of a body in compressed RTF; raises SourceError where it has none, or is no RTF."""
    if len(data) < _HEADER.size:
        return ""
    _, size, method, _ = _HEADER.unpack_from(data)
    if method == _COMPRESSED:
        rtf = _unpacked(data[_HEADER.size :])
    elif method == _PLAIN:
        rtf = data[_HEADER.size : _HEADER.size + size]
    else:
        raise SourceError("its text is in a format that is not known: save it as plain text or HTML")
    return read_rtf(RawFile("body.rtf", rtf)).documents[0].text


def _unpacked(data: bytes) -> bytes:
    window = bytearray(_FIRST.ljust(_SIZE, b" "))
    at_window = len(_FIRST)
    unpacked = bytearray()
    source: bytes | bytearray
    at = 0
    while at < len(data):
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                source, length, at = data[at : at + 1], min(1, len(data) - at), at + 1
                place = 0
            elif at + 1 < len(data):
                place, length, at = data[at] << 4 | data[at + 1] >> 4, (data[at + 1] & 15) + 2, at + 2
                source = window
                if place == at_window:
                    return bytes(unpacked)
            else:
                return bytes(unpacked)
            for step in range(max(length, 0)):  # byte by byte: a stretch may go on with what it adds itself
                byte = source[(place + step) % _SIZE]
                window[at_window] = byte
                at_window = (at_window + 1) % _SIZE
                unpacked.append(byte)
    return bytes(unpacked)
