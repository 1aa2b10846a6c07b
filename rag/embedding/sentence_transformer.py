"""Embedding with sentence-transformers itself: the reference, and the way of models that cannot be exported."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding.base import EmbeddingProgress, Vectors
from rag.embedding.weights import ModelFiles
from rag.errors import EmbeddingModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 32
UNLIMITED_PIECES = 512
"""Taken where a model does not say how much it reads: what BERT-like models were trained on."""

_PASSAGE_PROMPTS = ("document", "passage", "corpus")


class SentenceTransformerEmbedder:
    """Any sentence-transformers model on the processor. Slow to import (six seconds), sure to be exact."""

    def __init__(self, files: ModelFiles, fingerprint: str) -> None:
        """Load the model. Raises EmbeddingModelError when sentence-transformers cannot."""
        self.name = files.name
        self.fingerprint = fingerprint
        self.model = load_sentence_transformer(files)
        dimension = self.model.get_embedding_dimension()
        if dimension is None:
            raise EmbeddingModelError(f"{files.name} does not say how long its vectors are. Use another model.")
        self.dimension = int(dimension)
        self.max_pieces = int(self.model.max_seq_length or UNLIMITED_PIECES)
        self._lock = threading.Lock()

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        """Return one unit vector for each passage."""
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(order), BATCH_SIZE):
            rows = order[start : start + BATCH_SIZE]
            vectors[rows] = self._encode([texts[row] for row in rows], is_query=False)
            if progress is not None:
                progress(start + len(rows))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each question."""
        return self._encode(list(texts), is_query=True) if texts else np.zeros((0, self.dimension), dtype=np.float32)

    def count_pieces(self, text: str) -> int:
        """Return how many word pieces `text` is as a passage, special tokens and the model's prompt included."""
        with self._lock, quiet():
            return len(self.model.tokenizer(prompts(self.model)[1] + text, truncation=False)["input_ids"])

    def _encode(self, texts: list[str], *, is_query: bool) -> Vectors:
        encode = self.model.encode_query if is_query else self.model.encode_document
        with self._lock:
            vectors = encode(texts, convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def load_sentence_transformer(files: ModelFiles) -> SentenceTransformer:
    """Load a model from its folder, without network, noise or a graphics card.

    Raises EmbeddingModelError with sentence-transformers' reason.
    """
    with quiet():
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        try:
            model = SentenceTransformer(str(files.folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise EmbeddingModelError(
                f"The embedding model in {files.folder} cannot be loaded: {reason} "
                "Name another model, or the folder that SentenceTransformer.save wrote."
            ) from error
    return model.eval()


def prompts(model: SentenceTransformer) -> tuple[str, str]:
    """Return what stands before every question and every passage, as `encode_query` and `encode_document` have it."""
    known = {name: text or "" for name, text in model.prompts.items()}
    default = known.get(model.default_prompt_name or "", "")
    passage = next((known[name] for name in _PASSAGE_PROMPTS if name in known), default)
    return known.get("query", default), passage


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what the model libraries say for their developers: warnings and log lines below an error."""
    names = ("transformers", "sentence_transformers", "torch", "nncf")
    levels = {name: logging.getLogger(name).level for name in names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            logging.getLogger(name).setLevel(logging.ERROR)
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
