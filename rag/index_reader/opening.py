"""Opening a generation, or the last one before it that is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.catalog import Catalog, Register
from rag.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, IndexUnusableError
from rag.generations import REBUILD, Generation, Manifest, Step, find_generation, steps_to_open
from rag.index_reader.agreement import check_store
from rag.index_reader.segment import (
    REGISTER,
    RemoteSegment,
    Segment,
    StoredSegment,
    open_remote_segment,
    open_segment,
)
from rag.lexical import LexicalIndex
from rag.stores.address import IN_FILES, StoreLogin
from rag.stores.base import ChunkStore
from rag.stores.layout import Layout
from rag.stores.local import LocalStore
from rag.vector_store import SegmentedVectorStore, VectorReader

if TYPE_CHECKING:
    from rag.stores.milvus import ChunkCollection, MilvusStore


class OpenIndex:
    """One generation, open: it stays what it is, whatever is built meanwhile. Safe to read from several threads."""

    def __init__(
        self,
        made: Generation,
        register: Register,
        segments: Sequence[StoredSegment],
        damage: str | None = None,
        collection: ChunkCollection | None = None,
    ) -> None:
        """Take a generation and its open parts; use `open_index`. `collection` is where the chunks are if elsewhere."""
        self.made = made
        self.segments = tuple(segments)
        self._collection = collection
        self._remote: MilvusStore | None = None
        self.catalog = Catalog(register, {segment.number: segment.catalog for segment in segments})
        self.exact = False
        """Whether vectors are searched exactly, even where there is an inverted file; set before the first search."""
        self.damage = damage
        """What is wrong with the generation that counts, where an older one had to be opened; else None."""

    @property
    def generation(self) -> str:
        """Return the id of the generation."""
        return self.made.id

    @property
    def manifest(self) -> Manifest:
        """Return what the generation was made from and with."""
        return self.made.manifest

    @property
    def trouble(self) -> str | None:
        """Return what is wrong and what to do, on one line, where an older generation had to be opened; else None."""
        return self.damage and (
            f"The index is damaged: {self.damage}. Answers come from the generation before, of "
            f"{self.manifest.created[:19]}. Bring it up to date: rag index"
        )

    @cached_property
    def vectors(self) -> VectorReader:
        """The vectors of the chunks."""
        stores = [segment.searched(exact=self.exact) for segment in self.in_files]
        return SegmentedVectorStore(self.manifest.dimension, stores, self._places)

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The words of the chunks."""
        return LexicalIndex([segment.postings for segment in self.in_files], self._places)

    @cached_property
    def store(self) -> ChunkStore:
        """What searches the chunks."""
        if self._collection is None:
            return LocalStore(self.vectors, self.lexical)
        from rag.stores.milvus import MilvusStore, SearchedSegment

        segments = [
            SearchedSegment(segment.number, segment.entry.name, segment.entry.chunks, segment.frequencies)
            for segment in self.segments
            if isinstance(segment, RemoteSegment)
        ]
        self._remote = MilvusStore(self._collection, Layout(self.catalog.layout), segments)
        return self._remote

    @property
    def in_files(self) -> list[Segment]:
        """The segments that are all in files: every one of them, or none."""
        return [segment for segment in self.segments if isinstance(segment, Segment)]

    @cached_property
    def copies(self) -> Mapping[str, str]:
        """The sources that are near-identical copies of others: copy → original."""
        return self.catalog.copies()

    @cached_property
    def _places(self) -> list[NDArray[np.int64]]:
        return [self.catalog.places(segment.number, segment.entry.chunks) for segment in self.segments]

    def close(self) -> None:
        """Close the catalogs' files and the connection to a server; the rest goes with the object."""
        self.catalog.close()
        if self._remote is not None:
            self._remote.close()
        elif self._collection is not None:
            self._collection.close()


def open_index(index: Path, *, exact: bool = False, store: StoreLogin = IN_FILES) -> OpenIndex:
    """Open the generation that counts, or where it is damaged the last one before it that is whole (see `trouble`).

    `exact` searches the vectors exactly, however many there are; `store` is where the chunks are.
    Raises IndexMissingError when nothing was indexed yet, IndexMismatchError for another format or store,
    StoreUnreachableError when a server does not answer, IndexDamagedError when no generation is whole: a file is
    missing or altered, or the parts do not belong together.
    """
    while True:
        steps, problem = steps_to_open(index)
        found = _latest_whole(index, steps, problem, store)
        if isinstance(found, OpenIndex):
            found.exact = exact
        if isinstance(found, OpenIndex) and found.trouble is None:
            return found
        if steps_to_open(index) == (steps, problem):  # else generations came and went while they were being opened
            if isinstance(found, OpenIndex):
                return found
            raise found


def _latest_whole(
    index: Path, steps: Sequence[Step], problem: str | None, store: StoreLogin
) -> OpenIndex | IndexUnusableError:
    """Return the first of `steps` that can be opened, or why the first of them cannot."""
    error: IndexUnusableError | None = (
        IndexDamagedError(f"{problem}. Make the index again: {REBUILD}") if problem else None
    )
    for step in steps:
        try:
            return open_generation(find_generation(index, step), problem, store)
        except IndexDamagedError as damage:
            problem = problem or str(damage).rpartition(". ")[0]
            error = error or damage
        except IndexMismatchError as mismatch:
            if error is None:
                return mismatch
    return error or IndexMissingError(f"There is no index in {index} yet. Make it: rag index")


def open_generation(made: Generation, problem: str | None = None, store: StoreLogin = IN_FILES) -> OpenIndex:
    """Open a generation whose files were checked. `problem` is what is wrong with those that came after it.

    Raises IndexDamagedError when its parts cannot be read or do not belong together, IndexMismatchError when its chunks
    are in another store than `store`, StoreUnreachableError when that does not answer.
    """
    check_store(made.manifest, store.address)
    register = Register(made.folder / REGISTER)
    with ExitStack() as stack:
        stack.callback(register.close)
        collection = _collection(made.manifest, store)
        if collection is not None:
            stack.callback(collection.close)
        segments: list[StoredSegment] = []
        for number, name in _names(made, register).items():
            entry = next(entry for entry in made.manifest.segments if entry.name == name)
            place = (made.folder, number, entry, made.manifest.dimension)
            segments.append(open_segment(*place) if collection is None else open_remote_segment(*place, collection))
            stack.callback(segments[-1].catalog.close)
        _check_reach(made, register, segments)
        stack.pop_all()
    return OpenIndex(made, register, segments, problem, collection)


def _collection(manifest: Manifest, store: StoreLogin) -> ChunkCollection | None:
    """Return the collection of the chunks, ready to be searched, None where they are in files.

    Raises IndexDamagedError when it is not there, or holds less than the generation, or vectors of another dimension.
    """
    if manifest.store is None:
        return None
    from rag.stores.milvus import open_collection

    written = sum(entry.chunks for entry in manifest.segments)
    return open_collection(store, manifest.store.collection, manifest.dimension, written)


def _names(made: Generation, register: Register) -> dict[int, str]:
    names = register.segments()
    if sorted(names.values()) != sorted(entry.name for entry in made.manifest.segments):
        raise IndexDamagedError(
            f"{made.folder / REGISTER} belongs to other segments than those of its generation. "
            f"Make the index again: {REBUILD}"
        )
    return names


def _check_reach(made: Generation, register: Register, segments: Sequence[StoredSegment]) -> None:
    """Raise IndexDamagedError unless the documents that count stand in the segments, and are as many as they should."""
    reach, entries = register.reach(), {segment.number: segment.entry for segment in segments}
    counted = (sum(each[0] for each in reach.values()), sum(each[1] for each in reach.values()))
    inside = all(
        number in entries and last <= entries[number].documents and row <= entries[number].chunks
        for number, (_, _, last, row) in reach.items()
    )
    if not inside or counted != (made.manifest.documents, made.manifest.chunks):
        raise IndexDamagedError(
            f"{made.folder / REGISTER} does not fit its generation: documents and chunks are {counted[0]} and "
            f"{counted[1]}, in the manifest {made.manifest.documents} and {made.manifest.chunks}. "
            f"Make the index again: {REBUILD}"
        )
