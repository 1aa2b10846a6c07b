"""The trained evidence model: which sentences of a text answer a question, how sure, and with which words.

A small network of our own (its card is `weights/README.md`), run by OpenVINO; neither torch nor any download is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.openvino import HINTS, import_openvino
from rag.embedding.precision import has_bfloat16
from rag.errors import EvidenceModelError
from rag.evidence_model.arranging import Arranger, Placed, Stretch, Window
from rag.types import Precision

WEIGHTS = Path(__file__).parent / "weights"
NETWORK, TOKENIZER = "evidence.xml", "tokenizer.json"
BATCH_SIZE = 4
"""Windows at a time, one batch on each of the processor's streams."""
_STEP = 32
_LONGEST_ANSWER = 24
"""Word pieces of the words that answer, at most."""
_MEAN, _SEPARATOR, _FIRST, _LAST, _NONE = range(5)

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model makes of one sentence.

    `score` is the logarithm of the odds that it answers, against that no sentence around it does; `answer` are the
    words in it that would, as offsets in the sentence, and `answer_score` how much rather these than none.
    """

    score: float
    answer: tuple[int, int] | None
    answer_score: float


class EvidenceModel:
    """The model, loaded when it is first used. Safe to use from several threads, which take turns."""

    def __init__(self, folder: Path = WEIGHTS, precision: Precision = Precision.AUTO) -> None:
        """Take the folder it is in, and the precision to compute in: `AUTO` is bfloat16 where the processor has it."""
        self._folder, self._precision = folder, precision
        self._lock = threading.Lock()

    @cached_property
    def _parts(self) -> tuple[Arranger, Any]:
        """Return what lays texts out, and a request of the network. Raises EvidenceModelError."""
        openvino = import_openvino()
        try:
            hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": self._hint()}
            network = openvino.Core().compile_model(self._folder / NETWORK, "CPU", hints)
            return Arranger(self._folder / TOKENIZER), network.create_infer_request()
        except Exception as error:  # tokenizers raises nothing more exact
            raise EvidenceModelError(
                f"The evidence model in {self._folder} cannot be read. It is part of the program: install that again "
                "(pip install --force-reinstall .)."
            ) from error

    def _hint(self) -> str:
        quick = has_bfloat16() if self._precision is Precision.AUTO else self._precision is Precision.BFLOAT16
        return HINTS[Precision.BFLOAT16 if quick else Precision.FLOAT32]

    def load(self) -> None:
        """Load the model where it is not. Raises EvidenceModelError when it cannot be read."""
        with self._lock:
            _ = self._parts

    def read(self, question: str, texts: Sequence[tuple[str, str, tuple[str, ...]]]) -> list[tuple[Reading, ...]]:
        """Return a reading of each sentence of each text (title, heading, sentences that follow each other)."""
        self.load()
        arranger, _ = self._parts
        stretches = [Stretch(*each) for each in texts]
        windows = [(n, window) for n, each in enumerate(stretches) for window in arranger.windows(question, each)]
        windows.sort(key=lambda pair: len(pair[1].pieces))
        found: list[dict[int, Reading]] = [{} for _ in stretches]
        for start in range(0, len(windows), BATCH_SIZE):
            some = windows[start : start + BATCH_SIZE]
            numbers = self._infer([window for _, window in some])
            for (number, window), row in zip(some, numbers, strict=True):
                found[number].update(_readings(window, row))
        return [tuple(readings[place] for place in range(len(readings))) for readings in found]

    def _infer(self, windows: Sequence[Window]) -> Numbers:
        """Return the network's numbers, shape (windows, pieces, 5)."""
        longest = max(len(window.pieces) for window in windows)
        shape = (len(windows), -(-longest // _STEP) * _STEP)
        ids, types, mask = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        for row, window in enumerate(windows):
            size = len(window.pieces)
            ids[row, :size], types[row, :size], mask[row, :size] = window.pieces, window.types, 1
        with self._lock:
            given = self._parts[1].infer({"input_ids": ids, "token_type_ids": types, "attention_mask": mask})[0]
            return np.array(given, dtype=np.float32)


def _readings(window: Window, numbers: Numbers) -> dict[int, Reading]:
    none = float(numbers[0, _NONE])
    empty = float(numbers[0, _FIRST] + numbers[0, _LAST])
    return {each.number: _reading(each, numbers, none, empty) for each in window.sentences}


def _reading(sentence: Placed, numbers: Numbers, none: float, empty: float) -> Reading:
    rows = numbers[sentence.start : sentence.end]
    mean = float(rows[:, _MEAN].mean()) if len(rows) else 0.0
    score = mean + float(numbers[sentence.end, _SEPARATOR]) - none
    if not len(rows):
        return Reading(score, None, -empty)
    together = rows[:, _FIRST, None] + rows[None, :, _LAST]
    allowed = np.triu(np.ones_like(together)) - np.triu(np.ones_like(together), _LONGEST_ANSWER)
    best = np.unravel_index(int(np.where(allowed > 0, together, -np.inf).argmax()), together.shape)
    first, last = int(best[0]), int(best[1])
    answer = sentence.offsets[first][0], sentence.offsets[last][1]
    return Reading(score, answer, float(together[first, last]) - empty)
