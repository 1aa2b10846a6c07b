"""Embedding with OpenVINO and `tokenizers` alone: no torch, a third of a second from nothing to the first vector."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import EmbeddingProgress, Vectors
from rag.embedding.record import NETWORK, TOKENIZER, EncoderRecord
from rag.errors import EmbeddingModelError
from rag.types import Precision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tokenizers import Encoding, Tokenizer

BATCH_SIZE = 8
"""Passages at a time: with passages sorted by length, the quickest of 8, 16 and 32 on two cores."""
PADDING_STEP = 16
"""Word pieces that a batch is filled up to a multiple of. With rows of such lengths a text has the same vector, to the
last bit, in whatever batch it is embedded; else that depends on the longest text beside it."""
_HINTS = {Precision.FLOAT32: "f32", Precision.BFLOAT16: "bf16"}


class OpenVinoEmbedder:
    """A sentence-transformers model that `export` has prepared, run by OpenVINO."""

    def __init__(self, folder: Path, record: EncoderRecord, precision: Precision) -> None:
        """Load the network and the tokenizer from `folder`, to compute in `precision`, which is not `AUTO`.

        Raises EmbeddingModelError when they cannot be read.
        """
        from tokenizers import Tokenizer

        openvino = import_openvino()
        self._record, self.precision = record, precision
        self._tokenizer_file = folder / TOKENIZER
        try:
            network = openvino.Core().compile_model(
                openvino.Core().read_model(folder / NETWORK),
                "CPU",
                {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": _HINTS[precision]},
            )
            self._tokenizer: Tokenizer = Tokenizer.from_file(str(self._tokenizer_file))
        except Exception as error:  # tokenizers raises nothing more exact
            raise EmbeddingModelError(
                f"The prepared embedding model in {folder} cannot be read. Remove that folder; it is made again."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(record.max_pieces)
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
        return len(self._counter.encode(self._folded(self._record.passage_prompt + text)).ids)

    @cached_property
    def _counter(self) -> Tokenizer:
        """The tokenizer without its limit, a second one because the limit is a state of the object."""
        from tokenizers import Tokenizer

        counter: Tokenizer = Tokenizer.from_file(str(self._tokenizer_file))
        counter.no_padding()
        counter.no_truncation()
        return counter

    def _folded(self, text: str) -> str:
        return text.lower() if self._record.lower_case else text

    def _embed(self, texts: Sequence[str], progress: EmbeddingProgress | None) -> Vectors:
        """Embed in batches of like length, one batch on each of the processor's streams at a time."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True)
        batches = [order[start : start + BATCH_SIZE] for start in range(0, len(order), BATCH_SIZE)]
        done = _Counter(progress)

        def run(rows: list[int]) -> None:
            vectors[rows] = self._embed_batch([self._folded(texts[row]) for row in rows])
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

    def _embed_batch(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        inputs, mask = self._padded(encodings)
        with self._request() as request:
            states = request.infer({name: inputs[name] for name in self._inputs})[0]
            pooled = states[:, 0] if self._record.pooling == "cls" else _mean(states, mask)
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        return cast("Vectors", (pooled / np.maximum(lengths, 1e-12)).astype(np.float32))

    def _padded(self, encodings: list[Encoding]) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.int64]]:
        """Return the network's inputs and the mask, each of shape (texts, length), padded on the right."""
        longest = max(len(encoding.ids) for encoding in encodings)
        # Beyond what the model reads there may be no positions to fill up.
        width = max(longest, min(-(-longest // PADDING_STEP) * PADDING_STEP, self._record.max_pieces))
        shape = (len(encodings), width)
        ids = np.full(shape, self._record.padding_id, dtype=np.int64)
        types, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, encoding in enumerate(encodings):
            count = len(encoding.ids)
            ids[row, :count], types[row, :count], mask[row, :count] = encoding.ids, encoding.type_ids, 1
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
