"""XML of any kind: feeds, exports of wikis, sitemaps and web pages by their own rules, the rest element by element."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from rag.errors import SourceError
from rag.sources.bylines import language_code
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.markup.feeds import read_feed
from rag.sources.formats.markup.mediawiki import read_export
from rag.sources.formats.safe_xml import parse_xml
from rag.sources.formats.web.html import read_html
from rag.sources.formats.web.html_tree import words_of

_FEEDS = frozenset({"rss", "feed", "RDF"})
_SITEMAPS = frozenset({"urlset", "sitemapindex"})
_TITLES = frozenset("title head heading header headline chapter-title article-title section-title h1 h2 h3".split())
_PROSE = frozenset(
    "p para simpara paragraph text body content abstract description note line l s v li item seg".split()
)
_LONGEST_FACT = 200
_LONGEST_WORD = 60
_FEWEST_RECORDS = 2
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ENCODED = re.compile(r"(?:[A-Za-z0-9+/]\s*){200,}={0,2}")
"""A picture or another file, written as letters (base64)."""
_NO_TEXT = "it is XML without any text in it: fill it or remove it"


def read_xml(raw: RawFile) -> Reading:
    """Read an XML file."""
    root = parse_xml(raw.data)
    name = local_name(root)
    if name == "html":
        return read_html(raw)
    if name == "mediawiki":
        return read_export(raw, root)
    if name in _FEEDS:
        return read_feed(raw, root)
    composer = Composer()
    if name in _SITEMAPS:
        _add_sitemap(root, composer)
    else:
        _add_elements(root, composer)
    if not composer.length:
        raise SourceError(_NO_TEXT)
    document = composer.document(
        raw.source,
        fallback_title=raw.stem,
        title=next((words_of(element) for element in root.iter("{*}title") if words_of(element)), None),
        language=language_code(root.get(_LANGUAGE) or root.get("lang")),
        read_facts=name not in _SITEMAPS,
        guess_headings=False,
    )
    return Reading((document,))


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its name space."""
    return etree.QName(element).localname


def _add_sitemap(root: etree._Element, composer: Composer) -> None:
    """Add the addresses of a sitemap, each with the day of its last change."""
    for entry in root:
        address, changed = entry.findtext("{*}loc"), entry.findtext("{*}lastmod")
        if address and address.strip():
            composer.item(f"{address.strip()} ({changed.strip()[:10]})" if changed else address.strip())


def _add_elements(root: etree._Element, composer: Composer) -> None:
    """Add every text of the tree: titles as headings, records as rows of a table, the rest as paragraphs.

    A short text in an element of its own is a fact, and stands with the name of the element: `capital: Paris`.
    """
    steps = etree.iterwalk(root, events=("start", "end"))
    depth = 0
    for event, element in steps:
        if event == "end":
            depth -= 1
            if depth:
                composer.paragraph(element.tail or "")
            continue
        depth += 1
        if not isinstance(element.tag, str):
            continue
        if _is_text(element):
            _add_text(element, composer, depth)
            steps.skip_subtree()
        elif records := _records(element):
            composer.table(records)
            steps.skip_subtree()
        else:
            composer.paragraph(element.text or "")


def _is_text(element: etree._Element) -> bool:
    """Say whether an element is to be taken whole: without elements in it, or a paragraph with words marked in it."""
    if len(element) == 0:
        return True
    if any(len(inner) for child in element for inner in child):
        return False
    between = [element.text, *(child.tail for child in element)]
    return any(text and text.strip() for text in between)


def _add_text(element: etree._Element, composer: Composer, depth: int) -> None:
    words, name = words_of(element), local_name(element)
    if not words:
        values = [f"{key}: {value}" for key, value in _attributes(element).items()]
        composer.paragraph(" | ".join(values))
    elif _ENCODED.fullmatch(words) and max(map(len, words.split())) > _LONGEST_WORD:
        return
    elif name.lower() in _TITLES:
        composer.heading(words, min(max(depth - 1, 1), 6))
    elif name.lower() in _PROSE or len(words) > _LONGEST_FACT or words.endswith((".", "!", "?")):
        composer.paragraph(words)
    else:
        composer.paragraph(f"{name}: {words}")


def _attributes(element: etree._Element) -> dict[str, str]:
    """Return the attributes that say something in words or figures; those of other name spaces are machinery."""
    return {str(key): str(value) for key, value in element.attrib.items() if not str(key).startswith("{") and value}


def _records(element: etree._Element) -> list[list[str]]:
    """Return the children of an element as rows under the names of their fields; empty where they are no records.

    Records are of one name, and each is fields without anything in them but text, or attributes.
    """
    children = [child for child in element if isinstance(child.tag, str)]
    if len(children) < _FEWEST_RECORDS or len({child.tag for child in children}) > 1:
        return []
    fields = [_fields(child) for child in children]
    if not all(fields) or max(len(record or ()) for record in fields) < 2:
        return []
    names = list(dict.fromkeys(name for record in fields for name in record or ()))
    return [names, *_rows(names, [record or {} for record in fields])]


def _rows(names: Sequence[str], records: Sequence[dict[str, str]]) -> list[list[str]]:
    return [[record.get(name, "") for name in names] for record in records]


def _fields(record: etree._Element) -> dict[str, str] | None:
    """Return the fields of a record by name, None where it is none; several of one name stand together."""
    if _is_text(record) and words_of(record):
        return None
    fields = _attributes(record)
    for child in record:
        if len(child):
            return None
        words = words_of(child) or " ".join(_attributes(child).values())
        name = local_name(child)
        fields[name] = ", ".join(filter(None, (fields.get(name, ""), words)))
    return fields
