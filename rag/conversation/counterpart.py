"""The phrase of a question that a new one is an alternative to, found by likeness."""

from __future__ import annotations

import re

from rag.conversation.lexicon import is_person_noun, is_plural
from rag.conversation.memory import Memory, Remembered, is_date, mentioned_people
from rag.conversation.phrases import Phrase, read_frame, without_possessive
from rag.text.first_names import pronoun_of
from rag.text.words import FUNCTION_WORDS, fold_word, words


def put(turn: Remembered, phrase: Phrase, what: str) -> str:
    """Return a question with `what` in the place of a phrase."""
    old = phrase.text
    end = old[len(without_possessive(old)) :]
    if end and not re.search(r"['’]s?$", what):
        what += end
    several = len(what.split()) > 1 and not is_plural(what.split()[-1].lower())
    if phrase.determiner == "the" and several and what[:1].islower() and not re.match(r"(?:the|an?)\s", what):
        what = f"the {what}"
    return f"{turn.question[: phrase.start]}{what}{turn.question[phrase.end :]}"


def counterpart(what: str, memory: Memory) -> str:
    """Put a phrase in the place of the one of the question before that it is most like; '' where none is."""
    turn, new = memory.last, _phrase_of(what)
    ranked = [(_likeness(new, phrase, turn, memory), -place) for place, phrase in enumerate(turn.frame.phrases)]
    best, place = max(ranked, default=(0, 0))
    if not best:
        return ""
    chosen = turn.frame.phrases[-place]
    if without_possessive(chosen.text) == chosen.text:
        what = without_possessive(what)
    if new.is_name and chosen.determiner and new.head == chosen.head:
        chosen = turn.frame.whole(chosen)
    return put(turn, chosen, what)


def _phrase_of(what: str) -> Phrase:
    found = read_frame(f"of {what}").phrases
    return found[0] if len(found) == 1 else Phrase(what, 0, len(what))


def _likeness(new: Phrase, old: Phrase, turn: Remembered, memory: Memory) -> int:
    """Return how well one phrase can take the place of another, 0 for not at all."""
    dated = is_date(old.text) and (old.preposition or any(map(str.isdigit, old.text)))
    if dated or (old.asked and (new.is_name or new.determiner or new.is_plural != old.is_plural)):
        return 0
    shared = set(words(new.bare)) & set(words(old.bare)) - FUNCTION_WORDS
    personal = [is_person(one.text, memory) or is_person_noun(one.head) for one in (new, old)]
    if new.is_name != old.is_name and not shared and not all(personal):
        bare = not (new.determiner or old.determiner or personal[1] or new.is_plural)
        return int(bare and bool(old.preposition))
    subject = turn.frame.subject
    is_subject = subject is not None and old.start == subject.start and not old.asked
    same_form = 2 * (bool(new.determiner) == bool(old.determiner)) + (new.is_plural == old.is_plural)
    return 1 + 8 * bool(shared) + 4 * (personal[0] == personal[1]) + same_form + is_subject


def is_person(what: str, memory: Memory) -> bool:
    """Say whether a phrase is surely the name of a person."""
    known = {fold_word(part) for name in memory.people for part in name.split()}
    if all(fold_word(word) in known for word in what.split()):
        return True
    people = mentioned_people(f"of {what}", memory.people)
    found = [memory.person(name, f"of {what}", f"of {what}".find(name)) for name in people]
    return any(one.sure for one in found) or bool(pronoun_of(what.split(maxsplit=1)[0]) and what[:1].isupper())
