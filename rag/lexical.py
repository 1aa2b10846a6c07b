"""Lexical search: BM25 over the stems of content words.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), in Lucene's variant, whose
inverse document frequency is never negative, so that a score above zero means that a word of the question is there.
What is kept is counts only (which term stands how often in which row). The weights come from all rows together when a
question is asked, so that rows can come and go without the rest being made again.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError
from rag.text.words import terms

K1 = 0.9
B = 0.4
"""Anserini's defaults: the baseline of the retrieval literature for passages."""

Scores = NDArray[np.float32]
Rows = NDArray[np.int64]
Counts = NDArray[np.unsignedinteger]

_NOTHING = np.zeros(0, dtype=np.uint32)
_SMALL_TYPES = (np.uint8, np.uint16, np.uint32)
_LINE_END = ord("\n")
_MAGIC = b"\x93NUMPY\x01\x00"
_HEADER_START = len(_MAGIC) + 2
_HEADER = re.compile(rb"\{'descr': '([<|][iu][1248])', 'fortran_order': False, 'shape': \((\d+),\), \} *\n")


class Postings(NamedTuple):
    """Which term stands how often in which row of one segment, as plain arrays."""

    vocabulary: NDArray[np.uint8]
    """The terms in UTF-8, sorted, a line end behind each."""
    pointers: NDArray[np.int64]
    """Where the rows of each term begin in `rows`; one more than there are terms."""
    rows: NDArray[np.uint32]
    """Term by term, ascending."""
    frequencies: Counts
    """How often the term stands in the row, beside `rows`; 4,294,967,295 for more."""
    lengths: NDArray[np.uint32]
    """How many terms each row has."""

    @classmethod
    def build(cls, texts: Iterable[str]) -> Postings:
        """Count the terms of `texts`, the first at row 0."""
        numbers: dict[str, int] = {}
        identifiers, lengths = array("I"), array("I")
        for text in texts:
            found = [numbers.setdefault(term, len(numbers)) for term in terms(text)]
            identifiers.extend(found)
            lengths.append(len(found))
        sizes = np.array(lengths, dtype=np.uint32)
        rows = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
        places = _ranks([term.encode() for term in numbers])[np.array(identifiers, dtype=np.int64)]
        pairs, counts = np.unique(places * max(len(sizes), 1) + rows, return_counts=True)
        ordered = sorted(term.encode() for term in numbers)
        return _assembled(ordered, *np.divmod(pairs, max(len(sizes), 1)), counts, sizes)

    @classmethod
    def merge(cls, parts: Sequence[tuple[Postings, Rows]], count: int) -> Postings:
        """Return the postings of `count` rows taken from several segments.

        Each part comes with the new row of each of its rows, -1 for one that is left out.
        """
        every = sorted(set().union(*(part.terms() for part, _ in parts)))
        place = {term: at for at, term in enumerate(every)}
        lengths = np.zeros(count, dtype=np.uint32)
        pieces = []
        for part, moved in parts:
            kept = moved >= 0
            lengths[moved[kept]] = part.lengths[kept]
            numbers = np.array([place[term] for term in part.terms()], dtype=np.int64)
            rows, staying = moved[part.rows], kept[part.rows]
            pieces.append(
                (np.repeat(numbers, np.diff(part.pointers))[staying], rows[staying], part.frequencies[staying])
            )
        identifiers, rows, frequencies = (np.concatenate(values) for values in zip(*pieces, strict=True))
        order = np.lexsort((rows, identifiers))
        used, renumbered = np.unique(identifiers[order], return_inverse=True)
        return _assembled([every[at] for at in used], renumbered, rows[order], frequencies[order], lengths)

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """Open saved postings, mapped into memory. Raises IndexDamagedError when a file is missing or unreadable."""
        try:
            found = cls(*(_mapped(folder / f"{name}.npy") for name in cls._fields))
            whole = len(found.pointers) > 0 and found.pointers[-1] == len(found.rows) == len(found.frequencies)
            if not whole or len(found.ends) != len(found.pointers) - 1:
                raise ValueError("the arrays do not belong together")
        except (OSError, EOFError, ValueError, TypeError) as error:
            raise IndexDamagedError(
                f"The lexical index in {folder} cannot be read ({error}). Make the index again: rag index --rebuild"
            ) from error
        return found

    def save(self, folder: Path) -> None:
        """Write the arrays into a new folder, as plain .npy files. Raises OSError when they cannot be written."""
        folder.mkdir(parents=True)
        for name, values in self._asdict().items():
            np.save(folder / f"{name}.npy", values, allow_pickle=False)

    @property
    def ends(self) -> Rows:
        """Return where each term ends in `vocabulary`."""
        return np.flatnonzero(self.vocabulary == _LINE_END)

    def terms(self) -> list[bytes]:
        """Return the terms in UTF-8, sorted."""
        return self.vocabulary.tobytes().split(b"\n")[:-1]


def _mapped(path: Path) -> Any:
    """Return the whole numbers of an .npy file, mapped into memory. Raises ValueError where it holds anything else.

    Only the header that `np.save` writes for one dimension is known (NumPy's NEP 1). `np.load` would compile it as
    Python, which fails now and then in Python 3.11 while another thread does the same.
    """
    with path.open("rb") as file:
        start = file.read(_HEADER_START)
        if not start.startswith(_MAGIC):
            raise ValueError(f"{path.name} is no array")
        length = int.from_bytes(start[len(_MAGIC) :], "little")
        header = _HEADER.fullmatch(file.read(length))
    if header is None:
        raise ValueError(f"{path.name} holds something else")
    kind, count, offset = np.dtype(header[1].decode()), int(header[2]), _HEADER_START + length
    if path.stat().st_size != offset + count * kind.itemsize:
        raise ValueError(f"{path.name} is cut short")
    return np.memmap(path, kind, "r", offset, (count,)) if count else np.zeros(0, dtype=kind)


def _ranks(words: Sequence[bytes]) -> Rows:
    """Return the place of each of `words` among them all, sorted."""
    ranks = np.zeros(len(words), dtype=np.int64)
    ranks[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return ranks


def _assembled(
    words: Sequence[bytes], identifiers: Rows, rows: Rows, counts: Rows, lengths: NDArray[np.uint32]
) -> Postings:
    """Return postings from triples that are sorted by term and row; every one of `words` has some."""
    blob = b"".join(word + b"\n" for word in words)
    pointers = np.concatenate(([0], np.cumsum(np.bincount(identifiers, minlength=len(words))))).astype(np.int64)
    most = int(counts.max(initial=0))
    small = next((kind for kind in _SMALL_TYPES if most <= np.iinfo(kind).max), np.uint32)
    return Postings(
        np.frombuffer(blob, dtype=np.uint8),
        pointers,
        rows.astype(np.uint32),
        np.minimum(counts, np.iinfo(small).max).astype(small),
        lengths,
    )


class _Segment:
    """The postings of one segment with what looking up needs, and the place of its rows among all."""

    def __init__(self, postings: Postings, places: Rows) -> None:
        self.postings, self.places = postings, places
        self._ends = postings.ends
        live = places >= 0
        self._live = None if bool(live.all()) else live
        self.tokens = int(postings.lengths[live].sum(dtype=np.int64))

    def find(self, term: bytes) -> tuple[NDArray[np.uint32], Counts]:
        """Return the rows that hold a term, those that count, and how often."""
        at = self._place(term)
        if at is None:
            return _NOTHING, _NOTHING
        start, stop = self.postings.pointers[at], self.postings.pointers[at + 1]
        rows, frequencies = self.postings.rows[start:stop], self.postings.frequencies[start:stop]
        if self._live is None:
            return rows, frequencies
        kept = self._live[rows]
        return rows[kept], frequencies[kept]

    def _place(self, term: bytes) -> int | None:
        low, high = 0, len(self._ends)
        while low < high:
            middle = (low + high) // 2
            found = self._word(middle)
            if found == term:
                return middle
            low, high = (middle + 1, high) if found < term else (low, middle)
        return None

    def _word(self, at: int) -> bytes:
        start = int(self._ends[at - 1]) + 1 if at else 0
        return self.postings.vocabulary[start : int(self._ends[at])].tobytes()


class LexicalIndex:
    """The words of the chunks by row number, over one segment or several. Holds no text."""

    def __init__(self, segments: Sequence[Postings], places: Sequence[Rows]) -> None:
        """Take the postings of the segments, and for each the row of each of its rows among all: -1 for none."""
        self._segments = [_Segment(*pair) for pair in zip(segments, places, strict=True)]
        self._count = sum(int((segment.places >= 0).sum()) for segment in self._segments)

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index `texts`, the first at row 0."""
        return cls([Postings.build(texts)], [np.arange(len(texts), dtype=np.int64)])

    def __len__(self) -> int:
        return self._count

    def document_frequency(self, term: str) -> int:
        """Return in how many rows a term (as `rag.text.words.terms` gives it) occurs."""
        return sum(len(rows) for rows, _ in self._find(term))

    def rows_with(self, term: str) -> Rows:
        """Return the rows in which a term (as `rag.text.words.terms` gives it) occurs."""
        found = zip(self._segments, self._find(term), strict=True)
        return np.concatenate([np.zeros(0, dtype=np.int64), *(segment.places[rows] for segment, (rows, _) in found)])

    def scores(self, question: str) -> Scores:
        """Return the BM25 score of every row, 0 where no term of `question` stands in the text.

        Raises IndexDamagedError when the postings name rows that are not there.
        """
        try:
            return self._scores(Counter(terms(question)))
        except IndexError as error:
            raise IndexDamagedError(
                f"The lexical index does not fit the passages ({error}). Make the index again: rag index --rebuild"
            ) from error

    def _scores(self, wanted: Mapping[str, int]) -> Scores:
        scores = np.zeros(self._count + 1, dtype=np.float32)  # the last place is for rows that count no more
        for term, times in wanted.items():
            found = list(self._find(term))
            having = sum(len(rows) for rows, _ in found)
            weight = np.float32(times * math.log(1 + (self._count - having + 0.5) / (having + 0.5)))
            for segment, lengths, (rows, frequencies) in zip(self._segments, self._lengths, found, strict=True):
                scores[segment.places[rows]] += weight * (frequencies / (frequencies + lengths[rows]))
        return scores[:-1]

    def search(self, question: str, count: int) -> tuple[Rows, Scores]:
        """Return the rows that match best and their scores, best first; at most `count`, none that does not match."""
        return best(self.scores(question), count)

    def _find(self, term: str) -> Iterator[tuple[NDArray[np.uint32], Counts]]:
        encoded = term.encode()
        return (segment.find(encoded) for segment in self._segments)

    @cached_property
    def _lengths(self) -> list[Scores]:
        """What the length of each row of each segment adds to the count of a term below the fraction."""
        average = sum(segment.tokens for segment in self._segments) / max(self._count, 1) or 1.0
        return [
            (K1 * (1 - B + B * segment.postings.lengths / average)).astype(np.float32) for segment in self._segments
        ]


def best(scores: Scores, count: int) -> tuple[Rows, Scores]:
    """Return the rows of the `count` highest scores above zero and those scores, best first, equal ones by row."""
    matching = np.flatnonzero(scores > 0)
    if len(matching) > max(count, 0) > 0:
        values = scores[matching]
        least = np.partition(values, len(values) - count)[len(values) - count]
        matching = matching[values >= least]
    order = np.lexsort((matching, -scores[matching]))[: max(count, 0)]
    rows = matching[order].astype(np.int64)
    return rows, scores[rows]
