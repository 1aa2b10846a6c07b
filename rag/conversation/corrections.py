"""'No, the other one', 'I meant Lissner', 'not Trump, Putin': the question before, corrected."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rag.conversation.lexicon import AUXILIARIES, QUESTION_WORDS
from rag.conversation.lists import item_at, ordinal
from rag.conversation.memory import Memory, Person, Remembered, is_date
from rag.conversation.persons import Resolved
from rag.conversation.phrases import without_possessive
from rag.conversation.replacing import replace_focus
from rag.text.names import find_mentions, name_tokens
from rag.text.words import FUNCTION_WORDS, words

_NO = re.compile(
    r"^(?:(?:no|nope|wait|sorry|oops|wrong|actually|rather|pardon|i mean\b)\s*"
    r"(?:[,.!:;–—-]+\s*|(?=i\s|the\s+(?:other|second|first|latter|former)\b|not\s|that\b))\s*)+",
    re.I,
)
_MEANT = re.compile(
    r"^i (?:meant|mean|was asking about|am asking about|asked about|was thinking of)\s*,?\s*"
    r"(?:the one (?:about|of|in|from)\s+)?",
    re.I,
)
_NOT_BUT = re.compile(r"^not\s+(?P<old>[^,;]+?)\s*(?:[,;:–—]\s*(?:but\s+)?|\s+but\s+)(?P<new>.+)$", re.I)
_BUT_NOT = re.compile(r"^(?P<new>[^,;]+?)\s*,?\s+(?:not|instead of|rather than)\s+(?P<old>[^,;]+)$", re.I)
_OTHER = re.compile(r"^(?:(?:the|his|her) )?other(?: one| person| man| woman| guy)?$", re.I)
_TURNED = re.compile(r"^(?:the )?(?:other way (?:a)?round|reverse|opposite)$|^vice versa$", re.I)
_PAIR = 2
_ALIKE = 0.6
_UNCLEAR = "It is not clear what is to be put right"


def correct(question: str, memory: Memory) -> Resolved | None:
    """Return the question that a correction makes of the one before, None for what is no correction."""
    rest = _NO.sub("", question)
    meant = _MEANT.sub("", rest)
    pair = _NOT_BUT.match(meant.rstrip("?!. ")) or (_BUT_NOT.match(meant.rstrip("?!. ")) if meant != question else None)
    if meant == question and not pair:
        return None
    new = (pair["new"] if pair else meant).strip().rstrip("?!. ")
    if not new or new.lower() in {"no", "wrong", "that", "not that", "that one"}:
        return Resolved(question, _UNCLEAR)
    if not pair and _is_question(meant):
        return None
    found = _put_right(new, pair["old"].strip() if pair else "", memory)
    return Resolved(found) if found else Resolved(question, _UNCLEAR)


def without_protest(question: str) -> str:
    """Return a question without 'No,' and 'I meant' in front."""
    rest = _MEANT.sub("", _NO.sub("", question))
    return f"{rest[:1].upper()}{rest[1:]}" if rest != question and _is_question(rest) else question


def _is_question(text: str) -> bool:
    """Say whether what stands behind 'No,' is a question of its own."""
    found = words(text)
    asks = bool(found) and found[0] in QUESTION_WORDS | AUXILIARIES
    return asks and (len(found) > 1 or text.rstrip().endswith("?"))


def _put_right(new: str, old: str, memory: Memory) -> str:
    if _OTHER.match(new):
        return _other(memory)
    if _TURNED.match(new):
        return _turned(memory)
    if old:
        return _replaced(old, new, memory)
    if not ordinal(new):
        for turn in reversed(memory.turns):
            if found := _like(new, turn):
                return found
    elif not item_at(ordinal(new), memory.lists()):
        return ""
    return replace_focus(new, memory)


def _replaced(old: str, new: str, memory: Memory) -> str:
    """Put `new` in the place of `old` in the latest question that has it."""
    for turn in reversed(memory.turns):
        for form in (old, *name_tokens(old)[-1:]):
            found = re.search(rf"(?<!\w){re.escape(form)}(?!\w)", turn.question, re.I)
            if found:
                start, end = _whole_name(turn.question, *found.span())
                owner = turn.question[start:end]
                whose = re.sub(r"^(?:his|her|its|their)\b", lambda _, name=owner: f"{name}’s", new, flags=re.I)  # type: ignore[misc]
                rest = turn.question[end:]
                swapped = re.sub(rf"(?<!\w){re.escape(new)}(?!\w)", lambda _, name=owner: name, rest)  # type: ignore[misc]
                return f"{turn.question[:start]}{whose}{swapped}"
    return replace_focus(new, memory)


def _whole_name(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the name stands that a part of it stands in."""
    for mention in find_mentions(f"of {text}"):
        if mention.start - 3 <= start and end <= mention.end - 3:
            return mention.start - 3, mention.end - 3
    return start, end


def _like(new: str, turn: Remembered) -> str:
    """Put a phrase in the place of one that shares a word with it or is written nearly as it is, '' for none."""
    own = set(words(new)) - FUNCTION_WORDS
    bare = re.sub(r"^(?:the|an?)\s+", "", new, flags=re.I)
    for phrase in turn.frame.phrases:
        shared = own & set(words(phrase.bare))
        alike = SequenceMatcher(None, bare.lower(), without_possessive(phrase.bare).lower()).ratio()
        if (shared and own - shared) or (alike >= _ALIKE and phrase.is_name and bare[:1].isupper()):
            article = "the " if phrase.determiner == "the" and not new.lower().startswith("the ") else ""
            return f"{turn.question[: phrase.start]}{article}{new}{turn.question[phrase.end :]}"
    return ""


def _turned(memory: Memory) -> str:
    """Return the question before with its two names exchanged, '' where there are not two."""
    turn = memory.last
    named = [
        phrase for phrase in turn.frame.phrases if phrase.is_name and not phrase.asked and not is_date(phrase.text)
    ]
    if len(named) != _PAIR:
        return ""
    first, second = named
    before, between, behind = turn.question[: first.start], turn.question[first.end : second.start], second.end
    return f"{before}{second.text}{between}{first.text}{turn.question[behind:]}"


def _other(memory: Memory) -> str:
    """Put the one other that can have been meant in the place of the one that was taken, '' where it is not one."""
    turn = memory.last
    for items in memory.lists():
        held = [item for item in items if item in turn.question]
        if len(items) == _PAIR and len(held) == 1:
            return turn.question.replace(held[0], next(item for item in items if item != held[0]))
    return _other_person(memory)


def _other_person(memory: Memory) -> str:
    """Exchange the person whom a pronoun was taken for."""
    turn = memory.last
    taken = [one for one in memory.asked(turn) if one.name.lower() not in turn.asked.lower()]
    if len(taken) != 1:
        return ""
    rivals = _rivals(taken[0], memory)
    return turn.question.replace(taken[0].name, rivals[0].name) if len(rivals) == 1 else ""


def _rivals(taken: Person, memory: Memory) -> list[Person]:
    """Return who else the pronoun can have stood for, of the question before and its answer."""
    tokens = set(name_tokens(taken.name))
    for turn in reversed(memory.turns[:-1]):
        people = [*memory.asked(turn), *memory.answered(turn)]
        others = [one for one in people if not tokens & set(name_tokens(one.name))]
        fitting = [one for one in others if not taken.pronoun or one.fits(taken.pronoun)]
        if fitting:
            return fitting
    return []
