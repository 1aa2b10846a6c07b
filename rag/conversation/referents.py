"""What of an earlier question can be spoken of again, and whether a question needs it."""

from __future__ import annotations

import re

from rag.conversation.lexicon import AUXILIARIES, COLLECTIVES, QUESTION_WORDS, is_person_noun
from rag.conversation.memory import ANSWER_READ, Memory, Remembered, is_date, is_thing_name
from rag.conversation.phrases import Frame, Phrase, clause_starts, is_statement, read_frame
from rag.text.first_names import pronoun_of
from rag.text.names import find_mentions, name_tokens
from rag.text.words import FUNCTION_WORDS, words

_ASKING = QUESTION_WORDS | AUXILIARIES | frozenset("i you we one many much long often else".split())
_LOOSE = "of|in|at|on|by|for|to|from|with"
_LOOSE_ENDS = re.compile(rf"^(?:(?:and|but|so|{_LOOSE})\s+)+|\s+(?:{_LOOSE})$", re.I)
_NAME_FRONT = re.compile(r"(?:\b[Tt]he )?(?:[A-Z][\w-]+ of (?:the )?)?$")
"""In front of a name: its article, and what it is of ('the Treaty of')."""
_FEW = 3
"""Words of content that a question has at most that is taken to need what the one before was about."""


def topic_of(turn: Remembered) -> str:
    """Return what a question was about, in its own words without the question words."""
    if turn.parsed.speaker and turn.parsed.topic:
        return turn.parsed.topic
    if turn.parsed.speaker:
        return f"what {turn.parsed.speaker} said"
    kept = [
        word
        for word in turn.question.split()
        if word.strip("?!.,") == "May" or re.sub(r"\W", "", word.lower()) not in _ASKING
    ]
    return _LOOSE_ENDS.sub("", " ".join(kept).strip("?!.,: "))


def with_topic(question: str, memory: Memory) -> str:
    """Name behind a short question what the one before was about."""
    content = [word for word in words(question) if word not in FUNCTION_WORDS]
    topic, parsed = topic_of(memory.last), memory.last.parsed
    says_who = bool(parsed.speaker) and not parsed.topic and parsed.speaker.lower() in question.lower()
    known = len(content) > _FEW or not topic or topic in question or says_who
    return question if known else f"{question.rstrip('?!. ')} ({topic})?"


_FRONT_CLAUSE = re.compile(rf"(?:if|when|while|although|because|once)\s+(?!(?:{'|'.join(AUXILIARIES)})\b)", re.I)


def has_own(question: str, at: int) -> bool:
    """Say whether what stands before `at` in the question, in a clause of its own, can be what is meant."""
    if is_statement(question) or _FRONT_CLAUSE.match(question):
        return any(phrase.end <= at for phrase in read_frame(question).phrases)
    starts = clause_starts(question[:at])
    return bool(starts) and any(phrase.end <= starts[-1] for phrase in read_frame(question).phrases)


def has_owner(question: str, at: int, *, several: bool) -> bool:
    """Say whether something that `its` (or, of several, `their`) can belong to stands before `at` in the question."""
    before = [phrase for phrase in read_frame(question).phrases if phrase.end <= at]
    if several:
        return any(phrase.is_plural or phrase.head in COLLECTIVES or phrase.is_name for phrase in before)
    return any(not phrase.is_plural and not is_person_noun(phrase.head) for phrase in before)


def phrases_of(turn: Remembered) -> list[Phrase]:
    """Return the phrases of a question that can be spoken of again, its subject first."""
    frame = turn.frame
    ordered: list[Phrase] = []
    if frame.subject:
        inside = [phrase for phrase in frame.phrases if frame.subject.start <= phrase.start < frame.subject.end]
        head = inside[0]
        thing = frame.thing_of(head)
        whole = thing if thing != head or frame.of(head) else _with_what_follows(frame, head)
        ordered.append(whole)
    for phrase in frame.phrases:
        if phrase.asked or is_date(phrase.text) or any(one.start <= phrase.start < one.end for one in ordered):
            continue
        ordered.append(frame.thing_of(phrase))
    return ordered


def _with_what_follows(frame: Frame, head: Phrase) -> Phrase:
    """Return a subject with what stands behind it up to its verb, dates apart: 'the ferry to Brenna'."""
    end = head.end
    subject = frame.subject or head
    for phrase in frame.phrases:
        if head.end <= phrase.start < subject.end:
            if is_date(phrase.text) or not phrase.preposition:
                break
            end = phrase.end
    return head if head.is_plural else Phrase(frame.question[head.start : end], head.start, end)


def is_personal(phrase: Phrase, persons: set[str]) -> bool:
    """Say whether a phrase stands for a person, by name or by what they are."""
    tokens = set(name_tokens(phrase.text))
    by_name = phrase.is_name and not phrase.determiner and (tokens & persons or pronoun_of(phrase.text.split()[0]))
    return bool(by_name and not is_thing_name(phrase.text, "")) or (is_person_noun(phrase.head) and not phrase.is_name)


def things_in_answer(turn: Remembered, persons: set[str]) -> list[str]:
    """Return the names of things that the answer adds to the question, with the article that they stand with."""
    question = set(words(turn.question))
    found = []
    for mention in find_mentions(turn.answer[:ANSWER_READ]):
        tokens = set(name_tokens(mention.name))
        if (
            not tokens & question
            and not tokens & persons
            and not pronoun_of(mention.name.split()[0])
            and not mention.titled
        ):
            front = _NAME_FRONT.search(turn.answer[max(0, mention.start - 40) : mention.start])
            found.append((front.group() if front else "") + mention.name)
    return list(dict.fromkeys(found))


def lower_article(name: str) -> str:
    """Return a name as it stands inside a sentence."""
    return f"the {name[4:]}" if name.startswith("The ") and " of " in name else name


def persons_of(turn: Remembered, memory: Memory) -> set[str]:
    """Return the words of the names of those who are surely persons in a question."""
    return {token for person in memory.asked(turn) if person.sure for token in name_tokens(person.name)}
