"""The syntax of rich text (RTF Specification 1.9.1, Microsoft 2008): its tokens, its code pages, its destinations."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)|(.)", re.S
)
_CHARSETS = {
    **{0: 1252, 1: 1252, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258},
    **{177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850},
}
"""Code page by the number of a font's character set."""
_MACINTOSH = {77: "mac_roman", 78: "shift_jis", 83: "mac_greek", 84: "mac_cyrillic", 88: "cp874", 89: "mac_latin2"}
CHARACTERS = {
    **{"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
    **{"bullet": "•", "tab": "\t", "line": "\n", "lbr": "\n", "softline": "\n", "emspace": " ", "enspace": " "},
    "qmspace": " ",
}
"""Words that stand for a character."""
SKIPPED = frozenset(
    "fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl generator info pict object objdata "
    "themedata colorschememapping datastore latentstyles xmlnstbl header headerl headerr headerf footer footerl "
    "footerr footerf ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn fldinst filetbl private nonshppict bkmkstart "
    "bkmkend annotation atnid atnauthor atntime atnicn atnref atrfstart atrfend pgdsctbl docvar userprops passwordhash "
    "xe tc rxe txe wgrffmtfilter mmathPr sp pntxta pntxtb levelnumbers leveltext falt panose protusertbl do "
    "formfield datafield nesttableprops background shprslt".split()
)
"""Destinations whose words are no text of the document."""


class Kind(Enum):
    """What a token is."""

    OPEN = "{"
    CLOSE = "}"
    WORD = "control word"
    SYMBOL = "control symbol"
    BYTES = "text"


@dataclass(frozen=True, slots=True)
class Token:
    """A brace, a control word with its number, a control symbol, or text, still in bytes."""

    kind: Kind
    word: str = ""
    number: int | None = None
    data: bytes = b""
    escaped: bool = False
    """Text written as the digits of one byte: it counts as one character."""


def tokens(data: bytes) -> Iterator[Token]:
    r"""Yield the tokens of a file; what `\bin` announces, bytes of a picture, is jumped over."""
    at = 0
    while match := _TOKEN.match(data, at):
        at = match.end()
        word, number, digits, symbol, brace, text, _ = match.groups()
        if word:
            value = int(number) if number else None
            if word == b"bin":
                at += max(value or 0, 0)
            yield Token(Kind.WORD, word.decode("ascii"), value)
        elif digits:
            yield Token(Kind.BYTES, data=bytes.fromhex(digits.decode("ascii")), escaped=True)
        elif symbol:
            yield Token(Kind.SYMBOL, symbol.decode("latin-1"))
        elif brace:
            yield Token(Kind.OPEN if brace == b"{" else Kind.CLOSE)
        elif text:
            yield Token(Kind.BYTES, data=text)


def code_page(number: int | None) -> str | None:
    """Return Python's name of a Windows code page, None where it knows none."""
    name = {65001: "utf-8", 10000: "mac_roman"}.get(number or 0, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def charset_page(number: int | None) -> str | None:
    """Return Python's name of the encoding of a font's character set, None where the document's own holds."""
    if number in _MACINTOSH:
        return _MACINTOSH[number]
    return code_page(_CHARSETS[number]) if number in _CHARSETS and number != 1 else None
