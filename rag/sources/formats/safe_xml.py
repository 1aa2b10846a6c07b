"""XML from strangers: parsed without entities, without the network, and only as deep and as large as can be held.

The one parser of everything that is XML or has XML inside. A document that declares entities of its own is refused
whole: they are how a few lines grow to gigabytes (billion laughs, quadratic blow-up) or take in other files (XXE).
"""

from __future__ import annotations

from html import unescape
from typing import cast

from lxml import etree

from rag.errors import SourceError
from rag.sources.decoding import decode

_MOST_TAGS = 5_000_000
"""Opening and closing tags; beyond it the tree takes more than a gigabyte of memory."""
_DEEPEST = 250
"""Elements within one another. The parser's own limit, which depends on its release, lies at or above it."""
_LIMIT_ERRORS = frozenset({etree.ErrorTypes.ERR_ENTITY_LOOP, etree.ErrorTypes.ERR_RESOURCE_LIMIT})


def parse_xml(data: bytes) -> etree._Element:
    """Return the root element of an XML document, without comments and processing instructions.

    Characters that XHTML names (`&nbsp;`) are in its text; nothing else is expanded, and nothing is fetched. A
    document in another encoding than it says is read in the one that it is in.
    Raises SourceError when it is not well-formed, declares entities, or is too deep or too large.
    """
    if data.count(b"<") > _MOST_TAGS:
        raise SourceError(f"it has more than {_MOST_TAGS:,} XML tags: split it into smaller files")
    try:
        root = _parsed(data)
    except etree.XMLSyntaxError as error:
        root = _decoded(data, error)
    if root is None:
        raise SourceError("it is XML without any element: fill it or remove it")
    _check(root)
    _name_characters(root)
    return root


def _parsed(data: bytes, encoding: str | None = None) -> etree._Element | None:
    parser: etree.XMLParser[etree._Element] = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return cast("etree._Element | None", etree.fromstring(data, parser))


def _decoded(data: bytes, error: etree.XMLSyntaxError) -> etree._Element | None:
    """Parse a document whose bytes are not in the encoding that it says; `error` is what came of that one."""
    if error.code in _LIMIT_ERRORS:
        raise SourceError("its XML is nested too deep or grows when it is expanded: remove it") from error
    try:
        return _parsed(decode(data).lstrip("\ufeff").encode(), "utf-8")
    except (etree.XMLSyntaxError, SourceError):
        line, reason = error.position[0], " ".join((error.msg or "").split()).rpartition(", line ")[0]
        raise SourceError(f"it is not well-formed XML at line {line} ({reason}): mend it or remove it") from error


def _check(root: etree._Element) -> None:
    """Raise SourceError where the document declares entities or lies too deep."""
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise SourceError("it declares XML entities, which are not expanded: save it without them")
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            raise SourceError(f"its XML is nested more than {_DEEPEST} deep: save it with less nesting, or remove it")


def _name_characters(root: etree._Element) -> None:
    """Put the characters into the text that XHTML has names for; a name that nobody declared stands as it is."""
    for node in list(root.iter(etree.Entity)):
        parent, before = node.getparent(), node.getprevious()
        if parent is None:
            continue
        words = unescape(node.text or "") + (node.tail or "")
        if before is not None:
            before.tail = (before.tail or "") + words
        else:
            parent.text = (parent.text or "") + words
        node.tail = None
        parent.remove(node)
