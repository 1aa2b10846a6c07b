"""'The former', 'the second', 'which one': those meant of what was named side by side."""

from __future__ import annotations

import re

from rag.conversation.lexicon import is_verb_form
from rag.conversation.memory import Memory
from rag.conversation.persons import Resolved
from rag.text.words import FUNCTION_WORDS, words

_PLACES = {"former": 0, "first": 0, "second": 1, "third": 2, "fourth": 3, "latter": -1, "last": -1}
_ORDINAL = re.compile(
    rf"\bthe (?P<which>{'|'.join(_PLACES)})(?:\s+(?:one|of them))?\b(?!['’])(?P<behind>\s+[\w-]+)?", re.I
)
_CHOICE = re.compile(
    r"\b(?:which|who) (?:one|of them|of the two|of these)\b|^which(?=\s+(?:is|was|has|costs?)\b)", re.I
)


def resolve_lists(question: str, memory: Memory) -> Resolved:
    """Put the one meant in the place of 'the former', and all of them behind 'which one'."""
    lists = memory.lists()

    def replaced(match: re.Match[str]) -> str:
        if not _stands_alone(question, match):
            return match.group()
        item = item_at(match["which"], lists)
        return f"{item}{match['behind'] or ''}" if item else match.group()

    resolved = _ORDINAL.sub(replaced, question)
    offers = re.search(r",|\bor\b", question)
    if (
        resolved == question
        and lists
        and not offers
        and _CHOICE.search(question)
        and len(memory.last.frame.phrases) <= _MOST
    ):
        listed = f"{', '.join(lists[0][:-1])} and {lists[0][-1]}"
        resolved = _CHOICE.sub(lambda _: f"Which of {listed}", question, count=1)
    formal = re.search(r"\bthe (?:former|latter)\b", resolved, re.I)
    return (
        Resolved(question, f"It is not clear what “{formal.group().lower()}” means") if formal else Resolved(resolved)
    )


_MOST = 6


def _stands_alone(question: str, match: re.Match[str]) -> bool:
    """Say whether no noun follows an ordinal: in 'What did the second say?', not in 'When did the second war end?'."""
    behind = (match["behind"] or "").strip().lower()
    if not behind or behind in FUNCTION_WORDS:
        return True
    rest = words(question[match.end() :])
    return match.start() > 0 and is_verb_form(behind) and (not rest or rest[0] in FUNCTION_WORDS)


def item_at(which: str, lists: list[tuple[str, ...]]) -> str:
    """Return the item that an ordinal means: of the latest list of two for 'former' and 'latter', '' for none."""
    place = _PLACES[which.lower()]
    pairs = which.lower() in {"former", "latter"}
    for items in lists:
        if (len(items) == 2 or not pairs) and -len(items) <= place < len(items):
            return items[place]
    return ""


def ordinal(phrase: str) -> str:
    """Return the ordinal that a phrase is nothing but ('the second one'), '' for any other."""
    match = re.fullmatch(rf"(?:the\s+)?({'|'.join(_PLACES)})(?:\s+one)?", phrase.strip(), re.I)
    return match[1].lower() if match else ""
