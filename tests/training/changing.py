"""Questions changed so that their text no longer answers: another name, year or word, or the opposite of one.

The people who wrote the unanswerable questions of SQuAD 2.0 did much the same (Rajpurkar, Jia and Liang, 2018, table 2:
entities exchanged, antonyms, negations).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.evidence_model.arranging import Stretch
from rag.text.names import find_mentions
from rag.text.words import terms
from rag.verification.opposites import OPPOSITES
from tests.training.data import Asked

_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_SHIFTS = (-7, -3, -2, 4, 5, 11)
_WORD = re.compile(r"[A-Za-z]+")
_PLAIN = re.compile(r"[a-z]{4,}")
_ENDINGS = ("ing", "ed", "ly", "s")


def with_another_name(asked: Asked, others: Sequence[Stretch], rng: random.Random) -> Asked | None:
    """Return a question with one of its names changed for one of `others`, or a year for another; None without any."""
    named = [mention.name for mention in find_mentions(asked.question) if len(mention.name) > 2]
    answering = " ".join(asked.stretch.sentences[number] for number in asked.gold)
    if named:
        old = rng.choice(named)
        found = [mention.name for text in others for sentence in text.sentences for mention in find_mentions(sentence)]
        new = [each for each in found if each not in asked.question and old not in each and each not in answering]
        changed = asked.question.replace(old, rng.choice(new)) if new else None
    else:
        years = _YEAR.findall(asked.question)
        year = rng.choice(years) if years else ""
        changed = asked.question.replace(year, str(int(year) + rng.choice(_SHIFTS))) if years else None
    return None if changed is None else replace(asked, question=changed, gold=(), answer=None)


def with_opposite(asked: Asked, rng: random.Random) -> Asked | None:
    """Return a question with one word exchanged for an opposite of it; None without any that has one."""
    exchanges = [(word, opposite) for word in _WORD.findall(asked.question) for opposite in _opposites(word)]
    return _exchanged(asked, *rng.choice(exchanges)) if exchanges else None


def _opposites(word: str) -> list[str]:
    """Return words that stand against one, formed as it is (the opposites are told with their forms)."""
    sides = [(one.split(), other.split()) for pair in OPPOSITES for one, other in (pair, pair[::-1])]
    against = [each for one, other in sides if word in one for each in other]
    return [each for each in against if _ending(each) == _ending(word)] or against


def with_another_word(asked: Asked, followers: Followers, rng: random.Random) -> Asked | None:
    """Return a question with one of the words that its text has too exchanged for another that fits; None without.

    The other word stands behind the same word somewhere in `followers`, ends alike, and is in no sentence that answers.
    """
    told = set(terms(" ".join(asked.stretch.sentences)))
    taken = {*terms(asked.question), *terms(" ".join(asked.stretch.sentences[number] for number in asked.gold))}
    found = _WORD.findall(asked.question)
    exchanges = []
    for before, word in pairwise(found):
        if _PLAIN.fullmatch(word) and set(terms(word)) & told:
            fitting = [each for each in followers.of(before) if _ending(each) == _ending(word)]
            exchanges += [(word, each) for each in fitting if not set(terms(each)) & taken]
    return _exchanged(asked, *rng.choice(exchanges)) if exchanges else None


class Followers:
    """Which plain words follow each word in some texts."""

    def __init__(self, texts: Sequence[Stretch]) -> None:
        """Read the texts."""
        self._following: dict[str, set[str]] = defaultdict(set)
        for sentence in (sentence for text in texts for sentence in text.sentences):
            found = _WORD.findall(sentence)
            for before, word in pairwise(found):
                if _PLAIN.fullmatch(word) and terms(word):
                    self._following[before.lower()].add(word)

    def of(self, word: str) -> list[str]:
        """Return the words behind one, in order of the alphabet."""
        return sorted(self._following.get(word.lower(), ()))


def _ending(word: str) -> str:
    return next((ending for ending in _ENDINGS if word.endswith(ending)), "")


def _exchanged(asked: Asked, old: str, new: str) -> Asked:
    question = re.sub(rf"\b{old}\b", new, asked.question, count=1)
    return replace(asked, question=question, gold=(), answer=None)
