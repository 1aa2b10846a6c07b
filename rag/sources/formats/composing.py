"""Composing the canonical text of a format that is not text itself: block by block, offsets kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rag.sources.headings import promote_headings
from rag.sources.metadata import read_metadata
from rag.text.invisible import invisible_spans, without
from rag.types import Block, BlockKind, Document, Page

_SPACE = re.compile(r"[^\S\n]+")
_UNSHOWN = dict.fromkeys(
    code for code in (*range(0x20), *range(0x7F, 0xA0), 0xFEFF, 0xFFFE, 0xFFFF) if chr(code) not in "\n\t\r\x85"
)
CELL_SEPARATOR = " | "


def clean(text: str) -> str:
    r"""Return `text` as it may stand in a canonical text: composed (NFC), nothing unseen in it, single blanks.

    Line ends within it stay, as `\n`, blank lines and the white space around lines do not.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())  # what most cells of large tables are; the same result in a tenth of the time
    seen = without(text, invisible_spans(text))
    shown = seen.encode("utf-8", "replace").decode("utf-8").translate(_UNSHOWN)
    lines = (_SPACE.sub(" ", line).strip() for line in unicodedata.normalize("NFC", shown).splitlines())
    return "\n".join(line for line in lines if line)


class Composer:
    """Collects blocks, and gives the document that they make. Every block's text goes through `clean`."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self.hidden = 0
        """Stretches of hidden text that were left out: by whoever fills it, and by `add` itself."""

    @property
    def length(self) -> int:
        """Return the number of characters so far: where the next block begins, a separator not counted."""
        return self._length

    def heading(self, text: str, level: int = 1) -> None:
        """Add a heading; level 1 is the title's."""
        self.add(BlockKind.HEADING, " ".join(text.split()), level)

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        self.add(BlockKind.PARAGRAPH, text)

    def item(self, text: str, level: int = 0) -> None:
        """Add a list item, 0 being the outermost level. Its mark is no part of the text."""
        self.add(BlockKind.LIST_ITEM, text, level, separator="\n")

    def table(self, rows: Sequence[Sequence[str]], *, header: bool = True) -> None:
        """Add a table, each row with its header: `Year: 2022 | Revenue: 5.3`.

        The header row stands above the others as it is. Without `header`, rows are their cells alone.
        """
        plain = [[" ".join(clean(cell).split()) for cell in row] for row in rows]
        plain = [row for row in plain if any(row)]
        if not plain:
            return
        names = plain[0] if header and len(plain) > 1 else []
        for at, row in enumerate(plain):
            cells = row if at == 0 or not names else _named(names, row)
            self.add(
                BlockKind.TABLE_ROW,
                CELL_SEPARATOR.join(cell for cell in cells if cell),
                level=int(bool(names)),
                separator="\n" if at else "\n\n",
            )

    def add(self, kind: BlockKind, text: str, level: int = 0, separator: str = "\n\n") -> tuple[int, int] | None:
        """Add a block, and return its span; None, and nothing added, where it has no text."""
        unseen = invisible_spans(text)
        self.hidden += len(unseen)
        words = clean(text)
        if not words:
            return None
        if self._length:
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        self._parts.append(words)
        self._length += len(words)
        self._blocks.append(Block(kind, start, self._length, level))
        return start, self._length

    def document(
        self,
        source: str,
        *,
        fallback_title: str,
        title: str | None = None,
        author: str | None = None,
        outlet: str | None = None,
        date: str | None = None,
        language: str | None = None,
        url: str | None = None,
        pages: Sequence[Page] = (),
        read_facts: bool = True,
        guess_headings: bool = True,
    ) -> Document:
        """Return the document. What is not given is read from the first lines, unless `read_facts` is off.

        Where the format marks its headings, `guess_headings` is off: no paragraph is taken for one then.
        """
        text = "".join(self._parts)
        blocks = self._blocks
        if read_facts:
            facts, blocks = read_metadata(text, blocks, fallback_title="")
            blocks = promote_headings(text, blocks, markdown=False) if guess_headings else blocks
            title, author = title or facts.title, author or facts.author
            outlet, date = outlet or facts.outlet, date or facts.date
        own_title = " ".join(clean(title or "").split())
        return Document(
            source=source,
            text=text,
            title=own_title or fallback_title,
            author=author or None,
            outlet=outlet or None,
            date=date or None,
            blocks=tuple(blocks),
            pages=tuple(pages),
            language=language,
            url=url,
            titled=bool(own_title),
            hidden=self.hidden,
        )


def _named(names: Sequence[str], row: Sequence[str]) -> list[str]:
    """Return the cells that are not empty, each with the name of its column in front where it has one."""
    padded = [*names, *[""] * (len(row) - len(names))]
    return [f"{name}: {cell}" if name else cell for name, cell in zip(padded, row, strict=False) if cell]
