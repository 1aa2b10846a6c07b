"""Asking a model whether a text supports a statement: entailment and fact-checking cross-encoders.

The text is the premise and stands in front, the statement the hypothesis (Bowman et al., "A large annotated corpus for
learning natural language inference", 2015). A model may give one score, which is how far it is supported, or one for
each label of its configuration, among which one must mean that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.cross_encoders.finding import Purpose, find_cross_encoder
from rag.cross_encoders.pairs import PairReader
from rag.errors import CheckerError

CHECKING = Purpose("checker", CheckerError, "cross-encoder/nli-deberta-v3-small", "a text and a statement")
_SUPPORTED = frozenset("entailment entail entails entailed supported supports support consistent true".split())


class CrossEncoderChecker:
    """An entailment or fact-checking model, through sentence-transformers; loaded when first used."""

    def __init__(self, name: str, folder: Path) -> None:
        """Take what the model is called and where it is; see `find_cross_encoder`."""
        self.name = name
        self._folder = folder
        self._reader = PairReader(folder, CHECKING)

    def load(self) -> None:
        """Load the model where it is not. Raises CheckerError when it cannot be, or has no label for 'supported'."""
        self._reader.load()
        self._label()

    def supports(self, statement: str, cited: Sequence[str]) -> float:
        """Return how probable it is, between 0 and 1, that one of the cited texts supports a statement.

        Of a text that is longer than the model reads, the best window counts. Raises CheckerError as `load` does.
        """
        self.load()
        given, _ = self._reader.read(statement, cited, other_first=True)
        return float(self._probabilities(given).max()) if len(given) else 0.0

    def _probabilities(self, given: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how probable 'supported' is for each window, by the sigmoid of one score, the softmax of several."""
        if given.shape[1] == 1:
            return np.asarray(1 / (1 + np.exp(-given[:, 0])), dtype=np.float32)
        powers = np.exp(given - given.max(axis=1, keepdims=True))
        return np.asarray(powers[:, self._label()] / powers.sum(axis=1), dtype=np.float32)

    def _label(self) -> int:
        """Return which of the model's labels says that the text supports the statement."""
        model = self._reader.model
        if model.num_labels == 1:
            return 0
        labels: dict[int, str] = getattr(model.config, "id2label", None) or {}
        meant = [number for number, label in labels.items() if label.lower() in _SUPPORTED]
        if len(meant) != 1:
            raise CheckerError(
                f"The model in {self._folder} has the labels {', '.join(labels.values())}, none of which, or more than "
                "one, says that a text supports a statement ('entailment', 'supported'). Name the labels in its "
                "config.json (id2label), or another model."
            )
        return int(meant[0])


def load_checker(name: str) -> CrossEncoderChecker:
    """Return the checker called `name`: a cross-encoder of the hub or in a folder. `load` loads it, or first use does.

    Nothing is downloaded. Raises CheckerError where it is not on this machine or is no cross-encoder.
    """
    return CrossEncoderChecker(name, find_cross_encoder(name, CHECKING))
