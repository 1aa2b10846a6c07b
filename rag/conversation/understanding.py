"""A follow-up question made to stand alone, rule by rule; where a rule cannot tell, it stays as it was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.conversation.corrections import correct, without_protest
from rag.conversation.definites import resolve_definites
from rag.conversation.ellipsis import complete
from rag.conversation.lists import resolve_lists
from rag.conversation.memory import Memory, Remembered
from rag.conversation.persons import Resolved, resolve_descriptions, resolve_persons
from rag.conversation.places import resolve_places
from rag.conversation.referents import with_topic
from rag.conversation.things import resolve_that, resolve_things
from rag.text.words import FUNCTION_WORDS, words
from rag.types.exchanges import Exchange, History

_ACTION_LEFT_OUT = re.compile(
    r"(?:and\s+|but\s+)?(?:why|when|where|how)\s+(?:did|does|do|has|have|had|will|would|can|could|should)\b", re.I
)
_RULES = (
    resolve_lists,
    resolve_persons,
    resolve_descriptions,
    resolve_things,
    resolve_definites,
    resolve_places,
    resolve_that,
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question as it is understood, and what is not clear about it."""

    question: str
    """So that it can be understood without those before it; as it was asked, where that cannot be told."""
    problem: str = ""
    """A sentence that says what is not clear, empty where all is."""


def understand(question: str, history: History, people: Sequence[str] = ()) -> Understanding:
    """Return how `question` is understood after `history` (oldest first).

    `people` are names that the sources know, so that a name written in lower case is still seen. A question that
    already stands alone comes back unchanged, white space made single apart.
    """
    exchanges = [each if isinstance(each, Exchange) else Exchange(each) for each in history]
    people = _spoken_of(people, [question, *(f"{each.question} {each.understood} {each.answer}" for each in exchanges)])
    memory = Memory([], people)
    for exchange in exchanges:
        asked = " ".join(exchange.question.split())
        alone = " ".join(exchange.understood.split()) or _alone(asked, memory).question
        memory = Memory([*memory.turns, Remembered(asked, alone, exchange.answer)], people)
    found = _alone(" ".join(question.split()), memory)
    problem = f"{found.problem}, so the question was taken as it was asked." if found.problem else ""
    return Understanding(found.question, problem)


def _spoken_of(people: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Return the names of which a word occurs in the conversation: of thousands that sources know, these few count."""
    told = {form for text in texts for word in words(text) for form in (word, word.partition("'")[0])}
    told |= {part.strip(".,;:?!'’") for text in texts for part in text.lower().split()}
    return [name for name in people if not told.isdisjoint(name.lower().split())]


def standalone(question: str, history: History, people: Sequence[str] = ()) -> str:
    """Return `question` so that it can be understood without `history`; see `understand`."""
    return understand(question, history, people).question


def _alone(question: str, memory: Memory) -> Resolved:
    if not memory.turns or not words(question):
        return Resolved(question)
    corrected = correct(question, memory)
    if corrected:
        return corrected
    asked = without_protest(question)
    completed = complete(asked, memory)
    if completed and completed.problem:
        return Resolved(question, completed.problem)
    resolved = completed.question if completed else asked
    for rule in _RULES:
        found = rule(resolved, memory)
        if found.problem:
            return Resolved(question, found.problem)
        resolved = found.question
    whole = _with_action(resolved, asked, memory)
    return Resolved(f"{whole[:1].upper()}{whole[1:]}" if question[:1].isupper() else whole)


def _with_action(question: str, asked: str, memory: Memory) -> str:
    """Say what was done behind a question that leaves it out: 'Why did he?'."""
    found = words(asked)
    left_out = _ACTION_LEFT_OUT.match(asked) and found[-1] in {"he", "she", "they", "it"}
    own = [word for word in found if word not in FUNCTION_WORDS]
    return with_topic(question, memory) if left_out and not own else question
