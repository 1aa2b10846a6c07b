"""Large collections of text that read like real ones: real sentences put together anew, with the real vectors of them.

The sentences are those of `tests.benchmarks.large`. A document walks from stretch to stretch of real documents that are
near in meaning and takes sentences from each and from its neighbours, so that it has a topic, as real ones have.
Common words stay, so that their frequencies are the real ones; of a rare word there are the more variants the larger
the collection is, so that the vocabulary grows as it does in real text (Heaps' law, exponent GROWTH).
"""

from __future__ import annotations

import random
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Embedder, EmbeddingProgress, Vectors
from tests.benchmarks.large import Stock

GROWTH = 0.55
"""Of the vocabulary with the text; .4 to .6 in English (Manning, Raghavan and Schütze, 2008)."""
RARE = 3
"""Occurrences up to which a word is rare."""
BORROWED = 0.4
"""Share of sentences that come from a neighbour of the stretch that they stand in."""
PER_FOLDER = 500

_STRETCH = 5
"""Sentences of a stretch."""
_NEIGHBOURS = 12
_AT_A_TIME = 500
_WHOLE = re.compile(r"[A-Z].{29,399}[.!?]")
_BETWEEN = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\s*\n\s*")
_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "an", "er", "in")]


class Source:
    """Real sentences as a writer takes them: in stretches, which have others near in meaning."""

    def __init__(self, stock: Stock) -> None:
        """Take real sentences with their vectors; those that are no whole sentences are left out."""
        self.stock = stock
        whole = [row for row, text in enumerate(stock.texts) if _WHOLE.fullmatch(text) and not _BETWEEN.search(text)]
        self.stretches = [whole[start : start + _STRETCH] for start in range(0, len(whole), _STRETCH)]
        self.words = sum(len(stock.texts[row].split()) for row in whole)

    @cached_property
    def common(self) -> frozenset[str]:
        """Return the words, with the marks that touch them, that are not rare."""
        counts = Counter(word for text in self.stock.texts for word in text.split())
        return frozenset(word for word, count in counts.items() if count > RARE)

    @cached_property
    def parts(self) -> list[list[str]]:
        """Return each sentence cut so that every second part is a rare word."""
        return [self._cut(text) for text in self.stock.texts]

    def _cut(self, text: str) -> list[str]:
        parts = [""]
        for word in text.split():
            if word in self.common:
                parts[-1] += f"{word} "
            else:
                parts += [word, " "]
        return [*parts[:-1], parts[-1].rstrip()]

    @cached_property
    def neighbours(self) -> NDArray[np.int64]:
        """Return the stretches nearest in meaning to each, itself left out: shape (stretches, _NEIGHBOURS)."""
        means = np.stack([self.stock.vectors[rows].mean(axis=0) for rows in self.stretches])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        blocks = [
            np.argsort(-(means[start : start + _AT_A_TIME] @ means.T), axis=1)[:, 1 : _NEIGHBOURS + 1]
            for start in range(0, len(means), _AT_A_TIME)
        ]
        return np.concatenate(blocks)

    @cached_property
    def rows(self) -> dict[int, int]:
        """Return the row of each sentence by its skeleton."""
        return {self.skeleton(text): row for row, text in enumerate(self.stock.texts)}

    def skeleton(self, sentence: str) -> int:
        """Return what of a sentence is the same in all its variants, as a number."""
        return zlib.crc32(" ".join(word for word in sentence.split() if word in self.common).encode())


class Writer:
    """Writes documents: the same for the same number and edition, whatever else is written."""

    def __init__(self, source: Source, documents: int, words: int) -> None:
        """Take real sentences, how many documents there will be and how many words a document has on average."""
        self._source, self._words = source, words
        self._variants = max(1.0, documents * words / source.words) ** GROWTH

    def text(self, number: int, edition: str = "first") -> str:
        """Return the text of a document: a title, and paragraphs of a few sentences."""
        chooser = random.Random(f"{number} {edition}")
        wanted = self._words * chooser.lognormvariate(-0.125, 0.5)
        at, have, paragraphs = chooser.randrange(len(self._source.stretches)), 0, []
        while have < wanted:
            paragraphs.append(" ".join(self._sentence(at, own, chooser) for own in self._source.stretches[at]))
            have += paragraphs[-1].count(" ") + 1
            at = int(chooser.choice(self._source.neighbours[at]))
        title = " ".join(paragraphs[0].split()[: chooser.randint(4, 9)]).rstrip(".,;:!?")
        return "\n\n".join([f"{title}, report {number}", *paragraphs]) + "\n"

    def _sentence(self, stretch: int, row: int, chooser: random.Random) -> str:
        if chooser.random() < BORROWED:
            row = chooser.choice(self._source.stretches[int(chooser.choice(self._source.neighbours[stretch]))])
        parts = self._source.parts[row]
        return "".join(self._variant(part, chooser) if at % 2 else part for at, part in enumerate(parts))

    def _variant(self, word: str, chooser: random.Random) -> str:
        """Return a rare word or one of its variants, which differ in the middle."""
        number = int(chooser.random() * self._variants)
        middle = len(word) // 2
        if not number or not word[middle - 1 : middle + 1].isalnum():
            return word
        if word[middle].isdigit():
            return f"{word[:middle]}{number}{word[middle:]}"
        added = ""
        while number:
            number, digit = divmod(number, len(_SYLLABLES))
            added += _SYLLABLES[digit]
        return word[:middle] + added + word[middle:]


def write_documents(folder: Path, writer: Writer, count: int) -> None:
    """Write documents as text files, in folders of PER_FOLDER."""
    for number in range(count):
        path = path_of(folder, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(writer.text(number), encoding="utf-8")


def path_of(folder: Path, number: int) -> Path:
    """Return the file of a document."""
    return folder / f"{number // PER_FOLDER:04}" / f"report {number:06}.txt"


class GrownVectors:
    """The embedder that it wraps, but for passages made of known sentences, whose vectors cost next to nothing.

    The vector of such a passage is the mean of those of its sentences, weighted by their lengths, as in
    `tests.benchmarks.large`: where passages share sentences or their topic, their vectors are as near as real ones.
    """

    def __init__(self, embedder: Embedder, source: Source) -> None:
        """Take a model and real sentences with its vectors."""
        self._source = source
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self.dimension, self.max_pieces = embedder.dimension, embedder.max_pieces
        self.embed_queries = embedder.embed_queries

    def count_pieces(self, text: str) -> int:
        """Return about how many word pieces a text is, without cutting it."""
        return len(text) // 4

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Return a unit vector for each text."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            vectors[at] = self._vector(text)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def _vector(self, text: str) -> Vectors:
        rows, real = self._source.rows, self._source.stock.vectors
        parts = _BETWEEN.split(text)
        known = [(row, len(part)) for part in parts if (row := rows.get(self._source.skeleton(part))) is not None]
        if not known:  # a heading, or words that were cut out of a sentence
            other: Vectors = real[zlib.crc32(text.encode()) % len(real)]
            return other
        found, weights = zip(*known, strict=True)
        vector: Vectors = np.asarray(weights, dtype=np.float32) @ real[list(found)]
        return vector
