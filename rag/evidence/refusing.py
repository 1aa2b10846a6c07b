"""What to say where the sources do not answer: which premise they do not have, or what they leave open."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.text.clauses import indirect, premise
from rag.text.names import find_mentions
from rag.text.questions import Question
from rag.text.words import stem, terms, words

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


def false_premise(question: Question, sentences: Iterable[str]) -> str | None:
    """Return a sentence that names the premise of a question which the sources have of somebody else only.

    Of `Why did Russia accept the cease-fire?` that is so where sentences have all of `accepted the cease-fire`, two
    words of content at least, and none of these names Russia. None for yes-or-no questions: they take nothing as given.
    """
    given = None if question.yes_no else premise(question.text)
    subject = next(iter(find_mentions(f"of {given}")), None) if given else None
    if given is None or subject is None:
        return None
    own = {stem(word) for word in words(subject.name)}
    told = set(terms(given)) - own
    holding = [sentence for sentence in sentences if told <= set(terms(sentence))]
    acting = [set(terms(_POSSESSIVE.sub(" ", sentence))) for sentence in holding]
    if len(told) < _FEWEST_TOLD or not holding or any(own & each for each in acting):
        return None
    return f"The sources do not say that {given}."


_FEWEST_TOLD = 2
_POSSESSIVE = re.compile(r"\w+[’']s?(?=\s)")
"""What belongs to somebody is no deed of theirs."""


def _holds(sentence: str, given: str) -> bool:
    wanted = set(terms(given))
    return bool(wanted) and len(wanted & set(terms(sentence))) >= _STATED * len(wanted)
