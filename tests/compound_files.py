"""Compound files (OLE) made up for the tests, by [MS-CFB] version 3; and Outlook messages in them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

_SECTOR, _MINI_SECTOR, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5

Tree = Mapping[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    child: int = _FREE
    right: int = _FREE
    start: int = _END


def compound(tree: Tree) -> bytes:
    """Return the compound file with these streams and storages."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add(entries, entries[0], tree)
    minis = b""
    mini_table: list[int] = []
    for entry in entries:
        if entry.kind == _STREAM and 0 < len(entry.content) < _CUTOFF:
            entry.start = len(mini_table)
            minis += _chained(mini_table, entry.content, _MINI_SECTOR)
    table: list[int] = []
    body = b""
    for entry in entries:
        if entry.kind == _STREAM and len(entry.content) >= _CUTOFF:
            entry.start = len(table)
            body += _chained(table, entry.content, _SECTOR)
    entries[0].content = minis
    entries[0].start = len(table) if minis else _END
    body += _chained(table, minis, _SECTOR)
    mini_start = len(table) if mini_table else _END
    body += _chained(table, struct.pack(f"<{len(mini_table)}I", *mini_table), _SECTOR, filler=b"\xff")
    directory_start = len(table)
    body += _chained(table, b"".join(map(_packed, entries)), _SECTOR)
    fat_start = len(table)
    sectors = next(n for n in range(1, 110) if fat_start + n <= n * 128)
    table += [_FAT] * sectors
    body += struct.pack(f"<{len(table)}I", *table).ljust(sectors * _SECTOR, b"\xff")
    heads = [fat_start + at if at < sectors else _FREE for at in range(109)]
    counts = (sectors, directory_start, 0, _CUTOFF, mini_start, -(-len(mini_table) // 128), _END, 0)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6xI", 0x3E, 3, 0xFFFE, 9, 6, 0)
    return head + struct.pack("<8I", *counts) + struct.pack("<109I", *heads) + body


def _add(entries: list[_Entry], parent: _Entry, tree: Tree) -> None:
    before: _Entry | None = None
    for name, content in tree.items():
        entry = _Entry(name, _STREAM, content) if isinstance(content, bytes) else _Entry(name, _STORAGE)
        if before is None:
            parent.child = len(entries)
        else:
            before.right = len(entries)
        entries.append(entry)
        before = entry
        if not isinstance(content, bytes):
            _add(entries, entry, content)


def _chained(table: list[int], content: bytes, size: int, filler: bytes = b"\0") -> bytes:
    """Add the chain of sectors that `content` takes to a table; return it, filled up to whole sectors."""
    count = -(-len(content) // size)
    first = len(table)
    table += [*range(first + 1, first + count), _END] if count else []
    return content.ljust(count * size, filler)


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    links = struct.pack("<III", _FREE, entry.right, entry.child)
    place = struct.pack("<IQ", entry.start, len(entry.content))
    return name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, entry.kind, 1) + links + bytes(36) + place


# ------------------------------------------------------------ Outlook messages

_WORDS, _BYTES, _NUMBER, _TIME = 0x001F, 0x0102, 0x0003, 0x0040


def message(
    values: Mapping[int, str | bytes | int], attachments: list[Tree] | None = None, header: int = 32
) -> dict[str, bytes | Tree]:
    """Return the streams of an Outlook message with these properties; numbers over 32 bits are times."""
    rows = b""
    tree: dict[str, bytes | Tree] = {}
    for identifier, value in values.items():
        if isinstance(value, int):
            kind = _TIME if value >= 1 << 32 else _NUMBER
            rows += struct.pack("<HHIQ", kind, identifier, 6, value)
            continue
        kind, data = (_WORDS, value.encode("utf-16-le")) if isinstance(value, str) else (_BYTES, value)
        rows += struct.pack("<HHIQ", kind, identifier, 6, len(data))
        tree[f"__substg1.0_{identifier:04X}{kind:04X}"] = data
    for number, attachment in enumerate(attachments or []):
        tree[f"__attach_version1.0_#{number:08X}"] = attachment
    return {"__properties_version1.0": bytes(header) + rows, **tree}


def attachment(name: str, content: bytes | Tree, kind: str = "") -> Tree:
    """Return the streams of an attachment; one that is a message itself is a tree."""
    values: dict[int, str | bytes | int] = {0x3707: name, 0x370E: kind}
    if isinstance(content, bytes):
        return message({**values, 0x3701: content}, header=8)
    return {**message(values, header=8), "__substg1.0_3701000D": content}
