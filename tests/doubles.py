"""Small real parts for tests: pure functions of their input, so that results can be told exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from rag.embedding import EmbeddingProgress, Vectors
from rag.text.words import terms


class HashingEmbedder:
    """An `Embedder` that gives each stem a direction of its own, by hash: texts are near that share words.

    `passages` records every text that was embedded, in order.
    """

    def __init__(self, dimension: int = 64, name: str = "hashing", max_pieces: int = 256) -> None:
        self.name = name
        self.fingerprint = hashlib.sha256(f"{name} {dimension}".encode()).hexdigest()
        self.dimension = dimension
        self.max_pieces = max_pieces
        self.passages: list[str] = []

    def embed_passages(self, texts: Sequence[str], progress: EmbeddingProgress | None = None) -> Vectors:
        self.passages.extend(texts)
        vectors = self._embed(texts)
        if progress is not None and texts:
            progress(len(texts))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def count_pieces(self, text: str) -> int:
        return len(text.split()) + 2

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.1  # so that a text without words has a direction too
            for term in terms(" ".join(text.split()[: self.max_pieces - 2])):
                digest = hashlib.sha256(term.encode()).digest()
                vectors[row, int.from_bytes(digest[:4], "big") % self.dimension] += 1.0
        unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit


class ScriptedChatModel(BaseChatModel):
    """A chat model that writes `pieces`, one at a time, whatever it is asked; `trouble` is raised after the last.

    `prompts` records the messages of every request, `written` the pieces that were taken from it so far.
    """

    pieces: list[str] = Field(default_factory=list)
    trouble: Exception | None = None
    prompts: list[list[BaseMessage]] = Field(default_factory=list)
    written: list[str] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(str(chunk.message.content) for chunk in self._stream(messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.prompts.append(messages)
        for piece in self.pieces:
            self.written.append(piece)
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        if self.trouble is not None:
            raise self.trouble
