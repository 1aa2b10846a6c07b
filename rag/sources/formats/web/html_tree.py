"""From the bytes of a web page to its tree: decoded, parsed within limits, what nobody sees taken out."""

from __future__ import annotations

import codecs
import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from rag.errors import SourceError
from rag.sources.decoding import decode
from rag.sources.formats.web import html_hidden

NO_TEXT = "it has no text in it: save the page again with its text, or remove it"
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)|<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I
)
_DECLARED_WITHIN = 4096
_ALIASES = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    "iso-8859-9": "cp1254",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "tis-620": "cp874",
    "x-mac-roman": "mac_roman",
}
"""What browsers read under these names (WHATWG Encoding Standard), beside what Python knows by itself."""
_WIDE = ("utf-16", "utf16", "utf-32", "utf32", "ucs-2", "ucs2", "utf-7")
"""A declaration that can be read as ASCII cannot be in one of these."""
_EMBEDDED = re.compile(r"\bdata:[\w.+-]+/[\w.+-]+(?:;[\w=-]+)*;base64,[A-Za-z0-9+/=%\s]+")
_CROWDED = re.compile(r"<([a-z][\w:-]*)\s[^<>]{20000,}>", re.I)
"""A tag with more attributes than anybody writes: the parser's time grows with the square of their number."""
_UNSHOWN = re.compile(
    "[\\x01-\\x08\\x0b\\x0e-\\x1f\ufffe\uffff]|"
    r"&#(?:x0*(?:[1-8be-f]|1[0-9a-f]|fff[ef])|0*(?:[1-8]|11|1[4-9]|2\d|3[01]|6553[45]))(?:;|(?![0-9a-f]))",
    re.I,
)
"""Characters that XML cannot hold, themselves and by number: the parser takes them, but the tree does not move them."""
_DEEPEST = 400
"""Elements within one another; pages that browsers show well have fewer than a hundred."""
_MOST_TAGS = 5_000_000
_LINE_TAG = re.compile(
    r"</?(?:p|div|section|article|h[1-6]|li|ul|ol|dl|dt|dd|tr|td|th|table|blockquote)\b[^<>]*>", re.I
)
_UNSEEN_TEXT = re.compile(r"<(script|style|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.I | re.S)
_ANY_TAG = re.compile(r"<(?!p>)[/!?]?[a-z][^<>]*>", re.I)
_NEVER_SHOWN = frozenset("script style iframe object embed svg annotation annotation-xml audio video canvas".split())


def read_tree(data: bytes) -> HtmlElement:
    """Return the tree of a web page, everything in it that is not shown on the screen still there.

    Raises SourceError when there is no text in it or it is too large.
    """
    return parse_page(decode_page(data))


def decode_page(data: bytes, charset: str | None = None) -> str:
    """Return a page as text: by its byte order mark, else as it declares, else as plain text is guessed.

    `charset` is what was said of it from outside, and holds before what it declares itself.

    Bytes that are wrong in the declared encoding become U+FFFD: a browser would show the rest too.
    """
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:200]:
        return decode(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        encoding = _known_encoding(charset) or _declared_encoding(data)
    if encoding is None:
        return decode(data)
    return data.decode(encoding, "replace")


def _declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a page says it is in, by a name that Python knows; None where it says none."""
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    if match is None:
        return None
    name = (match.group(1) or match.group(2)).decode("ascii")
    return None if name.lower().startswith(_WIDE) else _known_encoding(name)


def _known_encoding(name: str | None) -> str | None:
    """Return Python's name of an encoding of text, None where it knows none of that name."""
    lowered = (name or "").strip().lower()
    try:
        info = codecs.lookup(_ALIASES.get(lowered, lowered))
    except (LookupError, ValueError):
        return None
    return info.name if info._is_text_encoding else None


def parse_page(page: str) -> HtmlElement:
    """Return the tree of the page. Raises SourceError as `read_tree` does."""
    if page.count("<") > _MOST_TAGS:
        raise SourceError(f"it has more than {_MOST_TAGS:,} HTML tags: split it into smaller files")
    slim = _CROWDED.sub(r"<\1>", _EMBEDDED.sub("data:,", _UNSHOWN.sub(" ", page.replace("\0", ""))))
    tree, whole = _parsed(slim)
    if tree is not None and (not whole or depth(tree) > _DEEPEST):
        tree, whole = _parsed(_flattened(slim))
    if tree is None or not whole:
        raise SourceError(NO_TEXT)
    return tree


def _parsed(page: str) -> tuple[HtmlElement | None, bool]:
    """Return the tree, None where there is nothing, and whether the parser went through to the end of the page."""
    parser = HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True, collect_ids=False
    )
    try:
        tree = document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None, True
    limits = {etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NO_MEMORY}
    return tree, not any(entry.type in limits for entry in parser.error_log)


def depth(tree: etree._Element) -> int:
    """Return how many elements lie within one another where they do so deepest."""
    deepest = level = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest


def _flattened(page: str) -> str:
    """Return a page of tags that are never closed as plain paragraphs: its text is all that can be told."""
    return _ANY_TAG.sub("", _LINE_TAG.sub("<p>", _UNSEEN_TEXT.sub("", page)))


def drop_hidden(tree: etree._Element) -> int:
    """Take out of the tree the text that is hidden from sight; return how many stretches of it there were."""
    return html_hidden.drop_hidden(tree, remove)


def drop_unshown(tree: etree._Element) -> None:
    """Take out of the tree what no browser shows as text: scripts, styles, pictures."""
    for element in list(tree.iter(*_NEVER_SHOWN)):
        remove(element)


def remove(element: etree._Element) -> None:
    """Take an element out of its tree; the text that follows it stays. The root stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def words_of(element: etree._Element) -> str:
    """Return the text of an element on one line."""
    return " ".join("".join(str(text) for text in element.itertext()).split())


def body_of(tree: etree._Element) -> etree._Element:
    """Return the body of a page; all of it where it has none, as a page of frames."""
    body = tree.find("body")
    return tree if body is None else body
