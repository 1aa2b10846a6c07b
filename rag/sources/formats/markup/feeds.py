"""News feeds, RSS and Atom: each entry a document, with its own title, author, date and address."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from rag.errors import SourceError
from rag.sources.bylines import language_code
from rag.sources.dates import parse_date
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.office.parts import part_names
from rag.sources.formats.web.html_blocks import compose_html
from rag.sources.formats.web.html_tree import body_of, drop_hidden, drop_unshown, parse_page, words_of
from rag.types import Document, Skipped

ENTRIES = frozenset({"item", "entry"})
_TEXTS = ("encoded", "content", "description", "summary", "subtitle")
_DATES = ("pubDate", "published", "issued", "date", "updated", "modified")
_PEOPLE = ("creator", "author", "contributor")
_XHTML = "{http://www.w3.org/1999/xhtml}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_feed(raw: RawFile, root: etree._Element) -> Reading:
    """Read the entries of a feed. One without text is named as skipped."""
    channel = next((element for element in root if _name(element) == "channel"), root)
    outlet = next(_values(channel, "title"), None)
    language = language_code(next(_values(channel, "language"), None) or root.get(_LANGUAGE))
    entries = [element for element in root.iter(etree.Element) if _name(element) in ENTRIES]
    names = part_names(next(_values(entry, "title"), "") for entry in entries)
    documents: list[Document] = []
    skipped: list[Skipped] = []
    for entry, name in zip(entries, names, strict=True):
        source = f"{raw.source}#{name}"
        composer = Composer()
        _compose(entry, composer)
        if composer.length:
            documents.append(_document(source, entry, composer, outlet=outlet, language=language))
        else:
            skipped.append(Skipped(source, "the entry has no text in it: nothing is lost"))
    if not documents:
        raise SourceError("it is a feed without any entry: save it again with its entries, or remove it")
    return Reading(tuple(documents), tuple(skipped))


def _document(
    source: str, entry: etree._Element, composer: Composer, *, outlet: str | None, language: str | None
) -> Document:
    dates = (parse_date(words) for tag in _DATES for words in _values(entry, tag))
    people = [person for tag in _PEOPLE for person in _values(entry, tag)]
    return composer.document(
        source,
        fallback_title=source.rpartition("#")[2],
        title=next(_values(entry, "title"), None),
        author=" and ".join(dict.fromkeys(people)) or None,
        outlet=outlet,
        date=next(filter(None, dates), None),
        language=language,
        url=_address(entry),
        read_facts=False,
    )


def _compose(entry: etree._Element, composer: Composer) -> None:
    """Add the title and the fullest text of an entry."""
    for title in _values(entry, "title"):
        composer.heading(title)
        break
    for tag in _TEXTS:
        for element in entry:
            if _name(element) == tag and words_of(element):
                _compose_text(element, composer)
                return


def _compose_text(element: etree._Element, composer: Composer) -> None:
    """Add a text: XHTML that stands in the feed, or HTML written into it as text."""
    page = next(element.iterchildren(f"{_XHTML}*"), None)
    words = etree.tostring(page, encoding="unicode", with_tail=False) if page is not None else element.text or ""
    tree = parse_page(f"<html><body>{words}</body></html>")
    composer.hidden += drop_hidden(tree)
    drop_unshown(tree)
    compose_html(body_of(tree), composer)


def _name(element: etree._Element) -> str:
    """Return the name of an element without its name space; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _values(element: etree._Element, name: str) -> Iterator[str]:
    """Yield the words of the children of that name; of a person, the name; without the tags that a title may have."""
    for child in element:
        if _name(child) != name:
            continue
        person = next((part for part in child if _name(part) == "name"), child)
        words = words_of(person)
        if "<" in words or "&" in words:
            words = words_of(parse_page(f"<html><body>{words}</body></html>"))
        if words:
            yield words


def _address(entry: etree._Element) -> str | None:
    """Return the address of an entry's page."""
    for child in entry:
        if _name(child) == "link" and child.get("rel", "alternate") == "alternate":
            address = (child.get("href") or words_of(child)).strip()
            if address.startswith(("http://", "https://")):
                return address
    return None
