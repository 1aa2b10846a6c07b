"""Whether a paraphrase says what its sentence says: a few signals, weighed by a logistic fit on pairs.

The weights are fitted, and their error on pairs held out is printed, by `python -m tests.benchmarks.support --fit`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from rag.quotations import SPEECH_VERBS
from rag.text.words import FUNCTION_WORDS, stem, terms, words
from rag.verification.grounds import Ground
from rag.verification.names import named_in
from rag.verification.speakers import NEUTRAL, outside_quotations
from rag.verification.tokens import spelled_out

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""From texts to unit vectors, one row each, whose inner product is higher the closer the meanings are."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a statement being supported by a sentence; each between 0 and 1 or near, higher for more."""

    similarity: float
    """Cosine of statement and sentence."""
    nearness: float
    """How near the word of the statement's own that is furthest off comes to a word of the sentence; 1 without any."""


_OF_SAYING = frozenset(form for form, verb in SPEECH_VERBS.items() if verb in NEUTRAL)
WEIGHTS = Signals(similarity=0.03, nearness=6.11)
INTERCEPT = -3.09
THRESHOLD = 0.42
"""Probability from which on a paraphrase may be shown."""


def signals_of(text: str, ground: Ground, embed: Embed) -> Signals:
    """Return the signals of a statement and the sentence that it rests on."""
    own, theirs = own_words(text, ground.wide), sorted(set(words(ground.wide)) - FUNCTION_WORDS)
    vectors = embed([text, ground.sentence, *own, *theirs])
    behind = 2 + len(own)
    nearness = 1.0
    if own and theirs:
        nearness = float((vectors[2:behind] @ vectors[behind:].T).max(axis=1).min())
    elif own:
        nearness = 0.0
    return Signals(float(vectors[0] @ vectors[1]), nearness)


def own_words(text: str, source: str) -> list[str]:
    """Return the content words of a statement that its sentence lacks.

    Quotations, names, numbers and verbs of saying, which have checks of their own, are left out.
    """
    held = set(terms(source))
    plain = spelled_out(outside_quotations(text))
    names = {token for mention in named_in(plain) for token in mention.tokens} | {"according"}
    own = [word for word in words(plain) if not set(terms(word)) <= held and word not in FUNCTION_WORDS]
    return [
        word
        for word in dict.fromkeys(own)
        if word not in names | _OF_SAYING and not word[0].isdigit() and stem(word) not in held
    ]


def probability(signals: Signals) -> float:
    """Return how probable it is that a statement with these signals is supported."""
    total = INTERCEPT + sum(w * s for w, s in zip(astuple(WEIGHTS), astuple(signals), strict=True))
    return 1 / (1 + math.exp(-total))
