"""A run of an evaluation set, as the index folder keeps it, for tests of the pages that show it."""

from __future__ import annotations

from rag.evaluation.records import Evaluation, FailedQuestion, Problem, ProblemKind

FAILED = FailedQuestion(
    "p01",
    "And what did Oduya say?",
    (Problem(ProblemKind.NOT_FOUND, "wall.txt is at rank 14."), Problem(ProblemKind.REFUSED, "Refused.")),
    ("Who is Bolton?",),
    ("wall.txt", "gone.txt"),
)
RUN = Evaluation(
    name="own questions",
    path="/data/own questions.jsonl",
    fingerprint="ab",
    date="2026-01-05T07:00:00+00:00",
    generation="g1",
    retrieval_only=False,
    settings={"llm": "extractive", "candidate_count": 50},
    figures={
        "n": 1200,
        "failed": 0,
        "retrieval": {"ndcg@10": 0.81234, "recall@5": 1.0, "hit@1": 0.9256},
        "abstention": {"auroc": None, "precision": None, "recall": None},
        "citation": {"precision": 0.5, "recall": None},
        "latency_ms": {"p50": 8.1, "p95": 1530.0},
        "index": {"documents": 5, "chunks": 81, "seconds": None},
    },
    failed=(FAILED, FailedQuestion(None, "Why?", (Problem(ProblemKind.REFUSED, "Refused."),))),
)
