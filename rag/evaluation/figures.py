"""From questions and what the product made of them to the figures of the contract.

A figure is None where the set cannot tell: retrieval and citation need gold places, abstention needs to know which
questions have an answer; and where no question was answered, nothing is said of answers. A question that raised an
error found and answered nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.errors import UsageError
from rag.evaluation.measures import Span, auroc, covered, mean, ndcg, percentile, recall, reciprocal_rank, share
from rag.evaluation.questions import Gold, Question
from rag.types import Answer, Passage, Status

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the product made of a question."""

    standalone: str = ""
    """The question as it was understood without those before it."""
    passages: tuple[Passage, ...] = ()
    """Those that it was answered from."""
    ranked: tuple[str, ...] = ()
    """Documents, each at the rank of its best passage, further down than `passages` reach."""
    answer: Answer | None = None
    """None where it was not asked for, or an error came instead."""
    milliseconds: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, what came of it, and where its gold quotations stand in their sources."""

    question: Question
    outcome: Outcome = field(default_factory=Outcome)
    gold_spans: tuple[tuple[str, Span], ...] = ()

    @property
    def answer(self) -> Answer:
        """Return the answer. Raises ValueError where none was asked for, or an error came instead."""
        if self.outcome.answer is None:
            raise ValueError(self.outcome.error or "no answer was asked for")
        return self.outcome.answer

    @property
    def refused(self) -> bool:
        """Whether the product said that the sources do not answer it."""
        return self.outcome.answer is not None and self.outcome.answer.status is Status.REFUSED

    @property
    def first_relevant(self) -> int | None:
        """Return the rank of the first gold document, None where none is ranked."""
        relevant = self.question.relevant
        return next((rank for rank, name in enumerate(self.outcome.ranked, 1) if name in relevant), None)

    @property
    def found_spans(self) -> int:
        """Return how many gold quotations citations cover by at least half."""
        places = self.cited
        return sum(
            2 * covered(span, [place for name, place in places if name == source]) >= span[1] - span[0]
            for source, span in self.gold_spans
        )

    @property
    def cited(self) -> list[tuple[str, Span]]:
        """Return the places that the answer cites."""
        answer = self.outcome.answer
        return [(cite.source, (cite.start, cite.end)) for cite in answer.citations] if answer else []

    @property
    def cited_right(self) -> int:
        """Return how many citations overlap a gold quotation."""
        return sum(
            any(name == source and covered(span, [place]) for name, span in self.gold_spans)
            for source, place in self.cited
        )


def judge(question: Question, answer: Answer, text_of: Callable[[str], str]) -> Judged:
    """Return what came of a question that was answered, its documents ranked as far as the answer's passages reach.

    `text_of` gives the canonical text of a source. Raises UsageError as `locate` does.
    """
    outcome = Outcome(
        standalone=answer.standalone_question,
        passages=answer.passages,
        ranked=tuple(documents_of(answer.passages)),
        answer=answer,
        milliseconds=answer.timings_ms.get("total"),
    )
    return Judged(question, outcome, gold_spans(question, text_of))


def gold_spans(question: Question, text_of: Callable[[str], str]) -> tuple[tuple[str, Span], ...]:
    """Return the sources and spans of the gold places of a question that say where they are. Raises UsageError."""
    located = [(gold.source, locate(question, gold, text_of)) for gold in question.gold]
    return tuple((source, span) for source, span in located if span is not None)


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


def documents_of(passages: Sequence[Passage]) -> list[str]:
    """Return the sources of `passages`, each at the rank of its best passage."""
    return list(dict.fromkeys(passage.source for passage in sorted(passages, key=lambda passage: passage.rank)))


def figures(judged: Sequence[Judged], *, documents: int, chunks: int, seconds: float | None = None) -> dict[str, Any]:
    """Return the figures object of the contract. `seconds` is how long indexing took, where it was part of the run."""
    return {
        "n": len(judged),
        "failed": sum(pair.outcome.error is not None for pair in judged),
        "retrieval": retrieval(judged),
        "abstention": abstention(judged),
        "citation": citation(judged),
        "latency_ms": latency(judged),
        "index": {"documents": documents, "chunks": chunks, "seconds": seconds},
    }


def retrieval(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Return the means over the questions that name gold documents, whether these answer them or only bear on them."""
    rows = [_retrieval_row(pair) for pair in judged if pair.question.relevant]
    names = ("ndcg@10", "recall@5", "recall@10", "mrr@10", "hit@1")
    return {name: _rounded(mean([row[place] for row in rows])) for place, name in enumerate(names)}


def gain(judged: Judged) -> float:
    """Return the nDCG@10 of one question that names gold documents."""
    return ndcg(judged.outcome.ranked, judged.question.grades, DEPTH)


def _retrieval_row(judged: Judged) -> tuple[float, ...]:
    ranked, relevant = judged.outcome.ranked, judged.question.relevant
    return (
        gain(judged),
        recall(ranked, relevant, 5),
        recall(ranked, relevant, DEPTH),
        reciprocal_rank(ranked, relevant, DEPTH),
        reciprocal_rank(ranked, relevant, 1),
    )


def abstention(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Return how well refusals fit: the refusal of an unanswerable question is the positive.

    `precision` and `recall` are about what the product did. `auroc` tells how well the confidence of the answers
    separates unanswerable from answerable questions, wherever the point is at which is refused; where an answer has
    none, how well the best dense score of the passages does.
    """
    known = [pair for pair in judged if pair.question.answerable is not None]
    unanswerable = [pair for pair in known if not pair.question.answerable]
    if not unanswerable:
        return {"auroc": None, "precision": None, "recall": None}
    sure = _confidence if all(_confidence(pair) is not None for pair in known) else _best_dense
    doubts = [(pair.question.answerable, -score) for pair in known if (score := sure(pair)) is not None]
    doubt = _rounded(auroc([each for has, each in doubts if not has], [each for has, each in doubts if has]))
    if not _answering(judged):
        return {"auroc": doubt, "precision": None, "recall": None}
    refused = [pair for pair in known if pair.refused]
    right = sum(not pair.question.answerable for pair in refused)
    return {
        "auroc": doubt,
        "precision": _rounded(share(right, len(refused))),
        "recall": _rounded(share(right, len(unanswerable))),
    }


def judgements(judged: Sequence[Judged]) -> list[tuple[float, bool]]:
    """Return the confidence of each answer, and whether its question has one, where both are known."""
    return [
        (sure, pair.question.answerable)
        for pair in judged
        if pair.question.answerable is not None and (sure := _confidence(pair)) is not None
    ]


def _confidence(judged: Judged) -> float | None:
    return judged.outcome.answer.confidence if judged.outcome.answer else None


def _answering(judged: Sequence[Judged]) -> bool:
    """Say whether answers were asked for."""
    return any(pair.outcome.answer for pair in judged)


def _best_dense(judged: Judged) -> float | None:
    scores = [passage.scores.dense for passage in judged.outcome.passages]
    return max((score for score in scores if score is not None), default=None)


def citation(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Return how citations fit the gold quotations, over the answerable questions that have some.

    `precision` is the share of the citations that overlap a gold quotation, `recall` the share of the gold quotations
    of which citations cover at least half.
    """
    told = [pair for pair in judged if pair.gold_spans and pair.question.answerable is not False]
    if not _answering(judged):
        return {"precision": None, "recall": None}
    return {
        "precision": _rounded(share(sum(pair.cited_right for pair in told), sum(len(pair.cited) for pair in told))),
        "recall": _rounded(share(sum(pair.found_spans for pair in told), sum(len(pair.gold_spans) for pair in told))),
    }


def latency(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Return the percentiles of the times that the questions took, in milliseconds."""
    times = [pair.outcome.milliseconds for pair in judged if pair.outcome.milliseconds is not None]
    return {"p50": _rounded(percentile(times, 50), 1), "p95": _rounded(percentile(times, 95), 1)}


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
