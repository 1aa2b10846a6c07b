"""Rich text (RTF): paragraphs, headings by their styles, list items, tables, footnotes, and the properties."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.markup.rtf_syntax import CHARACTERS, SKIPPED, Kind, Token, charset_page, code_page, tokens
from rag.sources.formats.office.properties import Properties, with_properties
from rag.sources.formats.tables.grids import compose_table

_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|rubrik)\s*([1-9])\b", re.I)
_TITLE = re.compile(r"(?:title|titel|titre|título|titolo)\s*;?$", re.I)
_INFO = frozenset({"title", "author", "creatim", "revtim"})
_MARKS = frozenset({"listtext", "pntext"})
_ENDS = frozenset({"par", "sect", "page", "column"})
_ENCODINGS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_DATE_PARTS = ("yr", "mo", "dy")


def read_rtf(raw: RawFile) -> Reading:
    """Read rich text."""
    start = raw.data.find(b"{\\rtf", 0, 1024)
    if start < 0:
        raise SourceError("it is not RTF though it is called so: rename it, or save it as RTF again")
    reader = _Reader()
    for token in tokens(raw.data[start:]):
        reader.take(token)
    reader.finish()
    if not reader.composer.length:
        raise SourceError("it has no text in it, of pictures alone perhaps: convert it to PDF to have it read")
    document = reader.composer.document(raw.source, fallback_title=raw.stem)
    return Reading((with_properties(document, reader.properties()),))


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds within a pair of braces."""

    destination: str = ""
    """The destination that its words belong to; empty for the text of the document."""
    encoding: str = ""
    unicode_skip: int = 1
    hidden: bool = False


@dataclass(slots=True)
class _Paragraph:
    """The layout of the paragraph that is being read."""

    style: int = 0
    outline: int | None = None
    in_table: bool = False
    listed: bool = False
    level: int = 0
    """Depth of the list item, where it is one."""


@dataclass(slots=True)
class _Reader:
    """Takes the tokens one after the other, and composes what they make."""

    composer: Composer = field(default_factory=Composer)
    groups: list[_Group] = field(default_factory=list)
    now: _Group = field(default_factory=_Group)
    encoding: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    """The font whose entry in the table of fonts is being read."""
    levels: dict[int, int] = field(default_factory=dict)
    """Level of the headings of a style."""
    paragraph: _Paragraph = field(default_factory=_Paragraph)
    words: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    """Bytes of text in one encoding, not decoded yet: a character may be two of them."""
    skip: int = 0
    """Characters that stand in for a Unicode character, still to be left out."""
    starred: bool = False
    marked: bool = False
    """Whether the mark of a list item has been read."""
    cells: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    style_words: str = ""
    style: int = 0

    def take(self, token: Token) -> None:
        """Go on by one token."""
        match token.kind:
            case Kind.OPEN:
                self.decode()
                self.skip = 0
                self.groups.append(self.now)
            case Kind.CLOSE:
                self.close()
            case Kind.BYTES:
                self.text(token)
            case Kind.SYMBOL:
                self.symbol(token.word)
            case Kind.WORD:
                self.word(token.word, token.number)

    def close(self) -> None:
        """End a group: what held before its brace holds again."""
        self.decode()
        self.skip = 0
        ended, self.now = self.now, self.groups.pop() if self.groups else _Group()
        if ended.destination == "stylesheet":
            self.end_style()
        elif ended.destination == "footnote" != self.now.destination:
            self.notes.append("")

    def text(self, token: Token) -> None:
        """Take up bytes of text, but those that stand in for a character already read."""
        data = token.data
        if self.skip:
            left = min(self.skip, len(data))
            self.skip -= left
            data = data[left:]
        self.starred = False
        self.pending += data

    def symbol(self, symbol: str) -> None:
        """Take a control symbol."""
        if symbol == "*":
            self.starred = True
        elif symbol in "\\{}":
            self.text(Token(Kind.BYTES, data=symbol.encode("latin-1")))
        elif symbol in "~_":
            self.say(" " if symbol == "~" else "-")
        elif symbol in "\r\n":
            self.end_paragraph()

    def word(self, word: str, number: int | None) -> None:
        """Take a control word."""
        starred, self.starred = self.starred, False
        if word == "u" and number is not None:
            self.say(chr(number % 0x10000))
            self.skip = self.now.unicode_skip
            return
        self.decode()
        if word in SKIPPED or word in _MARKS or word == "footnote" or (word in _INFO and self.in_info()):
            self.now = replace(self.now, destination=word)
        elif starred:
            self.now = replace(self.now, destination="*")
        elif word in CHARACTERS:
            self.say(CHARACTERS[word])
        elif not self.now.destination and (word in _ENDS or word in {"cell", "nestcell", "row", "nestrow", "pard"}):
            self.end(word)
        else:
            self.set(word, number)

    def in_info(self) -> bool:
        """Say whether the walk is among the properties of the document."""
        return self.now.destination == "info"

    def end(self, word: str) -> None:
        """End a paragraph, a cell or a row, or go back to a plain paragraph."""
        if word in {"cell", "nestcell"}:
            self.cells.append(" ".join("".join(self.words).split()))
            self.words.clear()
        elif word in {"row", "nestrow"}:
            if self.cells:
                self.rows.append(self.cells)
            self.cells = []
        elif word == "pard":
            self.paragraph = _Paragraph()
        else:
            self.end_paragraph()

    def set(self, word: str, number: int | None) -> None:
        """Note what a control word says of the text behind it."""
        match word:
            case "ansicpg" | "mac" | "pc" | "pca":
                self.encoding = _ENCODINGS.get(word) or code_page(number) or self.encoding
            case "uc":
                self.now = replace(self.now, unicode_skip=min(max(number or 0, 0), 8))
            case "v" | "deleted":
                self.now = replace(self.now, hidden=number != 0)
            case "plain":
                self.now = replace(self.now, hidden=False, encoding="")
            case "f":
                self.set_font(number or 0)
            case "fcharset" if self.now.destination == "fonttbl":
                self.fonts[self.font] = charset_page(number) or ""
            case "s":
                self.set_style(number or 0)
            case "outlinelevel":
                self.set_outline(number or 0)
            case "intbl":
                self.paragraph.in_table = True
            case "ls":
                self.paragraph.listed = bool(number)
            case "ilvl":
                self.paragraph.level = min(max(number or 0, 0), 8)
            case _ if word in _DATE_PARTS and self.now.destination in {"creatim", "revtim"}:
                self.facts[self.now.destination] = f"{self.facts.get(self.now.destination, '')}-{number or 0:02d}"

    def set_font(self, number: int) -> None:
        """Note the font, and with it the encoding."""
        if self.now.destination == "fonttbl":
            self.font = number
        else:
            self.now = replace(self.now, encoding=self.fonts.get(number, ""))

    def set_style(self, number: int) -> None:
        """Note the style of the paragraph, or which one the table of styles is at."""
        if self.now.destination == "stylesheet":
            self.style = number
        else:
            self.paragraph.style = number

    def set_outline(self, level: int) -> None:
        """Note the level of a heading, or of the headings of a style."""
        if self.now.destination == "stylesheet":
            if level < 6:
                self.levels[self.style] = level + 1
        elif not self.now.destination:
            self.paragraph.outline = level

    def end_style(self) -> None:
        """Note whether the style whose name has been read is one of headings."""
        name = self.style_words.strip(" ;")
        match = _HEADING.match(name)
        if match or _TITLE.match(name):
            self.levels[self.style] = min(int(match.group(1)), 6) if match else 1
        self.style_words, self.style = "", 0

    def decode(self) -> None:
        """Turn the pending bytes into text."""
        if self.pending:
            text = bytes(self.pending).decode(self.now.encoding or self.encoding, "replace")
            self.pending.clear()
            self.add(text)

    def say(self, text: str) -> None:
        """Add text behind what is pending."""
        self.decode()
        self.add(text)

    def add(self, text: str) -> None:
        """Add text to the destination that it belongs to."""
        destination = self.now.destination
        if not destination and not self.now.hidden:
            self.words.append(text)
        elif destination in _MARKS:
            self.marked = self.marked or bool(text.strip())
        elif destination == "footnote":
            self.notes[-1:] = [(self.notes[-1] if self.notes else "") + text]
        elif destination == "stylesheet":
            self.style_words += text
        elif destination in {"title", "author"}:
            self.facts[destination] = self.facts.get(destination, "") + text

    def end_paragraph(self) -> None:
        """Add the paragraph to the document; within a table it goes on in its cell."""
        if self.paragraph.in_table or self.cells:
            self.words.append(" ")
            return
        self.flush_table()
        text = _joined("".join(self.words))
        self.words.clear()
        level = self.levels.get(self.paragraph.style)
        if self.paragraph.outline is not None:
            level = self.paragraph.outline + 1 if self.paragraph.outline < 6 else level
        if level:
            self.composer.heading(text, level)
        elif self.paragraph.listed or self.marked:
            self.composer.item(text, self.paragraph.level)
        else:
            self.composer.paragraph(text)
        self.marked = False

    def flush_table(self) -> None:
        """Add the table whose rows have been read."""
        rows = [[_joined(cell) for cell in row] for row in self.rows]
        self.rows = []
        width = max(map(len, rows), default=0)
        if width == 1 or len(rows) == 1:
            self.composer.table(rows, header=False)
        elif rows:
            compose_table(self.composer, [[*row, *[""] * (width - len(row))] for row in rows])

    def finish(self) -> None:
        """End what is open, and add the footnotes."""
        self.decode()
        self.groups.clear()
        if self.cells:
            self.end("row")
        self.paragraph.in_table = False
        self.end_paragraph()
        for note in self.notes:
            self.composer.paragraph(_joined(note))

    def properties(self) -> Properties:
        """Return what the document says of itself."""
        return Properties(
            title=_joined(self.facts.get("title", "")),
            author=_joined(self.facts.get("author", "")),
            created=self.facts.get("creatim", "").lstrip("-"),
            modified=self.facts.get("revtim", "").lstrip("-"),
        )


def _joined(text: str) -> str:
    r"""Return text in which two halves of a character, as `\u` gives those beyond the first plane, are one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
