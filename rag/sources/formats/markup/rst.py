"""reStructuredText: sections, paragraphs, lists, tables, code and the fields at the top, through docutils.

Nothing that a text asks for is done: no file is included, nothing raw is passed on, no settings file is read.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Final

from docutils import nodes
from docutils.core import publish_doctree
from docutils.utils import SystemMessage

from rag.errors import SourceError
from rag.sources.bylines import Facts, merge, parse_header_line
from rag.sources.decoding import decode, require_shown
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.types import BlockKind

_SETTINGS: Final = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 3,
    "halt_level": 5,
    "warning_stream": False,
    "traceback": True,
    "line_length_limit": 100_000_000,
    "syntax_highlight": "none",
    "smart_quotes": False,
    "input_encoding": "unicode",
}
_TODAY = re.compile(r"^(\.\.[ \t]+\|[^|\n]+\|[ \t]+)date::.*$", re.M)
"""A directive that gives the day on which the file is read; the same bytes must give the same document."""
_ROLE = re.compile(r":[\w:+.-]+:`([^`<]*[^`<\s])(?:\s*<[^`>]*>)?`")
_OPTION = re.compile(r"\s*:[\w-]+:.*")
_MACHINERY = frozenset({"toctree", "include", "raw", "image", "figure", "currentmodule", "index", "highlight", "meta"})
_UNSHOWN = (
    nodes.comment,
    nodes.substitution_definition,
    nodes.target,
    nodes.raw,
    nodes.pending,
    nodes.image,
    nodes.label,
)
_FAULTS = (SystemMessage, RecursionError, ValueError, LookupError, AttributeError, TypeError, AssertionError)
"""What docutils raises on texts that it cannot take."""


def read_rst(raw: RawFile) -> Reading:
    """Read reStructuredText."""
    text = decode(raw.data).lstrip("\ufeff")
    require_shown(text)
    writer = _Writer()
    try:
        tree = publish_doctree(_TODAY.sub(r"\1replace:: (date)", text), settings_overrides=dict(_SETTINGS))
        writer.add_all(tree)
    except _FAULTS as error:
        raise SourceError(
            f"it is reStructuredText that cannot be parsed ({_line(error)}): rename it to .txt"
        ) from error
    if not writer.composer.length:
        raise SourceError("it has no text in it: fill it or remove it")
    facts = merge(writer.facts)
    document = writer.composer.document(
        raw.source,
        fallback_title=raw.stem,
        title=facts.title,
        author=facts.author,
        outlet=facts.outlet,
        date=facts.date,
        guess_headings=False,
    )
    return Reading((document,))


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__


class _Writer:
    """Goes through the tree and composes it."""

    def __init__(self) -> None:
        self.composer = Composer()
        self.facts: list[Facts] = []
        self._sections = 1
        self._lists = 0
        self._ways: dict[type[nodes.Node], Callable[[nodes.Element], None]] = {
            nodes.title: self._title,
            nodes.subtitle: lambda node: self.composer.heading(_words(node), 2),
            nodes.rubric: lambda node: self.composer.heading(_words(node), min(self._sections + 1, 6)),
            nodes.section: self._section,
            nodes.bullet_list: self._list,
            nodes.enumerated_list: self._list,
            nodes.list_item: self._item,
            nodes.definition_list_item: self._definition,
            nodes.literal_block: lambda node: self._add(BlockKind.CODE, node.astext()),
            nodes.doctest_block: lambda node: self._add(BlockKind.CODE, node.astext()),
            nodes.math_block: lambda node: self._add(BlockKind.CODE, node.astext()),
            nodes.line_block: lambda node: self.composer.paragraph("\n".join(_lines(node))),
            nodes.table: self._table,
            nodes.docinfo: self._fields,
            nodes.field_list: self._fields,
            nodes.option_list_item: lambda node: self.composer.item(": ".join(_words(part) for part in node)),
            nodes.system_message: self._message,
        }

    def add_all(self, node: nodes.Node) -> None:
        """Add everything in a node."""
        for child in node.children:
            self.add(child)

    def add(self, node: nodes.Node) -> None:
        """Add a node by its own way, else as a paragraph, else what is in it."""
        if isinstance(node, _UNSHOWN):
            return
        way = self._ways.get(type(node))
        if way is not None and isinstance(node, nodes.Element):
            way(node)
        elif isinstance(node, nodes.TextElement | nodes.Text):
            self.composer.paragraph(_words(node))
        else:
            self.add_all(node)

    def _add(self, kind: BlockKind, text: str) -> None:
        self.composer.add(kind, text)

    def _title(self, node: nodes.Element) -> None:
        if isinstance(node.parent, nodes.table):
            self.composer.paragraph(_words(node))
        else:
            self.composer.heading(_words(node), min(self._sections, 6))

    def _section(self, node: nodes.Element) -> None:
        self._sections += 1
        self.add_all(node)
        self._sections -= 1

    def _list(self, node: nodes.Element) -> None:
        self._lists += 1
        self.add_all(node)
        self._lists -= 1

    def _item(self, node: nodes.Element) -> None:
        """Add a list item: its first paragraph is the item, what follows stands on its own."""
        first, *others = node.children or [nodes.paragraph()]
        if isinstance(first, nodes.TextElement):
            self.composer.item(_words(first), self._lists - 1)
        else:
            self.add(first)
        for other in others:
            self.add(other)

    def _definition(self, node: nodes.Element) -> None:
        """Add a term with the first paragraph of its definition: `term: definition`."""
        terms = [_words(term) for term in node if isinstance(term, nodes.term)]
        body = [part for each in node if isinstance(each, nodes.definition) for part in each]
        opening = body.pop(0) if body and isinstance(body[0], nodes.paragraph) else None
        words = _words(opening) if opening is not None else ""
        self.composer.item(": ".join(filter(None, (", ".join(terms), words))), max(self._lists - 1, 0))
        for part in body:
            self.add(part)

    def _fields(self, node: nodes.Element) -> None:
        """Add the fields of a list, `Name: value`; those that are facts about the document as such."""
        for field in node:
            if isinstance(field, nodes.authors):
                name, value = "Authors", ", ".join(_words(author) for author in field)
            elif isinstance(field, nodes.field) and len(field) > 1:
                name, value = _words(field[0]), _words(field[1])
            else:
                name, value = type(field).__name__.capitalize(), _words(field)
            line = f"{name}: {value}" if value else name
            found = parse_header_line(line) if isinstance(node, nodes.docinfo) else None
            self.facts += [found] if found else []
            self.composer.add(BlockKind.META if found else BlockKind.PARAGRAPH, line)

    def _table(self, node: nodes.Element) -> None:
        """Add a table; the rows of its head, put together, name the columns."""
        for title in node.findall(nodes.title):
            self.add(title)
        head = [_cells(row) for part in node.findall(nodes.thead) for row in part.findall(nodes.row)]
        body = [_cells(row) for part in node.findall(nodes.tbody) for row in part.findall(nodes.row)]
        if head:
            width = max(map(len, head))
            names = [" ".join(row[at] for row in head if at < len(row) and row[at]) for at in range(width)]
            self.composer.table([names, *body])
        else:
            self.composer.table(body, header=False)

    def _message(self, node: nodes.Element) -> None:
        """Add the text under a directive that docutils does not know, as those of Sphinx; not what is wrong with it."""
        for block in node.findall(nodes.literal_block):
            opening, _, body = block.astext().partition("\n")
            name, _, argument = opening.removeprefix("..").partition("::")
            if name.strip() in _MACHINERY or "::" not in opening:
                continue
            lines = (line for line in textwrap.dedent(body).split("\n") if not _OPTION.fullmatch(line))
            self.composer.paragraph(_without_roles(argument))
            for paragraph in re.split(r"\n\s*\n", "\n".join(lines)):
                self.composer.paragraph(_without_roles(paragraph))


def _words(node: nodes.Node) -> str:
    """Return the text of a node on one line, with the text of roles that docutils does not know."""
    return " ".join(_without_roles(node.astext()).split())


def _without_roles(text: str) -> str:
    return _ROLE.sub(lambda match: match.group(1).lstrip("~!"), text)


def _lines(node: nodes.Element) -> Iterator[str]:
    for child in node:
        if isinstance(child, nodes.line_block):
            yield from _lines(child)
        else:
            yield _words(child)


def _cells(row: nodes.Element) -> list[str]:
    """Return the cells of a row; one over several columns stands in the first of them."""
    cells: list[str] = []
    for entry in row.findall(nodes.entry):
        cells += [_words(entry), *[""] * int(entry.get("morecols", 0))]
    return cells
