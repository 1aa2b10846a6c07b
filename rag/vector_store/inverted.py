"""An inverted file with 8-bit codes: which of many vectors may be the nearest, without looking at all of them.

The vectors are sorted into lists by the centroid that they are nearest to (Sivic and Zisserman, 2003; Jégou, Douze and
Schmid, 2011), and a search looks through the lists whose centroids are nearest to the query until it has seen enough
vectors: how many depends on how many there are, and on nothing else. The codes are the residuals in 8 bits a number,
a quarter of the vectors themselves, mapped into memory.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError
from rag.vector_store.base import Mask, Rows, Vectors, inner_products, selector

_LISTS = 4.0
"""Lists for the square root of the count of vectors."""
_SEEN, _SEEN_GROWTH = 5.0, 0.64
"""A search looks at `_SEEN * count ** _SEEN_GROWTH` vectors."""
_MOSTLY = 0.75
"""Share of vectors that a mask must admit for those to lie as all do."""
_WITHIN = 2.0
"""How many times as many vectors are looked at where a mask leaves out more: those that it admits may lie far off."""
_ROW_BYTES = 8


@dataclass(frozen=True, slots=True)
class InvertedRecord:
    """What an inverted file is, and how much of the exact result it finds."""

    vectors: int
    dimension: int
    lists: int
    seen: float
    """How many times as many vectors a search looks at as the size alone asks for."""
    structure_sha256: str
    """Of the part of the file that says where the rest is."""
    recall_10: float = 0.0
    """Share of the 10 nearest vectors that are found, over a sample of queries."""
    recall_50: float = 0.0
    queries: int = 0
    """Size of the sample."""
    kind: str = "IVF,SQ8"

    @property
    def is_used(self) -> bool:
        """Whether there is a file: not where vectors are such that their lists are of no use."""
        return self.lists > 0

    def write(self, path: Path) -> None:
        """Write the record beside the file at `path`. Raises OSError when it cannot be written."""
        record_of(path).write_text(json.dumps(asdict(self), indent=1), encoding="ascii")


def lists_for(count: int) -> int:
    """Return how many lists `count` vectors are sorted into."""
    return min(count, round(_LISTS * math.sqrt(count)))


def seen_of(count: int) -> float:
    """Return how many of `count` vectors a search looks at."""
    return float(min(count, _SEEN * count**_SEEN_GROWTH))


def record_of(path: Path) -> Path:
    """Return the file of the record that belongs to an inverted file."""
    return path.with_suffix(".json")


def read_record(path: Path) -> InvertedRecord:
    """Return the record of the inverted file at `path`. Raises IndexDamagedError when it cannot be read."""
    try:
        return InvertedRecord(**json.loads(record_of(path).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(record_of(path), "cannot be read") from error


def structure_hash(path: Path, count: int, dimension: int) -> str:
    """Return the SHA-256 of what stands before the lists in an inverted file. Raises OSError, ValueError if short."""
    size = path.stat().st_size - count * (dimension + _ROW_BYTES)
    if size < 0:
        raise ValueError(f"{path} is shorter than its lists")
    with path.open("rb") as file:
        return hashlib.sha256(file.read(size)).hexdigest()


class InvertedFile:
    """An inverted file on disk, mapped into memory. Safe to use from several threads."""

    def __init__(self, index: Any, record: InvertedRecord) -> None:
        """Take FAISS's index; use `load`."""
        import faiss

        library: Any = faiss
        self._index, self.record = index, record
        self._lists: Any = library.downcast_InvertedLists(index.invlists)
        quantizer = library.downcast_index(index.quantizer)
        self._centroids: Vectors = quantizer.reconstruct_n(0, index.nlist)
        self._sizes = np.array([self._lists.list_size(each) for each in range(index.nlist)], dtype=np.int64)

    @classmethod
    def load(cls, path: Path, record: InvertedRecord) -> InvertedFile:
        """Open an inverted file that `make_inverted` wrote, with its record.

        Raises IndexDamagedError when it is missing or not what was written, as far as can be told without reading the
        codes: what FAISS reads its own way through the file by is checked before FAISS sees it.
        """
        import faiss

        library: Any = faiss
        try:
            whole = structure_hash(path, record.vectors, record.dimension) == record.structure_sha256
            flags = library.IO_FLAG_MMAP | library.IO_FLAG_READ_ONLY if os.name == "posix" else 0
            index = library.read_index(str(path), flags) if whole else None
        except (OSError, ValueError, RuntimeError) as error:
            raise _damaged(path, "cannot be read") from error
        if index is None:
            raise _damaged(path, "was altered")
        return cls(index, record)

    def __len__(self) -> int:
        return self.record.vectors

    def looking_at(self, times: float) -> InvertedFile:
        """Return the same file, of which a search looks at `times` as many vectors as its size asks for."""
        return InvertedFile(self._index, replace(self.record, seen=times))

    def candidates(self, query: Vectors, count: int, available: int, allowed: Mask | None) -> Rows:
        """Return at most `count` rows that may be nearest to a query of shape (1, dimension), in any order.

        `available` is how many rows `allowed` admits. Raises IndexDamagedError for a file that names other rows.
        """
        similarities = inner_products(query, self._centroids)
        order = np.argsort(-similarities, kind="stable")
        sizes = self._sizes if allowed is None else self._sizes_within(allowed)
        seen = seen_of(available) * self.record.seen * (1.0 if available >= _MOSTLY * len(self) else _WITHIN)
        enough = min(available, max(seen, count))
        probed = order[: int(np.searchsorted(np.cumsum(sizes[order]), enough)) + 1]
        probed = probed[sizes[probed] > 0]
        rows = self._scan(query, probed, similarities[probed], min(count, available), allowed)
        if rows.size and rows.max() >= self.record.vectors:
            raise IndexDamagedError(
                "The inverted file of the index names vectors that are not there. Make the index again: "
                "rag index --rebuild"
            )
        return rows

    def rows_by_list(self) -> Rows:
        """Return the rows of all lists, list after list."""
        import faiss

        library: Any = faiss
        parts = [
            library.rev_swig_ptr(self._lists.get_ids(each), size).copy()
            for each, size in enumerate(self._sizes.tolist())
            if size
        ]
        return np.concatenate([np.zeros(0, dtype=np.int64), *parts])

    def _scan(self, query: Vectors, lists: Rows, nearness: Vectors, count: int, allowed: Mask | None) -> Rows:
        """Return the `count` nearest rows of some lists, by their codes."""
        import faiss

        library: Any = faiss
        restriction = {} if allowed is None else {"sel": selector(allowed)}
        parameters = library.SearchParametersIVF(nprobe=len(lists), **restriction)
        lists, nearness = np.ascontiguousarray(lists, np.int64), np.ascontiguousarray(nearness, np.float32)
        found, rows = np.empty(count, dtype=np.float32), np.empty(count, dtype=np.int64)
        # not `search`, which starts threads that read ahead from the disk; these lists are mapped
        self._index.search_preassigned_c(
            1,
            *map(library.swig_ptr, (query,)),
            count,
            *map(library.swig_ptr, (lists, nearness, found, rows)),
            False,
            parameters,
        )
        return rows[rows >= 0]  # FAISS pads with row -1

    def _sizes_within(self, allowed: Mask) -> NDArray[np.int64]:
        """Return how many rows of each list are admitted, counting those that are not: mostly these are few."""
        left_out = self._list_of[np.flatnonzero(~allowed)]
        return self._sizes - np.bincount(left_out, minlength=len(self._sizes))

    @cached_property
    def _list_of(self) -> NDArray[np.int32]:
        """The list of each row; read when rows are first left out."""
        list_of = np.zeros(len(self), dtype=np.int32)
        list_of[self.rows_by_list()] = np.repeat(np.arange(len(self._sizes), dtype=np.int32), self._sizes)
        return cast("NDArray[np.int32]", list_of)


def _damaged(path: Path, problem: str) -> IndexDamagedError:
    return IndexDamagedError(f"{path} {problem}. Make the index again: rag index --rebuild")
