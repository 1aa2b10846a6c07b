"""Matching of words by stem, and by meaning where the stem is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.text.words import FUNCTION_WORDS, stem, words

Vectors = NDArray[np.float32]
SOFT_MATCH_FLOOR = 0.55
"""Cosine of two word vectors under which they are strangers; over it the cosine is the degree of the match."""
_MOST_CACHED = 50_000


class WordMatcher:
    """Says how well a word of the question is met by the words of a text, from 0 to 1.

    A shared stem is 1. Otherwise the best cosine between the word's vector and those of the text's content words,
    where it is over `SOFT_MATCH_FLOOR`; that is tried only where some word's stem stands in no candidate.
    Vectors are made by `embed` (strings to rows of unit length) and kept.
    """

    def __init__(self, embed: Callable[[Sequence[str]], Vectors]) -> None:
        """Take the function that embeds words."""
        self._embed = embed
        self._vectors: dict[str, Vectors] = {}

    def among(self, wanted: Sequence[str], texts: Sequence[str]) -> WordMatch:
        """Return what matches the folded words `wanted` in any of `texts`, all that it needs embedded in one call.

        It knows no other words than these, so that an answer does not depend on what was asked before.
        """
        if len(self._vectors) > _MOST_CACHED:
            self._vectors = {}
        vectors = self._vectors
        have = {word for text in texts for word in content_words(text)}
        stems = {stem(word) for word in have}
        strange = {word for word in wanted if stem(word) not in stems}
        needed = strange | have if strange else set()
        missing = sorted(needed - vectors.keys())
        if missing:
            vectors.update(zip(missing, self._embed(missing), strict=True))
        return WordMatch(wanted, {word: vectors[word] for word in needed})


class WordMatch:
    """The words of one question, matched in the candidates for it."""

    def __init__(self, wanted: Sequence[str], vectors: Mapping[str, Vectors]) -> None:
        """Take the words, and the vectors of all words that may be near in meaning."""
        self._wanted, self._vectors = wanted, vectors

    def degrees(self, text: str) -> NDArray[np.float64]:
        """Return for each of the words how well `text` meets it."""
        have = content_words(text)
        stems = {stem(word) for word in have}
        degrees = [1.0 if stem(word) in stems else 0.0 for word in self._wanted]
        open_words = [
            word for word, degree in zip(self._wanted, degrees, strict=True) if not degree and word in self._vectors
        ]
        known = [word for word in have if word in self._vectors]
        if open_words and known:
            near = np.stack([self._vectors[w] for w in open_words]) @ np.stack([self._vectors[w] for w in known]).T
            best = dict(zip(open_words, near.max(axis=1), strict=True))
            degrees = [degree or _degree(best.get(word)) for word, degree in zip(self._wanted, degrees, strict=True)]
        return np.array(degrees, dtype=np.float64)


def _degree(cosine: np.float32 | None) -> float:
    return float(cosine) if cosine is not None and cosine >= SOFT_MATCH_FLOOR else 0.0


def content_words(text: str) -> list[str]:
    """Return the distinct folded words of `text` that are no function words, hyphenated ones in parts too."""
    found: dict[str, None] = {}
    for word in words(text):
        for part in {word, *word.split("-"), word.replace("-", "")}:
            if part and part not in FUNCTION_WORDS:
                found[part] = None
    return list(found)
