"""Text for a terminal: made harmless, wrapped to its width. JSON for other programs: one object a line."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

_NARROWEST, _WIDEST = 40, 100
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movements
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f]).*?(?:\x07|\x1b\\|\x9c|$)"  # OSC, DCS and the like: titles, links
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)
"""Terminal control sequences as ECMA-48 defines them, eight-bit forms too."""
_TOKEN = re.compile(r"\n|[^\S\n]+|\S+")
_REORDERING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Characters that change the direction of what follows, and could make a line read as something else."""


def harmless(text: str) -> str:
    """Return `text` without escape sequences, control characters (but tab and line feed) and direction overrides."""
    text = _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n")).translate(_REORDERING)
    return "".join(
        character for character in text if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}
    )


def one_line(text: str) -> str:
    """Return `text` made harmless and on one line."""
    return " ".join(harmless(text).split())


def well_formed(text: str) -> str:
    """Return `text` with bytes that were no UTF-8 (lone surrogates) replaced, so that it can be encoded anywhere."""
    return text.encode("utf-8", "replace").decode("utf-8")


def width() -> int | None:
    """Return the columns to wrap to, None where standard output is not a terminal and lines stay whole."""
    if not sys.stdout.isatty():
        return None
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns - 1))


def wrapped(text: str, *, indent: str = "", first: str | None = None) -> str:
    """Return `text` made harmless and wrapped to the terminal, `first` in front of it, `indent` before later lines.

    Line ends in `text` stay.
    """
    first, columns = indent if first is None else first, width()
    lines = []
    for number, line in enumerate(harmless(text).split("\n")):
        lead = first if number == 0 else indent
        if columns is None:
            lines.append((lead + line).rstrip())
        else:
            lines += textwrap.wrap(
                line, columns, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False
            ) or [lead.rstrip()]
    return "\n".join(lines)


class Flow:
    """Prints text that comes in pieces, made harmless and wrapped to the terminal as one text."""

    def __init__(self) -> None:
        self._columns = width()
        self._column = 0
        self._space = False

    def feed(self, text: str, strong: Sequence[tuple[int, int]] = ()) -> None:
        """Print the next piece; it ends at the end of a word. Spans of it in `strong` are set bold on a terminal."""
        if self._columns is None:
            click.echo(harmless(text), nl=False)
            return
        for token in _TOKEN.findall(_marked(text, strong)):
            self._put(token, self._columns)
        sys.stdout.flush()

    def _put(self, token: str, columns: int) -> None:
        if token == "\n":
            self._column, self._space, printed = 0, False, token
        elif token.isspace():
            self._space, printed = self._column > 0, ""
        else:
            printed, length = f" {token}" if self._space else token, len(_BOLD_MARKS.sub("", token)) + self._space
            if self._column and self._column + length > columns:
                self._column, printed, length = 0, f"\n{token}", length - self._space
            self._column += length
            self._space = False
        click.echo(_BOLD_MARKS.sub(lambda mark: _BOLD_CODES[mark.group()], printed), nl=False)


_BOLD_CODES = {"\x02": "\x1b[1m", "\x03": "\x1b[22m"}
"""Where bold begins and ends: marks in text on its way (`harmless` lets none in), and what a terminal takes."""
_BOLD_MARKS = re.compile("[\x02\x03]")


def _marked(text: str, strong: Sequence[tuple[int, int]]) -> str:
    """Return `text` made harmless, its spans `strong` between the marks of bold."""
    parts, at = [], 0
    for start, end in sorted(strong):
        if at <= start < end:
            parts += [harmless(text[at:start]), "\x02", harmless(text[start:end]), "\x03"]
            at = end
    return "".join([*parts, harmless(text[at:])])


def excerpt(text: str, length: int) -> str:
    """Return the beginning of `text` on one line, at most `length` characters, cut at a word."""
    return textwrap.shorten(one_line(text), length, placeholder=" …")


def print_json(value: dict[str, Any]) -> None:
    """Print one object on one line at once.

    Everything beyond ASCII is escaped: no letter of a source can then end the line early, reach the terminal as a
    control character, or fail to be encoded.
    """
    click.echo(json.dumps(value, ensure_ascii=True, allow_nan=False))
    sys.stdout.flush()


def show_trouble(trouble: str | None) -> None:
    """Say on standard error what is wrong with the index that answers, if anything."""
    if trouble:
        click.echo(one_line(trouble), err=True)
