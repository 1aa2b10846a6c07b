"""Web pages: the main text, and what the page says of itself."""

from __future__ import annotations

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.html_blocks import compose_html
from rag.sources.formats.html_facts import page_facts
from rag.sources.formats.html_main import main_text
from rag.sources.formats.html_tree import NO_TEXT, read_tree

_SECTION_HEADINGS = ("h2", "h3", "h4", "h5", "h6")


def read_html(raw: RawFile) -> Reading:
    """Read a web page."""
    tree = read_tree(raw.data)
    facts = page_facts(tree)
    composer = Composer()
    text = main_text(tree)
    compose_html(text, composer)
    if not composer.length:
        raise SourceError(NO_TEXT)
    document = composer.document(
        raw.source,
        fallback_title=raw.stem,
        title=facts.title,
        author=facts.author,
        outlet=facts.outlet,
        date=facts.date,
        language=facts.language,
        url=facts.url,
        guess_headings=next(text.iter(*_SECTION_HEADINGS), None) is None,
    )
    return Reading((document,))
