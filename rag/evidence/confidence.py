"""How sure it is that a unit answers a question: a fitted probability."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rag.evidence.features import COLUMN
from rag.evidence.reading import UnitReading

ANSWER_CONFIDENCE = 0.42
"""The point at which is answered unless another one is set or fitted."""
INTERCEPT = -4.617
WEIGHTS = {
    "read": 0.156,
    "answer": 0.042,
    "score": 1.142,
    "similarity": 1.557,
    "names_in_context": 1.505,
    "numbers": 1.401,
}


OBJECTIONS = {"number": 1.5, "date": 1.5, "opposite": 1.5, "denial": 1.0}
"""Taken off the logarithm of the odds where a unit has otherwise what the question takes as given."""


def log_odds(row: NDArray[np.float64], score: float, reading: UnitReading) -> float:
    """Return the logarithm of the odds that a unit answers, from its features, their score and what the model read."""
    given = signals(row, score, reading)
    return INTERCEPT + sum(weight * given[name] for name, weight in WEIGHTS.items())


def signals(row: NDArray[np.float64], score: float, reading: UnitReading) -> dict[str, float]:
    """Return what the odds can be made of, by name."""
    features = {name: float(row[place]) for name, place in COLUMN.items()}
    return features | {"read": reading.score, "answer": reading.answer_score, "score": score}


def probability(odds: float) -> float:
    """Return the probability of odds that are given as their logarithm."""
    return 1 / (1 + math.exp(-odds))
