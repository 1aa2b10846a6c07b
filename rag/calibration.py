"""How sure the product must be to answer: the operating point, and what each other one would cost.

An answer comes with its confidence, the chance that the sources answer. Under the operating point it is refused. What
a point is worth on a set of questions is a curve: the share of questions answered (coverage) against the share of the
answers that should have been refusals (risk), as El-Yaniv and Wiener, "On the Foundations of Noise-free Selective
Classification" (2010), draw it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rag.disk import write_whole
from rag.errors import UsageError
from rag.types import Calibration, OperatingPoint

FILE = "calibration.json"
FORMAT = 1
FEWEST = 10
"""Questions of each sort, answerable and not, without which nothing is fitted."""
_STEPS = 100


Judgement = tuple[float, bool]
"""The confidence of an answer, and whether the sources answer the question."""


def fit(name: str, judged: Sequence[Judgement]) -> Calibration:
    """Return the calibration for questions: the point with the best mean of both shares, in the middle of its plateau.

    Both sorts of question count the same, however many there are of each. Raises UsageError for too few questions.
    """
    answerable = sum(known for _, known in judged)
    unanswerable = len(judged) - answerable
    if min(answerable, unanswerable) < FEWEST:
        raise UsageError(
            f"{name} has {answerable} answerable and {unanswerable} unanswerable questions that were answered or "
            f"refused; to fit how sure an answer must be takes {FEWEST} of each. Add questions, or make some: rag eval "
            "--make --unanswerable-from OTHER_DOCUMENTS"
        )
    curve = tuple(_point(step / _STEPS, judged, answerable, unanswerable) for step in range(1, _STEPS))
    best = max(point.answered + point.refused for point in curve)
    plateau = [point.confidence for point in curve if point.answered + point.refused >= best - 1e-9]
    middle = plateau[len(plateau) // 2]
    return Calibration(middle, name, answerable, unanswerable, curve)


def _point(confidence: float, judged: Sequence[Judgement], answerable: int, unanswerable: int) -> OperatingPoint:
    right = sum(known and sure >= confidence for sure, known in judged)
    wrong = sum(not known and sure >= confidence for sure, known in judged)
    shown = right + wrong
    return OperatingPoint(
        confidence,
        round(right / answerable, 4),
        round(1 - wrong / unanswerable, 4),
        round(shown / len(judged), 4),
        round(wrong / shown, 4) if shown else None,
    )


def save(calibration: Calibration, index: Path) -> Path:
    """Write a calibration into the folder of an index, and return its path."""
    path = index / FILE
    write_whole(path, (json.dumps({"format": FORMAT, **asdict(calibration)}, indent=1) + "\n").encode())
    return path


def read(index: Path) -> Calibration | None:
    """Return the calibration in the folder of an index, None where there is none.

    Raises UsageError for one that cannot be read.
    """
    path = index / FILE
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held.pop("format") != FORMAT:
            raise ValueError("of another version")
        curve = tuple(OperatingPoint(**point) for point in held.pop("curve"))
        return Calibration(curve=curve, **held)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} cannot be read ({error}). Remove it, or make it again with rag eval --calibrate."
        ) from error
