"""Language models behind a server: Ollama, OpenAI and what is compatible with it, Anthropic, and LangChain's others.

LangChain's `init_chat_model` knows the providers; their packages are optional and imported only here, when named.
"""

from __future__ import annotations

import re
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from pydantic import SecretStr, ValidationError

from rag.errors import LanguageModelError, ModelNotInstalledError, UsageError
from rag.models.streaming import Endpoint

OLLAMA_CONTEXT_TOKENS = 8192
"""Ollama cuts a longer prompt off without a word, and by its own default that is 2048 or 4096."""
RETRIES = 1

KEY_VARIABLES = {
    "anthropic": "ANTHROPIC_API_KEY",
    "azure_openai": "AZURE_OPENAI_API_KEY",
    "cohere": "COHERE_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "fireworks": "FIREWORKS_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "groq": "GROQ_API_KEY",
    "huggingface": "HUGGINGFACEHUB_API_TOKEN",
    "mistralai": "MISTRAL_API_KEY",
    "nvidia": "NVIDIA_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "perplexity": "PPLX_API_KEY",
    "together": "TOGETHER_API_KEY",
    "upstage": "UPSTAGE_API_KEY",
    "xai": "XAI_API_KEY",
}
"""The environment variable that each provider's package reads its key from."""

_KEYLESS = SecretStr("none")
"""OpenAI's package insists on a key where a server on one's own machine wants none."""
_ADDRESS_FIELDS = ("base_url", "openai_api_base", "anthropic_api_url", "azure_endpoint", "endpoint_url")


def create_remote_model(
    provider: str,
    model: str,
    *,
    base_url: str | None,
    api_key: SecretStr | None,
    timeout_seconds: float,
    max_tokens: int,
) -> BaseChatModel:
    """Return the chat model `model` of `provider`; nothing is sent yet.

    `base_url` is the server's address where it is not the provider's own, `api_key` a key to use instead of the one
    in the environment. Raises UsageError for an unknown provider or one that takes no address,
    ModelNotInstalledError where its package is missing, LanguageModelError where its key is.
    """
    settings = _settings(provider, base_url, timeout_seconds, max_tokens)
    if api_key is not None:
        settings["api_key"] = api_key
    try:
        chat_model = _create(provider, model, settings)
    except Exception as error:
        if api_key is not None or isinstance(error, LanguageModelError | UsageError) or not _asks_for_key(error):
            raise
        if provider != "openai" or base_url is None:
            raise _missing_key(provider) from error
        chat_model = _create(provider, model, {**settings, "api_key": _KEYLESS})
    if _lacks_key(provider, chat_model):
        raise _missing_key(provider)
    Endpoint(
        name=f"{provider}:{model}",
        address=base_url or _own_address(chat_model),
        key_variable=KEY_VARIABLES.get(provider),
        timeout_seconds=timeout_seconds,
    ).attach(chat_model)
    return chat_model


def _settings(provider: str, base_url: str | None, timeout_seconds: float, max_tokens: int) -> dict[str, Any]:
    settings: dict[str, Any] = {"temperature": 0}
    if base_url is not None:
        settings["base_url"] = base_url
    if provider == "ollama":
        return settings | {
            "num_predict": max_tokens,
            "num_ctx": OLLAMA_CONTEXT_TOKENS,
            "client_kwargs": {"timeout": timeout_seconds},
        }
    settings |= {"timeout": timeout_seconds, "max_retries": RETRIES}
    if provider == "openai" and base_url is not None:
        # The compatible servers know this name; LangChain sends OpenAI's newer one, which many of them ignore.
        return settings | {"extra_body": {"max_tokens": max_tokens}}
    return settings | {"max_tokens": max_tokens}


def _create(provider: str, model: str, settings: dict[str, Any]) -> BaseChatModel:
    try:
        from langchain.chat_models import init_chat_model
    except ModuleNotFoundError as error:
        raise ModelNotInstalledError("Hosted models need LangChain. Run `pip install langchain`.") from error
    try:
        chat_model: BaseChatModel = init_chat_model(model, model_provider=provider, **settings)
    except ValidationError as error:
        remaining = _without_refused(provider, settings, error)
        return _create(provider, model, remaining)
    except ImportError as error:
        package = re.search(r"pip install ([\w.-]+)", str(error))
        if package is None:
            raise
        raise ModelNotInstalledError(
            f"Models of {provider} need a package of their own. Run `pip install {package[1].rstrip('.')}`."
        ) from error
    except ValueError as error:
        if "Unsupported provider" not in str(error):
            raise
        from rag.models import MODEL_FORMS

        raise UsageError(f"No provider of language models is called {provider!r}. {MODEL_FORMS}") from error
    return chat_model


def _without_refused(provider: str, settings: dict[str, Any], error: ValidationError) -> dict[str, Any]:
    """Return the settings without those that the provider's class does not know, which are never the essential ones."""
    refused = {str(fault["loc"][0]) for fault in error.errors() if fault["type"] == "extra_forbidden" and fault["loc"]}
    if not refused & settings.keys():
        raise error
    if "base_url" in refused:
        raise UsageError(f"Models of {provider} take no address. Leave RAG_LLM_BASE_URL out.") from error
    return {name: value for name, value in settings.items() if name not in refused}


def _asks_for_key(error: Exception) -> bool:
    return re.search(r"api[_ ]?(key|token)|credentials", str(error), re.IGNORECASE) is not None


def _lacks_key(provider: str, chat_model: BaseChatModel) -> bool:
    if provider not in KEY_VARIABLES:
        return False
    for name, field in type(chat_model).model_fields.items():
        if "api_key" in {name, field.alias}:
            key = getattr(chat_model, name)
            return key is None or (isinstance(key, SecretStr) and not key.get_secret_value())
    return False


def _missing_key(provider: str) -> LanguageModelError:
    variable = KEY_VARIABLES.get(provider, f"{provider.upper()}_API_KEY")
    return LanguageModelError(
        f"There is no key for {provider}. Set the environment variable {variable}, or choose another model."
    )


def _own_address(chat_model: BaseChatModel) -> str | None:
    fields = (getattr(chat_model, name, None) for name in _ADDRESS_FIELDS)
    client = getattr(chat_model, "root_client", None)  # OpenAI's, which knows the address that nobody set
    address = next((field for field in fields if isinstance(field, str) and field), getattr(client, "base_url", None))
    return str(address).rstrip("/") if address else None
