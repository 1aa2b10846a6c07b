"""Slides on their way into a document: each is a page of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.sources.formats.base import RawFile
from rag.sources.formats.composing import Composer
from rag.types import Document, Page


@dataclass(slots=True)
class Deck:
    """Collects slides; sizes are in points."""

    width: float = 0.0
    height: float = 0.0
    composer: Composer = field(default_factory=Composer)
    _ends: list[int] = field(default_factory=list)

    def end_slide(self) -> None:
        """Say that what was composed since the last call is a slide; one without text is a page without text."""
        self._ends.append(self.composer.length)

    @property
    def title_level(self) -> int:
        """Return the level of the title of the slide that is being composed: the first one's is the document's."""
        return 2 if self._ends else 1

    def document(self, raw: RawFile) -> Document:
        """Return the document, its pages where the slides begin and end."""
        text = self.composer.document(raw.source, fallback_title=raw.stem, read_facts=False).text
        pages: list[Page] = []
        start = 0
        for number, end in enumerate(self._ends, 1):
            start += len(text[start:end]) - len(text[start:end].lstrip())
            pages.append(Page(number, start, end, self.width, self.height))
            start = end
        return self.composer.document(raw.source, fallback_title=raw.stem, pages=pages, guess_headings=False)
