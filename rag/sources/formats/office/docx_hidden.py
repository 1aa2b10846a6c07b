"""Text of Word documents that nobody sees: marked as hidden, white on white, or too small to be read.

White letters are hidden only where nothing tells of a ground under them: no shading of the run, the paragraph, the cell
or the table, no text box, no colour of the page.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from rag.errors import SourceError
from rag.sources.formats.archives import GuardedZip
from rag.sources.formats.office.docx_parts import switched_on
from rag.sources.formats.office.office import attribute, child, local_name, number
from rag.sources.formats.safe_xml import parse_xml
from rag.sources.styles import WHITE, colour, look_alike

_STYLES = "word/styles.xml"
_SMALLEST = 4
"""Half points: letters of two points and less are not read."""
_DEEPEST_STYLE = 10
_GROUNDED = frozenset({"txbxContent", "background"})


@dataclass(slots=True)
class Concealment:
    """What of a document is hidden, and how many runs of it with words were met."""

    styles: frozenset[str] = frozenset()
    """Of characters and paragraphs whose words are hidden."""
    count: int = 0

    def hides(self, run: etree._Element) -> bool:
        """Say whether a run is hidden; it is counted where it has words."""
        hidden = self._is_hidden(run)
        self.count += hidden and any((node.text or "").strip() for node in run.iter("{*}t"))
        return hidden

    def _is_hidden(self, run: etree._Element) -> bool:
        properties = child(run, "rPr")
        own = child(properties, "vanish")
        if own is not None or child(properties, "specVanish") is not None:
            return switched_on(own) or switched_on(child(properties, "specVanish"))
        if self.styles and not self.styles.isdisjoint(_style_names(run, properties)):
            return True
        if properties is None:
            return False
        size = number(child(properties, "sz"))
        return (size is not None and size <= _SMALLEST) or _is_white_on_white(run, properties)


def _style_names(run: etree._Element, properties: etree._Element | None) -> set[str]:
    paragraph = next((node for node in run.iterancestors() if local_name(node) == "p"), None)
    named = (child(properties, "rStyle"), child(paragraph, "pPr", "pStyle"))
    return {attribute(node, "val") or "" for node in named}


def read_concealment(archive: GuardedZip) -> Concealment:
    """Return what the styles of a document hide; nothing where they are missing or broken."""
    try:
        root = parse_xml(archive.read(_STYLES))
    except SourceError:
        return Concealment()
    nodes = {attribute(node, "styleId") or "": node for node in root if local_name(node) == "style"}
    return Concealment(frozenset(name for name, node in nodes.items() if _vanishes(node, nodes)))


def _vanishes(node: etree._Element | None, nodes: dict[str, etree._Element]) -> bool:
    """Say whether a style hides its words, itself or by the style that it is based on."""
    for _ in range(_DEEPEST_STYLE):
        own = child(node, "rPr", "vanish")
        if node is None or own is not None:
            return switched_on(own)
        node = nodes.get(attribute(child(node, "basedOn"), "val") or "")
    return False


def _is_white_on_white(run: etree._Element, properties: etree._Element) -> bool:
    letters = colour(attribute(child(properties, "color"), "val") or "auto")
    if letters is None or not look_alike(letters, WHITE):
        return False
    if child(properties, "highlight") is not None or _is_shaded(properties):
        return False
    for node in run.iterancestors():
        name = local_name(node)
        if name in _GROUNDED or _is_shaded(child(node, f"{name}Pr")):
            return False
        if name == "tbl" and child(node, "tblPr", "tblStyle") is not None:
            return False
        if name == "document" and child(node, "background") is not None:
            return False
    return True


def _is_shaded(properties: etree._Element | None) -> bool:
    """Say whether there is a ground of another colour than white."""
    shading = child(properties, "shd")
    if shading is None:
        return False
    ground = colour(attribute(shading, "fill") or "auto")
    patterned = (attribute(shading, "val") or "clear") not in {"clear", "nil"}
    return patterned or (ground is not None and not look_alike(ground, WHITE))
