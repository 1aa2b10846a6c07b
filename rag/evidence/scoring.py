"""The score of a unit for a question: how near in meaning, how much of the question it meets, the kind of thing in it.

The weights come from trials on open sets (`python -m tests.benchmarks.evidence`): of the sentences of the passages
found, cosine alone puts an answering one first for .65 (SQuAD 2, held-out articles) and .59 (CLAP NQ) of the questions,
this sum for .80 and .64. Answerable questions it tells from others a little worse than the cosine does (AUROC .59 and
.82, the cosine .60 and .87): that is what the evidence model is for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.evidence.confidence import OBJECTIONS, log_odds, probability
from rag.evidence.features import COLUMN, Matrix, features
from rag.evidence.matching import Vectors, WordMatcher
from rag.evidence.reading import UnitReader, UnitReading, read_units
from rag.evidence.units import Unit
from rag.text.questions import Question

WEIGHTS = {"similarity": 1.0, "coverage_with_context": 0.5, "answer_type": 0.1, "no_answer_type": -0.2}
_MOST_CACHED = 20_000
_HELD_AGAINST = 12
"""Units, the surest ones, that the question's premises are held against."""

Objections = Callable[[Question, Unit], Iterable[str]]
"""What a unit has otherwise than a question takes as given: names in `rag.evidence.confidence.OBJECTIONS`."""


@dataclass(frozen=True, slots=True)
class ScoredUnit:
    """A unit with its score and the row of features that the score was made from."""

    unit: Unit
    score: float
    row: NDArray[np.float64]
    odds: float = -math.inf
    """The logarithm of the odds that it answers, where it was judged."""
    reading: UnitReading | None = None
    """What the evidence model made of it, where it was judged."""

    @property
    def answer(self) -> tuple[int, int] | None:
        """Return the words of it that would answer, as offsets in its text, where it was judged."""
        return self.reading.answer if self.reading else None

    @property
    def confidence(self) -> float:
        """Return how sure it is that it answers, from 0 to 1; 0 where it was not judged."""
        return probability(self.odds)

    def __getitem__(self, feature: str) -> float:
        """Return one feature by name."""
        return float(self.row[COLUMN[feature]])


def weighted(matrix: Matrix) -> NDArray[np.float64]:
    """Return the score of each row of features."""
    total = np.zeros(len(matrix))
    for name, weight in WEIGHTS.items():
        total += weight * matrix[:, COLUMN[name]]
    return total


class UnitScorer:
    """Scores units for questions; keeps the vectors of the units it has seen."""

    def __init__(
        self,
        embed_passages: Callable[[Sequence[str]], Vectors],
        embed_queries: Callable[[Sequence[str]], Vectors],
        weight: Callable[[str], float],
        reader: UnitReader,
        objections: Objections = lambda _question, _unit: (),
    ) -> None:
        """Take the two ways of embedding, a stem's inverse document frequency, what reads units and what objects."""
        self._embed_passages = embed_passages
        self._embed_queries = embed_queries
        self._weight = weight
        self._reader = reader
        self._objections = objections
        self._matcher = WordMatcher(embed_passages)
        self._vectors: dict[str, Vectors] = {}

    def weighing(self, weight: Callable[[str], float]) -> UnitScorer:
        """Return a scorer by other weights that shares the vectors of the units seen."""
        other = copy(self)
        other._weight = weight
        return other

    def known(self, stem: str) -> bool:
        """Say whether a stem occurs in the sources, by its weight being under that of an unseen one."""
        return self._weight(stem) < self._weight("\0")

    def vectors(self, units: Sequence[Unit]) -> Vectors:
        """Return one unit vector a row."""
        if len(self._vectors) > _MOST_CACHED:
            self._vectors.clear()
        missing = sorted({unit.embedding_text for unit in units} - self._vectors.keys())
        if missing:
            self._vectors.update(zip(missing, self._embed_passages(missing), strict=True))
        return np.stack([self._vectors[unit.embedding_text] for unit in units])

    def score(self, question: Question, units: Sequence[Unit], text: str | None = None) -> list[ScoredUnit]:
        """Return the units with their scores, best first; `text` is embedded in place of the question's own."""
        if not units:
            return []
        query = self._embed_queries([text or question.text])[0]
        similarities = (self.vectors(units) @ query).tolist()
        matrix = features(question, units, similarities, self._matcher, self._weight)
        scored = [ScoredUnit(u, float(s), row) for u, s, row in zip(units, weighted(matrix), matrix, strict=True)]
        return sorted(scored, key=lambda each: -each.score)

    def judge(self, question: Question, units: Sequence[Unit]) -> list[ScoredUnit]:
        """Return the units, read beside the question by the evidence model too, the surest first."""
        scored = self.score(question, units)
        readings = read_units(self._reader, question.text, [each.unit for each in scored])
        judged = [
            replace(each, odds=log_odds(each.row, each.score, reading), reading=reading)
            for each, reading in zip(scored, readings, strict=True)
        ]
        judged.sort(key=lambda each: -each.odds)
        held = [self._objected(question, each) for each in judged[:_HELD_AGAINST]]
        return sorted([*held, *judged[_HELD_AGAINST:]], key=lambda each: -each.odds)

    def _objected(self, question: Question, scored: ScoredUnit) -> ScoredUnit:
        """Return a unit, less sure by what speaks against it."""
        against = sum(OBJECTIONS[name] for name in self._objections(question, scored.unit))
        return replace(scored, odds=scored.odds - against) if against else scored
