"""What to say where the sources do not answer: which premise they do not have, or what they leave open."""

from __future__ import annotations

from collections.abc import Iterable

from rag.text.clauses import indirect, premise
from rag.text.questions import Question
from rag.text.words import terms

UNCLEAR = "No passage says enough of what the question asks for."
_STATED = 0.8
"""Share of the words of a premise that one sentence must have for the premise to count as perhaps stated."""


def refusal(question: Question, sentences: Iterable[str]) -> str:
    """Return a sentence for people: what the sources do not say, of what was found near the question.

    What a question takes as given ('Why did Russia accept it?') is named where no sentence has it; else what was asked
    is named as open. Where the question cannot be turned into a clause, that no passage says enough.
    """
    given = premise(question.text)
    if given and not any(_holds(sentence, given) for sentence in sentences):
        return f"The sources do not say that {given}."
    asked = None if question.yes_no else indirect(question.text)
    return f"The sources do not say {asked}." if asked else UNCLEAR


def _holds(sentence: str, given: str) -> bool:
    wanted = set(terms(given))
    return bool(wanted) and len(wanted & set(terms(sentence))) >= _STATED * len(wanted)
