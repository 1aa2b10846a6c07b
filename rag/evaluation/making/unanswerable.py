"""Questions that the sources do not answer: those of other documents, checked to be foreign to these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.evaluation.making.phrases import names_in
from rag.text.words import terms, words
from rag.types import Passage, SourceFilter

if TYPE_CHECKING:
    from rag.engine import Engine

_LOOKED_AT = 20
"""Passages nearest to a question that are looked through for its words."""
_MOST_SHARED = 0.6
"""Share of a question's content words that one of them may have."""
_NUMBER_OF_WORDS = 20_000
_EMPTY = frozenset("say said many much percentage".split())
"""Words of the questions that are made, which say nothing of what is asked after."""


class Foreign:
    """Tells whether a question is foreign to the sources of an index, or to some of them."""

    def __init__(self, engine: Engine, source_filter: SourceFilter) -> None:
        """Take the index and which of its sources are asked."""
        self._engine, self._filter = engine, source_filter
        self._is_known = lru_cache(maxsize=_NUMBER_OF_WORDS)(self._look_up)

    def questions(self, candidates: Iterable[str]) -> Iterator[str]:
        """Yield those of the questions that are foreign."""
        return (question for question in candidates if self.is_foreign(question))

    def is_foreign(self, question: str) -> bool:
        """Say whether the sources cannot answer a question.

        One of its names stands nowhere in them (by its last word: `Tillerson`), or without a name half of its words do
        not; and no passage has most of its words.
        """
        names = [name.split()[-1] for name in names_in(question)]
        telling = names or [word for word in words(question) if terms(word) and word not in _EMPTY]
        unknown = [word for word in telling if not self._is_known(word)]
        foreign = bool(unknown) and (bool(names) or 2 * len(unknown) >= len(telling))
        return foreign and not any(self._shares(question, passage) for passage in self._search(question))

    def _look_up(self, word: str) -> bool:
        """Say whether a word stands in the sources: the search by words finds it then."""
        return any(passage.scores.lexical is not None for passage in self._search(word))

    def _search(self, text: str) -> tuple[Passage, ...]:
        return self._engine.search(text, _LOOKED_AT, source_filter=self._filter)

    def _shares(self, question: str, passage: Passage) -> bool:
        wanted = set(terms(question))
        found = wanted & set(terms(f"{passage.title} {passage.heading} {passage.text}"))
        return len(found) > _MOST_SHARED * len(wanted)
