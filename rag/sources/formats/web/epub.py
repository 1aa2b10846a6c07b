"""E-books (EPUB 2 and 3, https://www.w3.org/TR/epub-33/): the chapters in reading order, and what the package says."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml import etree

from rag.errors import SourceError
from rag.sources.bylines import language_code
from rag.sources.dates import parse_date
from rag.sources.formats.archives import GuardedZip, open_zip
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.safe_xml import parse_xml
from rag.sources.formats.web.html_blocks import compose_html
from rag.sources.formats.web.html_tree import body_of, drop_hidden, drop_unshown, read_tree, words_of
from rag.types import Skipped

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGE_TYPES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})
_PAGE_ENDINGS = (".xhtml", ".html", ".htm", ".xml")
_NOT_A_BOOK = "it is not a whole EPUB: get a new copy, or convert it again"


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package document says: facts, and the names of the chapters in reading order."""

    facts: dict[str, list[str]]
    chapters: tuple[str, ...]

    def first(self, name: str) -> str | None:
        """Return the first value of a fact of the Dublin Core."""
        return next(iter(self.facts.get(name, [])), None)


def read_epub(raw: RawFile) -> Reading:
    """Read a book. A chapter that cannot be read is named beside the others."""
    archive = open_zip(raw)
    book = _read_package(archive)
    _refuse_protected(archive, book)
    composer, skipped = Composer(), []
    for name in book.chapters:
        try:
            _add_chapter(archive, name, composer)
        except SourceError as error:
            skipped.append(Skipped(f"{raw.source}#{name}", str(error)))
    if not composer.length:
        raise SourceError("it is an EPUB without text, of pictures alone perhaps: convert it to PDF to have it read")
    title = book.first("title")
    document = composer.document(
        raw.source,
        fallback_title=raw.stem,
        title=title,
        author=" and ".join(book.facts.get("creator", [])) or None,
        outlet=book.first("publisher"),
        date=next(filter(None, map(parse_date, book.facts.get("date", []))), None),
        language=language_code(book.first("language")),
        read_facts=not title,
        guess_headings=False,
    )
    return Reading((document,), tuple(skipped))


def _read_package(archive: GuardedZip) -> _Book:
    """Return what the package document says. Raises SourceError where there is none, or it has no chapters."""
    name = _package_name(archive)
    package = parse_xml(archive.read(name))
    facts: dict[str, list[str]] = {}
    for element in package.iterfind(".//{http://purl.org/dc/elements/1.1/}*"):
        if words := words_of(element):
            facts.setdefault(etree.QName(element).localname, []).append(words)
    folder = posixpath.dirname(name)
    items = {item.get("id"): item for item in package.iterfind(".//{*}manifest/{*}item")}
    spine = [items.get(reference.get("idref")) for reference in package.iterfind(".//{*}spine/{*}itemref")]
    chapters = [_chapter_name(item, folder) for item in spine if item is not None]
    found = tuple(dict.fromkeys(chapter for chapter in chapters if chapter and chapter in archive))
    if not found:
        raise SourceError(_NOT_A_BOOK)
    return _Book(facts, found)


def _package_name(archive: GuardedZip) -> str:
    """Return the name of the package document: as the container says, else the only one that there is."""
    if _CONTAINER in archive:
        for root in parse_xml(archive.read(_CONTAINER)).iterfind(".//{*}rootfile"):
            name = root.get("full-path") or ""
            if name in archive:
                return name
    packages = [name for name in archive.names() if name.lower().endswith(".opf")]
    if not packages:
        raise SourceError(_NOT_A_BOOK)
    return packages[0]


def _chapter_name(item: etree._Element, folder: str) -> str | None:
    """Return the name in the archive of an item of the manifest, None where it is no chapter to be read."""
    path = unquote(urlsplit(item.get("href") or "").path)
    is_page = item.get("media-type") in _PAGE_TYPES or path.lower().endswith(_PAGE_ENDINGS)
    if not path or not is_page or "nav" in (item.get("properties") or "").split():
        return None
    return posixpath.normpath(posixpath.join(folder, path))


def _refuse_protected(archive: GuardedZip, book: _Book) -> None:
    """Raise SourceError where chapters, and not fonts alone, are encrypted."""
    if _ENCRYPTION not in archive:
        return
    references = parse_xml(archive.read(_ENCRYPTION)).iterfind(".//{*}CipherReference")
    encrypted = {unquote(reference.get("URI") or "") for reference in references}
    if encrypted & set(book.chapters):
        raise SourceError("it is protected against copying: get a copy without protection")


def _add_chapter(archive: GuardedZip, name: str, composer: Composer) -> None:
    data = archive.read(name)
    if not data.strip():
        return
    tree = read_tree(data)
    composer.hidden += drop_hidden(tree)
    drop_unshown(tree)
    compose_html(body_of(tree), composer)
