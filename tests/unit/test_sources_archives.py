"""Archives: read within limits, refused with a reason."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources.formats import RawFile, ReadingLimits
from rag.sources.formats.archives import open_zip


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_reads_entries_in_order() -> None:
    archive = open_zip(RawFile("a.docx", packed({"b/two": b"2", "one": b"1" * 3_000_000})))
    assert archive.names() == ["b/two", "one"]
    assert archive.read("one") == b"1" * 3_000_000
    assert archive.read("b/two") == b"2"
    assert "one" in archive
    assert "three" not in archive


def test_a_part_that_is_not_there() -> None:
    with pytest.raises(SourceError, match="it has no part named three"):
        open_zip(RawFile("a.docx", packed({"one": b"1"}))).read("three")


@pytest.mark.parametrize("data", [b"no archive", b"", b"PK\x03\x04 and then nothing"])
def test_what_is_no_archive(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"it is not a real \.docx file"):
        open_zip(RawFile("a.docx", data))


def test_a_bomb_that_says_so_is_refused_at_once() -> None:
    bomb = packed({"bomb": bytes(5_000_000)})
    assert len(bomb) < 10_000
    with pytest.raises(SourceError, match="it unpacks to more than 1,000,000 bytes"):
        open_zip(RawFile("a.docx", bomb, ReadingLimits(unpacked_bytes=1_000_000)))


@pytest.mark.parametrize("verify", [False, True])
def test_a_bomb_that_lies_is_noticed_while_unpacking(verify: bool) -> None:
    size = 5_000_000
    lying = packed({"bomb": bytes(size)}).replace(struct.pack("<I", size), struct.pack("<I", 10))
    archive = open_zip(RawFile("a.docx", lying, ReadingLimits(unpacked_bytes=1_000_000)))
    with pytest.raises(SourceError, match="it unpacks to more than 1,000,000 bytes"):
        archive.verify() if verify else archive.read("bomb")


def test_a_lie_within_the_limit_is_damage() -> None:
    lying = packed({"part": bytes(5_000)}).replace(struct.pack("<I", 5_000), struct.pack("<I", 10))
    with pytest.raises(SourceError, match="it is damaged"):
        open_zip(RawFile("a.docx", lying)).read("part")


def test_the_limit_holds_for_all_that_is_read() -> None:
    archive = open_zip(RawFile("a.docx", packed({"part": bytes(600)}), ReadingLimits(unpacked_bytes=1_000)))
    archive.verify()
    archive.read("part")
    with pytest.raises(SourceError, match="it unpacks to more than 1,000 bytes"):
        archive.read("part")


def test_too_many_entries() -> None:
    with pytest.raises(SourceError, match="more than 20,000 files"):
        open_zip(RawFile("a.docx", packed({str(at): b"" for at in range(20_001)}, zipfile.ZIP_STORED)))


def test_an_entry_without_a_name() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        nameless = zipfile.ZipInfo("x")
        nameless.filename = ""
        archive.writestr(nameless, b"1")
        archive.writestr("two", b"2")
    assert open_zip(RawFile("a.docx", target.getvalue())).read("two") == b"2"


def test_encrypted_entries() -> None:
    data = bytearray(packed({"part": b"secret"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceError, match="it needs a password: save a copy without one"):
        open_zip(RawFile("a.docx", bytes(data)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_no_office_file_uses(method: int) -> None:
    with pytest.raises(SourceError, match="packed in a way"):
        open_zip(RawFile("a.docx", packed({"part": b"text"}, method)))


def test_damage_inside() -> None:
    data = packed({"part": b"some words that are stored"}, zipfile.ZIP_STORED).replace(b"words", b"weeds")
    with pytest.raises(SourceError, match="it is damaged"):
        open_zip(RawFile("a.docx", data)).read("part")


@given(st.data())
def test_flipped_bytes_raise_nothing_else(data: st.DataObject) -> None:
    changed = bytearray(packed({"one": b"some words " * 9, "two": b"more"}))
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        archive = open_zip(RawFile("a.docx", bytes(changed)))
        archive.verify()
        for name in archive.names():
            archive.read(name)
    except SourceError:
        pass
