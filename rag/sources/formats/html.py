"""Web pages: the main text, and what the page says of itself."""

from __future__ import annotations

from rag.errors import SourceError
from rag.sources.formats.base import RawFile, Reading
from rag.sources.formats.composing import Composer
from rag.sources.formats.html_blocks import compose_html
from rag.sources.formats.html_facts import page_facts
from rag.sources.formats.html_main import main_text
from rag.sources.formats.html_tree import NO_TEXT, read_tree


def read_html(raw: RawFile) -> Reading:
    """Read a web page."""
    tree = read_tree(raw.data)
    facts = page_facts(tree)
    composer = Composer()
    compose_html(main_text(tree), composer)
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
    )
    return Reading((document,))
