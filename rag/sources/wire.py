"""What goes between this program and the processes that read files: JSON, each message with its length in front.

JSON and not pickle: a reader that a file took over must not be able to run anything in the program that asked it.
"""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

from rag.sources.files import SourceFile
from rag.sources.formats import Reading, ReadingLimits
from rag.sources.pictures import PictureRequest
from rag.types import Block, BlockKind, Document, Page, Skipped

Message = dict[str, Any]

_LENGTH = struct.Struct(">Q")
_FACTS = tuple(field.name for field in fields(Document) if field.name not in {"blocks", "pages"})
"""What of a document is a JSON value already."""


def send(stream: BinaryIO, message: Mapping[str, Any]) -> None:
    """Write a message. Raises OSError (BrokenPipeError) when nobody reads any more."""
    data = json.dumps(message, separators=(",", ":")).encode()  # ASCII: whatever a name or text holds comes through
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> Message | None:
    """Return the next message, None where the stream ends before or within it."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        return None
    message: Message = json.loads(data)
    return message


def pack_request(file: SourceFile, limits: ReadingLimits, seconds: float) -> Message:
    """Return the request to read a file within limits, one of them being the time."""
    return {
        "source": file.source,
        "path": str(file.path.absolute()),
        "size": file.size,
        "mtime_ns": file.mtime_ns,
        "unpacked_bytes": limits.unpacked_bytes,
        "depth": limits.depth,
        "ocr": limits.ocr,
        "seconds": seconds,
    }


def unpack_request(message: Message) -> tuple[SourceFile, ReadingLimits]:
    """Return the file and the limits that `pack_request` was given."""
    file = SourceFile(message["source"], Path(message["path"]), message["size"], message["mtime_ns"])
    limits = ReadingLimits(unpacked_bytes=message["unpacked_bytes"], depth=message["depth"], ocr=message["ocr"])
    return file, limits


def pack_picture_request(request: PictureRequest, seconds: float) -> Message:
    """Return the request to draw a page, within a time."""
    return {**asdict(request), "path": str(request.path.absolute()), "seconds": seconds}


def unpack_picture_request(message: Message) -> PictureRequest | None:
    """Return what `pack_picture_request` was given, None for a request of another kind."""
    if "sha256" not in message:
        return None
    return PictureRequest(Path(message["path"]), message["sha256"], message["number"], message["scale"])


def pack_picture(picture: bytes) -> Message:
    """Return a picture as a JSON value."""
    return {"picture": b64encode(picture).decode()}


def unpack_picture(message: Message) -> bytes:
    """Return the picture that `pack_picture` was given."""
    return b64decode(message["picture"])


def pack_reading(reading: Reading) -> Message:
    """Return a reading as JSON values."""
    return {
        "documents": [_pack_document(document) for document in reading.documents],
        "skipped": [[each.source, each.reason, each.hidden] for each in reading.skipped],
    }


def unpack_reading(message: Message) -> Reading:
    """Return the reading that `pack_reading` was given."""
    return Reading(
        tuple(_unpack_document(document) for document in message["documents"]),
        tuple(Skipped(*each) for each in message["skipped"]),
    )


def _pack_document(document: Document) -> Message:
    return {
        **{name: getattr(document, name) for name in _FACTS},
        "blocks": [[block.kind.value, block.start, block.end, block.level] for block in document.blocks],
        "pages": [
            [page.number, page.start, page.end, page.width, page.height, b64encode(page.boxes).decode()]
            for page in document.pages
        ],
    }


def _unpack_document(message: Message) -> Document:
    return Document(
        **{name: message[name] for name in _FACTS},
        blocks=tuple(Block(BlockKind(kind), start, end, level) for kind, start, end, level in message["blocks"]),
        pages=tuple(
            Page(number, start, end, width, height, b64decode(boxes))
            for number, start, end, width, height, boxes in message["pages"]
        ),
    )
