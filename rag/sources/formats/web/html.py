"""Web pages: the main text, and what the page says of itself."""

from __future__ import annotations

from lxml.html import HtmlElement

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.web.html_blocks import compose_html
from rag.sources.formats.web.html_facts import page_facts
from rag.sources.formats.web.html_main import main_text
from rag.sources.formats.web.html_tree import NO_TEXT, drop_hidden, read_tree
from rag.types import Document

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def read_html(raw: RawFile) -> Reading:
    """Read a web page."""
    return Reading((page_document(raw, read_tree(raw.data)),))


def page_document(raw: RawFile, tree: HtmlElement, address: str | None = None) -> Document:
    """Return the document of a page whose tree is given; `address` is where it was found, if it says none itself.

    Raises SourceError where it has no text.
    """
    composer = Composer()
    composer.hidden = drop_hidden(tree)
    facts = page_facts(tree)
    text = main_text(tree)
    compose_html(text, composer)
    if not composer.length:
        raise SourceError(NO_TEXT)
    return composer.document(
        raw.source,
        fallback_title=raw.stem,
        title=facts.title,
        author=facts.author,
        outlet=facts.outlet,
        date=facts.date,
        language=facts.language,
        url=facts.url or address,
        guess_headings=next(text.iter(*_HEADINGS), None) is None,
    )
