"""What was spoken of: the earlier questions as they stand alone, and the persons that they and the answers name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rag.conversation.lexicon import COLLECTIVES, KINDS, is_person_noun, pronoun_of_noun
from rag.conversation.phrases import Frame, Phrase, read_frame, without_possessive
from rag.text.dates import DATE
from rag.text.first_names import pronoun_of
from rag.text.names import GENDERED_TITLES, Mention, find_mentions, is_organisation, name_tokens, strip_title
from rag.text.questions import Question, parse_question
from rag.text.words import fold_word, words

ANSWER_READ = 2000
"""Characters of an answer in which names are looked for."""
_PLACES = frozenset("in at near into through".split())
_FIRMS = frozenset("ltd plc inc corp llc gmbh ag sa group systems motors holdings partners co industries labs".split())
_ROLE_BEFORE = re.compile(r"\b(?:the|an?|his|her|their|its|our)\s+(?:[a-z-]+\s+)?(?P<role>[a-z]+),?\s+$", re.I)
_ROLE_BEHIND = re.compile(r",\s+(?:the|an?)\s+(?:[a-z-]+\s+){0,2}?(?P<role>[a-z]+)\b")
_LISTED = r"(?:(?:the|an?)\s+)?[\w’'.-]+(?:\s+(?!and\b|or\b)[\w’'.-]+){0,3}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was named, or called by what they are."""

    name: str
    pronoun: str = ""
    """'he' or 'she' where it is known."""
    sure: bool = False
    """Whether it is surely a person, and not a thing with a name."""

    def fits(self, pronoun: str) -> bool:
        """Say whether 'he' or 'she' can stand for it."""
        return self.pronoun in {"", pronoun}


@dataclass(frozen=True)
class Remembered:
    """One earlier question with its answer."""

    asked: str
    question: str
    """The question as it stands alone."""
    answer: str = ""

    @cached_property
    def frame(self) -> Frame:
        """The noun phrases of the question."""
        return read_frame(self.question)

    @cached_property
    def parsed(self) -> Question:
        """What the question asks for."""
        return parse_question(self.question)

    @cached_property
    def names_person(self) -> bool:
        """Whether it asks who somebody is."""
        return bool(re.match(r"who(?:['’]s|\s+(?:is|was))\s+[A-Z]", self.question))

    @cached_property
    def asks_person(self) -> bool:
        """Whether the answer is a person: 'Who chaired it?', 'By whom …'; not so 'Who is Keller?'."""
        return bool(re.match(r"(?:\w+\s+)?who(?:m|se)?\b", self.question, re.I))


class Memory:
    """All that was spoken of before a question, oldest first, and the names that the sources know."""

    def __init__(self, turns: Sequence[Remembered], people: Sequence[str] = ()) -> None:
        self.turns = list(turns)
        self.people = people

    @property
    def last(self) -> Remembered:
        """The question just before."""
        return self.turns[-1]

    @cached_property
    def _full_names(self) -> list[str]:
        """Names of two words and more, of the conversation and of the sources."""
        told = [mention.name for turn in self.turns for mention in find_mentions(f"of {turn.question}\n{turn.answer}")]
        return [name for name in (*told, *self.people) if " " in name]

    def person(self, name: str, text: str = "", start: int = 0) -> Person:
        """Return what is known of a name that stands at `text[start:]`."""
        tokens = name_tokens(name)
        titles = [fold_word(word) for word in re.findall(r"\w+", text[max(0, start - 24) : start])[-2:]]
        by_title = next((GENDERED_TITLES[title] for title in titles if title in GENDERED_TITLES), "")
        fullest = next((full for full in self._full_names if len(tokens) == 1 and tokens[0] in name_tokens(full)), name)
        by_name = pronoun_of(fullest.split()[0]) if " " in fullest or len(tokens) == 1 else ""
        is_known = any(same_last_name(name, known) for known in self.people)
        return Person(name, by_title or by_name, bool(by_title or by_name or is_known))

    def asked(self, turn: Remembered) -> list[Person]:
        """Return the persons of a question: who speaks first, then in order; also 'the treasurer'."""
        found = []
        for name in mentioned_people(turn.question, self.people):
            at = turn.question.lower().find(name.lower())
            speaks = bool(turn.parsed.speaker) and name.lower() in turn.parsed.speaker.lower()
            person = self.person(name, turn.question, max(at, 0))
            if not (is_thing_name(name, turn.question) or _is_place(turn.frame, at)) or person.sure or speaks:
                found.append((-1 if speaks else at, replace(person, sure=person.sure or speaks)))
        for phrase in turn.frame.phrases:
            if is_person_noun(phrase.head) and not phrase.is_name and phrase.determiner and not phrase.is_plural:
                found.append((phrase.start, Person(phrase.text, pronoun_of_noun(phrase.head), sure=True)))
        return list(dict.fromkeys(person for _, person in sorted(found, key=lambda pair: pair[0])))

    def answered(self, turn: Remembered) -> list[Person]:
        """Return the persons whom an answer names and its question does not, in order."""
        text, found = turn.answer[:ANSWER_READ], list[Person]()
        for mention in find_mentions(text):
            if is_thing_name(mention.name, text) or _shares_name(mention.name, turn.question):
                continue
            if any(_shares_name(mention.name, person.name) for person in found):
                continue
            person = self.person(mention.name, text, mention.start)
            found.append(replace(person, sure=person.sure or mention.titled or bool(roles_of(mention, text))))
        return [person for person in found if person.sure] or found

    def lists(self) -> list[tuple[str, ...]]:
        """Return what was named side by side ('X and Y', 'A, B and C'), the latest first."""
        found = []
        for turn in reversed(self.turns):
            found += [items_of(turn.question, turn.frame), named_items(turn)]
        return [items for items in found if len(items) > 1]

    def bearer_of(self, role: str) -> str:
        """Return who was called by a role or title ('the general' for 'General Marsh'), '' for nobody."""
        for turn in reversed(self.turns):
            for text in (turn.answer[:ANSWER_READ], turn.question):
                for mention in find_mentions(f"of {text}" if text == turn.question else text):
                    shift = 3 if text == turn.question else 0
                    title = text[max(mention.lead - shift, 0) : mention.start - shift] if mention.titled else ""
                    if role in words(title):
                        return f"{title}{mention.name}" if turn.question == text else mention.name
                    if text != turn.question and role in roles_of(mention, text):
                        return mention.name
        return ""


def roles_of(mention: Mention, text: str) -> list[str]:
    """Return what a name is said to be around it: 'the analyst Priya Nair', 'Simon Achterberg, the treasurer'."""
    before = _ROLE_BEFORE.search(text[max(0, mention.lead - 40) : mention.lead])
    behind = _ROLE_BEHIND.match(text, mention.end)
    roles = [match["role"].lower() for match in (before, behind) if match]
    return [role for role in roles if is_person_noun(role)]


def same_last_name(one: str, other: str) -> bool:
    """Say whether two names end alike, or one is the other's last name."""
    first, second = name_tokens(one), name_tokens(other)
    return (
        bool(first and second) and first[-1] == second[-1] and (len(first) == 1 or len(second) == 1 or first == second)
    )


def is_thing_name(name: str, text: str) -> bool:
    """Say whether a name is a thing's: a kind of thing, a firm or a figure in it, or an article in front."""
    tokens = name.lower().split()
    if tokens[-1] in KINDS | COLLECTIVES | _FIRMS or any(character.isdigit() for character in name):
        return True
    return is_organisation(name) or bool(re.search(rf"\b(?:the|an?) {re.escape(name)}\b", text, re.I))


def _is_place(frame: Frame, at: int) -> bool:
    phrase = next((phrase for phrase in frame.phrases if phrase.start <= at < phrase.end), None)
    return phrase is not None and phrase.preposition in _PLACES


def _shares_name(name: str, text: str) -> bool:
    return bool(set(name_tokens(name)) & set(words(text)))


def items_of(question: str, frame: Frame) -> tuple[str, ...]:
    """Return the phrases that a question sets side by side, in order; () where it does not."""
    best: list[Phrase] = []
    run: list[Phrase] = []
    for phrase in frame.phrases:
        between = question[run[-1].end : phrase.start] if run else ""
        if run and re.fullmatch(r"\s*(?:,|,?\s*(?:and|or|versus|vs\.?))\s*", between, re.I):
            run.append(phrase)
        else:
            run = [phrase]
        best = run if len(run) > len(best) else best
    return tuple(without_possessive(phrase.text) for phrase in best) if len(best) > 1 else ()


def named_items(turn: Remembered) -> tuple[str, ...]:
    """Return the names that an answer gives side by side, those of its question apart."""
    text = turn.answer[:ANSWER_READ]
    mentions = [mention for mention in find_mentions(text) if not _in_question(mention.name, turn.question)]
    best: list[Mention] = []
    run: list[Mention] = []
    for mention in mentions:
        between = text[run[-1].end : mention.lead] if run else ""
        joined = re.fullmatch(r"\s*(?:,|,?\s*(?:and|or))\s*(?:(?:the|an?|his|her|their)\s+(?:[a-z]+\s+)?)?", between)
        run = [*run, mention] if run and joined else [mention]
        best = run if len(run) > len(best) else best
    return tuple(mention.name for mention in best) if len(best) > 1 else ()


def _in_question(name: str, question: str) -> bool:
    return set(name_tokens(name)) <= set(words(question))


def is_date(text: str) -> bool:
    """Say whether a phrase is a day, a month or a year."""
    return bool(
        re.fullmatch(
            rf"(?:the\s+)?(?:{DATE}|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}|{_MONTH}|{_DAY})", text, re.I
        )
    )


_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"


def mentioned_people(question: str, people: Iterable[str] = ()) -> list[str]:
    """Return the names of persons in a question: first whoever speaks in it, then the others in order."""
    parsed = parse_question(question)
    names = [
        mention.name for mention in find_mentions("of " + question) if not _is_article_name(question, mention.name)
    ]
    spoken = set(words(question))
    lowered = {last: name for name in people if name and (last := fold_word(name.split()[-1])) in spoken}
    speaker = [parsed.speaker] if parsed.speaker and not _is_pronoun(parsed.speaker) else []
    bare = [strip_title(name)[1] or name for name in speaker]
    in_order = [lowered[word] for word in words(question) if word in lowered]
    return list(dict.fromkeys(name for name in [*bare, *names, *in_order] if not is_organisation(name)))


def _is_article_name(question: str, name: str) -> bool:
    return bool(re.search(rf"\bthe {re.escape(name)}\b", question, re.I))


def _is_pronoun(phrase: str) -> bool:
    return phrase.lower() in {"he", "she", "they", "it", "i", "we", "you", "him", "her"}
