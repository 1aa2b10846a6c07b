"""From the bytes of a file to its canonical text: the decoded file itself, with nothing removed.

Line ends stay as they are (CRLF is two characters), and so does a byte order mark (U+FEFF, one character), so that
an offset means the same to everybody who decodes the file and changes nothing. A byte order mark decides the
encoding; without one the file is UTF-8, or, where it is not valid UTF-8, an older encoding that has to be guessed.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from rag.errors import SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
]
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SYMBOL_IN_WORD = re.compile(r"[^\W\d_][¡-©«¬®-³¶¸-¿×÷€ƒ†‡‰][^\W\d_]")
_CONTROL_SHARE = 0.01
"""More control characters than this, and a file is no text."""
_ACCENT_SHARE = 0.1
"""Western European languages have fewer accented letters than this; what has more is another alphabet."""
_NUL_SHARE = 0.6
_SAVE_AS_UTF8 = "open it in an editor and save it as UTF-8, or remove it"


def decode(data: bytes) -> str:
    """Return the canonical text of a file: decoded, nothing removed, line ends as they are.

    Raises SourceError, worded to follow the file's name, when it is not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_marked(data, encoding)
    unmarked = _unmarked_utf16(data)
    if unmarked:
        return _decode_marked(data, unmarked)
    if b"\0" in data:
        raise SourceError(f"it holds NUL bytes, so it is not plain text: {_SAVE_AS_UTF8}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(data, error)
        return _decode_by_guess(data)


def require_shown(text: str) -> None:
    """Raise SourceError when a text is full of control characters: it was not meant to be read."""
    if len(_CONTROL.findall(text)) > _CONTROL_SHARE * len(text):
        raise SourceError("it is full of control characters, so it is not text: remove it")


def _unmarked_utf16(data: bytes) -> str | None:
    """Return the UTF-16 encoding of mostly Latin text without a mark: every other byte is a NUL, None for the rest."""
    half = len(data) // 2
    if len(data) % 2 or not half:
        return None
    low, high = data[::2].count(0) / half, data[1::2].count(0) / half
    if high > _NUL_SHARE and not low:
        return "utf-16-le"
    return "utf-16-be" if low > _NUL_SHARE and not high else None


def _decode_marked(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(f"it begins as {encoding} but is broken at byte {error.start:,}: {_SAVE_AS_UTF8}") from error


def _refuse_broken_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """Raise SourceError when most of what is beyond ASCII in `data` is UTF-8: guessing would garble all of that."""
    repaired = data.decode("utf-8", "replace")
    broken = repaired.count("\ufffd")
    whole = sum(1 for character in repaired if character > "\x7f") - broken
    if whole > 2 * broken:
        raise SourceError(f"it is UTF-8 but broken at byte {error.start:,}: {_SAVE_AS_UTF8}") from error


def _decode_by_guess(data: bytes) -> str:
    """Return text in an encoding older than Unicode: Windows-1252 where that reads well, else the likeliest."""
    western = _decode_western(data)
    if western is not None and _reads_western(western):
        return western
    guess = from_bytes(data, cp_isolation=_GUESSES).best()
    if guess is not None:
        return data.decode(guess.encoding)
    if western is not None:
        return western
    raise SourceError(f"it is in an encoding that could not be told: {_SAVE_AS_UTF8}")


def _decode_western(data: bytes) -> str | None:
    try:
        return data.decode("windows-1252")
    except UnicodeDecodeError:
        return None


def _reads_western(text: str) -> bool:
    """Say whether text decoded as Windows-1252 looks right: few accents, and no symbols inside words."""
    letters = sum(1 for character in text if character.isalpha())
    accents = sum(1 for character in text if character.isalpha() and character > "\x7f")
    return accents <= max(1, _ACCENT_SHARE * letters) and not _SYMBOL_IN_WORD.search(text)
