"""Vectors by the key of their text, in a collection that any number of machines fill and read."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np

from rag.stores.address import StoreLogin
from rag.stores.base import Values
from rag.stores.milvus.connecting import TIMEOUT, connect, reached

_KEY, _VECTOR = "key", "vector"
_LONGEST_KEY = 64
_AT_A_TIME = 500
_PATIENCE = (0.2, 1.0, 3.0)
"""Seconds between attempts to make the collection."""
_LENGTH_TOLERANCE = 1e-3


class SharedEmbeddings:
    """The vectors of one model, whichever index their texts belong to. Every method raises StoreUnreachableError."""

    def __init__(self, login: StoreLogin, fingerprint: str, dimension: int) -> None:
        """Connect to the server, and take the model."""
        self._address, self._dimension = login.address, dimension
        self.name = f"ontherecord_embeddings_{fingerprint[:12]}_{dimension}"
        self._client = connect(login)
        self._ready = False

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def create(self) -> None:
        """Make the collection where it is not there; of several machines that do it at once, one does."""
        from pymilvus import MilvusException

        with reached(self._address):
            for seconds in (*_PATIENCE, None):
                try:
                    self._create_once()
                except MilvusException:
                    if seconds is None:
                        raise
                    time.sleep(seconds)  # most likely another machine is just at it
                else:
                    break

    def _create_once(self) -> None:
        from pymilvus import DataType

        client = self._client
        if not client.has_collection(self.name, timeout=TIMEOUT):
            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field(_KEY, DataType.VARCHAR, is_primary=True, max_length=_LONGEST_KEY)
            schema.add_field(_VECTOR, DataType.FLOAT_VECTOR, dim=self._dimension)
            client.create_collection(self.name, schema=schema, properties={"mmap.enabled": "true"}, timeout=TIMEOUT)
        if not client.list_indexes(self.name, timeout=TIMEOUT):
            indexes = client.prepare_index_params()
            indexes.add_index(_VECTOR, index_type="FLAT", metric_type="IP")  # Milvus loads nothing without one
            client.create_index(self.name, indexes, timeout=TIMEOUT, sync=False)

    def exists(self) -> bool:
        """Tell whether any machine has put vectors there."""
        with reached(self._address):
            return bool(self._client.has_collection(self.name, timeout=TIMEOUT))

    def get(self, keys: Sequence[str]) -> dict[str, Values]:
        """Return the vectors that are there, each of shape (dimension,); none that is not of unit length."""
        if not keys or not self._loaded():
            return {}
        found: dict[str, Values] = {}
        for start in range(0, len(keys), _AT_A_TIME):
            some = list(keys[start : start + _AT_A_TIME])
            with reached(self._address):
                rows = self._client.get(self.name, some, output_fields=[_KEY, _VECTOR], timeout=TIMEOUT)
            found |= {str(row[_KEY]): np.array(row[_VECTOR], dtype=np.float32) for row in rows}
        return {key: vector for key, vector in found.items() if self._is_sound(vector)}

    def put(self, vectors: Mapping[str, Values]) -> None:
        """Put vectors by key; one that is there is replaced."""
        rows = [{_KEY: key, _VECTOR: vector} for key, vector in vectors.items()]
        for start in range(0, len(rows), _AT_A_TIME):
            with reached(self._address):
                self._client.upsert(self.name, rows[start : start + _AT_A_TIME], timeout=TIMEOUT)

    def flush(self) -> None:
        """Wait until everything that was put there is on the server's disk."""
        with reached(self._address):
            self._client.flush(self.name)

    def _loaded(self) -> bool:
        """Have the server hold the collection ready to be read; False where it is not there."""
        if not self._ready and self.exists():
            with reached(self._address):
                self._client.load_collection(self.name)
            self._ready = True
        return self._ready

    def _is_sound(self, vector: Values) -> bool:
        return vector.shape == (self._dimension,) and bool(abs(np.linalg.norm(vector) - 1) <= _LENGTH_TOLERANCE)
