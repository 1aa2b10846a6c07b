"""A follow-up question rewritten by a language model, and the check that what it wrote says nothing new.

The model is asked only where the question points back or the rules changed it, so that a question that stands alone
stays as it is. What it writes stands only if every word of content in it was said before: in the question, in an
earlier one, or as a name or number in an answer; else the rules' version stands. Of the answers, whose words are the
sources' and not the person's, it is shown the names alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from rag.conversation.memory import is_thing_name
from rag.conversation.understanding import Understanding
from rag.models.streaming import stream_text
from rag.prompts import rewrite_messages
from rag.text.first_names import pronoun_of
from rag.text.names import find_mentions
from rag.text.words import FUNCTION_WORDS, terms, words
from rag.types.exchanges import Exchange, History, is_understood_otherwise

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_RECENT = 4
"""Earlier questions that the model is shown."""
_NAMES = 6
"""Names of an answer that the model is shown."""
_LONGEST = 300
"""Characters of a question that a model may write."""
_POINTING = frozenset(
    "he him his she her hers it its they them their theirs that this those these there then one ones former latter "
    "other second first last more else no not".split()
)
_PRONOUNS = frozenset("he him his she her they them their it its former latter".split())
_NEGATIONS = frozenset("not no never none neither nor without".split())
_NUMBER = re.compile(r"\d[\d.,]*")


def rewrite(question: str, history: History, by_rules: Understanding, model: BaseChatModel) -> Understanding:
    """Return a question as `model` understands it after `history`, where the check passes that, else as the rules do.

    Raises LanguageModelError and its kinds when the model cannot be used.
    """
    recent = [each if isinstance(each, Exchange) else Exchange(each) for each in history][-_RECENT:]
    if not recent or not _needs(question, by_rules):
        return by_rules
    told = [(each.understood or each.question, _names(each.answer)) for each in recent]
    written = _first_line(model, question, told)
    return Understanding(written) if holds(written, question, recent, by_rules) else by_rules


def holds(written: str, question: str, history: Sequence[Exchange], by_rules: Understanding) -> bool:
    """Say whether a rewritten question says nothing but what was said, keeps what was asked, and stands alone."""
    if not words(written) or len(written) > _LONGEST:
        return False
    said = " ".join([question, by_rules.question, *(f"{each.question} {each.understood}" for each in history)])
    named = " ".join(name for each in history for name in _names(each.answer))
    known = set(terms(f"{said} {named}"))
    if not set(terms(written)) <= known or not _numbers(written) <= _numbers(f"{said} {named}"):
        return False
    counted = _numbers(re.sub(r"\([^()]*\)", "", by_rules.question))
    kept = set(_own_words(question)) <= set(terms(written)) and counted <= _numbers(written)
    changed = is_understood_otherwise(question, written) or not is_understood_otherwise(question, by_rules.question)
    pointing = _pointers(written) - (_pointers(by_rules.question) if not by_rules.problem else set())
    previous = history[-1].understood or history[-1].question
    denied = set(words(written)) & _NEGATIONS <= set(words(f"{question} {previous}"))
    return kept and changed and not pointing and denied and _names_persons(written, question)


def _names_persons(written: str, question: str) -> bool:
    """Say whether 'he' or 'she' gave way to somebody whom it can stand for, where a name took its place."""
    spoken = set(words(question))
    told = [mention.name for mention in find_mentions(f"of {written}") if not set(words(mention.name)) <= spoken]
    for pronoun, forms in (("he", {"he", "him", "his"}), ("she", {"she", "her"})):
        fitting = [
            name for name in told if not is_thing_name(name, "") and pronoun_of(name.split()[0]) in {"", pronoun}
        ]
        if spoken & forms and told and not fitting:
            return False
    return True


def _needs(question: str, by_rules: Understanding) -> bool:
    """Say whether a question may need rewriting: the rules changed it, were at a loss, or it points back."""
    changed = is_understood_otherwise(question, by_rules.question)
    return changed or bool(by_rules.problem) or bool(_pointers(question))


def _pointers(text: str) -> set[str]:
    return set(words(text)) & _PRONOUNS


def _own_words(question: str) -> list[str]:
    """Return the stems that must be kept: those of a question's content, where it is no correction of another."""
    if re.match(r"(?:no|not|sorry|wait|actually|i meant?)\b", question, re.I):
        return []
    content = [word for word in words(question) if word not in FUNCTION_WORDS | _POINTING]
    described = set(words(" ".join(re.findall(r"\b(?:the|this|that|these|those) ([a-z]+)\b", question))))
    return terms(" ".join(word for word in content if word not in described))


def _names(answer: str) -> list[str]:
    """Return the names and numbers of an answer, each once, in order."""
    found = [mention.name for mention in find_mentions(answer[:2000])] + _NUMBER.findall(answer[:2000])
    return list(dict.fromkeys(found))[:_NAMES]


def _numbers(text: str) -> set[str]:
    return {number.rstrip(".,") for number in _NUMBER.findall(text)}


def _first_line(model: BaseChatModel, question: str, told: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return the first line that the model writes; it is stopped there."""
    written = ""
    with closing(stream_text(model, rewrite_messages(question, told))) as pieces:  # type: ignore[type-var]
        for piece in pieces:
            written += piece
            if "\n" in written.strip() or len(written) > _LONGEST:
                break
    return " ".join(written.strip().partition("\n")[0].strip('"“” ').split())
