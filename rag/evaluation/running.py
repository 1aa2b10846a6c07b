"""Asking the questions of a set, one after the other, of the product as a person would.

The first passages are those that the product answers from. The ranking of documents that is measured goes on from them:
the same search is asked for more passages until these belong to enough documents.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.errors import LanguageModelError, RagError
from rag.evaluation.figures import DEPTH, Judged, Outcome, documents_of, gold_spans
from rag.evaluation.questions import Question
from rag.types import Finished, Retrieved

if TYPE_CHECKING:
    from rag.engine import Engine

MOST_PASSAGES = 1000
"""Passages that are looked through at most for the documents that are ranked."""
_DEEP = 50
"""Documents that are ranked where none of the first ten is a right one, to say where it is."""
_FIRST_STEP = 50


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks questions of an engine. Without `answering` only the passages are looked for."""

    engine: Engine
    documents: int
    chunks: int
    answering: bool = True

    def judged(self, question: Question) -> Judged:
        """Return what became of a question. Raises RagError where it cannot be asked or not be judged."""
        spans = gold_spans(question, lambda source: self.engine.document(source).text)
        return Judged(question, self._outcome(question), spans)

    def _outcome(self, question: Question) -> Outcome:
        started = time.perf_counter()
        events = self.engine.stream(question.question, question.history, source_filter=question.source_filter)
        found = next(event for event in events if isinstance(event, Retrieved))
        seconds = time.perf_counter() - started
        answer = None
        if self.answering:
            (answer,) = [replace(event.answer, id=question.id) for event in events if isinstance(event, Finished)]
        return Outcome(
            standalone=found.standalone_question,
            passages=found.passages,
            ranked=self._ranked(question, found),
            answer=answer,
            milliseconds=answer.timings_ms["total"] if answer else round(1000 * seconds, 1),
        )

    def _ranked(self, question: Question, found: Retrieved) -> tuple[str, ...]:
        """Return the sources at the rank of their best passage: ten, or more where none of these is a right one."""
        ranking = _Ranking(self, question, found)
        ranking.deepen(DEPTH)
        if question.relevant and not question.relevant & set(list(ranking.names)[:DEPTH]):
            ranking.deepen(_DEEP)
        return tuple(ranking.names)


class _Ranking:
    """The documents that a search finds, as far down as is asked for. `names` has them in order."""

    def __init__(self, asker: Asker, question: Question, found: Retrieved) -> None:
        self._asker, self._question, self._standalone = asker, question, found.standalone_question
        self._passages = len(found.passages)
        self.names: dict[str, None] = dict.fromkeys(documents_of(found.passages))

    def deepen(self, wanted: int) -> None:
        """Go on until `wanted` documents are found, as far as there are so many."""
        asker = self._asker
        most = min(MOST_PASSAGES, asker.chunks)
        while len(self.names) < min(wanted, asker.documents) and self._passages < most:
            self._passages = min(max(_FIRST_STEP, 2 * self._passages), most)
            found = asker.engine.search(
                self._standalone, self._passages, source_filter=self._question.source_filter, understand=True
            )
            self.names.update(dict.fromkeys(documents_of(found)))


def run(engine: Engine, questions: Iterable[Question], *, answering: bool = True) -> Iterator[Judged]:
    """Yield what became of each question, in order; without `answering` only the passages are looked for.

    One that raises an error is judged as one that found and answered nothing. Raises LanguageModelError where the model
    cannot be used for the first that reaches it: it will not be there for the others.
    """
    status = engine.index_status()
    asker = Asker(engine, status.documents, status.chunks, answering)
    worked = False
    for question in questions:
        try:
            judged = asker.judged(question)
            worked = True
        except RagError as error:
            if isinstance(error, LanguageModelError) and not worked:
                raise
            judged = Judged(question, Outcome(error=str(error)))
        yield judged
