"""Re-checking saved answers against the files: no index, no model, only the sources as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.auditing.citations import check_citation, stands
from rag.auditing.texts import SourceTexts
from rag.errors import UsageError
from rag.sources import SourceReader
from rag.sources.pool import DEFAULT_SECONDS
from rag.text.normalise import find_whole, normalise
from rag.text.sentences import quotation_spans
from rag.types import AnswerCheck, CitationCheck, CitationState, Fault, Status, Verdict

_ASK_AGAIN = "Ask the question again: rag ask"


def check_answers(
    answers: Iterable[Mapping[str, Any]], sources: Path, seconds_limit: float = DEFAULT_SECONDS
) -> Iterator[AnswerCheck]:
    """Yield what became of each saved answer object, against the files in `sources`.

    Every citation must be the source's text at its offsets, every statement must stand in the answer's text and carry
    a citation that exists, a verbatim statement must be its citation's words (after the stated normalisation), and what
    is between quotation marks in any statement must stand in a cited source. An answer states something, a refusal
    nothing, and what the check refused is not shown. `seconds_limit` is for the reading of one file.
    Raises UsageError when an object is not an answer object.
    """
    with SourceReader(seconds=seconds_limit, workers=1) as reader:
        texts = SourceTexts(sources, reader)
        for answer in answers:
            try:
                yield _Audit(answer, texts).check()
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise UsageError(f"This is not an answer object as `rag ask --json` prints it ({error!r}).") from error


def audit_answers(
    answers: Iterable[Mapping[str, Any]], sources: Path, seconds_limit: float = DEFAULT_SECONDS
) -> Iterator[tuple[Fault, ...]]:
    """Yield what of each saved answer object does not hold; nothing where all holds. See `check_answers`."""
    return (check.faults for check in check_answers(answers, sources, seconds_limit))


def audit_answer(answer: Mapping[str, Any], sources: Path) -> tuple[Fault, ...]:
    """Return what of one saved answer object does not hold; see `check_answers`."""
    (faults,) = audit_answers([answer], sources)
    return faults


class _Audit:
    """One answer under the glass."""

    def __init__(self, answer: Mapping[str, Any], texts: SourceTexts) -> None:
        self._answer = answer
        self._texts = texts
        self._citations = {citation["id"]: citation for citation in answer["citations"]}

    def check(self) -> AnswerCheck:
        checked = [check_citation(citation, self._texts) for citation in self._answer["citations"]]
        return AnswerCheck(tuple(checked), tuple(self._faults(checked)))

    def _faults(self, checked: list[CitationCheck]) -> list[Fault]:
        found = [
            self._fault(f"citation {each.id}", each.problem)
            for each in checked
            if each.state is not CitationState.HOLDS
        ]
        if len(self._citations) < len(self._answer["citations"]):
            found.append(self._fault("the citations", "two of them have the same number"))
        refused, stated = Status(self._answer["status"]) is Status.REFUSED, bool(self._answer["statements"])
        if refused and (stated or self._citations):
            found.append(self._fault("the answer", "it is a refusal, yet it states something"))
        elif not refused and not stated:
            found.append(self._fault("the answer", "it is no refusal, yet nothing in it is a checked statement"))
        return found + [fault for statement in self._answer["statements"] for fault in self._statement(statement)]

    def _fault(self, subject: str, problem: str) -> Fault:
        name = self._answer.get("id") or self._answer["question"]
        return Fault(f"{name}: {subject}", problem, _ASK_AGAIN)

    def _statement(self, statement: Mapping[str, Any]) -> list[Fault]:
        subject = f"statement “{_short(statement['text'])}”"
        start, end, verdict = statement["start"], statement["end"], Verdict(statement["verdict"])
        if not stands(statement["text"], self._answer["text"], start, end):
            return [self._fault(subject, "it does not stand in the answer's text at its offsets")]
        if verdict is Verdict.UNSUPPORTED:
            return [self._fault(subject, "it is shown, although the check refused it")]
        cited = [self._citations[number] for number in statement["citations"] if number in self._citations]
        if not cited or len(cited) < len(statement["citations"]):
            return [self._fault(subject, "it has no citation, or one that does not exist")]
        quotes = [normalise(citation["quote"]) for citation in cited]
        words = normalise(statement["text"])
        if verdict is Verdict.VERBATIM and not any(find_whole(quote, words) >= 0 for quote in quotes):
            return [self._fault(subject, "it is called verbatim, but its citation reads otherwise")]
        return self._quoted(subject, statement["text"], cited)

    def _quoted(self, subject: str, text: str, cited: list[Mapping[str, Any]]) -> list[Fault]:
        known = [normalise(citation["quote"]) for citation in cited]
        for start, end in quotation_spans(text):
            words = normalise(text[start + 1 : end - 1]).strip(" .,;:!?")
            if words and not any(find_whole(each, words) >= 0 for each in known):
                return [
                    self._fault(subject, f"“{_short(words)}” stands between quotation marks, but not in what is cited")
                ]
        return []


_SHORT = 60


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"
