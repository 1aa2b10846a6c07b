"""What the readers of office files share: finding one's way in their XML, and headings that are no headings."""

from __future__ import annotations

import re

from lxml import etree

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip
from rag.sources.formats.composing import Composer

_DECLARED = re.compile(rb"<\0?!\0?(?:E\0?N\0?T\0?I|D\0?O\0?C\0?T\0?Y)")
"""In UTF-8 and in UTF-16."""
_LONGEST_HEADING = 200
"""Characters; what is longer is a paragraph that somebody gave the style of a heading."""


def require_no_entities(archive: GuardedZip) -> None:
    """Raise SourceError where a part of an office file declares XML entities, which the standard forbids."""
    for name in archive.names():
        if name.endswith((".xml", ".rels", ".vml")) and _DECLARED.search(archive.read(name)):
            raise SourceError("it declares XML entities, which are not expanded: save it without them")


def add_heading(composer: Composer, text: str, level: int) -> None:
    """Add a heading, or a paragraph where it is too long to be one."""
    if len(text) <= _LONGEST_HEADING:
        composer.heading(text, level)
    else:
        composer.paragraph(text)


def local_name(node: etree._Element) -> str:
    """Return the name of an element without its namespace: standards and drafts of them differ only there."""
    return str(node.tag).rpartition("}")[2]


def child(node: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first descendant along a path of element names without their namespaces."""
    for name in path:
        node = next((each for each in node if local_name(each) == name), None) if node is not None else None
    return node


def attribute(node: etree._Element | None, name: str) -> str | None:
    """Return an attribute by its name without its namespace."""
    if node is None:
        return None
    return next((str(value) for key, value in node.attrib.items() if str(key).rpartition("}")[2] == name), None)


def number(node: etree._Element | None, name: str = "val") -> int | None:
    """Return an attribute that is a whole number, None where there is none."""
    value = attribute(node, name)
    return int(value) if value is not None and re.fullmatch(r"-?\d{1,9}", value) else None
