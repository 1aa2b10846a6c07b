"""Invented documents with pages, and pictures of them."""

from __future__ import annotations

import re
import struct
import zlib

from rag.text.pages import pack_boxes
from rag.types import Block, BlockKind, Document, Page


def png(width: int, height: int, shade: int = 255) -> bytes:
    """Make a picture of one shade of grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes([shade]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def make_paged(source: str, *texts: str) -> Document:
    """Make a document with a page for each text, each word in a box of a tenth of the page's width."""
    text, pages, blocks = "", [], []
    for number, words in enumerate(texts, 1):
        start = len(text)
        places = [
            (
                word.start(),
                word.end(),
                0.1 + 0.1 * (at % 8),
                0.1 + 0.05 * (at // 8),
                0.19 + 0.1 * (at % 8),
                0.13 + 0.05 * (at // 8),
            )
            for at, word in enumerate(re.finditer(r"\S+", words))
        ]
        pages.append(Page(number, start, start + len(words), 600, 800, pack_boxes(places)))
        blocks += [Block(BlockKind.PARAGRAPH, start, start + len(words))] if words else []
        text += words + "\n\n"
    return Document(
        source, text, "The paged report", "A. Writer", "The Office", "2024-02-01", tuple(blocks), tuple(pages)
    )
