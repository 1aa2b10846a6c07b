"""The names by which questions and filters speak of sources: outlet, author, title, file name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rag.text.words import word_spans, words
from rag.types import DocumentFacts

_LONGEST = 8
"""Words of a name of an outlet or author, at most."""
_LONGEST_FILE = 120
_ENDING = re.compile(r"\.\w{1,8}(?![\w.]*\w)", re.ASCII)
_FEWEST_OF_AUTHOR = 2
"""Words of an author's name from which on it is told from a word of the language."""


def plain_name(name: str) -> str:
    """Return a name as it is compared: lower case, without accents, punctuation and a leading 'the'."""
    found = words(name)
    return " ".join(found[1:] if len(found) > 1 and found[0] == "the" else found)


def names_of(document: DocumentFacts) -> frozenset[str]:
    """Return the names, as compared, of those who published and wrote a document: authors together and each."""
    names = [document.outlet or "", document.author or "", *_authors(document)]
    return frozenset(filter(None, map(plain_name, names)))


def _authors(document: DocumentFacts) -> list[str]:
    return [name.strip() for name in re.split(r"[,;&]|\band\b", document.author or "")]


class NameTable:
    """The names of all sources of an index, looked up in the words of a question."""

    def __init__(self, facts: Sequence[DocumentFacts]) -> None:
        """Take what each document says of itself."""
        self._outlets = {plain_name(each.outlet): each.outlet for each in facts if each.outlet}
        authors = {name for each in facts for name in _authors(each)}
        self._authors = {plain_name(name): name for name in authors if len(words(name)) >= _FEWEST_OF_AUTHOR}
        self.dated = any(each.date for each in facts)
        """Whether any source has a date."""
        self._titles: dict[str, list[str]] = defaultdict(list)
        self._files: dict[str, list[str]] = defaultdict(list)
        for each in facts:
            self._titles[plain_name(each.title)].append(each.source)
            file = each.source.partition("#")[0].lower()
            for name in {each.source.lower(), file, file.rpartition("/")[2]}:
                self._files[name].append(each.source)

    def is_outlet(self, name: str) -> bool:
        """Say whether a name is an outlet's."""
        return plain_name(name) in self._outlets

    def titled(self, title: str) -> tuple[str, ...]:
        """Return the sources that have a title."""
        return tuple(self._titles.get(plain_name(title), ()))

    def at(self, text: str, start: int, *, exactly: bool = False) -> tuple[str | None, int]:
        """Return the longest name of an outlet or author that stands at `start`, and its end; None and `start` else.

        With `exactly`, only an outlet's, written as the sources write it.
        """
        spans = word_spans(text, start, min(len(text), start + _LONGEST * 20))[:_LONGEST]
        if not spans or text[start : spans[0][0]].strip(" \"“'"):
            return None, start
        for _, end in reversed(spans):
            name = self._name(_without_possessive(text[start:end]))
            if name and (not exactly or _as_written(text[start:end], name)) and (not exactly or self.is_outlet(name)):
                return name, start + len(_without_possessive(text[start:end]))
        return None, start

    def before(self, text: str, end: int) -> tuple[str | None, int]:
        """Return the longest name of an outlet or author that ends at `end`, and its start; None and `end` else."""
        spans = word_spans(text, max(0, end - _LONGEST * 20), end)[-_LONGEST:]
        for start, _ in spans:
            name = self._name(text[start:end])
            if name and (text[start].isupper() or text[1:].islower()) and words(text[start:end])[0] != "the":
                return name, start
        return None, end

    def _name(self, phrase: str) -> str | None:
        plain = plain_name(phrase)
        return self._outlets.get(plain) or self._authors.get(plain)

    def files_in(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Yield the file names in a text: span, and the sources that come from such a file."""
        for ending in _ENDING.finditer(text):
            starts = [start for start, _ in word_spans(text, max(0, ending.start() - _LONGEST_FILE), ending.end())]
            starts = [at for at in starts if at == 0 or text[at - 1] in " \t\"“'(‘"]
            for start in starts:
                sources = self._files.get(text[start : ending.end()].lower())
                if sources:
                    yield start, ending.end(), tuple(sources)
                    break


def _without_possessive(phrase: str) -> str:
    return re.sub(r"[’'](?:s)?$", "", phrase)


def _as_written(phrase: str, name: str) -> bool:
    """Say whether a name is written as the sources write it; the article may be small in front of two words."""
    return phrase == name or (len(name.split()) > 2 and phrase == f"the {name.removeprefix('The ')}")
