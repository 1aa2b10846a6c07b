"""FAISS's flat file, written and read a few rows at a time: a head of fixed size, and the vectors behind it."""

from __future__ import annotations

import os
import struct
import weakref
from pathlib import Path
from typing import Any

import numpy as np

from rag.vector_store.base import Rows, Vectors, checked_vectors

_COUNT_AT, _NUMBERS_AT = 8, 37
"""Bytes into the head of a flat file: how many vectors there are, and how many numbers they have together."""


class FlatWriter:
    """Writes vectors into a flat file as they come, so that a large one need not be held in memory.

    Use as a context manager: the file is whole when the block has ended. It is byte for byte what FAISS writes.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        """Take the file to write, and how long a vector is. Raises OSError when it cannot be written."""
        self._dimension, self._count = dimension, 0
        self._file = path.open("wb")
        self._file.write(_head(dimension))

    def __enter__(self) -> FlatWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        with self._file as file:
            file.seek(_COUNT_AT)
            file.write(struct.pack("<q", self._count))
            file.seek(_NUMBERS_AT)
            file.write(struct.pack("<Q", self._count * self._dimension))

    def add(self, vectors: Vectors) -> None:
        """Append unit vectors, shape (n, dimension). Raises ValueError for others, OSError when the disk is full."""
        checked = checked_vectors(vectors, self._dimension)
        self._file.write(checked.tobytes())
        self._count += len(checked)


def _head(dimension: int) -> bytes:
    """Return an empty flat file, which is nothing but its head."""
    import faiss

    library: Any = faiss
    return bytes(library.serialize_index(library.IndexFlatIP(dimension)).tobytes())


class RowFile:
    """The vectors of a flat file, read row by row.

    A mapped file would count to the memory of the process with every page that was touched, and those around it.
    """

    def __init__(self, path: Path, dimension: int, count: int) -> None:
        """Open a flat file that is known to hold `count` vectors. Raises OSError when it cannot be read."""
        self._width = 4 * dimension
        self._dimension = dimension
        self._start = path.stat().st_size - count * self._width
        self._descriptor = os.open(path, os.O_RDONLY)  # open as long as this: the file may be removed meanwhile
        weakref.finalize(self, os.close, self._descriptor)

    def read(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`, which must be there."""
        vectors = np.empty((len(rows), self._dimension), dtype=np.float32)
        into = vectors.reshape(-1).view(np.uint8).data
        first, last = (int(rows[0]), int(rows[-1])) if len(rows) else (0, -1)
        if len(rows) == last - first + 1 and bool((np.diff(rows) == 1).all()):
            self._read(into, first)
        else:
            for at, row in enumerate(rows.tolist()):
                self._read(into[at * self._width : (at + 1) * self._width], row)
        return vectors

    def _read(self, into: memoryview, row: int) -> None:
        offset = self._start + row * self._width
        while into.nbytes:
            done = os.preadv(self._descriptor, [into], offset)
            if not done:
                raise OSError("a file of vectors has become shorter")
            into, offset = into[done:], offset + done
