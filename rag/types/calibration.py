"""How sure an answer must be, and what that costs on a set of questions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What one point does on a set of questions; shares are between 0 and 1, None where there is nothing to share."""

    confidence: float
    answered: float
    """Share of the answerable questions that are answered."""
    refused: float
    """Share of the unanswerable questions that are refused."""
    coverage: float
    """Share of all questions that are answered."""
    risk: float | None
    """Share of the answered questions that the sources do not answer."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The operating point that was fitted, on how many questions of which set, and the curve behind it."""

    confidence: float
    name: str
    answerable: int
    unanswerable: int
    curve: tuple[OperatingPoint, ...]

    def at(self, confidence: float) -> OperatingPoint:
        """Return the point of the curve that lies nearest to a confidence."""
        return min(self.curve, key=lambda point: abs(point.confidence - confidence))
