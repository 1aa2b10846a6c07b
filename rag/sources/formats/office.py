"""What the readers of office files share: finding one's way in their XML, and headings that are no headings."""

from __future__ import annotations

import re

from lxml import etree

from rag.sources.formats.composing import Composer

_LONGEST_HEADING = 200
"""Characters; what is longer is a paragraph that somebody gave the style of a heading."""


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
