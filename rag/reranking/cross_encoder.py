"""Reranking by a cross-encoder: a model that reads question and passage together, and gives one score.

Nogueira and Cho, "Passage Re-ranking with BERT" (2019). A passage longer than the model reads is scored by the best of
its windows (MaxP of Dai and Callan, "Deeper Text Understanding for IR with Contextual Neural Language Modeling", 2019).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.embedding.sentence_transformer import UNLIMITED_PIECES, quiet
from rag.errors import RerankerError
from rag.reranking.base import Scores
from rag.reranking.windows import Spans, beginning, windows
from rag.types import Hit

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BATCH_SIZE = 32
_SENTENCE_TRANSFORMERS = "sentence-transformers, which the reranker runs in, cannot be loaded"


class CrossEncoderReranker:
    """A cross-encoder on the processor, through sentence-transformers; loaded, and torch with it, when first used."""

    def __init__(self, name: str, folder: Path) -> None:
        """Take what the model is called and where it is; see `find_cross_encoder`."""
        self.name = name
        self._folder = folder
        self._lock = threading.RLock()

    def load(self) -> None:
        """Load the model where it is not. Raises RerankerError when it cannot be, or gives no single score."""
        with self._lock:
            _ = self._model

    def scores(self, question: str, hits: Sequence[Hit]) -> Scores:
        """Return one score between 0 and 1 for each hit: the sigmoid of what the model gives it.

        The model reads title and heading in front of the passage, as both searches do. Of a question that fills more
        than half of what it reads at once, it reads the beginning.
        """
        with self._lock, quiet():
            asked = self._question(question)
            room = self._room - len(self._pieces(asked))
            texts = [hit.chunk.embedding_text for hit in hits]
            cut = [windows(text, self._pieces(text), room) for text in texts]
            pairs = [(asked, window) for each in cut for window in each]
            given = self._predicted(pairs)
        starts = np.cumsum([0, *map(len, cut)])[:-1]
        best: Scores = np.maximum.reduceat(given, starts) if len(given) else given
        return best

    @cached_property
    def _model(self) -> CrossEncoder:
        return load_cross_encoder(self._folder)

    @cached_property
    def _room(self) -> int:
        """How many pieces of question and passage together the model reads."""
        limit = min(self._model.get_max_seq_length() or UNLIMITED_PIECES, self._tokenizer.model_max_length)
        return int(limit) - int(self._tokenizer.num_special_tokens_to_add(pair=True))

    @property
    def _tokenizer(self) -> Any:
        return self._model.tokenizer

    def _question(self, question: str) -> str:
        return beginning(question, self._pieces(question), self._room // 2)

    def _pieces(self, text: str) -> Spans:
        found = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False)
        spans: Spans = found["offset_mapping"]
        return spans

    def _predicted(self, pairs: list[tuple[str, str]]) -> Scores:
        from torch.nn import Sigmoid

        if not pairs:
            return np.zeros(0, dtype=np.float32)
        given = self._model.predict(
            pairs, batch_size=BATCH_SIZE, activation_fn=Sigmoid(), show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(given, dtype=np.float32)


def load_cross_encoder(folder: Path) -> CrossEncoder:
    """Load a cross-encoder from its folder, without network, noise or a graphics card.

    Raises RerankerError with sentence-transformers' reason, and for a model that gives more than one score.
    """
    with quiet():
        try:
            from safetensors import SafetensorError
            from sentence_transformers import CrossEncoder
            from transformers.utils import logging as transformers_logging
        except ImportError as error:
            raise RerankerError(f"{_SENTENCE_TRANSFORMERS} ({error}). Install it: pip install -e .") from error
        transformers_logging.disable_progress_bar()
        try:
            model: CrossEncoder = CrossEncoder(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise RerankerError(
                f"The reranker in {folder} cannot be loaded: {reason} Name another one, or the folder that "
                "CrossEncoder.save wrote."
            ) from error
    if model.num_labels != 1:
        raise RerankerError(
            f"The model in {folder} gives {model.num_labels} scores for a question and a passage; a reranker gives "
            "one. Name another model."
        )
    if not model.tokenizer.is_fast:
        raise RerankerError(
            f"The tokenizer in {folder} does not tell where its pieces stand, so long passages cannot be read whole. "
            "Save it as a fast tokenizer (tokenizer.json), or name another model."
        )
    model.eval()
    return model
