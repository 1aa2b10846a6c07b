"""Language models in process: a GGUF file, by its path or a registered name, as a LangChain chat model.

The model's own chat template and stop tokens are used; text comes token by token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from rag.errors import LanguageModelError, ModelNotInstalledError, UsageError
from rag.models.llama import generate, import_engine, load
from rag.models.weights import REGISTERED, ensure_weights

# Marks that chat templates use to tell who speaks. In the text of a message they would be read as such marks.
_CONTROL_MARK = re.compile(r"<(?=\|[^|<>\s]{1,40}\|>|/?s>|(?:start|end)_of_turn>)|\[(?=/?INST\])")


class LocalChatModel(BaseChatModel):
    """A GGUF model in this process. Greedy (temperature 0) and seeded, so that an answer can be had again.

    `grammar`, here or by `.bind(grammar=...)`, is a GBNF grammar (llama.cpp) that the text must follow.
    Raises LanguageModelError where the file cannot be loaded, or a prompt is longer than the context.
    """

    model_path: Path
    max_tokens: int = 400
    temperature: float = 0.0
    seed: int = 0
    grammar: str | None = None

    @property
    def _llm_type(self) -> str:
        return "local"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {
            "model_name": self.model_path.name,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "seed": self.seed,
        }

    def load(self) -> None:
        """Load the model now rather than with the first question."""
        load(self.model_path)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        request = self._request(messages, stop, kwargs)
        for part in generate(load(self.model_path), request):
            chunk = ChatGenerationChunk(message=_message_chunk(part, self.model_path.name))
            if run_manager is not None and chunk.text:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _request(
        self, messages: Sequence[BaseMessage], stop: list[str] | None, options: dict[str, Any]
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "messages": [_plain(message) for message in messages],
            "stream": True,
            "return_progress": True,
            "cache_prompt": False,
            "max_tokens": options.get("max_tokens", self.max_tokens),
            "temperature": options.get("temperature", self.temperature),
            "seed": options.get("seed", self.seed),
        }
        grammar = options.get("grammar", self.grammar)
        return request | ({"grammar": grammar} if grammar else {}) | ({"stop": stop} if stop else {})


def create_local_model(name: str, *, weights_folder: Path, max_tokens: int) -> LocalChatModel:
    """Return the model that `local:NAME` means: a registered name, or the path of a GGUF file.

    The weights of a registered name are joined into `weights_folder` where that has not been done yet; the model
    itself is loaded with the first question. Raises UsageError for a name that is neither, ModelNotInstalledError
    where xllamacpp or the weights are missing, LanguageModelError where the file is not what it should be.
    """
    path = _weights_path(name, weights_folder)
    import_engine()
    return LocalChatModel(model_path=path, max_tokens=max_tokens)


def _weights_path(name: str, weights_folder: Path) -> Path:
    if name in REGISTERED:
        return ensure_weights(REGISTERED[name], weights_folder).resolve()
    if not name.endswith(".gguf"):
        known = ", ".join(f"local:{known}" for known in REGISTERED)
        raise UsageError(f"No local model is called {name!r}. Name one of {known}, or a file: local:PATH.gguf.")
    path = Path(name).expanduser()
    if not path.is_file():
        raise ModelNotInstalledError(f"There is no model file {path}. Correct the path after `local:`.")
    with path.open("rb") as stream:
        if stream.read(4) != b"GGUF":
            raise LanguageModelError(f"{path} is not a GGUF model file. Name one that is.")
    return path.resolve()


# ---------------------------------------------------------------- messages


def _plain(message: BaseMessage) -> dict[str, Any]:
    """Return the message as a role and a text in which nothing can be taken for a mark of the chat template."""
    plain: Any = convert_to_openai_messages(message, text_format="string")
    text = str(message.text).encode("utf-8", "replace").decode("utf-8")
    return {"role": plain["role"], "content": _CONTROL_MARK.sub(lambda mark: mark.group() + " ", text)}


def _message_chunk(part: dict[str, Any], model_name: str) -> AIMessageChunk:
    choice = (part.get("choices") or [{}])[0]
    text = choice.get("delta", {}).get("content") or ""
    if not choice.get("finish_reason"):
        return AIMessageChunk(content=text)
    counts = part.get("timings", {})
    read, written = counts.get("prompt_n", 0) + counts.get("cache_n", 0), counts.get("predicted_n", 0)
    return AIMessageChunk(
        content=text,
        response_metadata={"finish_reason": choice["finish_reason"], "model_name": model_name},
        usage_metadata=UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written),
        chunk_position="last",
    )
