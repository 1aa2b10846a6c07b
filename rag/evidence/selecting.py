"""Of the evidence for an answer, what its shape has room for: one sentence for a fact, a line for each source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.questions import AnswerType, Question, QuestionKind
from rag.text.words import terms
from rag.types import Evidence

_REASON = re.compile(
    r"\b(?:because|since|due to|as a result|therefore|so that|so as to|in order to|reasons?|caus(?:e[sd]?|ing)|"
    r"explains?|"
    r"explained|explanation|owing|thanks to|why|thus|hence|consequently|led to|leads? to|leading to|stem(?:s|"
    r"med)? from|"
    r"result(?:s|ed|ing)? (?:in|from)|prompted|driven by|blam(?:e[sd]?|ing)|attribut(?:e[sd]?|ing)|in response to|"
    r"after|"
    r"following|amid|to (?:help|make|get|avoid|protect|ensure|keep|bring|pressure|stop|prevent|show|allow|reduce|save|"
    r"cut|"
    r"improve|raise))\b",
    re.I,
)
"""Words that give a reason, the weaker ones ('after', 'to avoid') among them."""
_PRECISE = frozenset({AnswerType.TIME, AnswerType.NUMBER, AnswerType.DURATION, AnswerType.PERSON, AnswerType.PLACE})


def gives_reason(text: str) -> bool:
    """Say whether a text has a word that gives a reason."""
    return bool(_REASON.search(text))


def selected(question: Question, pieces: Sequence[Evidence]) -> list[Evidence]:
    """Return the pieces, in their order, without what the shape of the answer has no room for.

    For why: where some give a reason, those that do. For a fact of a certain kind: where the words that matter were
    found in some, the best of these from each source. For a comparison of sources: the best piece of each.
    """
    if question.answer_type is AnswerType.REASON and question.kind is not QuestionKind.OVERVIEW:
        return [piece for piece in pieces if gives_reason(piece.text)] or list(pieces)
    if question.kind is QuestionKind.COMPARE and not question.sides:
        return _best_of_each(question, pieces, pieces)
    if question.kind is QuestionKind.FACT and question.answer_type in _PRECISE and not question.yes_no:
        return _best_of_each(question, pieces, [piece for piece in pieces if piece.focus] or pieces)
    return list(pieces)


def _best_of_each(question: Question, pieces: Sequence[Evidence], fitting: Sequence[Evidence]) -> list[Evidence]:
    best: dict[str, Evidence] = {}
    for piece in sorted(fitting, key=lambda each: -each.score - _MET * _met(question, each.text)):
        best.setdefault(piece.source, piece)
    return [piece for piece in pieces if best.get(piece.source) is piece]


_MET = 0.3
"""What it counts that a sentence has all the words of the question, beside its score."""


def _met(question: Question, text: str) -> float:
    """Return the share of the question's words that stand in a text."""
    wanted = set(question.terms)
    return len(wanted & set(terms(text))) / len(wanted) if wanted else 0.0
