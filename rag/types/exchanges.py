"""An earlier question of a conversation, and what is known of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types.answers import Answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was asked before, how it was understood, and what was answered, as far as that is known."""

    question: str
    understood: str = ""
    """The question made to stand alone, by a person or before; empty where that is still to be found out."""
    answer: str = ""
    """The answer's text. Only names are read out of it, never words to search for."""


def exchange_of(answer: Answer) -> Exchange:
    """Return a question and its answer as a later question needs them: the words asked for first, then the rest."""
    asked_for = [said.text[start:end] for said in answer.statements for start, end in said.focus]
    told = [f"{said.resolution}{said.text}" for said in answer.statements]
    return Exchange(answer.question, answer.standalone_question, "\n".join([*asked_for, *told]))


def is_understood_otherwise(asked: str, taken: str) -> bool:
    """Say whether a question was understood otherwise than it was asked; white space and capitals do not count."""
    return bool(taken.strip()) and asked.casefold().split() != taken.casefold().split()


History = Sequence[str | Exchange]
"""Earlier questions of a conversation, oldest first: bare, or with their answers."""
