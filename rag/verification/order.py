"""Names that have changed places in a statement whose other words stand as they do in the sentence it rests on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.verification.names import named_in
from rag.verification.roles import MUTUAL, PREPOSITIONS, SPEECH
from rag.verification.tokens import Token, tokens_of

_LISTED = re.compile(r"(?:[\s,]|\b(?:and|or|nor|both|the|[A-Z][\w’'.-]*)\b)*")
_IN_ORDER = 0.9
"""Share of the pairs of other words that must stand in the same order for the names to be what has moved."""
_NEAR = 2


@dataclass(frozen=True, slots=True)
class _Named:
    """A name where it stands, its characters `start:end`, and what tells its part in the sentence."""

    name: str
    start: int
    end: int
    preposition: str
    follower: str
    """Stem of the next word of content in its clause; empty where none follows."""
    speaking: bool
    """Whether a word of saying is beside it."""


def changed_places(text: str, sentence: str) -> str | None:
    """Object when two names of the statement stand the other way round in the sentence, and nothing else does.

    Both must have lost their part: the preposition in front of them, or else the word behind them. Names listed beside
    each other may change places, those of speakers, those about a mutual word ('met'), and an active and its passive.
    """
    ours, theirs = _named(text), _named(sentence)
    for one, other in combinations([ours[name] for name in ours if name in theirs], 2):
        there = theirs[one.name], theirs[other.name]
        turned = (one.start < other.start) != (there[0].start < there[1].start)
        lost = not _same_part(one, there[0]) and not _same_part(other, there[1])
        if turned and lost and not _may_turn(text, (one, other), sentence, there) and _same_order(text, sentence):
            return f"{one.name.title()} and {other.name.title()} have changed places"
    return None


def _named(text: str) -> dict[str, _Named]:
    """Return the names that stand once in a text, by their last word."""
    tokens, mentions = tokens_of(text), [mention for mention in named_in(text) if mention.tokens]
    counts = Counter(mention.tokens[-1] for mention in mentions)
    found = {}
    for mention in mentions:
        name = mention.tokens[-1]
        before = [token for token in tokens if token.end <= mention.lead]
        behind = [token for token in tokens if token.start >= mention.end]
        if counts[name] == 1:
            found[name] = _Named(
                name, mention.start, mention.end, _preposition(before), _follower(behind), _spoken(before, behind)
            )
    return found


def _preposition(before: Sequence[Token]) -> str:
    near = [token.word for token in before[-_NEAR:] if token.word in PREPOSITIONS]
    return near[-1] if near else ""


def _follower(behind: Sequence[Token]) -> str:
    return next((token.stem for token in behind if token.clause == behind[0].clause and token.has_content), "")


def _spoken(before: Sequence[Token], behind: Sequence[Token]) -> bool:
    return any(token.stem in SPEECH for token in (*before[-_NEAR:], *behind[:_NEAR]))


def _same_part(ours: _Named, theirs: _Named) -> bool:
    if ours.preposition or theirs.preposition:
        return ours.preposition == theirs.preposition
    return bool(ours.follower) and ours.follower == theirs.follower


def _may_turn(text: str, ours: tuple[_Named, _Named], sentence: str, theirs: tuple[_Named, _Named]) -> bool:
    """Say whether two names may stand the other way round without saying anything else."""
    if any(each.speaking for each in (*ours, *theirs)):
        return True
    between, between_there = _between(text, *ours), _between(sentence, *theirs)
    if _LISTED.fullmatch(between) and _LISTED.fullmatch(between_there):
        return True
    passive = [any(each.preposition == "by" for each in pair) for pair in (ours, theirs)]
    mutual = {token.stem for token in tokens_of(text)} & {token.stem for token in tokens_of(sentence)} & MUTUAL
    return passive[0] != passive[1] or bool(mutual)


def _between(text: str, one: _Named, other: _Named) -> str:
    first, last = sorted((one, other), key=lambda each: each.start)
    return text[first.end : last.start]


def _same_order(text: str, sentence: str) -> bool:
    """Say whether the words of content that both have once, names apart, stand in the same order."""
    places = [_places(each) for each in (text, sentence)]
    shared = [word for word in places[0] if word in places[1]]
    pairs = list(combinations(shared, 2))
    kept = sum((places[0][one] < places[0][two]) == (places[1][one] < places[1][two]) for one, two in pairs)
    return kept >= _IN_ORDER * len(pairs)


def _places(text: str) -> dict[str, int]:
    named = [(mention.start, mention.end) for mention in named_in(text)]
    found = [token for token in tokens_of(text) if token.has_content]
    plain = [token for token in found if not any(start <= token.start < end for start, end in named)]
    counts = Counter(token.stem for token in plain)
    return {token.stem: token.start for token in plain if counts[token.stem] == 1}
