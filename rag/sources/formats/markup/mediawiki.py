"""Exports of MediaWiki (https://www.mediawiki.org/wiki/Help:Export): each page a document, `FILE#TITLE`."""

from __future__ import annotations

from lxml import etree

from rag.errors import SourceError
from rag.sources.bylines import language_code
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.markup.wikitext import compose_wikitext, is_redirect
from rag.sources.formats.office.parts import part_names
from rag.sources.formats.web.html_tree import words_of
from rag.types import Document, Skipped

_MACHINERY = frozenset({"8", "10", "828", "2300", "2600"})
"""Name spaces of messages, templates and programs (https://www.mediawiki.org/wiki/Extension_default_namespaces)."""
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_export(raw: RawFile, root: etree._Element) -> Reading:
    """Read the pages of a wiki; a page that only leads to another one is none."""
    outlet = root.findtext(".//{*}siteinfo/{*}sitename")
    pages = [page for page in root.iterfind("{*}page") if not _is_machinery(page)]
    titles = part_names(_title(page) for page in pages)
    documents: list[Document] = []
    skipped: list[Skipped] = []
    for page, title in zip(pages, titles, strict=True):
        source, composer = f"{raw.source}#{title}", Composer()
        compose_wikitext(_text(page), composer)
        if not composer.length:
            skipped.append(Skipped(source, "the page has no text in it: nothing is lost"))
            continue
        documents.append(
            composer.document(
                source,
                fallback_title=title,
                title=_title(page),
                outlet=outlet,
                language=language_code(root.get(_LANGUAGE)),
                read_facts=False,
            )
        )
    if not documents:
        raise SourceError("it is the export of a wiki without any page of text: export it again with its pages")
    return Reading(tuple(documents), tuple(skipped))


def _title(page: etree._Element) -> str:
    return " ".join((page.findtext("{*}title") or "").split())


def _text(page: etree._Element) -> str:
    """Return the newest text of a page: the last one in the file."""
    texts = page.findall("{*}revision/{*}text")
    return texts[-1].text or "" if texts else ""


def _is_machinery(page: etree._Element) -> bool:
    models = [words_of(model) for model in page.iterfind("{*}revision/{*}model")]
    if any(model != "wikitext" for model in models[-1:]):
        return True
    return (page.findtext("{*}ns") or "0").strip() in _MACHINERY or is_redirect(_text(page))
