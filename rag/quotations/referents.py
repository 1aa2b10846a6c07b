"""Whom a sentence means by the pronoun or the description that it opens with, where that is sure.

Sure is what leaves no choice: of the persons whom the sentences right before name, one alone can be meant. Elsewhere
the reader is told nothing, which is better than a guess.
"""

from __future__ import annotations

import re

from rag.quotations.people import People
from rag.text.names import NameTable, name_tokens, same_person
from rag.text.sentences import sentence_spans
from rag.types import BlockKind, Document

_OPENING = re.compile(
    r"(?:(?:but|and|yet|still|so|then|later|instead|however|meanwhile|there|today|now|once|also|as a result|at first|"
    r"in (?:\w+ )?\d{4}|in (?:January|February|March|April|May|June|July|August|September|October|November|December)|"
    r"(?:on|last|next|this) \w+),?\s+)?"
    r"(?:(?P<pronoun>he|she|his|her)\b|(?P<role>the\s+[a-z][\w-]+)\b(?!\s+(?:of|for|from|in|at|who|whose)\b))",
    re.I,
)
_POSSESSIVES = {"his": "he", "her": "she"}
_SENTENCES_BACK = 3
_LONGEST_TEXT = 60_000
"""Characters of a document around the sentence that are read for names."""


class Referents:
    """Resolves the openings of the sentences of one document."""

    def __init__(self, document: Document) -> None:
        """Take the document; its names are read when the first opening asks for them."""
        self._text = document.text
        self._story = [block for block in document.blocks if block.kind is BlockKind.PARAGRAPH]
        self._known: tuple[NameTable, People] | None = None

    def meant(self, start: int, end: int) -> str | None:
        """Return the name of the person whom the sentence `text[start:end]` opens by meaning, None where not sure."""
        opening = _OPENING.match(self._text, start, end)
        if opening is None:
            return None
        names, people = self._people(start)
        if opening["role"]:
            called = people.by_role(opening["role"])
            return called if called and not self._names_already(names, called, start, end) else None
        said = opening["pronoun"].lower()
        pronoun = _POSSESSIVES.get(said, said)
        return self._only_person(names, people, pronoun, start)

    def _people(self, start: int) -> tuple[NameTable, People]:
        """Return the names of the document; of a very long one, those of the part that leads up to `start`."""
        if len(self._text) > _LONGEST_TEXT:
            begin = max(0, start - _LONGEST_TEXT // 2)
            return self._read(" " * begin + self._text[begin : start + 1000])
        if self._known is None:
            self._known = self._read(self._text)
        return self._known

    @staticmethod
    def _read(text: str) -> tuple[NameTable, People]:
        names = NameTable.of(text)
        return names, People(text, names)

    def _only_person(self, names: NameTable, people: People, pronoun: str, start: int) -> str | None:
        """Return the one person whom the sentences before name and the pronoun fits; None for none or several."""
        for sentences in self._before(start):
            found = {
                people.meant(mention)
                for begin, end in sentences
                for mention in names.within(begin, end)
                if names.is_person(people.meant(mention))
            }
            fitting = [name for name in found if people.fits(name, pronoun)]
            if found:
                return fitting[0] if len(fitting) == 1 else None
        return None

    def _before(self, start: int) -> list[list[tuple[int, int]]]:
        """Return the sentences in front in the same paragraph, then those of the paragraph before it."""
        opened = [block for block in self._story if block.start <= start][-2:]
        spans = [sentence_spans(self._text, block.start, min(block.end, start)) for block in reversed(opened)]
        return [each[-_SENTENCES_BACK:] for each in spans]

    def _names_already(self, names: NameTable, person: str, start: int, end: int) -> bool:
        return any(same_person(mention.tokens, name_tokens(person)) for mention in names.within(start, end))


def opens_with_speaker(text: str, start: int, speaker_start: int | None) -> bool:
    """Say whether the mention of a speaker is the pronoun or description that the sentence at `start` opens with."""
    opening = _OPENING.match(text, start)
    if opening is None or speaker_start is None:
        return False
    return speaker_start in {opening.start("pronoun"), opening.start("role")}
