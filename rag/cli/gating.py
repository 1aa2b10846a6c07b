"""`rag index --gate`: ask the new index and the one before the same questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag.cli.progress import told
from rag.errors import UsageError
from rag.evaluation.sets import EvaluationSet
from rag.types import GateReport

if TYPE_CHECKING:
    from rag.engine import Contest, Gate
    from rag.evaluation.figures import Judged
    from rag.evaluation.questions import Question


def gate_of(file: Path, tolerance: int) -> Gate:
    """Return the gate that a file of questions makes. Raises UsageError where it is none."""
    asked = EvaluationSet(file)
    if asked.documents is not None:
        raise UsageError(
            f"{file} brings documents of its own, and a gate asks those that are indexed. Name a file of questions "
            "about them; `rag eval --make` writes one."
        )
    return partial(_measured, asked.questions, tolerance)


def _measured(questions: list[Question], tolerance: int, contest: Contest) -> GateReport:
    from rag.evaluation.gate import measure

    def shown(running: Iterable[Judged], what: str) -> Iterator[Judged]:
        return told(running, len(questions), None, what=f"{what}: ")

    return measure(contest, questions, tolerance=tolerance, told=shown)
