"""The provider without a language model: it answers with the evidence itself, word for word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from rag.prompts import NO_ANSWER, read_evidence


class ExtractiveChatModel(BaseChatModel):
    """Writes every excerpt of the prompt, whole and unchanged, each with its citation.

    Which sentences answer the question, and in which order, was decided when the evidence was chosen; what is
    written here passes the same checks as any other model's text.
    """

    @property
    def _llm_type(self) -> str:
        return "extractive"

    def _pieces(self, messages: list[BaseMessage]) -> Iterator[str]:
        excerpts = read_evidence(messages)
        if not excerpts:
            yield NO_ANSWER
        for excerpt in excerpts:
            yield f"{excerpt.text} [{excerpt.number}]\n\n"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(self._pieces(messages)).rstrip()
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in self._pieces(messages):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
