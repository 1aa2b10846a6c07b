"""What went wrong with a question, in words."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.figures import DEPTH, Judged
from rag.evaluation.records import FailedQuestion, Problem, ProblemKind

_NAMED = 3


def problems_of(judged: Judged) -> tuple[Problem, ...]:
    """Return what went wrong with a question, nothing where all is well."""
    if judged.outcome.error is not None:
        return (Problem(ProblemKind.ERROR, judged.outcome.error),)
    found = (_not_found(judged), _status(judged), _citations(judged))
    return tuple(problem for problem in found if problem)


def failed_questions(judged: Sequence[Judged]) -> tuple[FailedQuestion, ...]:
    """Return the questions with which something went wrong, in order."""
    return tuple(
        FailedQuestion(
            pair.question.id,
            pair.question.question,
            problems,
            tuple(one if isinstance(one, str) else one.question for one in pair.question.history),
            tuple(dict.fromkeys(gold.source for gold in pair.question.gold)),
        )
        for pair in judged
        if (problems := problems_of(pair))
    )


def _not_found(judged: Judged) -> Problem | None:
    relevant, rank = judged.question.relevant, judged.first_relevant
    if not relevant or (rank is not None and rank <= DEPTH):
        return None
    if rank is not None:
        where = f"{judged.outcome.ranked[rank - 1]} is at rank {rank}."
        return Problem(ProblemKind.NOT_FOUND, f"No gold document is among the first ten: {where}")
    depth = len(judged.outcome.ranked)
    names = _names(sorted(relevant))
    return Problem(ProblemKind.NOT_FOUND, f"{names} {_is(relevant)} not among the {depth} documents that were found.")


def _status(judged: Judged) -> Problem | None:
    if judged.outcome.answer is None:
        return None
    if judged.question.answerable is True and judged.refused:
        return Problem(ProblemKind.REFUSED, "Refused, although the sources answer it.")
    if judged.question.answerable is False and not judged.refused:
        cited = list(dict.fromkeys(source for source, _ in judged.cited))
        return Problem(ProblemKind.ANSWERED, f"Answered from {_names(cited)}, although the sources do not answer it.")
    return None


def _citations(judged: Judged) -> Problem | None:
    if judged.outcome.answer is None or judged.refused or judged.question.answerable is False or not judged.gold_spans:
        return None
    found, count = judged.found_spans, len(judged.gold_spans)
    if judged.cited_right and 2 * found >= count:
        return None
    gold = _names(list(dict.fromkeys(source for source, _ in judged.gold_spans)))
    if not judged.cited_right:
        return Problem(ProblemKind.CITATION, f"No citation is of the gold place in {gold}.")
    return Problem(ProblemKind.CITATION, f"The citations cover {found} of {count} gold places in {gold}.")


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _is(names: frozenset[str]) -> str:
    return "is" if len(names) == 1 else "are"
