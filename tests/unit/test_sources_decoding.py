from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.sources import SourceFile, read_file
from rag.sources.decoding import decode, require_shown

SENTENCE = "Zelensky’s café — “naïve”, he said.\r\nNext line.\n"


def test_the_canonical_text_is_the_decoded_file_with_nothing_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf  One\r\ntwo\rthree\n\n")

    assert read_file(SourceFile("a.txt", path, 0, 0)).documents[0].text == "\ufeff  One\r\ntwo\rthree\n\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_stays(mark: bytes, encoding: str) -> None:
    assert decode(mark + SENTENCE.encode(encoding)) == "\ufeff" + SENTENCE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_unicode_without_a_mark(encoding: str) -> None:
    assert decode(SENTENCE.replace("’", "'").encode(encoding)) == SENTENCE.replace("’", "'")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SENTENCE, "windows-1252"),
        ("It costs £5.", "windows-1252"),
        ("Plain résumé.", "latin-1"),
        ("Der Bürgermeister sagte: „Schöne Grüße aus München“ und ging über die Straße.", "windows-1252"),
        ("Он сказал, что президент России приедет в Москву на переговоры о мире.", "windows-1251"),
        ("日本の首相は今日東京で会見し、平和について語った。", "shift_jis"),
        ("Zażółć gęślą jaźń, powiedział prezydent Polski w Warszawie.", "windows-1250"),
    ],
)
def test_older_encodings_are_guessed(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@given(st.text())
@settings(deadline=None)
def test_utf8_is_never_taken_for_anything_else(text: str) -> None:
    if "\0" not in text:
        assert decode(text.encode()) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "holds NUL bytes, so it is not plain text"),
        (codecs.BOM_UTF16_LE + b"a\0b", "begins as utf-16-le but is broken at byte 4"),
        ("Émile était à l’été".encode() + b"\xff" + "déjà là".encode(), "is UTF-8 but broken at byte 26"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=f"^it {reason}.*save it as UTF-8, or remove it"):
        decode(data)


def test_control_characters_throughout_are_no_text() -> None:
    with pytest.raises(SourceError, match=r"^it is full of control characters"):
        require_shown(decode(bytes(range(1, 32)) * 4))


def test_a_file_that_cannot_be_opened_is_an_error_for_people(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^it cannot be read \(No such file or directory\)"):
        read_file(SourceFile("gone.txt", tmp_path / "gone.txt", 0, 0))
