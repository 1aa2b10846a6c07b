"""What several sources say alike: told by what they say, so that it is shown once and cites them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from rag.evidence.units import Unit
from rag.text.names import find_mentions
from rag.text.words import terms, words
from rag.types import Evidence

_SHARED = 0.7
"""Share of the content stems of the shorter text that the longer has, over which they can say the same."""
_LENGTH = 2.5
"""How many times longer the other text may be and still be about nothing else."""
_FEWEST = 4
_MOST_OTHERS = 4
_DENIALS = frozenset(
    "not no never neither nor none nobody nothing without cannot refused denied declined rejected false".split()
)


def says_alike(one: str, other: str) -> bool:
    """Say whether two texts state the same: nearly all content words, every number and name, and the same denials.

    Texts of fewer than four content words say too little for that.
    """
    first, second = sorted((one, other), key=lambda text: len(set(terms(text))))
    short, long = set(terms(first)), set(terms(second))
    if len(short) < _FEWEST or len(long) > _LENGTH * len(short) or len(short & long) < _SHARED * len(short):
        return False
    return _particulars(first) <= set(words(second)) and _denials(first) == _denials(second)


def _particulars(text: str) -> set[str]:
    """Return the numbers of a text and the words of its names, which another must have to say the same."""
    numbers = {word for word in words(text) if any(character.isdigit() for character in word)}
    return numbers | {word for mention in find_mentions(f"of {text}") for word in words(mention.name)}


def _denials(text: str) -> int:
    return sum(word in _DENIALS or word.endswith(("n't", "n’t")) for word in words(text))


def joined(pieces: Sequence[Evidence]) -> list[Evidence]:
    """Return the pieces without those of other sources that say the same as one before, which cites them instead."""
    kept: list[Evidence] = []
    for piece in pieces:
        at = next((number for number, each in enumerate(kept) if _alike(each, piece)), None)
        if at is None:
            kept.append(piece)
        else:
            kept[at] = replace(kept[at], also=(*kept[at].also, piece))
    return kept


def _alike(one: Evidence, other: Evidence) -> bool:
    """Say whether two pieces of different sources, of the same speaker if of any, say the same."""
    return one.source != other.source and one.speaker == other.speaker and says_alike(one.text, other.text)


def same_elsewhere(
    piece: Evidence, units: Iterable[Unit], shown: Sequence[Evidence], asked: Collection[str] = ()
) -> Evidence:
    """Return a piece that cites, of each other source, the first of `units` that says the same and is not shown.

    With the stems that were `asked` for, one that has as many of these and the same words in focus says the same too.
    """
    known = {each.source for each in (piece, *shown, *piece.also)}
    others: list[Evidence] = []
    for unit in units:
        alike = says_alike(piece.text, unit.text) or _answers_alike(piece, unit, asked)
        if unit.source not in known and len(others) < _MOST_OTHERS and alike:
            known.add(unit.source)
            others.append(_evidence(unit, piece.score))
    return replace(piece, also=(*piece.also, *others)) if others else piece


def _answers_alike(piece: Evidence, unit: Unit, asked: Collection[str]) -> bool:
    """Say whether a unit has the words in focus, and of what was asked for all that the piece has."""
    focus = [words(piece.text[start:end]) for start, end in piece.focus]
    met = set(asked) & set(terms(piece.text))
    if not focus or len(met) < _FEWEST_ASKED or not met <= set(terms(unit.text)):
        return False
    here = f" {' '.join(words(unit.text))} "
    return all(f" {' '.join(each)} " in here for each in focus) and _denials(piece.text) == _denials(unit.text)


_FEWEST_ASKED = 2


def _evidence(unit: Unit, score: float) -> Evidence:
    return Evidence(unit.source, unit.start, unit.end, unit.text, score, title=unit.title, date=unit.date)
