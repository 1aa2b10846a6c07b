"""Embedding with OpenVINO and `tokenizers` alone: no torch, a third of a second from nothing to the first vector."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import EmbeddingProgress, Vectors
from rag.embedding.pieces import PieceReader, Pieces
from rag.embedding.record import NETWORK, TOKENIZER, EncoderRecord
from rag.errors import EmbeddingModelError
from rag.types import Precision

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH_SIZE = 8
"""Passages at a time: sorted by their number of pieces, 8 take no more time than 4, and less than 16 or 32."""
PADDING_STEP = 16
"""Word pieces that a batch is filled up to a multiple of. With rows of such lengths a text has the same vector, to the
last bit, in whatever batch it is embedded; else that depends on the longest text beside it."""
HINTS = {Precision.FLOAT32: "f32", Precision.BFLOAT16: "bf16"}
"""What OpenVINO calls the precisions."""


class OpenVinoEmbedder:
    """A sentence-transformers model that `export` has prepared, run by OpenVINO."""

    def __init__(self, folder: Path, record: EncoderRecord, precision: Precision) -> None:
        """Load the network and the tokenizer from `folder`, to compute in `precision`, which is not `AUTO`.

        Raises EmbeddingModelError when they cannot be read.
        """
        openvino = import_openvino()
        self._record, self.precision = record, precision
        try:
            network = openvino.Core().compile_model(
                openvino.Core().read_model(folder / NETWORK),
                "CPU",
                {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": HINTS[precision]},
            )
            self._reader = PieceReader(folder / TOKENIZER, record.max_pieces)
        except Exception as error:  # tokenizers raises nothing more exact
            raise EmbeddingModelError(
                f"The prepared embedding model in {folder} cannot be read. Remove that folder; it is made again."
            ) from error
        self._inputs = frozenset(port.get_any_name() for port in network.inputs)
        self._workers = int(network.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        # The first use of NumPy sets OpenVINO up; two threads that are the first at once block each other for good.
        _ = openvino.Tensor(np.zeros(1, dtype=np.int64)).data
        self._requests: SimpleQueue[Any] = SimpleQueue()
        for _ in range(self._workers):
            self._requests.put(network.create_infer_request())

    @property
    def name(self) -> str:
        """Return the name that the settings give the model."""
        return self._record.model

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 over the model's files."""
        return self._record.fingerprint

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return self._record.dimension

    @property
    def max_pieces(self) -> int:
        """Return how many word pieces of a text the model reads."""
        return self._record.max_pieces

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Return one unit vector for each passage."""
        return self._embed([self._record.passage_prompt + text for text in texts], progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each question."""
        return self._embed([self._record.query_prompt + text for text in texts], None)

    def count_pieces(self, text: str) -> int:
        """Return how many word pieces `text` is as a passage, however many the model reads."""
        return self._reader.count(self._folded(self._record.passage_prompt + text))

    def _folded(self, text: str) -> str:
        return text.lower() if self._record.lower_case else text

    def _embed(self, texts: Sequence[str], progress: EmbeddingProgress | None) -> Vectors:
        """Embed in batches of like length, one batch on each of the processor's streams at a time."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        pieces = self._reader.read([self._folded(text) for text in texts])
        order = sorted(range(len(texts)), key=lambda row: pieces[row].shape[1], reverse=True)
        batches = [order[start : start + BATCH_SIZE] for start in range(0, len(order), BATCH_SIZE)]
        done = _Counter(progress)

        def run(rows: list[int]) -> None:
            vectors[rows] = self._embed_batch([pieces[row] for row in rows])
            done.add(len(rows))

        if len(batches) == 1:
            run(batches[0])
        elif batches:
            with ThreadPoolExecutor(self._workers) as executor:
                try:
                    for future in [executor.submit(run, rows) for rows in batches]:
                        future.result()
                except BaseException:
                    executor.shutdown(cancel_futures=True)
                    raise
        return vectors

    def _embed_batch(self, texts: Sequence[Pieces]) -> Vectors:
        inputs, mask = self._padded(texts)
        with self._request() as request:
            states = request.infer({name: inputs[name] for name in self._inputs})[0]
            pooled = states[:, 0] if self._record.pooling == "cls" else _mean(states, mask)
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        return cast("Vectors", (pooled / np.maximum(lengths, 1e-12)).astype(np.float32))

    def _padded(self, texts: Sequence[Pieces]) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.int64]]:
        """Return the network's inputs and the mask, each of shape (texts, length), padded on the right."""
        longest = max(pieces.shape[1] for pieces in texts)
        # Beyond what the model reads there may be no positions to fill up.
        width = max(longest, min(-(-longest // PADDING_STEP) * PADDING_STEP, self._record.max_pieces))
        shape = (len(texts), width)
        ids = np.full(shape, self._record.padding_id, dtype=np.int64)
        types, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, pieces in enumerate(texts):
            count = pieces.shape[1]
            ids[row, :count], types[row, :count], mask[row, :count] = pieces[0], pieces[1], 1
        return {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}, mask

    @contextmanager
    def _request(self) -> Iterator[Any]:
        """Lend one of the network's requests to one thread."""
        request = self._requests.get()
        try:
            yield request
        finally:
            self._requests.put(request)


class _Counter:
    """Adds up across threads and reports each sum."""

    def __init__(self, report: EmbeddingProgress | None) -> None:
        self._report, self._lock, self._sum = report, threading.Lock(), 0

    def add(self, count: int) -> None:
        """Count on, and report; one thread at a time."""
        with self._lock:
            self._sum += count
            if self._report is not None:
                self._report(self._sum)


def import_openvino() -> Any:
    """Import OpenVINO without its telemetry, which reports every import to a server unless it is missing."""
    cast("dict[str, Any]", sys.modules).setdefault("openvino_telemetry", None)
    import openvino

    return openvino


def _mean(states: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the mean of the token states that are no padding."""
    weights = mask[:, :, None].astype(np.float32)
    return cast("NDArray[np.float32]", (states * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9))
