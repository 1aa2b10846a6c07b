"""The second stage: what the candidates themselves tell of the question, before both searches are fused.

Two things that neither search sees. Words that stand beside each other in the question mean more where they stand
beside each other in a passage too (Metzler and Croft, "A Markov Random Field Model for Term Dependencies", 2005: the
sequential dependence model, here over the candidates alone, so that no index of pairs is needed). And the best passage
of the first look tells what else passages on the matter say: its most telling words join the question's at a small
weight, and its vector pulls the question's a little towards it (pseudo-relevance feedback: Lavrenko and Croft,
"Relevance-Based Language Models", 2001, with one passage of feedback; Rocchio, 1971). More than one passage of feedback
gained nothing: see docs/retrieval.md for what each is worth.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rag.fusion import best_first, fuse
from rag.lexical import K1, length_weight
from rag.stores.base import Candidates
from rag.text.words import terms

Weigh = Callable[[str], float]
"""From a term (as `rag.text.words.terms` gives it) to its inverse document frequency."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """How much weight what the candidates tell has; 0 for none. Chosen on the open sets, for all documents alike."""

    pairs: float = 0.6
    """Of a pair of neighbouring words, beside that of the words themselves."""
    share: float = 0.3
    """Of the words of the best passage, of all words that are looked for."""
    terms: int = 10
    """How many words of the best passage are looked for."""
    pull: float = 0.2
    """Of the vector of the best passage, beside that of the question."""


DEFAULT = Refinement()
DEPTH = 70
"""Candidates that are looked at, best first: the others are far behind, and reading them takes as long again."""
_MOST_TEXTS = 4_096
_Values = NDArray[np.float32]


def refined(
    question: str, found: Candidates, texts: Sequence[str], weigh: Weigh, refinement: Refinement = DEFAULT
) -> Candidates:
    """Return the candidates with the scores that fusion is to see instead of cosine similarity and BM25.

    `texts` are what was indexed of each of the candidates' rows, in that order.
    """
    asked = terms(question)
    if not asked or not len(found.rows):
        return found
    first = best_first(fuse(found.dense, found.lexical), found.dense, found.rows)[:DEPTH].tolist()
    read: list[tuple[str, ...]] = [()] * len(texts)
    for at in first:
        read[at] = _terms(texts[at])
    pairs = refinement.pairs * _pair_gains(asked, read, weigh) if refinement.pairs else np.float32(0)
    best = int(best_first(fuse(found.dense, found.lexical + pairs), found.dense, found.rows)[0])
    wanted = _telling(read[best], weigh, refinement.terms)
    gains = len(asked) * _gains(wanted, read, weigh)
    share = refinement.share if wanted else 0.0
    return replace(
        found,
        dense=_pulled(found, best, refinement.pull),
        lexical=((1 - share) * found.lexical + share * gains + pairs).astype(np.float32),
    )


@lru_cache(maxsize=_MOST_TEXTS)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(terms(text))


def _pair_gains(asked: Sequence[str], read: Sequence[Sequence[str]], weigh: Weigh) -> _Values:
    """Return what each text gains by pairs of the question's neighbouring terms that are neighbours there too."""
    weights = {(one, other): (weigh(one) + weigh(other)) / 2 for one, other in pairwise(asked) if one != other}
    gains = np.zeros(len(read), dtype=np.float32)
    for at, found in enumerate(read):
        counts = Counter(pair for pair in pairwise(found) if pair in weights)
        gains[at] = math.fsum(weights[pair] * count / (count + K1) for pair, count in counts.items())
    return gains


def _telling(found: Sequence[str], weigh: Weigh, count: int) -> Mapping[str, float]:
    """Return the `count` terms that tell most of a text, with their share of these by frequency."""
    times = Counter(found)
    chosen = sorted(times, key=lambda term: (-times[term] * weigh(term), term))[:count]
    together = sum(times[term] for term in chosen)
    return {term: times[term] / together for term in chosen}


def _gains(wanted: Mapping[str, float], read: Sequence[Sequence[str]], weigh: Weigh) -> _Values:
    """Return the BM25 score of each text for weighted terms; lengths are held against the mean of those read."""
    weights = {term: weight * weigh(term) for term, weight in wanted.items()}
    average = sum(map(len, read)) / sum(map(bool, read)) if any(read) else 1.0
    gains = np.zeros(len(read), dtype=np.float32)
    for at, found in enumerate(read):
        room = length_weight(len(found), average)
        counts = Counter(term for term in found if term in weights)
        gains[at] = math.fsum(weights[term] * count / (count + room) for term, count in counts.items())
    return gains


def _pulled(found: Candidates, best: int, pull: float) -> _Values:
    """Return the cosine similarity of each candidate to the question's vector, pulled towards the best one's."""
    near = found.vectors @ found.vectors[best]
    length = math.sqrt(1 + 2 * pull * float(found.dense[best]) + pull * pull)
    cosines: _Values = ((found.dense + pull * near) / length).astype(np.float32)
    return cosines
