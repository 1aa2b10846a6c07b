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


def confidence(row: NDArray[np.float64], score: float, reading: UnitReading) -> float:
    """Return the probability that a unit answers, from its features, their score and what the evidence model read."""
    given = signals(row, score, reading)
    total = INTERCEPT + sum(weight * given[name] for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))


def signals(row: NDArray[np.float64], score: float, reading: UnitReading) -> dict[str, float]:
    """Return what the probability can be made of, by name."""
    features = {name: float(row[place]) for name, place in COLUMN.items()}
    return features | {"read": reading.score, "answer": reading.answer_score, "score": score}


def log_odds(probability: float) -> float:
    """Return the logarithm of the odds of a probability, within what arithmetic allows."""
    inside = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))
