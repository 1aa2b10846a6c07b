"""Choosing among the questions that can be made: a balanced number of each kind over the documents, none twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rag.evaluation.making.material import Made
from rag.text.words import terms

KINDS = ("quotation", "figure", "heading")


def choose(candidates: Iterable[Made], count: int) -> list[Made]:
    """Return `count` questions at most: a document at a time gives one, and its kinds take turns.

    Documents come in the order of the hash of their names, so that the choice does not hang on the alphabet.
    """
    shelves: dict[str, dict[str, list[Made]]] = defaultdict(lambda: defaultdict(list))
    for made in candidates:
        shelves[made.source][made.kind].append(made)
    order = sorted(shelves, key=_drawn)
    for source in order:
        for kind in shelves[source]:
            shelves[source][kind].sort(key=lambda made: _drawn(made.question))
    return _taken([shelves[source] for source in order], count)


def _drawn(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _taken(shelves: Sequence[dict[str, list[Made]]], count: int) -> list[Made]:
    taken: dict[frozenset[str], Made] = {}
    turn = 0
    while any(any(shelf.values()) for shelf in shelves) and len(taken) < count:
        for place, shelf in enumerate(shelves):
            made = _next(shelf, turn + place)
            if made is not None and len(taken) < count:
                taken.setdefault(frozenset(terms(made.question)), made)
        turn += 1
    return list(taken.values())


def _next(shelf: dict[str, list[Made]], turn: int) -> Made | None:
    """Take a question of the kind whose turn it is off a shelf; the kinds that are there take turns."""
    kinds = [kind for kind in KINDS if shelf.get(kind)]
    return shelf[kinds[turn % len(kinds)]].pop(0) if kinds else None
