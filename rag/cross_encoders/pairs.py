"""A cross-encoder on the processor, through sentence-transformers; loaded, and torch with it, when first used."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.cross_encoders.finding import Purpose
from rag.cross_encoders.windows import Spans, beginning, windows
from rag.embedding.sentence_transformer import UNLIMITED_PIECES, quiet

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BATCH_SIZE = 32
_INSTALL = "Install it: pip install -e ."


class PairReader:
    """Reads a text beside each of several others. Safe to use from several threads."""

    def __init__(self, folder: Path, purpose: Purpose) -> None:
        """Take where the model is; see `find_cross_encoder`."""
        self._folder = folder
        self._purpose = purpose
        self._lock = threading.RLock()

    def load(self) -> None:
        """Load the model where it is not. Raises the purpose's error when it cannot be."""
        with self._lock:
            _ = self.model

    @cached_property
    def model(self) -> CrossEncoder:
        """The model itself."""
        return load_cross_encoder(self._folder, self._purpose)

    def read(
        self, first: str, others: Sequence[str], *, other_first: bool = False
    ) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """Return what the model gives `first` beside every window of `others`, shape (windows, scores), as it gives it.

        With that comes where the windows of each begin, shape (len(others),). Of a `first` that fills more than half
        of what the model reads at once, it reads the beginning. With `other_first`, the other stands in front.
        """
        with self._lock, quiet():
            beside = beginning(first, self._pieces(first), self._room // 2)
            room = self._room - len(self._pieces(beside))
            cut = [windows(text, self._pieces(text), room) for text in others]
            pairs = [(window, beside) if other_first else (beside, window) for each in cut for window in each]
            given = self._predicted(pairs)
        return given, np.cumsum([0, *map(len, cut)])[:-1]

    @cached_property
    def _room(self) -> int:
        """How many pieces of both texts together the model reads."""
        limit = min(self.model.get_max_seq_length() or UNLIMITED_PIECES, self._tokenizer.model_max_length)
        return int(limit) - int(self._tokenizer.num_special_tokens_to_add(pair=True))

    @property
    def _tokenizer(self) -> Any:
        return self.model.tokenizer

    def _pieces(self, text: str) -> Spans:
        found = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False)
        spans: Spans = found["offset_mapping"]
        return spans

    def _predicted(self, pairs: list[tuple[str, str]]) -> NDArray[np.float32]:
        from torch.nn import Identity

        if not pairs:
            return np.zeros((0, self.model.num_labels), dtype=np.float32)
        given = self.model.predict(
            pairs, batch_size=BATCH_SIZE, activation_fn=Identity(), show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(given, dtype=np.float32).reshape(len(pairs), -1)


def load_cross_encoder(folder: Path, purpose: Purpose) -> CrossEncoder:
    """Load a cross-encoder from its folder, without network, noise or a graphics card.

    Raises the purpose's error with sentence-transformers' reason.
    """
    noun = purpose.noun
    with quiet():
        try:
            from safetensors import SafetensorError
            from sentence_transformers import CrossEncoder
            from transformers.utils import logging as transformers_logging
        except ImportError as error:
            raise purpose.error(
                f"sentence-transformers, which the {noun} runs in, cannot be loaded ({error}). {_INSTALL}"
            ) from error
        transformers_logging.disable_progress_bar()
        try:
            model: CrossEncoder = CrossEncoder(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise purpose.error(
                f"The {noun} in {folder} cannot be loaded: {reason} Name another one, or the folder that "
                "CrossEncoder.save wrote."
            ) from error
    if not model.tokenizer.is_fast:
        raise purpose.error(
            f"The tokenizer in {folder} does not tell where its pieces stand, so long passages cannot be read whole. "
            "Save it as a fast tokenizer (tokenizer.json), or name another model."
        )
    model.eval()
    return model
