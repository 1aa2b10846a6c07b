"""Why a passage that comes near a question does not answer it, in a clause for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.evidence.features import question_words
from rag.evidence.scoring import ScoredUnit
from rag.text.questions import AnswerType, Question
from rag.text.words import stem, words

_MOST_NAMED = 2
_LIGHT = frozenset(
    "become begin come do get give go happen have hold keep let make occur place put set start take turn use".split()
)
"""Verbs that say too little for a passage to be missing them, and the 'place' that things take."""
_NO_SUCH_THING = {
    AnswerType.TIME: "gives no date or time",
    AnswerType.NUMBER: "gives no number for it",
    AnswerType.DURATION: "does not say how long",
    AnswerType.PERSON: "names nobody else",
    AnswerType.PLACE: "names no place",
    AnswerType.REASON: "gives no reason",
}
_BESIDE = "is about the same matter, but does not say this"


def shortfall(question: Question, scored: Sequence[ScoredUnit], weight: Callable[[str], float]) -> str:
    """Return what the units of one passage, scored for the question, lack: 'does not mention NATO'.

    A name, number or word that is missing from the whole passage comes first, the rarest of them; `weight` is the
    inverse document frequency of a stem.
    """
    have = {stem(word) for each in scored for word in words(f"{each.unit.text} {each.unit.context}")}
    names = [name for name in question.names if not {stem(word) for word in words(name)} & have]
    numbers = [number for number in question.numbers if stem(number) not in have]
    missing = [word for word in question_words(question) if stem(word) not in have and word not in _LIGHT]
    missing.sort(key=lambda word: -weight(stem(word)))
    for found in ([*names, *numbers], [f"“{word}”" for word in missing]):
        if found:
            return f"does not mention {' or '.join(found[:_MOST_NAMED])}"
    best = max(scored, key=lambda each: each.score, default=None)
    if best is not None and best["no_answer_type"]:
        return _NO_SUCH_THING.get(question.answer_type, _BESIDE)
    return _BESIDE
