"""How central a sentence is to its document: the cosine of its words with those of all, each weighted by its rarity.

The centroid method (Radev, Jing and Budzikowska 2000) on stems: no model runs, so that many documents can be read for
one answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt

from rag.evidence.units import Unit
from rag.text.words import terms

Weights = Mapping[str, float]

_TITLE = 0.5
"""How much the words of the title count beside those of all sentences, which count 1 together."""
_LEANS = re.compile(
    r"\W*(?:(?:\w+ ){0,2}?(?:this|that|these|those|such)\b|(?:it|he|she|they|we|i|his|her|their|its|here|there|instead|"
    r"otherwise|then|also|but|and|yet|so|nor|neither|either)\b)",
    re.I,
)
"""A sentence that points back at the one before it among its first words."""
_LEANING, _QUOTED, _SHORT, _NAMES = 0.15, 0.1, 0.05, 0.2
"""What is taken off for pointing back, for opening with a quotation, for being short, for being a list of names."""
_MOSTLY_NAMES = 0.6
_FEW_WORDS = 12
_QUOTE = re.compile(r"[“\"‘«„]")


def leans(text: str) -> bool:
    """Say whether a sentence points back at the one before it, so that it is not understood by itself."""
    return bool(_LEANS.match(text))


class Centrality:
    """Weighs the words of some documents, and says of each sentence how central it is to its own."""

    def __init__(self, documents: Iterable[Sequence[Unit]]) -> None:
        """Take the sentences of each document."""
        counts: Counter[str] = Counter()
        total = 0
        for units in documents:
            total += len(units)
            counts.update(term for unit in units for term in set(terms(unit.text)))
        self._rarity = {term: log(1 + total / count) for term, count in counts.items()}

    def vector(self, text: str) -> dict[str, float]:
        """Return the weights of the stems of a text, of length 1."""
        return _of_length_one({term: self._rarity.get(term, 0.0) for term in set(terms(text))})

    def scores(self, units: Sequence[Unit]) -> list[float]:
        """Return how central each sentence of a document is, less where it does not stand by itself."""
        vectors = [self.vector(unit.text) for unit in units]
        centre: Counter[str] = Counter()
        for vector in vectors:
            centre.update({term: weight / len(vectors) for term, weight in vector.items()})
        title = self.vector(units[0].title) if units else {}
        middle = _of_length_one(centre)
        whole = _of_length_one(
            {term: middle.get(term, 0.0) + _TITLE * title.get(term, 0.0) for term in {*middle, *title}}
        )
        return [near(vector, whole) - _taken_off(unit.text) for vector, unit in zip(vectors, units, strict=True)]


def _taken_off(text: str) -> float:
    short = len(text.split()) < _FEW_WORDS
    names = sum(word[:1].isupper() for word in text.split()) / max(1, len(text.split()))
    return (
        _LEANING * leans(text) + _QUOTED * bool(_QUOTE.match(text)) + _SHORT * short + _NAMES * (names > _MOSTLY_NAMES)
    )


def near(one: Weights, other: Weights) -> float:
    """Return the cosine of two vectors of length 1."""
    return sum(weight * other.get(term, 0.0) for term, weight in one.items())


def _of_length_one(weights: Weights) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {term: weight / length for term, weight in weights.items()}
