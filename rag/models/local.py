"""Language models in process: a GGUF file run by xllamacpp (llama.cpp), as a LangChain chat model.

A file is loaded once in a process and shared; calls queue for it. The model's own chat template and stop tokens are
used. Text comes token by token from a thread of its own; closing the stream ends the generation at the next token,
or, while the prompt is still being read, at the next batch of it.
"""

from __future__ import annotations

import atexit
import importlib
import os
import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from rag.errors import LanguageModelError, ModelNotInstalledError, UsageError
from rag.models.weights import REGISTERED, ensure_weights

CONTEXT_TOKENS = 8192
"""Asked for; a model that was trained on less gets what it was trained on."""
_BATCH_TOKENS = 128
"""Prompt tokens read between two looks at whether the answer is still wanted: about two seconds of a small CPU."""
_EXIT_WAIT_SECONDS = 30.0
_SPIN_COUNT = "1000"
_SOCKET_PATH_LIMIT = 100
_INSTALL = '`make run-local`, or `pip install "ontherecord[local]"`'
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
        _load(self.model_path)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        request = self._request(messages, stop, kwargs)
        for part in _generate(_load(self.model_path), request):
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
    _import_engine()
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


def _import_engine() -> Any:
    """Import xllamacpp, telling its OpenMP (as it starts, and nobody else's) to sleep rather than spin at a barrier.

    Spinning threads starve one another as soon as anything else wants a core: beside a busy browser a 1.5-billion
    model wrote 1 token a second with libgomp's default, 6 with this, and no fewer on an idle machine.
    """
    tell = not os.environ.keys() & {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"}
    try:
        if tell:
            os.environ["GOMP_SPINCOUNT"] = _SPIN_COUNT
        return importlib.import_module("xllamacpp")
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "xllamacpp":
            raise ModelNotInstalledError(f"Local models need the package xllamacpp. Run {_INSTALL}.") from error
        if "libgomp" in str(error):
            raise ModelNotInstalledError(
                "Local models need the system library libgomp. Run `apt-get install libgomp1`, or install your "
                "system's package of it."
            ) from error
        raise
    finally:
        if tell:
            os.environ.pop("GOMP_SPINCOUNT", None)


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


# ---------------------------------------------------------------- the loaded models of this process


@dataclass(slots=True)
class _LoadedModel:
    server: Any
    folder: Path
    lock: threading.Lock = field(default_factory=threading.Lock)


_loaded: dict[Path, _LoadedModel] = {}
_loading = threading.Lock()
_exiting = threading.Event()


def _load(path: Path) -> _LoadedModel:
    with _loading:
        if path not in _loaded:
            _loaded[path] = _start(path)
        return _loaded[path]


def _start(path: Path) -> _LoadedModel:
    engine = _import_engine()
    folder = Path(tempfile.mkdtemp(prefix="rag-"))
    try:
        server = engine.Server(_parameters(engine, path, folder))
    except RuntimeError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise LanguageModelError(
            f"{path} could not be loaded: it is damaged, of a kind that the installed xllamacpp does not know, "
            "or larger than the free memory. Try another model, or a newer xllamacpp."
        ) from error
    return _LoadedModel(server, folder)


def _parameters(engine: Any, path: Path, folder: Path) -> Any:
    parameters = engine.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = 1
    parameters.n_batch = _BATCH_TOKENS
    parameters.n_ubatch = _BATCH_TOKENS
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = _processor_count()
    parameters.cache_ram_mib = 0
    parameters.warmup = False
    parameters.offline = True
    parameters.verbosity = -1
    # xllamacpp always opens an HTTP server beside the calls in process. Nobody is to talk to it: it gets a socket in
    # a folder of our own (where the system has such sockets), a key that is told to nobody, and no page.
    parameters.api_keys = [secrets.token_urlsafe(32)]
    parameters.ui = parameters.endpoint_slots = False
    parameters.port = 0
    socket_path = str(folder / "socket.sock")
    if os.name == "posix" and len(socket_path) < _SOCKET_PATH_LIMIT:
        parameters.hostnames = [socket_path]
    return parameters


def _processor_count() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@atexit.register
def _release() -> None:
    """End what is still being written and free the models, while the interpreter can still serve their threads."""
    _exiting.set()
    while _loaded:
        _, model = _loaded.popitem()
        if model.lock.acquire(timeout=_EXIT_WAIT_SECONDS):
            model.server = None
        shutil.rmtree(model.folder, ignore_errors=True)


# ---------------------------------------------------------------- generating


def _generate(model: _LoadedModel, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield llama.cpp's chunks as they come; closing the iterator ends the generation."""
    queue: SimpleQueue[dict[str, Any] | BaseException | None] = SimpleQueue()
    cancelled = threading.Event()

    def receive(part: dict[str, Any]) -> bool:
        queue.put(part)
        return cancelled.is_set() or _exiting.is_set()

    def run() -> None:
        try:
            with model.lock:
                if model.server is not None and not (cancelled.is_set() or _exiting.is_set()):
                    model.server.handle_chat_completions(request, receive)
        except BaseException as error:
            queue.put(error)  # raised where the text is read
            return
        queue.put(None)

    threading.Thread(target=run, name="local-language-model", daemon=True).start()
    try:
        while (part := queue.get()) is not None:
            if isinstance(part, BaseException):
                raise part
            if "choices" not in part:
                raise _refused(part)
            yield part
    finally:
        cancelled.set()


def _refused(part: dict[str, Any]) -> LanguageModelError:
    error = part.get("error", part)
    if error.get("type") == "exceed_context_size_error":
        return LanguageModelError(
            f"The question with its evidence is {error.get('n_prompt_tokens')} tokens long and the local model reads "
            f"{error.get('n_ctx')}. Ask with fewer passages, or use another model."
        )
    return LanguageModelError(f"The local model refused the request: {error.get('message', 'no reason given')}.")
