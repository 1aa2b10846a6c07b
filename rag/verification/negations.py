"""Negations of a statement: what one side denies the other may not assert."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.text.words import FUNCTION_WORDS, stem, terms, words
from rag.verification.names import named_in
from rag.verification.tokens import is_speech, tokens_of

_NEGATIONS = frozenset(
    "not no never neither nor none nobody nothing nowhere without cannot refused denied declined lacks lack hardly "
    "scarcely barely seldom rarely doubt doubts doubted false unlikely".split()
)
_FAILURES = frozenset("fail fails failed refuse refuses decline declines".split())
"""Words that deny what an infinitive behind them says ('failed to agree')."""
_CONTRACTED = re.compile(r"\w+n['’]t", re.I)
_NO_DENIAL = re.compile(r"\b(?:nothing|none) but\b|\bno doubt\b", re.I)
_REACH = 6
_MOST = 0.75
_NEGATION_STEMS = frozenset(map(stem, _NEGATIONS))


def turned_negation(text: str, source: str) -> str | None:
    """Object when one side denies what the other asserts.

    What is denied may be said in another word ('did not approve', 'backed'): so a statement that denies nothing, of a
    sentence that does, may have no word of its own.
    """
    if denies_more(text, source):
        return "it denies something that the cited text does not deny"
    ours, theirs = _denied(text), _denied(source)
    dropped = theirs - ours
    if _count(text) < sum(_covered(clause, text) for clause in _denying_clauses(source)):
        return "it leaves out a negation of the cited text"
    names = {stem(token) for mention in named_in(text) for token in mention.tokens}
    names |= {token.stem for token in tokens_of(text) if is_speech(token)}
    if dropped & set(terms(text)) or (dropped and not ours and set(terms(text)) - set(terms(source)) - names):
        return "it leaves out a negation of the cited text"
    return None


def denies_more(text: str, source: str) -> bool:
    """Say whether a text denies something that the source does not deny."""
    ours, theirs = _denied(text), _denied(source)
    added = ours - theirs
    return _count(text) > _count(source) or bool(added and (not theirs or added & set(terms(source))))


def _count(text: str) -> int:
    """Return how many words of a text deny something, 'nothing but' and 'not only' apart."""
    spoken = words(_NO_DENIAL.sub(" ", text))
    failures = sum(word in _FAILURES and after == "to" for word, after in pairwise(spoken))
    return failures + sum(word in _NEGATIONS or bool(_CONTRACTED.fullmatch(word)) for word in spoken)


def _denying_clauses(source: str) -> list[set[str]]:
    """Return the content stems of each clause in which something is denied."""
    tokens = tokens_of(source)
    clauses = {token.clause for token in tokens if token.word in _NEGATIONS}
    held = [{token.stem for token in tokens if token.clause == clause and token.has_content} for clause in clauses]
    return [stems - _NEGATION_STEMS for stems in held]


def _covered(clause: set[str], text: str) -> bool:
    """Say whether a statement has most of a clause."""
    return bool(clause) and len(clause & set(terms(text))) >= _MOST * len(clause)


def _denied(text: str) -> set[str]:
    """Return the stems that are denied: the first content word behind each negation, adverbs passed over.

    Where a clause hangs on that word ('not true that the board …'), the first one of the clause too.
    """
    spoken = words(_NO_DENIAL.sub(" ", text))
    denied: set[str] = set()
    for number, word in enumerate(spoken):
        failure = word in _FAILURES and spoken[number + 1 : number + 2] == ["to"]
        if failure or word in _NEGATIONS or _CONTRACTED.fullmatch(word):
            at = _next_content(spoken, number)
            hangs = [place for place in range(at, at + 3) if spoken[place : place + 1] in (["that"], ["whether"])]
            places = [at, *(_next_content(spoken, place) for place in hangs)]
            denied.update(stem(spoken[place]) for place in places if place < len(spoken))
    return denied


def _next_content(spoken: Sequence[str], number: int) -> int:
    """Return the place of the first content word behind `number` within reach, else the end."""
    for place in range(number + 1, min(len(spoken), number + _REACH)):
        if spoken[place] not in FUNCTION_WORDS and not spoken[place].endswith("ly"):
            return place
    return len(spoken)
