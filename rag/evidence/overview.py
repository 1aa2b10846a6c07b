"""Evidence for questions about everything: a balanced selection, some sentences of each source."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from rag.evidence.choice import Choice, as_evidence
from rag.evidence.features import FEATURES
from rag.evidence.scoring import ScoredUnit, UnitScorer
from rag.evidence.units import Unit
from rag.text.questions import Question
from rag.text.words import terms, words
from rag.types import Document

MOST_SOURCES = 12
_PER_SOURCE = 2
_PER_SINGLE_SOURCE = 5
_FEWEST_WORDS = 8


def named_documents(question: Question, documents: Sequence[Document]) -> list[Document]:
    """Return the documents that the question names: by a part of the file name, by title, or by words of it."""
    on_topic = set(question.terms)
    asked = set(words(question.text))
    plain = " ".join(words(question.text))
    found = []
    for document in documents:
        parts = {part.lower() for part in re.split(r"[\W_]+", document.source) if len(part) > 1} - {"txt", "md"}
        if (
            parts & asked & {part for part in parts if any(c.isdigit() for c in part)}
            or " ".join(words(document.title)) in plain
            or (on_topic and on_topic <= set(terms(document.title)))
        ):
            found.append(document)
    return found


def choose_overview(documents: Sequence[Document], units: Callable[[str], list[Unit]], scorer: UnitScorer) -> Choice:
    """Return the sentences of each document that are nearest to what all of its sentences say, in their order.

    A sentence's centrality is the cosine of its vector with the mean of the document's; the first sentences are
    preferred a little, as articles put first what matters.
    """
    shown = documents[:MOST_SOURCES]
    count = _PER_SINGLE_SOURCE if len(shown) == 1 else _PER_SOURCE
    evidence = [as_evidence(each) for document in shown for each in _central(units(document.source), scorer, count)]
    if not evidence:
        return Choice(reason="There is no prose in the sources to sum up.")
    left_out = len(documents) - len(shown)
    rest = f", {left_out} more are left out" if left_out else ""
    return Choice(tuple(evidence), f"Sentences of {len(shown)} of {len(documents)} sources{rest}.")


def _central(units: Sequence[Unit], scorer: UnitScorer, count: int) -> list[ScoredUnit]:
    prose = [
        unit
        for unit in units
        if not unit.item and len(unit.text.split()) >= _FEWEST_WORDS and not unit.text.endswith((":", "?"))
    ]
    if not prose:
        return []
    vectors = scorer.vectors(prose)
    mean = vectors.mean(axis=0)
    position = np.linspace(_FIRST, 0.0, len(prose))
    scores = vectors @ (mean / (np.linalg.norm(mean) or 1.0)) + position
    best = sorted(np.argsort(-scores)[:count].tolist())
    return [ScoredUnit(prose[row], float(scores[row]), np.zeros(len(FEATURES))) for row in best]


_FIRST = 0.15
