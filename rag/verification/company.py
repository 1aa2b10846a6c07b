"""The company that names and numbers keep: what stands next to one in a statement must stand near it in the source."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.verification.names import named_in
from rag.verification.tokens import Token, is_date, is_speech, tokens_of

_NEAR = 2
"""Content words on either side of a name in the source, among which the one next to it in the statement must be."""
_OWNING = frozenset("of by from".split())


@dataclass(frozen=True, slots=True)
class _Named:
    """A name where it stands among the words of a text."""

    tokens: tuple[str, ...]
    first: int
    last: int
    owns: bool
    """Whether it is in the possessive."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text with its names; `apart` holds the stems that belong to names, here or in the text it is held against."""

    tokens: Sequence[Token]
    names: Sequence[_Named]
    apart: Collection[str]

    def counts(self, token: Token) -> bool:
        """Say whether a word is company: no name, date or verb of saying."""
        return token.has_content and token.stem not in self.apart and not is_speech(token) and not is_date(token)

    def beside(self, name: _Named, most: int) -> tuple[set[str], set[str]]:
        """Return the stems of the nearest content words before and behind a name, up to the next name.

        One that owns something ('Keller, Lund’s mayor') or stands right beside it does not end its company.
        """
        ends = [each for each in self.names if not each.owns]
        start = max((each.last + 1 for each in ends if each.last < name.first and self._apart(each, name)), default=0)
        end = min((each.first for each in ends if each.first > name.last and self._apart(name, each)), default=None)
        before = [token.stem for token in reversed(self.tokens[start : name.first]) if self.counts(token)]
        behind = [token.stem for token in self.tokens[name.last + 1 : end] if self.counts(token)]
        return set(before[:most]), set(behind[:most])

    def _apart(self, one: _Named, other: _Named) -> bool:
        """Say whether content words stand between two names."""
        return any(self.counts(token) for token in self.tokens[one.last + 1 : other.first])

    def resumed(self, name: _Named) -> set[str]:
        """Return the word behind an insertion after a name ('Keller, a chemist at Lund, said …'), no name in front."""
        clause = self.tokens[name.last].clause + 2
        first = next((token for token in self.tokens if token.clause == clause and token.has_content), None)
        return {first.stem} if first and self.counts(first) else set()

    @property
    def has_agent(self) -> bool:
        """Whether somebody does something as in 'paid by Keller'."""
        return any(token.word == "by" for token in self.tokens)

    def governed(self, name: _Named) -> bool:
        """Say whether a preposition stands in front of a name that makes it an owner or an agent."""
        return bool(_OWNING & {token.word for token in self.tokens[max(0, name.first - 2) : name.first]})


def out_of_company(text: str, sentence: str) -> str | None:
    """Object to a name that the sentence has, but nowhere near what stands next to it in the statement."""
    tokens, tokens_there = tokens_of(text), tokens_of(sentence)
    mine, there = _names(text, tokens), _names(sentence, tokens_there)
    apart = _in_names(tokens, mine) | _in_names(tokens_there, there)
    ours, theirs = _Reading(tokens, mine, apart), _Reading(tokens_there, there, apart)
    shared = {token.stem for token in tokens} & {token.stem for token in tokens_there} - apart
    for number, name in enumerate(mine):
        same = [other for other in there if name.tokens[-1] in other.tokens or other.tokens[-1] in name.tokens]
        before, behind = ours.beside(name, 1)
        if not same or not shared & (before | behind):
            continue
        keeping = [other for other in same if _keeps(ours, name, theirs, other)]
        opens = number == 0 and any(other is there[0] for other in same) and not (name.owns or there[0].owns)
        if not keeping and not opens:
            return f"{name.tokens[-1].title()} stands by other words in the cited text"
        if keeping and not opens and all(_turned_owner(ours, name, theirs, other) for other in keeping):
            return f"what belongs to whom differs from the cited text at {name.tokens[-1].title()}"
    return _turned_pair(ours, theirs)


def _keeps(ours: _Reading, name: _Named, theirs: _Reading, other: _Named) -> bool:
    """Say whether a name has in the source what stands before it or behind it, near and on the same side.

    What stands right beside it may have changed sides with a preposition ('paid by Keller', 'Keller paid').
    """
    before, behind = ours.beside(name, 1)
    near_before, near_behind = theirs.beside(other, _NEAR)
    if ours.governed(name) != theirs.governed(other) or ours.has_agent != theirs.has_agent:
        next_before, next_behind = theirs.beside(other, 1)
        near_before, near_behind = near_before | next_behind, near_behind | next_before
    return bool(before & near_before or behind & (near_behind | theirs.resumed(other)))


def _names(text: str, tokens: Sequence[Token]) -> list[_Named]:
    found = []
    for mention in named_in(text):
        inside = [place for place, token in enumerate(tokens) if mention.start <= token.start < mention.end]
        if inside and mention.tokens:
            owns = text[mention.end : mention.end + 1] in {"'", "’"}
            found.append(_Named(mention.tokens, inside[0], inside[-1], owns))
    return found


def _in_names(tokens: Sequence[Token], names: Sequence[_Named]) -> set[str]:
    return {token.stem for name in names for token in tokens[name.first : name.last + 1]}


def _turned_owner(ours: _Reading, name: _Named, theirs: _Reading, other: _Named) -> bool:
    """Say whether a name owns something in one place and not in the other, in whatever words."""
    if name.owns == other.owns:
        return False
    bare, reading = (name, ours) if other.owns else (other, theirs)
    owner, owning = (other, theirs) if other.owns else (name, ours)
    following = {token.stem for token in reading.tokens[bare.last + 1 : bare.last + 2]}
    owned = {token.stem for token in owning.tokens[owner.last + 1 : owner.last + 2]}
    return not (reading.governed(bare) or following & owned)


def _turned_pair(ours: _Reading, theirs: _Reading) -> str | None:
    """Object when two names with nothing but small words between stand the other way round, or one stands twice."""
    pairs = {(one.tokens[-1], other.tokens[-1]) for one, other in _next_to_each_other(theirs)}
    for one, other in _next_to_each_other(ours):
        pair = (one.tokens[-1], other.tokens[-1])
        between = {token.word for token in ours.tokens[one.last + 1 : other.first]}
        if pair[0] == pair[1] or (pair[::-1] in pairs and pair not in pairs and not between <= {"and", "or"}):
            return f"{pair[0].title()} and {pair[1].title()} stand otherwise in the cited text"
    return None


def _next_to_each_other(reading: _Reading) -> list[tuple[_Named, _Named]]:
    return [
        pair
        for pair in pairwise(reading.names)
        if not any(token.has_content for token in reading.tokens[pair[0].last + 1 : pair[1].first])
    ]
