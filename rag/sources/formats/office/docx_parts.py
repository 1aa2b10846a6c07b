"""The parts of a Word document beside its body: styles, and the notes at the foot or the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip
from rag.sources.formats.office.office import attribute, child, local_name, number
from rag.sources.formats.safe_xml import parse_xml

_FOLDER = "word/"
_NOTES = ("footnotes", "endnotes")
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})
_HEADING = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|заголовок|見出し|标题)\s*([1-9])", re.IGNORECASE
)
"""Built-in styles are named in English in every language, but converted files may name them as shown."""
_DEEPEST_STYLE = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """Which list a paragraph is an item of, and how deep; None for what is not said, 0 for no list."""

    list_number: int | None = None
    depth: int | None = None

    def over(self, other: Listed) -> Listed:
        """Return this with what it does not say taken from `other`."""
        return Listed(
            other.list_number if self.list_number is None else self.list_number,
            other.depth if self.depth is None else self.depth,
        )


NOT_LISTED = Listed()


@dataclass(frozen=True, slots=True)
class Style:
    """What the style of a paragraph says about it."""

    name: str = ""
    outline: int | None = None
    """Depth of a heading, 1 being the uppermost; 0 is the document's title, None no heading."""
    listed: Listed = NOT_LISTED


def switched_on(node: etree._Element | None) -> bool:
    """Say whether a property that is there is on: it is, unless it says otherwise."""
    return node is not None and attribute(node, "val") not in {"0", "false", "off", "none"}


def read_styles(archive: GuardedZip) -> dict[str, Style]:
    """Return the styles of paragraphs by their identifiers; none where they are missing or broken."""
    try:
        root = parse_xml(archive.read(f"{_FOLDER}styles.xml"))
    except SourceError:
        return {}
    nodes = {attribute(node, "styleId") or "": node for node in root if local_name(node) == "style"}
    return {identifier: _style(node, nodes) for identifier, node in nodes.items()}


def _style(node: etree._Element, nodes: Mapping[str, etree._Element]) -> Style:
    name = attribute(child(node, "name"), "val") or ""
    outline = None
    listed = NOT_LISTED
    current: etree._Element | None = node
    for _ in range(_DEEPEST_STYLE):
        properties = child(current, "pPr")
        if outline is None:
            outline = outline_of(properties, attribute(child(current, "name"), "val") or "")
        listed = listed.over(listed_by(properties))
        current = nodes.get(attribute(child(current, "basedOn"), "val") or "")
        if current is None:
            break
    return Style(name, outline, listed)


def outline_of(properties: etree._Element | None, style_name: str = "") -> int | None:
    """Return the depth of a heading by a paragraph's properties or the name of its style, None for what is none."""
    level = number(child(properties, "outlineLvl"))
    if level is not None:
        return level + 1 if level < 9 else None
    if style_name.lower() == "title":
        return 0
    match = _HEADING.fullmatch(style_name.strip())
    return int(match.group(1)) if match else None


def listed_by(properties: etree._Element | None) -> Listed:
    """Return what the properties of a paragraph say about the list that it is in."""
    numbering = child(properties, "numPr")
    depth = number(child(numbering, "ilvl"))
    return Listed(number(child(numbering, "numId")), None if depth is None else max(0, min(depth, 8)))


def read_notes(archive: GuardedZip) -> dict[tuple[str, str], etree._Element]:
    """Return the notes by kind (`footnote`, `endnote`) and identifier; none where they are missing or broken."""
    notes: dict[tuple[str, str], etree._Element] = {}
    for part in _NOTES:
        try:
            root = parse_xml(archive.read(f"{_FOLDER}{part}.xml"))
        except SourceError:
            continue
        for note in root:
            if attribute(note, "type") not in _SEPARATORS:
                notes[local_name(note), attribute(note, "id") or ""] = note
    return notes
