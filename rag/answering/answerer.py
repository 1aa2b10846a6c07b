"""From a question to a checked answer: retrieve, choose the evidence, have it written, check, show or refuse."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rag.answering.choosing import Chooser, Search, split_parts
from rag.answering.composing import Composer
from rag.answering.holdings import Holdings
from rag.answering.writing import Writer
from rag.evidence import Choice
from rag.text.spans import overlap
from rag.types import Answer, AnswerEvent, Evidence, Finished, Hit, Passage, Retrieved, Statement, Status

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

REFUSAL = "The sources do not answer this."
_NEAREST = 5
_WIDE = 40
_SILENT = "The language model wrote no answer; the sources' own sentences are shown instead."
_REPLACED = "What the language model wrote did not pass the checks; the sources' own sentences are shown instead."


@dataclass(slots=True)
class _Run:
    """What one question has led to so far."""

    question: str
    standalone: str
    hits: list[Hit]
    passages: tuple[Passage, ...]
    started: float
    retrieved: float = 0.0
    confidence: float = 0.0
    near: list[Evidence] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dropped: list[Statement] = field(default_factory=list)
    model_text: str | None = None


class Answerer:
    """Answers questions from one index."""

    def __init__(
        self, holdings: Holdings, search: Search, generation: str, passage_count: int, least_confidence: float
    ) -> None:
        """Take what is searched; `passage_count` passages are found for each question.

        A fact that is less sure than `least_confidence` is refused.
        """
        self._holdings = holdings
        self._search = search
        self._chooser = Chooser(holdings, search, least_confidence)
        self._generation = generation
        self._passage_count = passage_count

    def answer(
        self, question: str, standalone: str, model: BaseChatModel, model_name: str, extractive: BaseChatModel
    ) -> Iterator[AnswerEvent]:
        """Yield the passages, then each statement once it is checked, then the whole answer.

        `standalone` is the question as it is understood without those before it. `model` writes;
        where nothing that it wrote may be shown, `extractive` writes instead.
        """
        run = self._retrieve(question, standalone)
        yield Retrieved(run.standalone, run.passages)
        parts = split_parts(run.standalone)
        choices = [(part, self._choose(part, run, len(parts) > 1)) for part in parts]
        evidence = _merged([choice for _, choice in choices])
        missing = [choice.reason or REFUSAL for _, choice in choices if not choice.evidence]
        run.confidence = max(choice.sureness for _, choice in choices)
        run.near = [piece for _, choice in choices for piece in choice.near]
        run.notes += [choice.reason for _, choice in choices if choice.evidence and choice.reason]
        composer = Composer(self._holdings.copies)
        if evidence:
            yield from self._write(run, evidence, composer, model, extractive, own=model is not extractive)
        yield Finished(self._finish(run, composer, missing, model_name))

    def _retrieve(self, question: str, standalone: str) -> _Run:
        started = time.perf_counter()
        hits = self._search(standalone, self._passage_count)
        run = _Run(question, standalone, hits, ranked_passages(hits), started)
        run.retrieved = time.perf_counter()
        return run

    def _choose(self, part: str, run: _Run, search_again: bool) -> Choice:
        hits = self._search(part, self._passage_count) if search_again else run.hits
        return self._chooser.choose(part, hits)

    def _write(
        self,
        run: _Run,
        evidence: list[Evidence],
        composer: Composer,
        model: BaseChatModel,
        extractive: BaseChatModel,
        *,
        own: bool,
    ) -> Iterator[AnswerEvent]:
        writer = Writer(self._holdings.document, evidence, composer, self._holdings.verifier)
        yield from writer.write(run.standalone, model)
        if own:
            run.model_text = writer.model_text
            run.dropped = writer.dropped
            if writer.dropped:
                run.notes.append(_left_out(len(writer.dropped)))
            if not composer.statements:
                run.notes.append(_REPLACED if writer.dropped else _SILENT)
                writer = Writer(self._holdings.document, evidence, composer, self._holdings.verifier)
                yield from writer.write(run.standalone, extractive)

    def _nearest(self, run: _Run) -> tuple[Passage, ...]:
        """Return the closest passages for a person to judge: first those with what the evidence found near."""
        hits = run.hits
        if run.near:
            hits = self._search(run.standalone, _WIDE)
            hits = sorted(hits, key=lambda hit: not any(overlap(hit.chunk, piece) for piece in run.near))
        nearest = hits[:_NEAREST]
        reasons = self._chooser.shortfalls(run.standalone, nearest)
        return tuple(
            replace(passage, shortfall=reason)
            for passage, reason in zip(ranked_passages(nearest), reasons, strict=True)
        )

    def _finish(self, run: _Run, composer: Composer, missing: list[str], model_name: str) -> Answer:
        answered = bool(composer.statements)
        if not answered:
            composer.text = " ".join([REFUSAL, *(reason for reason in dict.fromkeys(missing) if reason != REFUSAL)])
        elif missing:
            composer.remark("Not answered: " + " ".join(dict.fromkeys(missing)))
        status = Status.REFUSED if not answered else Status.PARTIAL if missing else Status.ANSWERED
        finished = time.perf_counter()
        passages = tuple(replace(passage, used=_is_used(passage, composer)) for passage in run.passages)
        return Answer(
            question=run.question,
            standalone_question=run.standalone,
            status=status,
            text=composer.text,
            statements=tuple(composer.statements),
            citations=tuple(composer.citations),
            passages=passages,
            nearest=() if answered else self._nearest(run),
            llm=model_name,
            index=self._generation,
            timings_ms={
                "retrieve": _milliseconds(run.started, run.retrieved),
                "answer": _milliseconds(run.retrieved, finished),
                "total": _milliseconds(run.started, finished),
            },
            notes=tuple(run.notes),
            dropped=tuple(run.dropped),
            model_text=run.model_text,
            confidence=round(run.confidence, 4),
        )


def _left_out(count: int) -> str:
    sentences = "One sentence" if count == 1 else f"{count} sentences"
    return f"{sentences} of the language model left out: the sources were not found to support it."


def _merged(choices: Sequence[Choice]) -> list[Evidence]:
    """Return the evidence of all parts, no stretch twice."""
    merged: list[Evidence] = []
    for piece in (piece for choice in choices for piece in choice.evidence):
        if not any(overlap(each, piece) for each in merged):
            merged.append(piece)
    return merged


def _milliseconds(start: float, end: float) -> float:
    return round((end - start) * 1000, 1)


def _is_used(passage: Passage, composer: Composer) -> bool:
    return any(overlap(citation, passage) for citation in composer.citations)


def ranked_passages(hits: Iterable[Hit]) -> tuple[Passage, ...]:
    """Return hits, best first, as passages with their ranks (from 1)."""
    return tuple(_passage(rank, hit) for rank, hit in enumerate(hits, start=1))


def _passage(rank: int, hit: Hit) -> Passage:
    chunk = hit.chunk
    return Passage(
        rank, chunk.source, chunk.start, chunk.end, chunk.text, hit.scores, title=chunk.title, heading=chunk.heading
    )
