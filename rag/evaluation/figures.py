"""From questions and the product's answers to them to the figures of the contract.

A figure is None where the set cannot tell: retrieval and citation need gold places, abstention needs to know which
questions have an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import UsageError
from rag.evaluation.measures import Span, auroc, covered, mean, ndcg, percentile, recall, reciprocal_rank, share
from rag.evaluation.questions import Gold, Question
from rag.types import Answer, Passage, Status

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, the answer that the product gave, and where its gold quotations stand in their sources."""

    question: Question
    answer: Answer
    gold_spans: tuple[tuple[str, Span], ...] = ()


def judge(question: Question, answer: Answer, text_of: Callable[[str], str]) -> Judged:
    """Return the pair with the places of its gold quotations; `text_of` gives the canonical text of a source."""
    spans = [(gold.source, span) for gold in question.gold if (span := locate(question, gold, text_of)) is not None]
    return Judged(question, answer, tuple(spans))


def locate(question: Question, gold: Gold, text_of: Callable[[str], str]) -> Span | None:
    """Return the span of a gold entry, None where the set names no more than the document.

    Raises UsageError for a quotation that does not stand in its source.
    """
    if gold.start is not None and gold.end is not None:
        return gold.start, gold.end
    if gold.quote is None:
        return None
    start = text_of(gold.source).find(gold.quote)
    if start < 0:
        raise UsageError(
            f"Line {question.line}: the gold quotation {gold.quote[:40]!r} does not stand in {gold.source}. "
            "Copy it from the source, character for character."
        )
    return start, start + len(gold.quote)


def figures(judged: Sequence[Judged], *, documents: int, chunks: int, seconds: float | None = None) -> dict[str, Any]:
    """Return the figures object of the contract. `seconds` is how long indexing took, where it was part of the run."""
    return {
        "n": len(judged),
        "retrieval": retrieval(judged),
        "abstention": abstention(judged),
        "citation": citation(judged),
        "latency_ms": latency([pair.answer for pair in judged]),
        "index": {"documents": documents, "chunks": chunks, "seconds": seconds},
    }


def ranked_documents(passages: Sequence[Passage]) -> list[str]:
    """Return the sources of `passages`, each at the rank of its best passage."""
    return list(dict.fromkeys(passage.source for passage in sorted(passages, key=lambda passage: passage.rank)))


def retrieval(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Return the means over the questions that name gold documents, whether these answer them or only bear on them."""
    rows = []
    for pair in judged:
        grades: dict[str, float] = {}
        for gold in pair.question.gold:
            grades[gold.source] = max(gold.grade, grades.get(gold.source, 0.0))
        relevant = {source for source, grade in grades.items() if grade > 0}
        if relevant:
            ranked = ranked_documents(pair.answer.passages or pair.answer.nearest)
            rows.append(_retrieval_row(ranked, grades, relevant))
    names = ("ndcg@10", "recall@5", "recall@10", "mrr@10", "hit@1")
    return {name: _rounded(mean([row[place] for row in rows])) for place, name in enumerate(names)}


def _retrieval_row(ranked: list[str], grades: dict[str, float], relevant: set[str]) -> tuple[float, ...]:
    return (
        ndcg(ranked, grades, DEPTH),
        recall(ranked, relevant, 5),
        recall(ranked, relevant, DEPTH),
        reciprocal_rank(ranked, relevant, DEPTH),
        reciprocal_rank(ranked, relevant, 1),
    )


def abstention(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Return how well refusals fit: the refusal of an unanswerable question is the positive.

    `precision` and `recall` are about what the product did. `auroc` tells how well the best dense score of the
    passages alone separates unanswerable from answerable questions, whatever the product made of it.
    """
    known = [pair for pair in judged if pair.question.answerable is not None]
    unanswerable = [pair for pair in known if not pair.question.answerable]
    refused = [pair for pair in known if pair.answer.status is Status.REFUSED]
    right = sum(not pair.question.answerable for pair in refused)
    if not unanswerable:
        return {"auroc": None, "precision": None, "recall": None}
    doubts = [(pair.question.answerable, -score) for pair in known if (score := _best_dense(pair.answer)) is not None]
    return {
        "auroc": _rounded(auroc([doubt for has, doubt in doubts if not has], [doubt for has, doubt in doubts if has])),
        "precision": _rounded(share(right, len(refused))),
        "recall": _rounded(share(right, len(unanswerable))),
    }


def _best_dense(answer: Answer) -> float | None:
    scores = [passage.scores.dense for passage in (*answer.passages, *answer.nearest)]
    return max((score for score in scores if score is not None), default=None)


def citation(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Return how citations fit the gold quotations, over the answerable questions that have some.

    `precision` is the share of the citations that overlap a gold quotation, `recall` the share of the gold quotations
    of which citations cover at least half.
    """
    gold_count = gold_found = cited = cited_right = 0
    for pair in judged:
        if not pair.gold_spans or pair.question.answerable is False:
            continue
        places = [(cite.source, (cite.start, cite.end)) for cite in pair.answer.citations]
        for source, span in pair.gold_spans:
            found = covered(span, [place for name, place in places if name == source])
            gold_found += 2 * found >= span[1] - span[0]
        gold_count += len(pair.gold_spans)
        cited += len(places)
        cited_right += sum(
            any(name == source and covered(span, [place]) for name, span in pair.gold_spans) for source, place in places
        )
    return {"precision": _rounded(share(cited_right, cited)), "recall": _rounded(share(gold_found, gold_count))}


def latency(answers: Sequence[Answer]) -> dict[str, float | None]:
    """Return the percentiles of the answers' total times in milliseconds."""
    times = [answer.timings_ms["total"] for answer in answers if "total" in answer.timings_ms]
    return {"p50": _rounded(percentile(times, 50), 1), "p95": _rounded(percentile(times, 95), 1)}


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
