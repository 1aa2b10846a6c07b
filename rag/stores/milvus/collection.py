"""The collection of one index in Milvus: one entity a chunk, with its vector and its words, but no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from rag.errors import IndexDamagedError, RagError
from rag.stores.address import StoreAddress, StoreLogin
from rag.stores.base import Rows, Values
from rag.stores.milvus.connecting import TIMEOUT, connect, reached
from rag.stores.words import SparseVector

DENSE, WORDS = "dense", "words"
MOST_HITS = 16_384
"""What Milvus returns of one search at most."""
ROW_BITS = 24

_SEGMENT_DIGITS = 10
_AT_A_TIME = 1_000
"""Entities of one request: 2 MB of MiniLM's."""
_LEAST_BREADTH = 128
_LISTS_READ = 64
_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "HNSW": {"M": 16, "efConstruction": 200},
    "HNSW_SQ": {"M": 16, "efConstruction": 200, "sq_type": "SQ8", "refine": True, "refine_type": "FP16"},
    "IVF_FLAT": {"nlist": 4096},
    "IVF_SQ8": {"nlist": 4096},
}


def segment_id(name: str) -> int:
    """Return the number by which a segment goes in the collection: 39 bits of its name, which is random."""
    return int(name[:_SEGMENT_DIGITS], 16) >> 1


@dataclass(frozen=True, slots=True)
class Entity:
    """A chunk as it is stored."""

    segment: int
    row: int
    document: int
    """Its number in the segment."""
    dense: Values
    words: SparseVector

    def fields(self) -> dict[str, Any]:
        """Return what Milvus is given."""
        high = self.segment << ROW_BITS
        return {
            "id": high | self.row,
            "segment": self.segment,
            "document": high | self.document,
            DENSE: self.dense,
            WORDS: self.words,
        }


class ChunkCollection:
    """A collection, and what is asked of it. Safe to use from several threads.

    Every method raises StoreUnreachableError when the server does not answer or refuses.
    """

    def __init__(self, login: StoreLogin, name: str) -> None:
        """Connect to the server; the collection need not be there yet."""
        self.address: StoreAddress = login.address
        self.name = name
        self._index_type = login.index_type
        self._client = connect(login)

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def exists(self) -> bool:
        """Tell whether the collection is there."""
        with reached(self.address):
            return bool(self._client.has_collection(self.name, timeout=TIMEOUT))

    def create(self, dimension: int) -> None:
        """Make the collection, with its indexes, where it is not there."""
        from pymilvus import DataType

        if self.exists():
            return
        client = self._client
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("segment", DataType.INT64)
        schema.add_field("document", DataType.INT64)
        schema.add_field(DENSE, DataType.FLOAT_VECTOR, dim=dimension)
        schema.add_field(WORDS, DataType.SPARSE_FLOAT_VECTOR)
        indexes = client.prepare_index_params()
        parameters = dict(_PARAMETERS.get(self._index_type, {}))
        indexes.add_index(DENSE, index_type=self._index_type, metric_type="IP", params=parameters)
        indexes.add_index(WORDS, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        for field in ("segment", "document"):
            indexes.add_index(field, index_type="INVERTED")
        with reached(self.address):
            client.create_collection(self.name, schema=schema, consistency_level="Bounded", timeout=TIMEOUT)
            client.create_index(self.name, indexes, timeout=TIMEOUT, sync=False)  # nothing is there to wait for

    def load(self) -> None:
        """Have the server hold the collection ready for searches."""
        with reached(self.address):
            self._client.load_collection(self.name)

    def dimension(self) -> int:
        """Return the length of the vectors that the collection holds."""
        with reached(self.address):
            fields = self._client.describe_collection(self.name, timeout=TIMEOUT)["fields"]
        return next(int(field["params"]["dim"]) for field in fields if field["name"] == DENSE)

    def insert(self, entities: Iterable[Entity]) -> None:
        """Put entities into the collection."""
        for some in _batches(entities):
            with reached(self.address):
                self._client.insert(self.name, [entity.fields() for entity in some], timeout=TIMEOUT)

    def flush(self) -> None:
        """Wait until everything that was put in is on the server's disk."""
        with reached(self.address):
            self._client.flush(self.name)

    def search(self, field: str, vector: Values | SparseVector, limit: int, expression: str) -> tuple[Rows, Values]:
        """Return the ids of up to `limit` entities with the highest inner products, and these, best first."""
        data = vector.tolist() if isinstance(vector, np.ndarray) else vector
        parameters = _breadth(self._kind, limit) if field == DENSE else {}
        with reached(self.address):
            found = self._client.search(
                self.name,
                [data],
                anns_field=field,
                limit=limit,
                filter=expression,
                output_fields=["id"],
                search_params={"metric_type": "IP", "params": parameters},
                timeout=TIMEOUT,
            )[0]
        ids = np.array([hit["id"] for hit in found], dtype=np.int64)
        return ids, np.array([hit["distance"] for hit in found], dtype=np.float32)

    @cached_property
    def _kind(self) -> str:
        """The kind of index that the collection was made with."""
        with reached(self.address):
            return str(self._client.describe_index(self.name, DENSE, timeout=TIMEOUT)["index_type"])

    def fetch(self, ids: Rows, fields: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Return the entities with these ids that are there, by id."""
        found: dict[int, dict[str, Any]] = {}
        for some in _batches(ids.tolist()):
            with reached(self.address):
                rows = self._client.get(self.name, some, output_fields=["id", *fields], timeout=TIMEOUT)
            found |= {int(row["id"]): row for row in rows}
        return found

    def count(self, segments: Iterable[int] | None = None) -> int:
        """Return how many entities there are, of some segments or of all, those just put in among them."""
        expression = "" if segments is None else within("segment", segments)
        with reached(self.address):
            rows = self._client.query(
                self.name, filter=expression, output_fields=["count(*)"], consistency_level="Strong", timeout=TIMEOUT
            )
        return int(rows[0]["count(*)"])

    def keep(self, segments: Iterable[int]) -> None:
        """Delete every entity but those of these segments."""
        with reached(self.address):
            self._client.delete(self.name, filter=f"not ({within('segment', segments)})", timeout=TIMEOUT)

    def drop(self) -> None:
        """Delete the collection."""
        with reached(self.address):
            self._client.drop_collection(self.name, timeout=TIMEOUT)


def open_collection(login: StoreLogin, name: str, dimension: int, least: int) -> ChunkCollection:
    """Return a collection that can be searched and holds at least so many entities.

    Raises IndexDamagedError when it is not there or is another one, StoreUnreachableError without an answer.
    """
    collection = ChunkCollection(login, name)
    try:
        if not collection.exists():
            raise _damaged(login, f"has no collection {name}")
        if collection.dimension() != dimension:
            raise _damaged(login, f"holds vectors of {collection.dimension()} numbers, the index of {dimension}")
        collection.load()
        if collection.count() < least:
            raise _damaged(login, f"holds {collection.count()} of {least} passages")
    except RagError:
        collection.close()
        raise
    return collection


def _damaged(login: StoreLogin, what: str) -> IndexDamagedError:
    return IndexDamagedError(f"The store {login.address} {what}. Make the index again: rag index --rebuild")


def within(field: str, values: Iterable[int]) -> str:
    """Return the expression of Milvus for a field that has one of some values."""
    return f"{field} in {sorted(values)}"


def _breadth(index_type: str, limit: int) -> dict[str, int]:
    """Return how widely an index is searched for so many hits."""
    if index_type.startswith("HNSW"):
        return {"ef": max(2 * limit, _LEAST_BREADTH)}
    if index_type.startswith("IVF"):
        return {"nprobe": _LISTS_READ}
    return {"search_list": max(limit, _LEAST_BREADTH)} if index_type == "DISKANN" else {}


def _batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    coming = iter(values)
    while some := list(islice(coming, _AT_A_TIME)):
        yield some
