"""'He', 'she' and 'the general': the person meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.conversation.lexicon import is_person_noun, is_verb_form
from rag.conversation.memory import Memory, Person, Remembered, items_of, mentioned_people, named_items
from rag.conversation.phrases import clause_starts, is_statement, read_frame, without_possessive
from rag.text.names import name_tokens
from rag.text.words import FUNCTION_WORDS

_FORMS = {"he": ("he", "him", "his"), "she": ("she", "her", "her")}
_SUBJECT = r"\b{0}\b(?!['’])"
_CONTRACTED = r"\b{0}['’](?P<end>s|d|ll)\b"
_LONG = {"s": "is", "d": "would", "ll": "will"}
_REACTION = re.compile(r"\b(?:react|reply|respond|answer|counter)\b", re.I)
_DESCRIPTION = re.compile(r"\b(?:the|that|this)\s+(?P<role>[a-z]+)\b(?!['’]s?\s)(?P<behind>\s+\w+)?", re.I)
_MODIFIERS = frozenset("of for in from at who whose that which to with on and".split())


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question after one rule: as far as it was resolved, or what is not clear about it."""

    question: str
    problem: str = ""


def resolve_persons(question: str, memory: Memory) -> Resolved:
    """Put the person meant in the place of 'he', 'she', 'his', 'him' and 'her'."""
    problem, taken, resolved = "", set[str](), question
    for pronoun in sorted(_FORMS, key=lambda each: _position(each, question)):
        used = _used(pronoun, resolved)
        if not used or _has_own(pronoun, resolved, used, memory):
            continue
        found = _choose(pronoun, question, memory, taken)
        asks_who = bool(re.match(r"who\b", resolved, re.I))
        if isinstance(found, Person) and not found.sure and asks_who and used == "subject":
            continue
        if isinstance(found, Person):
            taken.add(found.name)
            resolved = _put(found.name, pronoun, used, resolved)
            other = (
                _choose(pronoun, question, memory, taken)
                if used == "subject" and _has_object(pronoun, resolved)
                else ""
            )
            if isinstance(other, Person):  # nobody says something about himself as 'him'
                resolved = _put(other.name, pronoun, "object", resolved)
        elif not taken and not asks_who:
            problem = found
    return Resolved(question, problem) if problem else Resolved(resolved)


def resolve_descriptions(question: str, memory: Memory) -> Resolved:
    """Put the name in the place of 'the general' where somebody was called so, and nothing else tells which one."""

    def replaced(match: re.Match[str]) -> str:
        role, behind = match["role"].lower(), (match["behind"] or "").strip().lower()
        if not is_person_noun(role) or behind in _MODIFIERS or (behind and not _ends_phrase(behind)):
            return match.group()
        name = memory.bearer_of(role)
        in_question = name and set(name_tokens(name)) & set(name_tokens(question))
        return match.group() if not name or in_question else f"{name}{match['behind'] or ''}"

    if re.match(r"who(?:['’]s|\s+(?:is|was|are|were))\s+the\b", question, re.I):
        return Resolved(question)
    return Resolved(_DESCRIPTION.sub(replaced, question))


def _ends_phrase(word: str) -> bool:
    return word in FUNCTION_WORDS or is_verb_form(word)


def _position(pronoun: str, question: str) -> int:
    found = re.search(rf"\b(?:{'|'.join(set(_FORMS[pronoun]))})\b", question, re.I)
    return found.start() if found else len(question)


def _used(pronoun: str, question: str) -> str:
    """Return how a pronoun is used first: as 'subject', 'possessive' or 'object'; '' where it is not."""
    subject, obliged, possessive = _FORMS[pronoun]
    if re.search(rf"\b{subject}\b", question, re.I):
        return "subject"
    if re.search(_possessive(possessive), question, re.I):
        return "possessive"
    return "object" if re.search(rf"\b{obliged}\b", question, re.I) else ""


def _possessive(form: str) -> str:
    closed = "|".join(sorted(FUNCTION_WORDS - {"own"}, key=len, reverse=True))
    return rf"\b{form}\b(?=\s+(?!(?:{closed})\b)\w)"


def _has_own(pronoun: str, question: str, used: str, memory: Memory) -> bool:
    """Say whether the question itself names whom the pronoun stands for: 'What did Reyes say about his club?'."""
    forms = "|".join(set(_FORMS[pronoun]))
    at = re.search(rf"\b(?:{forms})\b", question, re.I)
    before = question[: at.start()] if at else ""
    asks_who = bool(re.match(r"who\b", question, re.I))
    whose = used == "possessive" and bool(re.match(r"whose\b", question, re.I))
    if is_statement(question) or whose or (asks_who and used == "subject" and clause_starts(before)):
        return True
    for name in _people_in(question, memory):
        place = before.lower().find(name.name.lower())
        if place < 0 or not name.fits(pronoun):
            continue
        behind = before[place + len(name.name) :]
        if used != "object" or re.match(r"['’]s?\b", behind) or clause_starts(behind):
            return True
    return False


def _people_in(question: str, memory: Memory) -> list[Person]:
    named = [memory.person(name, question) for name in mentioned_people(question, memory.people)]
    called = [
        Person(phrase.text)
        for phrase in read_frame(question).phrases
        if is_person_noun(phrase.head) and phrase.determiner not in {"his", "her", "their"} and not phrase.is_plural
    ]
    return [*named, *called, *_in_lower_case(question)]


def _in_lower_case(question: str) -> list[Person]:
    """Return what may be names in a question that was typed without capitals."""
    if question != question.lower():
        return []
    phrases = read_frame(question).phrases
    return [Person(without_possessive(one.text)) for one in phrases if not one.determiner and not one.asked]


def _choose(pronoun: str, question: str, memory: Memory, taken: set[str]) -> Person | str:
    """Return the person meant, or what is not clear."""
    own = {name.lower() for name in mentioned_people(question, memory.people)}
    for turn in reversed(memory.turns):
        asked, answered = (
            [one for one in people if one.fits(pronoun) and one.name not in taken and one.name.lower() not in own]
            for people in (memory.asked(turn), memory.answered(turn))
        )
        if turn.asks_person and not turn.names_person:
            asked = [one for one in asked if one.sure]
        pool = answered if turn.asks_person and answered else asked or answered
        if pool:
            return _decide(pool, pronoun, question, turn)
    form = _FORMS[pronoun][0 if _used(pronoun, question) == "subject" else 1]
    return f"It is not clear whom “{form}” means"


def _decide(pool: list[Person], pronoun: str, question: str, turn: Remembered) -> Person | str:
    """Choose among the persons of one question and its answer: who speaks, then who surely fits, then the first."""
    speaker = turn.parsed.speaker.lower()
    first = pool[0]
    others = [one for one in pool if one.name.lower() not in speaker]
    if speaker and first.name.lower() in speaker and not (_REACTION.search(question) and others):
        best = [one for one in pool if one.name.lower() in speaker]
    else:
        best = others if speaker and _REACTION.search(question) and others else pool
        best = [one for one in best if one.pronoun == pronoun] or [one for one in best if one.sure] or best
    together = set(items_of(turn.question, turn.frame)) | set(named_items(turn))
    rivals = [one for one in best if any(set(name_tokens(one.name)) <= set(name_tokens(item)) for item in together)]
    if len(rivals) > 1:
        return f"“{pronoun.capitalize()}” may be {' or '.join(one.name for one in rivals)}"
    return best[0]


def _has_object(pronoun: str, question: str) -> bool:
    _, obliged, possessive = _FORMS[pronoun]
    return bool(re.search(rf"\b{obliged}\b", re.sub(_possessive(possessive), "", question, flags=re.I), re.I))


def _put(name: str, pronoun: str, used: str, question: str) -> str:
    """Put a name in the place of a pronoun as it is used; 'his' stays where the one whose it is was named as 'he'."""
    subject, obliged, possessive = _FORMS[pronoun]
    if used == "subject":
        contracted = _CONTRACTED.format(subject)
        text = re.sub(contracted, lambda match: f"{name} {_LONG[match['end'].lower()]}", question, flags=re.I)
        return re.sub(_SUBJECT.format(subject), lambda _: name, text, flags=re.I)
    if used == "possessive":
        owner = f"{without_possessive(name)}’s"
        question = re.sub(_possessive(possessive), lambda _: owner, question, flags=re.I)
    return re.sub(rf"\b{obliged}\b(?!\s+(?:own\b))", lambda _: name, question, flags=re.I)
