"""Language models, behind LangChain's `BaseChatModel` and one kind of name: `provider:model`.

Importing this package imports no provider: each is imported when a model of it is asked for.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import UsageError
from rag.models.weights import REGISTERED, installed_weights

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from pydantic import SecretStr

EXTRACTIVE = "extractive"
MODEL_FORMS = (
    "Write extractive, local:NAME, local:PATH.gguf, ollama:MODEL, openai:MODEL (with RAG_LLM_BASE_URL for a compatible "
    "server), anthropic:MODEL, or another of LangChain's providers as provider:MODEL."
)


def create_chat_model(
    name: str,
    *,
    base_url: str | None = None,
    api_key: SecretStr | None = None,
    timeout_seconds: float = 120.0,
    max_tokens: int = 400,
    weights_folder: Path,
) -> BaseChatModel:
    """Return the language model that `name` (`extractive` or `provider:model`) means, ready to be asked.

    Nothing is sent over a network and no weights are loaded yet. A local model knows no time limit: how fast it
    writes is the machine's matter. Raises UsageError for a name that means nothing, ModelNotInstalledError where a
    package or weights are missing, LanguageModelError where a key is.
    """
    if name.strip().lower() == EXTRACTIVE:
        from rag.models.extractive import ExtractiveChatModel

        return ExtractiveChatModel()
    provider, model = _split(name)
    if provider == "local":
        from rag.models.local import create_local_model

        return create_local_model(model, weights_folder=weights_folder, max_tokens=max_tokens)
    from rag.models.remote import create_remote_model

    return create_remote_model(
        provider, model, base_url=base_url, api_key=api_key, timeout_seconds=timeout_seconds, max_tokens=max_tokens
    )


def _split(name: str) -> tuple[str, str]:
    provider, colon, model = name.strip().partition(":")
    provider, model = provider.strip().lower().replace("-", "_"), model.strip()
    if not (colon and provider and model):
        raise UsageError(f"{name!r} does not name a language model. {MODEL_FORMS}")
    return provider, model


def installed_models(weights_folder: Path, ollama_folder: Path | None = None) -> tuple[str, ...]:
    """Return the names worth offering on this machine, without the network and without importing any provider.

    These are the registered local models whose weights are here, other GGUF files in `weights_folder`, and, where
    LangChain's Ollama package is installed, the models that Ollama has fetched into `ollama_folder` (its usual
    folder in the home folder, unless told otherwise).
    """
    names: list[str] = []
    if find_spec("xllamacpp") is not None:
        registered_files = {weights.file_name for weights in REGISTERED.values()}
        names += [f"local:{name}" for name in installed_weights(weights_folder)]
        names += [
            f"local:{path}" for path in sorted(weights_folder.glob("*.gguf")) if path.name not in registered_files
        ]
    if find_spec("langchain_ollama") is not None:
        names += _fetched_by_ollama(ollama_folder or Path.home() / ".ollama" / "models")
    return tuple(names)


def _fetched_by_ollama(folder: Path) -> list[str]:
    """Read the names from Ollama's manifests (`manifests/HOST/library/NAME/TAG`)."""
    manifests = folder.glob("manifests/*/library/*/*")
    tags = sorted((path.parent.name, path.name) for path in manifests if path.is_file())
    return [f"ollama:{name}" if tag == "latest" else f"ollama:{name}:{tag}" for name, tag in tags]
