"""The passage of a text that comes nearest to words that do not stand in it any more.

Stretches of a few words that both share vote for where the passage begins; the window with most votes is compared word
by word (Ratcliff and Obershelp's matching, as `difflib` has it). So a long text is gone through once, and only a
window of it is compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from functools import lru_cache

from rag.text.normalise import normalise

_WORD = re.compile(r"\S+")
_SHINGLE = 3
"""Words that must agree in a row to vote; fewer where the words wanted are fewer."""
_LEAST_SHARE = 0.5
"""Of the words wanted, that must stand in the passage in order: with fewer, it says something else."""
_LONGEST = 2_000
"""Words that are compared; the matching takes time with the square of their number."""
_EDGES = ".,;:!?\"'()[]*_"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Nearest:
    """`text[start:end]`, and what differs from what was wanted: pairs of the words wanted and the words found."""

    start: int
    end: int
    differences: tuple[tuple[str, str], ...]


def nearest_passage(wanted: str, text: str) -> Nearest | None:
    """Return the passage of `text` that is most like `wanted`, None where half of its words are missing or more."""
    spans = [match.span() for match in _WORD.finditer(text)]
    ours = [match.group() for match in _WORD.finditer(wanted)][:_LONGEST]
    if not ours or not spans:
        return None
    keys = [_key(word) for word in ours]
    theirs = [_key(text[start:end]) for start, end in spans]
    place = _place(keys, theirs)
    if place is None:
        return None
    first, last = max(0, place - len(keys) // 2 - 1), min(len(spans), place + len(keys) + len(keys) // 2 + 1)
    matcher = SequenceMatcher(None, keys, theirs[first:last], autojunk=False)
    runs = _together([run for run in matcher.get_matching_blocks() if run.size])
    if sum(run.size for run in runs) < _LEAST_SHARE * len(keys):
        return None
    low, high = _bounds(runs, len(keys), last - first)
    window = spans[first + low : first + high]
    shown = [text[start:end] for start, end in window]
    return Nearest(window[0][0], window[-1][1], tuple(_differences(ours, shown)))


@lru_cache(maxsize=100_000)
def _key(word: str) -> str:
    """Return what two words are compared by: normalised, without marks around them, in lower case."""
    plain = normalise(word)
    return (plain.strip(_EDGES) or plain).lower()


def _place(keys: Sequence[str], theirs: Sequence[str]) -> int | None:
    """Return the word of the text at which the passage most likely begins, None where no stretch is shared."""
    for size in range(min(_SHINGLE, len(keys)), 0, -1):
        where: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at in range(len(keys) - size + 1):
            where[tuple(keys[at : at + size])].append(at)
        grain = max(1, len(keys) // 4)
        votes: Counter[int] = Counter()
        for at in range(len(theirs) - size + 1):
            for place in where.get(tuple(theirs[at : at + size]), ()):
                votes[(at - place) // grain] += 1
        if votes:
            best = max(votes, key=lambda bucket: (votes[bucket] + votes[bucket + 1] / 2, -bucket))
            return best * grain
    return None


def _together(runs: list[Match]) -> list[Match]:
    """Return the runs without those at the ends that lie farther off than they are long: shared by chance."""
    while len(runs) > 1 and _strays(runs[0], runs[1], runs[0].size):
        runs = runs[1:]
    while len(runs) > 1 and _strays(runs[-2], runs[-1], runs[-1].size):
        runs = runs[:-1]
    return runs


def _strays(one: Match, other: Match, size: int) -> bool:
    """Say whether the words found between two runs are more than those wanted there, by more than `size`."""
    return (other.b - one.b) - (other.a - one.a) > size


def _bounds(runs: Sequence[Match], wanted: int, size: int) -> Span:
    """Return which words of the window the passage is: the shared ones, with as many at its ends as are missing."""
    first, last = runs[0], runs[-1]
    low = max(0, first.b - first.a)
    high = min(size, last.b + last.size + (wanted - last.a - last.size))
    return low, high


def _differences(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[str, str]]:
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind != "equal":
            yield " ".join(ours[a:b]), " ".join(theirs[c:d])
