"""How sure it is that a unit answers a question: a fitted probability."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rag.evidence.features import COLUMN
from rag.evidence.reading import UnitReading

ANSWER_CONFIDENCE = 0.5
"""The point at which is answered unless another one is set or fitted."""
INTERCEPT = -4.0
WEIGHTS = {"read": 0.3, "score": 3.0}


def confidence(row: NDArray[np.float64], score: float, reading: UnitReading) -> float:
    """Return the probability that a unit answers, from its features, their score and what the evidence model read."""
    signals = {"read": reading.score, "answer": reading.answer_score, "score": score}
    total = INTERCEPT + sum(
        weight * (signals[name] if name in signals else float(row[COLUMN[name]])) for name, weight in WEIGHTS.items()
    )
    return 1 / (1 + math.exp(-total))
