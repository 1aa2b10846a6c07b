"""Evidence for questions about everything: a balanced selection, some sentences of each source, and what was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rag.evidence.agreement import says_alike
from rag.evidence.choice import Choice, as_evidence
from rag.evidence.features import FEATURES
from rag.evidence.matching import Vectors
from rag.evidence.scoring import ScoredUnit, UnitScorer
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
_FIRST = 0.15
"""What the first sentence of a source has over the last: articles put first what matters."""
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
        return choose_overview(named or documents, shelf.units, shelf.scorer)
    return _on_topic(question, documents, shelf)


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


def choose_overview(documents: Sequence[Document], units: UnitsOf, scorer: UnitScorer) -> Choice:
    """Return the sentences of each document that are nearest to what all of its sentences say, in their order.

    A sentence's centrality is the cosine of its vector with the mean of the document's; the first sentences are
    preferred a little. What a sentence of another document says as well is not said twice. The reason tells how much
    was read.
    """
    read = _from_all_over(documents, MOST_READ)
    shown = _far_apart(read, units, scorer) if len(read) > MOST_SOURCES else read
    count = _PER_SINGLE_SOURCE if len(shown) == 1 else _PER_SOURCE
    chosen: list[ScoredUnit] = []
    for document in shown:
        chosen += _central(units(document.source), scorer, count, [each.unit for each in chosen])
    if not chosen:
        return Choice(reason="There is no prose in the sources to sum up.")
    return Choice(tuple(as_evidence(each) for each in chosen), _told(len(documents), len(read), chosen))


def _told(documents: int, read: int, chosen: Sequence[ScoredUnit]) -> str:
    """Return how much was read and what of it is shown."""
    sources = len({each.unit.source for each in chosen})
    of_them = "" if sources == read else f" of {sources} of them"
    what = f"{len(chosen)} sentences{of_them} are shown, the nearest to what each source says as a whole"
    counted = _counted(documents) if read == documents else f"{read} of {_counted(documents)}, from all over,"
    return f"{counted} read; {what}."


def _counted(sources: int) -> str:
    return "1 source" if sources == 1 else f"{sources} sources"


def _from_all_over(documents: Sequence[Document], most: int) -> list[Document]:
    """Return at most so many documents, at even distances."""
    if len(documents) <= most:
        return list(documents)
    return [documents[int(place)] for place in np.linspace(0, len(documents) - 1, most)]


def _far_apart(documents: Sequence[Document], units: UnitsOf, scorer: UnitScorer) -> list[Document]:
    """Return as many documents as are shown, each the farthest from those before, in their own order.

    The first is the nearest to all; a document is where its opening is (Gonzalez 1985, farthest-first traversal).
    """
    opening = [(number, _prose(units(document.source))[:1]) for number, document in enumerate(documents)]
    told = [(number, first[0]) for number, first in opening if first]
    if not told:
        return []
    vectors = scorer.vectors([unit for _, unit in told])
    picked = [int(np.argmax(vectors @ vectors.mean(axis=0)))]
    nearest = vectors @ vectors[picked[0]]
    while len(picked) < min(MOST_SOURCES, len(told)):
        picked.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, vectors @ vectors[picked[-1]])
    return [documents[told[place][0]] for place in sorted(picked)]


def _prose(units: Sequence[Unit]) -> list[Unit]:
    """Return the units that can stand for a document: whole sentences, no items, questions or lines to lists."""
    whole = [unit for unit in units if not unit.item and not unit.text.endswith((":", "?"))]
    sized = [unit for unit in whole if _FEWEST_WORDS <= len(unit.text.split()) <= _LONGEST_WORDS]
    return sized or [unit for unit in whole if len(unit.text.split()) >= _FEWEST_WORDS]


def _central(units: Sequence[Unit], scorer: UnitScorer, count: int, shown: Sequence[Unit]) -> list[ScoredUnit]:
    prose = _prose(units)
    if not prose:
        return []
    vectors = scorer.vectors(prose)
    mean = vectors.mean(axis=0)
    position = np.linspace(_FIRST, 0.0, len(prose))
    scores = vectors @ (mean / (np.linalg.norm(mean) or 1.0)) + position
    best = sorted(_distinct(prose, np.argsort(-scores).tolist(), vectors, shown)[:count])
    return [ScoredUnit(prose[row], float(scores[row]), np.zeros(len(FEATURES))) for row in best]


def _distinct(prose: Sequence[Unit], ranked: Sequence[int], vectors: Vectors, shown: Sequence[Unit]) -> list[int]:
    """Return the first rows of a ranking that say something else than those before and what is shown already."""
    kept: list[int] = []
    for row in ranked:
        if len(kept) == _PER_SINGLE_SOURCE:
            break
        near = any(float(vectors[row] @ vectors[other]) > _SAME for other in kept)
        if not near and not any(says_alike(prose[row].text, unit.text) for unit in shown):
            kept.append(row)
    return kept or list(ranked[:1])


_SAME = 0.85
"""Cosine over which two sentences of a source say the same."""


def _on_topic(question: Question, documents: Sequence[Document], shelf: Shelf) -> Choice:
    """Return what the sources say of a matter: the best sentences of each that speaks of it."""
    admitted = {document.source: number for number, document in enumerate(documents)}
    scored = shelf.scorer.score(
        question, [unit for unit in shelf.found() if not unit.text.endswith("?")], question.topic
    )
    by_source: dict[str, list[ScoredUnit]] = {}
    for each in scored:
        about = max(each["coverage_with_context"] / _ON_TOPIC_COVERAGE, each["similarity"] / _ON_TOPIC_SIMILARITY) >= 1
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
