"""A question's result as one JSON object: the answer object of the contract, and what was measured of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.evaluation.figures import DEPTH, Judged, gain
from rag.evaluation.problems import problems_of


def result_object(judged: Judged) -> dict[str, Any]:
    """Return the answer object with `evaluation` beside its keys.

    Where the question raised an error, or no answer was asked for, the keys that only an answer has are empty, and
    `status` is `failed` or null.
    """
    return {**_answer(judged), "evaluation": evaluation_object(judged)}


def evaluation_object(judged: Judged) -> dict[str, Any]:
    """Return what of the figures comes from this question, and what went wrong."""
    question, outcome = judged.question, judged.outcome
    asked = outcome.answer is not None and judged.gold_spans and question.answerable is not False
    return {
        "ndcg@10": round(gain(judged), 4) if question.relevant else None,
        "first_relevant_rank": judged.first_relevant,
        "gold_found": judged.found_spans if asked else None,
        "gold": len(judged.gold_spans),
        "ranked_documents": list(outcome.ranked[: max(DEPTH, judged.first_relevant or 0)]),
        "problems": [asdict(problem) for problem in problems_of(judged)],
    }


def _answer(judged: Judged) -> dict[str, Any]:
    question, outcome = judged.question, judged.outcome
    if outcome.answer is not None:
        return outcome.answer.to_dict()
    return {
        "id": question.id,
        "question": question.question,
        "standalone_question": outcome.standalone or question.question,
        "status": None if outcome.error is None else "failed",
        "text": "",
        "statements": [],
        "citations": [],
        "passages": [asdict(passage) for passage in outcome.passages],
        "nearest": [],
        "timings_ms": {} if outcome.milliseconds is None else {"total": outcome.milliseconds},
        "error": outcome.error,
    }
