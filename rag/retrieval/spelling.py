"""Typing mistakes in questions: a word that no source has is looked for as the word that it nearly is.

Only words of letters alone, five or more, are taken up, only where nothing of them stands in any source, and only one
slip is undone: a letter left out, added, exchanged, or two that changed places (Damerau, "A Technique for Computer
Detection and Correction of Spelling Errors", 1964: four of five mistakes are of these kinds), never the first letter,
which people seldom miss (Pollock and Zamora, 1984). A word that the embedding model knows as a whole is a word,
whatever the sources have: its vocabulary is of tens of thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from string import ascii_lowercase

from rag.text.words import fold_word, terms, word_spans

Frequency = Callable[[str], int]
"""From a term (as `rag.text.words.terms` gives it) to the number of passages that have it."""

SHORTEST = 5
"""Letters; a shorter word is too near to too many others."""
LONGEST = 24


def respelled(question: str, frequency: Frequency, is_word: Callable[[str], bool] = lambda _: False) -> str:
    """Return the question with each word that no passage has as the most frequent word that is one slip away.

    A word that `is_word` knows stays as it is.
    """
    parts, done = [], 0
    for start, end in word_spans(question):
        better = _better(question[start:end], frequency)
        if better is not None and not is_word(question[start:end]):
            parts += [question[done:start], better]
            done = end
    return "".join([*parts, question[done:]])


def _better(word: str, frequency: Frequency) -> str | None:
    """Return what a word was meant to be, None where it is known or nothing known is near."""
    plain = fold_word(word)
    if not (SHORTEST <= len(plain) <= LONGEST and plain.isascii() and plain.isalpha()):
        return None
    own = terms(plain)
    if not own or frequency(own[0]) > 0:
        return None
    counts = {each: frequency(found[0]) for each in _one_slip_away(plain) if (found := terms(each))}
    best = max(counts, key=lambda each: counts[each], default=None)  # the first of those that are equal
    if best is None or not counts[best]:
        return None
    return best.capitalize() if word[0].isupper() else best


def _one_slip_away(word: str) -> Iterator[str]:
    """Yield the words that become `word` by one slip behind the first letter, likelier slips first."""
    parts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    yield from (head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1)
    yield from (head + letter + tail for head, tail in parts for letter in ascii_lowercase)
    yield from (head + tail[1:] for head, tail in parts if tail)
    yield from (head + letter + tail[1:] for head, tail in parts if tail for letter in ascii_lowercase)
