"""Whether a new index answers a set of questions as well as the one before: question by question, each against itself.

A question is looked at for up to two things. Its *passages* are right where a gold document is among the first ten. Its
*answer* is right where it cites a gold place (a gold document, where the set names no place); for a question that the
sources do not answer, where it is refused. A question is worse where fewer of these are right than before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rag.errors import RagError
from rag.evaluation.figures import DEPTH, Judged, gold_spans
from rag.evaluation.questions import Question
from rag.evaluation.running import run
from rag.types import GateChange, GateReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rag.engine import Contest, Engine

Told = Callable[["Iterable[Judged]", str], "Iterable[Judged]"]
"""Passes on what became of questions, and tells how far it is; with what is being asked, in a word."""


def measure(contest: Contest, questions: Sequence[Question], *, tolerance: int, told: Told) -> GateReport:
    """Ask both indexes, and say how the new one answers; it passes while no more than `tolerance` are worse net.

    A question whose gold places stand in one of the two alone cannot be compared, as long as its documents were
    changed; where the files are the same, it is the reading of them that lost the place, and that counts.
    """
    old = contest.old
    if old is None:
        return GateReport(passed=True, tolerance=tolerance, note=f"There was nothing to compare with. {contest.reason}")
    reasons = [_why_not(contest, old, question) for question in questions]
    left = [(question, why) for question, why in zip(questions, reasons, strict=True) if why]
    comparable = [question for question, why in zip(questions, reasons, strict=True) if not why]
    before = list(told(run(old, comparable), "before"))
    now = list(told(run(contest.new, comparable), "now"))
    return compare(before, now, generation=old.generation, tolerance=tolerance, not_compared=left)


def compare(
    before: Sequence[Judged],
    now: Sequence[Judged],
    *,
    generation: str,
    tolerance: int,
    not_compared: Sequence[tuple[Question, str]] = (),
) -> GateReport:
    """Return which questions are worse and better now than `before`, which was `generation`."""
    pairs = list(zip(before, now, strict=True))
    worse = [_change(old, new) for old, new in pairs if _right(new) < _right(old)]
    better = [_change(old, new) for old, new in pairs if _right(new) > _right(old)]
    return GateReport(
        passed=len(worse) - len(better) <= tolerance,
        before=generation,
        compared=len(pairs),
        tolerance=tolerance,
        worse=tuple(worse),
        better=tuple(better),
        not_compared=tuple(GateChange(each.id, each.question, "", why) for each, why in not_compared),
        note="" if pairs else "There was no question that both could be asked.",
    )


def _why_not(contest: Contest, old: Engine, question: Question) -> str:
    """Return why a question cannot be compared, nothing where it can."""
    if not question.gold and question.answerable is None:
        return "the file does not say what a right answer is"
    if not _stands_in(old, question):
        return "the index before did not have what the answer rests on"
    if _stands_in(contest.new, question) or all(contest.is_same(gold.source) for gold in question.gold):
        return ""
    return "what the answer rests on was changed or removed: bring the question up to date"


def _stands_in(engine: Engine, question: Question) -> bool:
    """Say whether every gold document of a question, and every quotation, is in an index."""
    try:
        texts = {source: engine.document(source).text for source in {gold.source for gold in question.gold}}
        gold_spans(question, texts.__getitem__)
    except RagError:
        return False
    return True


def _right(judged: Judged) -> int:
    """Return how much is right with a question."""
    if judged.outcome.error is not None:
        return 0
    return _passages_right(judged) + _answer_right(judged)


def _passages_right(judged: Judged) -> bool:
    rank = judged.first_relevant
    return rank is not None and rank <= DEPTH


def _answer_right(judged: Judged) -> bool:
    if judged.question.answerable is False:
        return judged.refused
    if judged.gold_spans:
        return judged.cited_right > 0
    return any(source in judged.question.relevant for source, _ in judged.cited)


def _change(before: Judged, now: Judged) -> GateChange:
    return GateChange(now.question.id, now.question.question, described(before), described(now))


def described(judged: Judged) -> str:
    """Return in words what came of a question: `a.txt at rank 2, answered from a.txt`."""
    if judged.outcome.error is not None:
        return judged.outcome.error
    parts = []
    rank = judged.first_relevant
    if judged.question.relevant:
        parts.append("no gold document found" if rank is None else f"{judged.outcome.ranked[rank - 1]} at rank {rank}")
    cited = ", ".join(dict.fromkeys(source for source, _ in judged.cited)) or "no source"
    missed = judged.gold_spans and not judged.cited_right and judged.question.answerable is not False
    answered = f"answered from {cited}" + (", but not from the gold place" if missed else "")
    return ", ".join([*parts, "refused" if judged.refused else answered])
