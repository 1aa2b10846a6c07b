"""A question cut into noun phrases, by closed classes of words and the order that English questions have.

No tagger and no model: between an auxiliary and the verb stands the subject, behind a preposition what it governs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.conversation.lexicon import (
    ADJECTIVES,
    ADVERBS,
    ATTRIBUTES,
    AUXILIARIES,
    BE,
    COMMANDS,
    CONJUNCTIONS,
    DETERMINERS,
    HAVE,
    PREPOSITIONS,
    PRONOUNS,
    QUESTION_WORDS,
    is_adverb,
    is_base_form,
    is_participle,
    is_plural,
    is_verb_form,
)
from rag.text.words import stem

_TOKEN = re.compile(r"[^\s?!,;:()\[\]“”\"]+")
_BREAK = re.compile(r"[?!,;:()\[\]“”\"]")
_CLOSED = DETERMINERS | PREPOSITIONS | AUXILIARIES | QUESTION_WORDS | PRONOUNS | CONJUNCTIONS
_BREAKING = re.compile(
    r"[,;]|\b(?:and|but|or|when|if|that|because|before|after|while|whether|who|which|what|where|why|how)\b|"
    r"\bto\s+(?=[a-z]+\b)|\b(?:of|by|for|in|from|without)\s+(?=[a-z]+ing\b)",
    re.I,
)
_COUNTED = frozenset("many much".split())
_POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: `question[start:end] == text`."""

    text: str
    start: int
    end: int
    preposition: str = ""
    """The word that governs it, empty for a subject or an object."""
    asked: bool = False
    """Whether it is what is asked for: 'ports' in 'Which ports …'."""
    pronominal: bool = False

    @property
    def bare(self) -> str:
        """The phrase without its determiner."""
        first, _, rest = self.text.partition(" ")
        return rest if rest and first.lower() in DETERMINERS else self.text

    @property
    def determiner(self) -> str:
        """The determiner in lower case, '' for none."""
        first = self.text.partition(" ")[0].lower()
        return first if first in DETERMINERS else ""

    @property
    def head(self) -> str:
        """The last word, in lower case."""
        return self.bare.split()[-1].lower()

    @property
    def is_name(self) -> bool:
        """Whether it is written like a name: a capital or a figure in it."""
        return any(character.isupper() or character.isdigit() for character in self.bare)

    @property
    def is_plural(self) -> bool:
        """Whether it stands for several."""
        return is_plural(self.head) and not (self.is_name and self.head != self.bare.split()[-1])


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of one question."""

    question: str
    phrases: tuple[Phrase, ...]
    subject: Phrase | None = None
    """With what stands behind it up to the verb: 'the ferry to Brenna'."""
    auxiliary: tuple[int, int] | None = None
    """Where the first auxiliary stands."""

    def of(self, phrase: Phrase) -> Phrase | None:
        """Return what `phrase` is of ('hexanol' for 'the boiling point'), None where it is of nothing."""
        follower = next((other for other in self.phrases if other.start >= phrase.end), None)
        return follower if follower and follower.preposition == "of" and self._adjoins(phrase, follower) else None

    def _adjoins(self, phrase: Phrase, follower: Phrase) -> bool:
        return self.question[phrase.end : follower.start].strip().lower() == follower.preposition

    def whole(self, phrase: Phrase) -> Phrase:
        """Return a phrase with what it is of: 'the core of Velos'."""
        owner = self.of(phrase)
        if owner is None:
            return phrase
        last = self.whole(owner)
        return Phrase(self.question[phrase.start : last.end], phrase.start, last.end, phrase.preposition, phrase.asked)

    def thing_of(self, phrase: Phrase) -> Phrase:
        """Return what `it` means of a phrase: the thing, where the phrase is something that things have."""
        owner = self.of(phrase)
        if owner is None:
            return phrase
        return self.thing_of(owner) if stem(phrase.head) in ATTRIBUTES or phrase.is_plural else self.whole(phrase)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    broken: bool
    """Whether a mark stands between it and the word before."""

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def is_closed(self) -> bool:
        """Whether it belongs to no open class."""
        shouted = len(self.text) > 1 and self.text.isupper()
        word = self.low.replace("’", "'").partition("'")[0] or self.low
        return (
            (self.low in _CLOSED or word in QUESTION_WORDS)
            and not shouted
            and not (self.text == "May" and self.start > 0)
        )


def read_frame(question: str) -> Frame:
    """Return the noun phrases of a question in order, and which of them is the subject."""
    return _Reader(_words_of(question), question).read()


def _words_of(question: str) -> list[_Word]:
    found: list[_Word] = []
    for match in _TOKEN.finditer(question):
        text = match.group().rstrip(".") or match.group()
        before = question[found[-1].end if found else 0 : match.start()]
        found.append(_Word(text, match.start(), match.start() + len(text), bool(_BREAK.search(before))))
    return found


class _Reader:
    """Reads the words of one question from left to right."""

    def __init__(self, words: Sequence[_Word], question: str) -> None:
        self._words = words
        self._question = question
        self._phrases: list[Phrase] = []
        self._current: list[_Word] = []
        self._preposition = ""
        self._asked = False
        self._expects = ""
        """What verb is to come: 'base' behind do and can, 'participle' behind be, 'finite', 'now'; '' for none."""
        self._subject_from: int | None = None
        self._subject: tuple[int, int] | None = None
        self._auxiliary: tuple[int, int] | None = None
        self._has_pronoun = False
        """Whether the subject was a pronoun."""

    def read(self) -> Frame:
        """Return the frame."""
        for at, word in enumerate(self._words):
            if word.broken:
                self._close()
                self._end_subject()
            self._take(at, word)
        self._close()
        self._end_subject()
        subject = None
        if self._subject:
            start, end = self._subject
            subject = Phrase(self._question[start:end], start, end)
        return Frame(self._question, tuple(self._phrases), subject, self._auxiliary)

    def _next(self, at: int) -> _Word | None:
        return self._words[at + 1] if at + 1 < len(self._words) and not self._words[at + 1].broken else None

    def _take(self, at: int, word: _Word) -> None:
        low = word.low
        if word.is_closed and low in DETERMINERS and not (low == "that" and self._next(at) is None):
            self._close()
            self._current = [word]
        elif word.is_closed and low in QUESTION_WORDS:
            self._question_word(at, low)
        elif word.is_closed and low in AUXILIARIES:
            self._take_auxiliary(at, word)
        elif word.is_closed and low in PREPOSITIONS:
            self._close()
            following = self._next(at)
            if low == "to" and following and is_base_form(following.text):
                self._expects = "now"
                self._end_subject()
            else:
                self._preposition = low
        elif word.is_closed or low in ADVERBS or (word.text.islower() and is_adverb(low)):
            self._close()
            if low == "there" and self._expects == "participle":
                self._expects = ""
            elif low in PRONOUNS and self._expects in {"base", "participle"}:
                self._expects = "now" if self._expects == "base" else self._expects
                self._has_pronoun = True
                self._subject_from = None
        else:
            self._content(at, word)

    def _question_word(self, at: int, low: str) -> None:
        self._close()
        following = self._next(at)
        if low in {"who", "whom"}:
            self._expects = "now"
        elif low in {"what", "which", "whose"} or (low == "how" and following and following.low in _COUNTED):
            self._expects, self._asked = "finite", True
        elif low == "how":
            self._expects = "degree"

    def _take_auxiliary(self, at: int, word: _Word) -> None:
        self._close()
        self._end_subject()
        following = self._next(at)
        self._asked = False
        if word.low in HAVE and following and following.low in DETERMINERS and self._phrases:
            self._expects = ""
            return
        self._auxiliary = self._auxiliary or (word.start, word.end)
        self._expects = "participle" if word.low in BE else "base"
        self._subject_from = len(self._phrases) if self._subject is None else None

    def _content(self, at: int, word: _Word) -> None:
        if self._expects == "degree" or (
            at == 0 and (is_base_form(word.low) or word.low in COMMANDS) and len(self._words) > 1
        ):
            return
        nominal = [one for one in self._current if one.low not in DETERMINERS]
        if not self._current and (self._expects == "now" or self._opens_with_verb(word)):
            self._expects = ""
        elif nominal and self._expects and self._is_verb(at, word, nominal):
            self._close()
            self._end_subject()
            self._expects = ""
        else:
            self._current.append(word)

    def _opens_with_verb(self, word: _Word) -> bool:
        if self._preposition or not word.text.islower():
            return False
        if self._expects == "finite":
            return is_verb_form(word.low) and not is_base_form(word.low)
        asks_subject = self._words[0].low in {"what", "who", "which", "whose"}
        predicate = (is_participle(word.low) or word.low in ADJECTIVES) and (
            asks_subject or self._has_pronoun or bool(self._phrases)
        )
        return (self._expects == "participle" and predicate) or (
            self._expects == "base" and bool(self._phrases) and is_base_form(word.low)
        )

    def _is_verb(self, at: int, word: _Word, nominal: Sequence[_Word]) -> bool:
        if not word.text.islower():
            return False
        after_name = nominal[-1].text[:1].isupper() or nominal[-1].text[-1].isdigit()
        following = self._next(at)
        last = following is None or (following.is_closed and following.low not in {"of", *AUXILIARIES})
        if self._expects == "finite":
            return is_verb_form(word.low) and not (is_base_form(word.low) and not self._plural(nominal))
        if self._expects == "participle":
            ends_question = last and self._is_yes_no() and not self._preposition
            attributive = following is not None and not following.is_closed and not following.low.endswith("ly")
            named = after_name and self._current[0] is nominal[0] and not (following and following.text[:1].isupper())
            predicate = (is_participle(word.low) or word.low in ADJECTIVES) and not attributive
            return named or ((predicate or ends_question) and nominal[-1].low not in ADJECTIVES)
        if is_base_form(word.low):
            return not (following and is_base_form(following.text))
        verb_ahead = any(is_base_form(one.text) for one in self._words[at + 1 :])
        return (after_name or last) and not verb_ahead

    @staticmethod
    def _plural(nominal: Sequence[_Word]) -> bool:
        return is_plural(nominal[-1].low)

    def _is_yes_no(self) -> bool:
        return bool(self._words) and self._words[0].low in AUXILIARIES

    def _close(self) -> None:
        content = [word for word in self._current if word.low not in DETERMINERS]
        if content:
            start, end = self._current[0].start, self._current[-1].end
            text = self._question[start:end]
            self._phrases.append(Phrase(text, start, end, self._preposition, self._asked))
            self._asked = False
        if self._current:
            self._preposition = ""
        self._current = []

    def _end_subject(self) -> None:
        if self._subject_from is not None and len(self._phrases) > self._subject_from:
            first = self._phrases[self._subject_from]
            if not first.preposition:
                self._subject = (first.start, self._phrases[-1].end)
        self._subject_from = None


def clause_starts(text: str) -> list[int]:
    """Return where further clauses of a question begin, infinitives among them; not its own beginning."""
    return [match.start() for match in _BREAKING.finditer(text) if match.start() > 0]


def is_statement(question: str) -> bool:
    """Say whether a question begins with what it is about ('Prices rose until when?'), not as questions do."""
    found = _words_of(question)[:3]
    if not found or found[0].is_closed or is_base_form(found[0].low) or found[0].low in ADVERBS:
        return False
    return len(_words_of(question)) > len(found)


def without_possessive(text: str) -> str:
    """Return a name without the ending that says that something is its."""
    return _POSSESSIVE.sub("", text)
