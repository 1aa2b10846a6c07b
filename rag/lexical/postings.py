"""The words of one segment as arrays in files: which term stands how often in which row.

Counts only, no weights: these come from all rows together when a question is asked, so that rows can come and go
without the rest being made again.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError
from rag.text.words import terms

Rows = NDArray[np.int64]
Counts = NDArray[np.unsignedinteger]

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
        identified, standing = np.divmod(pairs, max(len(sizes), 1))
        return assembled(ordered, np.bincount(identified, minlength=len(ordered)), standing, counts, sizes)

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
    # a plain array on the map: a slice of a memmap costs fifty times that of an array
    return np.asarray(np.memmap(path, kind, "r", offset, (count,))) if count else np.zeros(0, dtype=kind)


def _ranks(words: Sequence[bytes]) -> Rows:
    """Return the place of each of `words` among them all, sorted."""
    ranks = np.zeros(len(words), dtype=np.int64)
    ranks[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return ranks


def assembled(
    words: Sequence[bytes],
    frequencies: Rows,
    rows: NDArray[np.integer],
    counts: NDArray[np.integer],
    lengths: NDArray[np.uint32],
) -> Postings:
    """Return postings from rows and counts that are sorted by term and row; `frequencies` has the rows of each term."""
    blob = b"".join(word + b"\n" for word in words)
    most = int(counts.max(initial=0))
    small = next((kind for kind in _SMALL_TYPES if most <= np.iinfo(kind).max), np.uint32)
    return Postings(
        np.frombuffer(blob, dtype=np.uint8),
        np.concatenate(([0], np.cumsum(frequencies))).astype(np.int64),
        rows.astype(np.uint32, copy=False),
        np.minimum(counts, np.iinfo(small).max).astype(small, copy=False),
        lengths,
    )
