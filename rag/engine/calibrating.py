"""How sure an answer must be: as set, as fitted for the index, or as fitted on open sets of questions."""

from __future__ import annotations

from collections.abc import Sequence

from rag.calibration import Judgement, fit, read, save
from rag.config import Settings
from rag.evidence.confidence import ANSWER_CONFIDENCE
from rag.types import Calibration


def least_confidence(settings: Settings) -> float:
    """Return the confidence under which a question is refused. Raises UsageError for a calibration that is damaged."""
    if settings.answer_confidence is not None:
        return settings.answer_confidence
    fitted = read(settings.index)
    return ANSWER_CONFIDENCE if fitted is None else fitted.confidence


def calibrate(settings: Settings, name: str, judged: Sequence[Judgement]) -> Calibration:
    """Fit the operating point to answers to the questions of a set, and keep it with the index.

    Raises UsageError for too few questions.
    """
    fitted = fit(name, judged)
    save(fitted, settings.index)
    return fitted
