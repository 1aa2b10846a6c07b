"""Reading a chat model's text, with its failures turned into errors for people.

Every provider's package raises errors of its own, so they are told apart by what they share: the HTTP status they
carry, and the names of their classes (LangChain's `ModelError` family, the openai and anthropic packages, httpx).
What fits none of that is a bug and passes unchanged. Keys never enter a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from rag.errors import LanguageModelError, ModelUnreachableError, RagError

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import BaseMessage

_CONNECTION_NAMES = frozenset(
    {"APIConnectionError", "ModelConnectionError", "ConnectionError", "TransportError", "NetworkError", "gaierror"}
)
_REFUSAL_NAMES = frozenset({"ModelError", "APIError", "ResponseError", "HTTPStatusError"})
_DETAIL_LENGTH = 200
_THOUGHT_START, _THOUGHT_END = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is served, for messages: its `provider:model` name, address, key variable and time limit."""

    name: str
    address: str | None = None
    key_variable: str | None = None
    timeout_seconds: float | None = None

    def attach(self, model: BaseChatModel) -> None:
        """Note this on the model (in its metadata, which LangChain carries along and the provider never sees)."""
        model.metadata = {**(model.metadata or {}), "endpoint": asdict(self)}

    @classmethod
    def of(cls, model: BaseChatModel) -> Endpoint:
        """Return what `attach` noted; for any other model its kind alone."""
        noted = (model.metadata or {}).get("endpoint")
        return cls(**noted) if noted else cls(name=f"The language model ({model._llm_type})")

    @property
    def place(self) -> str:
        """Name and address as a message says them; a password within the address is left out."""
        if not self.address:
            return self.name
        parts = urlsplit(self.address)
        host = parts.netloc.rpartition("@")[2]
        return f"{self.name} at {urlunsplit((parts.scheme, host, parts.path, '', ''))}"


def stream_text(model: BaseChatModel, messages: Sequence[BaseMessage], **options: Any) -> Iterator[str]:
    """Yield the text that `model` writes, piece by piece; closing the iterator ends the writing.

    Only text is yielded: of a content made of blocks the text blocks, and of a model that thinks aloud what comes
    after its thoughts. `options` go to the model as they are. Raises ModelUnreachableError where the server does not
    answer, answers too late or refuses the key, LanguageModelError where it refuses the request.
    """
    return _without_thoughts(_pieces(model, messages, options))


def _pieces(model: BaseChatModel, messages: Sequence[BaseMessage], options: dict[str, Any]) -> Iterator[str]:
    started = False
    try:
        for chunk in model.stream(list(messages), **options):
            if chunk.text:
                started = True
                yield str(chunk.text)
    except RagError:
        raise
    except Exception as error:
        if not started and _refuses_temperature(error, model):
            # Some hosted models take no temperature but their own.
            yield from _pieces(model.model_copy(update={"temperature": None}), messages, options)
            return
        translated = translate_error(error, model)
        if translated is None:
            raise
        raise translated from (None if _scrub(str(error), model) != str(error) else error)


def _without_thoughts(pieces: Iterator[str]) -> Iterator[str]:
    """Drop a leading `<think>…</think>`, which some servers leave in the text of models that reason."""
    held = ""
    for piece in pieces:
        held = (held + piece).lstrip()
        if held.startswith(_THOUGHT_START):
            _, ended, held_after = held.partition(_THOUGHT_END)
            if ended:
                held = held_after.lstrip()
                break
        elif not _THOUGHT_START.startswith(held):
            break
    if held and not held.startswith(_THOUGHT_START):
        yield held
    yield from pieces


def translate_error(error: BaseException, model: BaseChatModel) -> LanguageModelError | None:
    """Return what `error` means for the person who asked, None where it is no failure of the model's server."""
    endpoint, names, status = Endpoint.of(model), _names(error), _status(error)
    if "ContextOverflowError" in names or getattr(error, "code", None) == "context_length_exceeded":
        return LanguageModelError(
            f"The question with its evidence is too long for {endpoint.name}. "
            "Ask with fewer passages, or use another model."
        )
    if status is not None and status >= 400:
        return _status_error(status, endpoint, _detail(error, model))
    if any("Timeout" in name for name in names):
        limit = f" within {endpoint.timeout_seconds:g} seconds" if endpoint.timeout_seconds else " in time"
        return ModelUnreachableError(
            f"{endpoint.place} did not answer{limit}. Check that the server runs, or allow it more time "
            "(RAG_LLM_TIMEOUT_SECONDS)."
        )
    if names & _CONNECTION_NAMES:
        start = " (`ollama serve` starts it)" if endpoint.name.startswith("ollama:") else ""
        return ModelUnreachableError(
            f"{endpoint.place} cannot be reached, or broke off. Check that the server runs{start}, "
            "that the address is right (RAG_LLM_BASE_URL) and that there is a network."
        )
    if names & _REFUSAL_NAMES or "No generation chunks" in str(error):
        return LanguageModelError(
            f"{endpoint.place} gave no usable answer: {_detail(error, model)}. Check the address (RAG_LLM_BASE_URL; "
            "that of an OpenAI-compatible server mostly ends in /v1), or choose another model."
        )
    return None


def _status_error(status: int, endpoint: Endpoint, detail: str) -> LanguageModelError:
    if status in {401, 403}:
        key = f"the key in {endpoint.key_variable}" if endpoint.key_variable else "its key"
        return ModelUnreachableError(f"{endpoint.place} refuses the key (HTTP {status}). Check {key}.")
    if status == 404:
        model = endpoint.name.removeprefix("ollama:")
        pull = f" `ollama pull {model}` fetches it." if model != endpoint.name else ""
        return ModelUnreachableError(f"{endpoint.place} knows no such model or address (HTTP 404). Check both.{pull}")
    if status == 429:
        return ModelUnreachableError(
            f"{endpoint.place} takes no more requests for now (HTTP 429). Wait a little and ask again, "
            "or check the limits of the account."
        )
    if status >= 500:
        return ModelUnreachableError(
            f"{endpoint.place} failed (HTTP {status}). Ask again later, or choose another model."
        )
    return LanguageModelError(
        f"{endpoint.place} refuses the request (HTTP {status}): {detail}. Choose another model or correct the settings."
    )


def _refuses_temperature(error: BaseException, model: BaseChatModel) -> bool:
    fixed = getattr(model, "temperature", None) is not None
    return fixed and _status(error) in {400, 422} and "temperature" in str(error).lower()


def _names(error: BaseException) -> set[str]:
    """Return the class names of the error and of what caused it."""
    names: set[str] = set()
    cause: BaseException | None = error
    while cause is not None:
        names.update(kind.__name__ for kind in type(cause).__mro__)
        cause = cause.__cause__
    return names


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _detail(error: BaseException, model: BaseChatModel) -> str:
    text = " ".join(_scrub(str(getattr(error, "message", None) or error), model).split()).rstrip(". ")
    text = re.sub(r"^Error code: \d+ - ", "", text)
    return text if len(text) <= _DETAIL_LENGTH else text[:_DETAIL_LENGTH] + " …"


def _scrub(text: str, model: BaseChatModel) -> str:
    """Replace every key that the model holds."""
    for name in type(model).model_fields:
        value = getattr(model, name, None)
        if isinstance(value, SecretStr) and value.get_secret_value():
            text = text.replace(value.get_secret_value(), "…")
    return text
