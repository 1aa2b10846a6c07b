"""How far a statement goes: of how many, how surely, on what condition. It may not go further than the cited text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.verification.numbers import NUMBER_WORDS
from rag.verification.tokens import Token, tokens_of


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of words that limit or widen what is said."""

    name: str
    words: frozenset[str]
    phrases: tuple[tuple[str, ...], ...] = ()
    may_be_added: bool = True
    may_be_dropped: bool = True


def _kind(name: str, said: str, *phrases: str, may_be_added: bool = True, may_be_dropped: bool = True) -> _Kind:
    split = tuple(tuple(phrase.split()) for phrase in phrases)
    return _Kind(name, frozenset(said.split()), split, may_be_added, may_be_dropped)


_KINDS = (
    _kind(
        "that it holds of all", "all every each everyone everybody everything everywhere always entire entirely whole "
        "wholly completely totally any anyone anybody both invariably constantly unanimously unanimous",
        may_be_added=False,
    ),
    _kind("that it holds of most", "most mostly mainly largely majority chiefly primarily generally usually typically",
          may_be_added=False, may_be_dropped=False),
    _kind("that it holds of many", "many numerous dozens several often frequently widely repeatedly",
          may_be_added=False, may_be_dropped=False),
    _kind("that it holds of some", "some sometimes few occasionally partly partially", may_be_dropped=False),
    _kind("that it holds of this alone", "only solely exclusively alone merely just simply nothing", "none but",
          may_be_added=False, may_be_dropped=False),
    _kind(
        "that it is possible", "may might could possibly perhaps maybe potentially probably likely presumably "
        "apparently seemingly seems seem seemed appears appear appeared reportedly allegedly alleged supposedly "
        "purportedly can suspected thought believed considered rumoured rumored suggests suggest suggested unclear "
        "expected estimated", "is said to", "are said to", may_be_dropped=False,
    ),
    _kind("that it must be", "must should shall required obliged necessarily inevitably inevitable certainly certain "
          "definitely undoubtedly surely clearly proven proves proved", "has to", "have to", "had to",
          may_be_added=False),
    _kind(
        "that it is to come or is meant to be", "will would won wouldn shall plans plan planned planning intends "
        "intend intended hopes hope hoped hoping aims aim aimed wants want wanted "
        "proposes proposed propose seeks seek sought "
        "expects promises promised pledged vowed threatens threatened considering tried tries trying attempted "
        "attempts prepared soon next tomorrow", "going to", "set to", "about to", "due to be", may_be_dropped=False,
    ),
    _kind("a condition", "if unless assuming otherwise", "as long as", "provided that", "in case", "on condition",
          may_be_dropped=False),
    _kind("that the figure is rough", "about around roughly approximately nearly almost some", "or so", "close to",
          "more or less", may_be_dropped=False),
    _kind("that the figure is a lower bound", "minimum exceeding", "at least", "more than", "no less than", "or more",
          "no fewer than", may_be_added=False, may_be_dropped=False),
    _kind("that the figure is an upper bound", "maximum", "at most", "up to", "less than", "fewer than", "no more than",
          "or less", "or fewer", may_be_added=False, may_be_dropped=False),
)  # fmt: skip
_ROUGH = "that the figure is rough"
_ONE_KIND = {"that it is to come or is meant to be": "that it is possible"}
"""What stands as well for a kind that is dropped: what `would` be `might` be."""
_AS_IF = frozenset(
    "as even know knows knew ask asks asked requested wonder wonders wondered see say whether sure clear tell find "
    "learn decide determine doubt".split()
)
"""In front of 'if', where it is no condition."""
_OF_ALL = frozenset(
    "every everyone everybody everything all any no none a an the always never entirely completely".split()
)
"""What 'nearly' may stand in front of, beside numbers."""
_WHOLE_CLAUSE = frozenset({"a condition"})
_REACH = 3


@dataclass(frozen=True, slots=True)
class _Limit:
    kind: _Kind
    scope: tuple[str, ...]
    """Stems of the words next behind it: what it limits."""


def overstated(text: str, sentence: str) -> str | None:
    """Object when the statement widens what the sentence says, or leaves out what limits it there."""
    ours, theirs = _limits(text), _limits(sentence)
    there = Counter(limit.kind.name for limit in theirs)
    for name, count in Counter(limit.kind.name for limit in ours if not limit.kind.may_be_added).items():
        if count > there[name]:
            return f"it says {name}, which the cited text does not"
    for limit in ours:
        same = [other for other in theirs if other.kind == limit.kind]
        if not limit.kind.may_be_added and not any(_overlap(limit, other) for other in same):
            return f"it says {limit.kind.name}, where the cited text says so of something else"
    spoken = {token.stem for token in tokens_of(text)}
    left = list(ours)
    for limit in theirs:
        if _limits_what(limit, spoken):
            kept = _keeping(limit, left)
            if kept is None:
                return f"it leaves out {limit.kind.name}"
            left.remove(kept)
    return None


def _keeping(limit: _Limit, ours: Sequence[_Limit]) -> _Limit | None:
    """Return a limit of the statement of the kind, or of one that stands for it, on the same words."""
    names = {limit.kind.name, _ONE_KIND.get(limit.kind.name)}
    return next((other for other in ours if other.kind.name in names and _overlap(limit, other)), None)


def _overlap(one: _Limit, other: _Limit) -> bool:
    return one.kind.name in _WHOLE_CLAUSE or one.scope == other.scope or bool(set(one.scope) & set(other.scope))


def _limits_what(limit: _Limit, spoken: set[str]) -> bool:
    """Say whether a limit may not be left out: what it limits stands among the stems of the statement."""
    if limit.kind.may_be_dropped:
        return False
    return limit.kind.name in _WHOLE_CLAUSE or bool(set(limit.scope[:2]) & spoken)


@lru_cache(maxsize=1_024)
def _limits(text: str) -> tuple[_Limit, ...]:
    tokens = tokens_of(text)
    return tuple(
        _Limit(kind, _scope(tokens, end))
        for place in range(len(tokens))
        for kind in _KINDS
        if (end := _stands_at(kind, tokens, place)) and _is_meant(kind, tokens, place, end)
    )


def _stands_at(kind: _Kind, tokens: tuple[Token, ...], place: int) -> int | None:
    """Return the place behind a word or phrase of a kind that begins at `place`, None where none does."""
    for phrase in kind.phrases:
        if tuple(token.word for token in tokens[place : place + len(phrase)]) == phrase:
            return place + len(phrase)
    return place + 1 if tokens[place].word in kind.words else None


def _is_meant(kind: _Kind, tokens: tuple[Token, ...], place: int, end: int) -> bool:
    """Say whether a word is used in the sense of its kind: 'about 40' is rough, 'spoke about' is not."""
    word = tokens[place].word
    following = tokens[end].word if end < len(tokens) else " "
    counts = following[0].isdigit() or following in NUMBER_WORDS
    if kind.name == _ROUGH:
        return counts or (word in {"nearly", "almost"} and following in _OF_ALL)
    if word == "some":
        return not counts
    if word == "if":
        return place == 0 or tokens[place - 1].word not in _AS_IF
    return word != "nothing" or following == "but"


def _scope(tokens: tuple[Token, ...], end: int) -> tuple[str, ...]:
    behind = [token.stem for token in tokens[end : end + 8] if token.has_content]
    return tuple(behind[:_REACH])
