"""A sentence as the checks read it: its words in order, each with the clause that it stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.quotations.speech import OPINION, REPORTING
from rag.text.dates import MONTHS
from rag.text.words import FUNCTION_WORDS, fold_word, stem, word_spans

_BORDER = re.compile(r"[,;:.!?()\[\]\n“”\"«»]|\s[—–-]\s|[—–]")
_CONJUNCTIONS = frozenset("while whereas although though because unless if but which who that whom whose when".split())


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text."""

    word: str
    """In lower case, without accents and possessive ending."""
    stem: str
    start: int
    end: int
    clause: int
    """Counts up at punctuation and at conjunctions that open a clause."""

    @property
    def has_content(self) -> bool:
        """Whether it is no function word."""
        return self.word not in FUNCTION_WORDS


@lru_cache(maxsize=4_096)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words of `text`, in order."""
    found: list[Token] = []
    clause, before = 0, 0
    for start, end in word_spans(text):
        word = fold_word(text[start:end])
        clause += bool(_BORDER.search(text, before, start)) or word in _CONJUNCTIONS
        found.append(Token(word, stem(word), start, end, clause))
        before = end
    return tuple(found)


WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_SPEECH = frozenset([*REPORTING, *OPINION, "according"])


def is_speech(token: Token) -> bool:
    """Say whether a word is a form of a verb by which words or thoughts are reported ('said', 'believes')."""
    return token.word in _SPEECH


def is_date(token: Token) -> bool:
    """Say whether a word is a number, a month or a weekday: what may stand anywhere in a sentence."""
    return token.word[0].isdigit() or token.word in _DATE_WORDS


_DATE_WORDS = frozenset(name.lower() for name in MONTHS) | frozenset(WEEKDAYS)
_CONTRACTED = re.compile(r"\b(?P<verb>ca|wo|sha|[a-z]+) ?n['’]t\b", re.I)
_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely|simply)\b", re.I)
_WHOLE_VERB = {"ca": "can", "wo": "will", "sha": "shall"}


def spelled_out(text: str) -> str:
    """Return `text` with 'not' in the place of its contraction ('didn’t', 'won’t'), and without 'not only'."""
    whole = _CONTRACTED.sub(lambda match: f"{_WHOLE_VERB.get(match['verb'].lower(), match['verb'])} not", text)
    return _NOT_ONLY.sub(lambda match: " " * len(match.group()), whole)


def content_behind(tokens: Sequence[Token], at: int, most: int) -> list[Token]:
    """Return the next content words behind place `at`, at most `most`, within its clause."""
    clause = tokens[at].clause
    return [token for token in tokens[at + 1 : at + 9] if token.clause == clause and token.has_content][:most]


def content_before(tokens: Sequence[Token], at: int, most: int) -> list[Token]:
    """Return the last content words in front of place `at`, the nearest first, at most `most`, within its clause."""
    clause = tokens[at].clause
    front = reversed(tokens[max(0, at - 8) : at])
    return [token for token in front if token.clause == clause and token.has_content][:most]
