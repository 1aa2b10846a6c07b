"""llama.cpp in this process, through xllamacpp: importing it, loading a GGUF file once, generating, letting go.

A file is loaded once and shared; calls queue for it. A thread of its own writes each answer, so that text can be read
as it comes and the reader can leave at any time: the generation ends at the next token, or, while the prompt is still
being read, at the next batch of it.
"""

from __future__ import annotations

import atexit
import importlib
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from rag.errors import LanguageModelError, ModelNotInstalledError

CONTEXT_TOKENS = 8192
"""Asked for; a model that was trained on less gets what it was trained on."""
_BATCH_TOKENS = 128
"""Prompt tokens read between two looks at whether the answer is still wanted: about two seconds of a small CPU."""
_EXIT_WAIT_SECONDS = 30.0
_SOCKET_PATH_LIMIT = 100
_SPIN_COUNT = "1000"
_INSTALL = '`make run-local`, or `pip install "ontherecord[local]"`'


def import_engine() -> Any:
    """Return the module xllamacpp; raises ModelNotInstalledError where it, or a library that it needs, is missing.

    While it starts, its OpenMP (and nobody else's) is told to sleep rather than spin when a thread waits for another:
    with libgomp's default, answers come several times slower as soon as anything else wants one of the cores.
    """
    os.putenv("GOMP_SPINCOUNT", _SPIN_COUNT)
    try:
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
        os.unsetenv("GOMP_SPINCOUNT")


# ---------------------------------------------------------------- the loaded models of this process


@dataclass(slots=True)
class LoadedModel:
    """A model in memory, and the lock that whoever lets it write must hold."""

    server: Any
    folder: Path
    lock: threading.Lock = field(default_factory=threading.Lock)


_loaded: dict[Path, LoadedModel] = {}
_loading = threading.Lock()
_exiting = threading.Event()


def load(path: Path) -> LoadedModel:
    """Return the model of the GGUF file `path`, loading it where this process has not done so yet.

    Raises LanguageModelError where that fails.
    """
    with _loading:
        if path not in _loaded:
            _loaded[path] = _start(path)
        return _loaded[path]


def _start(path: Path) -> LoadedModel:
    engine = import_engine()
    folder = Path(tempfile.mkdtemp(prefix="rag-"))
    try:
        server = engine.Server(_parameters(engine, path, folder))
    except RuntimeError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise LanguageModelError(
            f"{path} could not be loaded: it is damaged, of a kind that the installed xllamacpp does not know, "
            "or larger than the free memory. Try another model, or a newer xllamacpp."
        ) from error
    return LoadedModel(server, folder)


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


def generate(model: LoadedModel, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield llama.cpp's chunks (OpenAI's form) as they come; closing the iterator ends the generation.

    Raises LanguageModelError where the request is refused, as for a prompt longer than the context.
    """
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
