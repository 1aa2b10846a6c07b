"""What questions are made from: documents with their sentences, and how often words stand in them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rag.text.sentences import sentence_spans
from rag.text.words import FUNCTION_WORDS, terms
from rag.types import BlockKind, Document, Quotation

if TYPE_CHECKING:
    from rag.engine import Engine

MOST_DOCUMENTS = 2000
"""Documents that are looked at; of more, as many as that are drawn by the hash of their names."""
_ENGLISH = frozenset({"en", None})
_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})


@dataclass(frozen=True, slots=True)
class Made:
    """A question that was made, and what a right answer to it rests on."""

    question: str
    kind: str
    """`quotation`, `figure` or `heading`."""
    source: str
    quotes: tuple[str, ...]
    """Stretches of the source's text."""
    facts: tuple[str, ...] = ()
    """What must stand in the answer, as far as that is known."""


class Material:
    """The documents of an index that questions can be made from: in English, and no copies of others."""

    def __init__(self, documents: Sequence[Document], quotations: Sequence[Quotation]) -> None:
        """Take the documents and what is quoted in them."""
        self.documents = tuple(documents)
        sources = {document.source for document in documents}
        self.quotations = tuple(each for each in quotations if each.source in sources)

    @cached_property
    def frequencies(self) -> Counter[str]:
        """In how many documents each stem stands."""
        return Counter(stem for document in self.documents for stem in set(terms(document.text)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that stands somewhere in lower case."""
        return frozenset(word for each in self.documents for word in re.findall(r"\b[a-z]+\b", each.text))

    @cached_property
    def _capitals(self) -> tuple[Counter[str], Counter[str]]:
        """How often words stand of running text within a sentence with a capital letter, and without."""
        large, small = Counter[str](), Counter[str]()
        for each in self.documents:
            for start, end in prose(each):
                text = each.text[start:end]
                large.update(word.lower() for word in re.findall(r"(?<=[a-z,] )[A-Z][\w’'-]*", text))
                small.update(re.findall(r"(?<![\w’'-])[a-z][\w’'-]*", text))
        return large, small

    def is_common(self, word: str) -> bool:
        """Say whether a word is mostly written without a capital letter; one that stands nowhere is not known to be."""
        large, small = self._capitals
        return word.lower() in FUNCTION_WORDS or small[word.lower()] > large[word.lower()]

    @cached_property
    def _sentences_by_term(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        self._homes: list[str] = []
        for document in self.documents:
            for start, end in sentence_spans(document.text):
                for stem in set(terms(document.text[start:end])):
                    found.setdefault(stem, set()).add(len(self._homes))
                self._homes.append(document.source)
        return found

    def homes(self, question: str) -> list[str]:
        """Return the sources of the sentences that hold every content word of `question`, a source for each."""
        rows = [self._sentences_by_term.get(stem, set()) for stem in set(terms(question))]
        return [self._homes[row] for row in sorted(set.intersection(*rows))] if rows else []


def material_of(engine: Engine) -> Material:
    """Read the material of an index."""
    sources = [facts.source for facts in engine.facts() if facts.copy_of is None and facts.language in _ENGLISH]
    drawn = sorted(sorted(sources, key=lambda name: hashlib.sha256(name.encode()).digest())[:MOST_DOCUMENTS])
    return Material([engine.document(source) for source in drawn], engine.quotations())


def prose(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences of running text."""
    spans = [(block.start, block.end) for block in document.blocks if block.kind in _PROSE]
    for start, end in spans or [(0, len(document.text))]:
        yield from sentence_spans(document.text, start, end)
