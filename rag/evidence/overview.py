"""Evidence for questions about everything: a balanced selection, some sentences of each source, and what was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rag.evidence.agreement import says_alike
from rag.evidence.centrality import Centrality, near
from rag.evidence.choice import Choice, as_evidence
from rag.evidence.features import FEATURES
from rag.evidence.scoring import ScoredUnit, UnitScorer
from rag.evidence.turning import turns_section
from rag.evidence.units import Unit
from rag.text.questions import Question
from rag.text.words import stem, terms, words
from rag.types import Document

MOST_SOURCES = 12
"""Sources that an overview shows; of more, those that lie farthest apart."""
MOST_READ = 200
"""Sources that are read for an overview; of more, some from all over."""
_PER_SOURCE = 2
_PER_SINGLE_SOURCE = 5
_FEWEST_WORDS = 8
_LONGEST_WORDS = 70
_ON_TOPIC_COVERAGE = 0.5
_ON_TOPIC_SIMILARITY = 0.45

UnitsOf = Callable[[str], list[Unit]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What an overview is made from: the sources, their units, how these are scored, and what a search found."""

    documents: Sequence[Document]
    units: UnitsOf
    scorer: UnitScorer
    found: Callable[[], Sequence[Unit]]
    """Units of the passages that are nearest to the question."""


def choose_broad(question: Question, shelf: Shelf) -> Choice:
    """Return the evidence for a question after everything: all sources, those it names, or all on the matter it names.

    Sources that are asked for by what is new in them come with the latest first.
    """
    documents = _latest_first(shelf.documents) if question.new else list(shelf.documents)
    named = named_documents(question, documents)
    if named or not question.terms:
        return choose_overview(named or documents, _whats_new(shelf.units) if question.new else shelf.units)
    return _on_topic(question, documents, shelf)


def _whats_new(units: UnitsOf) -> UnitsOf:
    """Return how a document is read for what is new in it: the sections that say so, all of it where none does."""

    def read(source: str) -> list[Unit]:
        every = units(source)
        return [unit for unit in every if _NEWS.search(unit.heading)] or every

    return read


_NEWS = re.compile(r"\b(?:new|news|chang\w+|added|additions?|improve\w*|updates?|updated|fix(?:es|ed)?|latest)\b", re.I)


def _latest_first(documents: Sequence[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: document.date or "", reverse=True)


def named_documents(question: Question, documents: Sequence[Document]) -> list[Document]:
    """Return the documents that the question names: by a number of the file name, by title, or by words of either."""
    on_topic = {term for term in question.terms if term not in _CALLED}
    asked = set(words(question.text))
    plain = " ".join(words(question.text))
    found = []
    for document in documents:
        parts = {part.lower() for part in re.split(r"[\W_]+", document.source) if len(part) > 1} - {"txt", "md"}
        title = " ".join(words(document.title))
        if (
            parts & asked & {part for part in parts if any(c.isdigit() for c in part)}
            or (title and f" {title} " in f" {plain} ")
            or (on_topic and on_topic <= {*terms(document.title), *(stem(part) for part in parts)})
        ):
            found.append(document)
    return found


_CALLED = frozenset(terms("article document source text file paper page story report post essay note"))


def choose_overview(documents: Sequence[Document], units: UnitsOf) -> Choice:
    """Return the sentences of each document that are most central to it, in their order, and how much was read.

    The first of them is one that the document opens with; the others come from all parts of it. What a sentence of
    another document says as well is not said twice.
    """
    read = _from_all_over(documents, MOST_READ)
    prose = {document.source: _prose(units(document.source)) for document in read}
    told = [document for document in read if prose[document.source]]
    central = Centrality(prose.values())
    shown = _far_apart(told, prose, central) if len(told) > MOST_SOURCES else told
    count = _PER_SINGLE_SOURCE if len(shown) == 1 else _PER_SOURCE
    chosen: list[Unit] = []
    for document in shown:
        chosen += _selection(prose[document.source], central, count, chosen)
    if not chosen:
        return Choice(reason="There is no prose in the sources to sum up.")
    evidence = tuple(as_evidence(ScoredUnit(unit, 1.0, np.zeros(len(FEATURES)))) for unit in chosen)
    return Choice(evidence, _told(len(documents), len(read), len({unit.source for unit in chosen}), count))


def _told(documents: int, read: int, sources: int, count: int) -> str:
    """Return how much was read, and what of it is shown."""
    each = "each" if sources == read else f"each of {sources} of them"
    counted = _counted(documents) if read == documents else f"{read} of {_counted(documents)}, from all over,"
    what = f"up to {count} sentences of {'it' if sources == read == 1 else each} are shown"
    return f"{counted} read; {what}, those nearest to what it says as a whole."


def _counted(sources: int) -> str:
    return "1 source" if sources == 1 else f"{sources} sources"


def _from_all_over(documents: Sequence[Document], most: int) -> list[Document]:
    """Return at most so many documents, at even distances."""
    if len(documents) <= most:
        return list(documents)
    return [documents[int(place)] for place in np.linspace(0, len(documents) - 1, most)]


def _far_apart(documents: Sequence[Document], prose: dict[str, list[Unit]], central: Centrality) -> list[Document]:
    """Return as many documents as are shown, each the farthest from those before, in their own order.

    A document is where its title and opening are (Gonzalez 1985, farthest-first traversal, from the first document).
    """
    vectors = [central.vector(f"{each.title} {prose[each.source][0].text}") for each in documents]
    picked = [0]
    nearest = [near(vector, vectors[0]) for vector in vectors]
    while len(picked) < min(MOST_SOURCES, len(documents)):
        picked.append(min((row for row in range(len(vectors)) if row not in picked), key=nearest.__getitem__))
        nearest = [max(old, near(vector, vectors[picked[-1]])) for old, vector in zip(nearest, vectors, strict=True)]
    return [documents[row] for row in sorted(picked)]


def _prose(units: Sequence[Unit]) -> list[Unit]:
    """Return the units that can stand for a document: whole sentences that hold as they are, no items or questions."""
    whole = [unit for unit in units if not unit.item and not unit.text.endswith((":", "?"))]
    whole = [unit for unit in whole if not turns_section(unit.heading)] or whole
    sized = [unit for unit in whole if _FEWEST_WORDS <= len(unit.text.split()) <= _LONGEST_WORDS]
    if len(sized) >= _PER_SINGLE_SOURCE:
        return sized
    return [unit for unit in whole if len(unit.text.split()) >= _FEWEST_WORDS // 2] or sized


def _selection(prose: Sequence[Unit], central: Centrality, count: int, shown: Sequence[Unit]) -> list[Unit]:
    """Return the most central of the opening sentences, and of each of `count` - 1 parts of what follows."""
    scores = central.scores(prose)
    fresh = [row for row, unit in enumerate(prose) if not any(says_alike(unit.text, one.text) for one in shown)]
    opening = [row for row in fresh if row < _OPENING]
    first = max(opening or fresh, key=lambda row: scores[row] - _LATER * row, default=None)
    if first is None:
        return []
    rest = [row for row in fresh if row > first]
    parts = np.array_split(np.array(rest, dtype=int), count - 1)
    best = [max(part.tolist(), key=scores.__getitem__) for part in parts if len(part)]
    return [prose[row] for row in (first, *best)]


_OPENING = 5
_LATER = 0.03
"""What a sentence of the opening loses for each that stands before it."""


def _on_topic(question: Question, documents: Sequence[Document], shelf: Shelf) -> Choice:
    """Return what the sources say of a matter: the best sentences of each that speaks of it."""
    admitted = {document.source: number for number, document in enumerate(documents)}
    found = [unit for unit in shelf.found() if not unit.text.endswith("?")]
    scored = shelf.scorer.score(question, found, question.topic)
    by_source: dict[str, list[ScoredUnit]] = {}
    for each in scored:
        covers = each["coverage"] > 0 and each["coverage_with_context"] >= _ON_TOPIC_COVERAGE
        about = covers or each["similarity"] >= _ON_TOPIC_SIMILARITY
        best = by_source.setdefault(each.unit.source, []) if about and each.unit.source in admitted else None
        if best is not None and len(best) < _PER_SINGLE_SOURCE:
            best.append(each)
    count = _PER_SINGLE_SOURCE if len(by_source) == 1 else _PER_SOURCE
    chosen = [
        each
        for source in sorted(by_source, key=admitted.__getitem__)[:MOST_SOURCES]
        for each in sorted(by_source[source][:count], key=lambda one: one.unit.start)
    ]
    if not chosen:
        return Choice(reason=f"The sources say nothing of this: {question.topic}.")
    speak = f"{len(by_source)} of {_counted(len(documents))} {'speaks' if len(by_source) == 1 else 'speak'} of this"
    more = f"; {MOST_SOURCES} of them are shown" if len(by_source) > MOST_SOURCES else ""
    return Choice(tuple(as_evidence(each) for each in chosen), f"{speak}, as far as a search finds{more}.")
