"""The company that names and numbers keep: what stands next to one in a statement must stand near it in the source."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.verification.names import named_in
from rag.verification.tokens import Token, is_speech, tokens_of

_NEAR = 2
"""Content words on either side of a name in the source, among which the one next to it in the statement must be."""
_OWNING = frozenset("of by from for with at in to".split())


@dataclass(frozen=True, slots=True)
class _Named:
    """A name where it stands among the words of a text."""

    tokens: tuple[str, ...]
    first: int
    last: int
    owns: bool
    """Whether it is in the possessive."""


def out_of_company(text: str, sentence: str) -> str | None:
    """Object to a name that the sentence has, but nowhere near what stands next to it in the statement."""
    ours, theirs = tokens_of(text), tokens_of(sentence)
    mine, there = _names(text, ours), _names(sentence, theirs)
    apart = _in_names(ours, mine) | _in_names(theirs, there)
    shared = {token.stem for token in ours} & {token.stem for token in theirs} - apart
    for number, name in enumerate(mine):
        same = [other for other in there if name.tokens[-1] in other.tokens or other.tokens[-1] in name.tokens]
        before, behind = (side & shared for side in _beside(ours, name, mine, apart, 1))
        if not same or not before | behind:
            continue
        keeping = [other for other in same if _keeps(before, behind, theirs, other, there, apart)]
        opens = number == 0 and any(other is there[0] for other in same) and not (name.owns or there[0].owns)
        if not keeping and not opens:
            return f"{name.tokens[-1].title()} stands by other words in the cited text"
        if keeping and not opens and all(_turned_owner(name, other, ours, theirs) for other in keeping):
            return f"what belongs to whom differs from the cited text at {name.tokens[-1].title()}"
    return _turned_pair(mine, there, ours, theirs)


def _keeps(  # noqa: PLR0917
    before: set[str],
    behind: set[str],
    theirs: Sequence[Token],
    other: _Named,
    there: Sequence[_Named],
    apart: Collection[str],
) -> bool:
    """Say whether a name has in the source what stands before it or behind it, near and on the same side.

    What stands right beside it may have changed sides ('paid by Keller', 'Keller paid'). Behind a name with an
    insertion ('Keller, a chemist at Lund, said …') the word behind that counts too.
    """
    near_before, near_behind = _beside(theirs, other, there, apart, _NEAR)
    next_before, next_behind = _beside(theirs, other, there, apart, 1)
    clause = theirs[other.last].clause + 2
    resumed = [token.stem for token in theirs if token.clause == clause and _counts(token, apart)][:1]
    return bool(before & (near_before | next_behind) or behind & (near_behind | next_before | set(resumed)))


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


def _beside(
    tokens: Sequence[Token], name: _Named, names: Sequence[_Named], apart: Collection[str], most: int
) -> tuple[set[str], set[str]]:
    """Return the stems of the nearest content words before and behind a name, up to the next name that owns nothing.

    Verbs of saying are passed over.
    """
    start = max((each.last + 1 for each in names if each.last < name.first and not each.owns), default=0)
    end = min((each.first for each in names if each.first > name.last and not each.owns), default=len(tokens))
    before = [token.stem for token in reversed(tokens[start : name.first]) if _counts(token, apart)]
    behind = [token.stem for token in tokens[name.last + 1 : end] if _counts(token, apart)]
    return set(before[:most]), set(behind[:most])


def _counts(token: Token, apart: Collection[str]) -> bool:
    return token.has_content and token.stem not in apart and not is_speech(token)


def _turned_owner(name: _Named, other: _Named, ours: Sequence[Token], theirs: Sequence[Token]) -> bool:
    """Say whether a name owns something in one place and not in the other, in whatever words."""
    if name.owns == other.owns:
        return False
    (tokens, bare), (owning_tokens, owning) = (
        ((ours, name), (theirs, other)) if other.owns else ((theirs, other), (ours, name))
    )
    front = [token.word for token in tokens[max(0, bare.first - 2) : bare.first]]
    following = {token.stem for token in tokens[bare.last + 1 : bare.last + 2]}
    owned = {token.stem for token in owning_tokens[owning.last + 1 : owning.last + 3]}
    return not (_OWNING & set(front) or following & owned)


def _turned_pair(
    mine: Sequence[_Named], there: Sequence[_Named], ours: Sequence[Token], theirs: Sequence[Token]
) -> str | None:
    """Object when two names with nothing but small words between stand the other way round, or one stands twice."""
    pairs = {(one.tokens[-1], other.tokens[-1]) for one, other in _next_to_each_other(there, theirs)}
    for one, other in _next_to_each_other(mine, ours):
        pair = (one.tokens[-1], other.tokens[-1])
        between = {token.word for token in ours[one.last + 1 : other.first]}
        if pair[0] == pair[1] or (pair[::-1] in pairs and pair not in pairs and not between <= {"and", "or"}):
            return f"{pair[0].title()} and {pair[1].title()} stand otherwise in the cited text"
    return None


def _next_to_each_other(names: Sequence[_Named], tokens: Sequence[Token]) -> list[tuple[_Named, _Named]]:
    return [
        pair
        for pair in pairwise(names)
        if not any(token.has_content for token in tokens[pair[0].last + 1 : pair[1].first])
    ]
