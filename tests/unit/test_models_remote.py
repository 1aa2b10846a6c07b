"""Models behind a server, through LangChain's real openai package and a real server on loopback."""

from __future__ import annotations

import logging
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, Field, SecretStr

from rag.errors import LanguageModelError, ModelNotInstalledError, ModelUnreachableError, UsageError
from rag.models import create_chat_model
from rag.models.remote import KEY_VARIABLES
from rag.models.streaming import Endpoint, stream_text
from tests.model_server import Reply, model_server

KEY = "sk-very-secret-0123456789"
MESSAGES = [SystemMessage("Be brief."), HumanMessage("Who spoke?")]

needs_openai = pytest.mark.skipif(
    find_spec("langchain_openai") is None, reason="langchain-openai is not installed (pip install langchain-openai)"
)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*KEY_VARIABLES.values(), "OPENAI_ADMIN_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)


def openai_model(address: str | None, key: str | None = KEY, timeout_seconds: float = 5.0) -> BaseChatModel:
    return create_chat_model(
        "openai:some-model",
        base_url=address,
        api_key=SecretStr(key) if key else None,
        timeout_seconds=timeout_seconds,
        max_tokens=77,
        weights_folder=Path("unused"),
    )


def error_of(model: BaseChatModel) -> LanguageModelError:
    with pytest.raises(LanguageModelError) as raised:
        list(stream_text(model, MESSAGES))
    shown = f"{raised.value}{raised.value!r}{raised.value.__cause__}{raised.value.__cause__!r}"
    assert KEY not in shown
    assert "\n" not in str(raised.value)
    return raised.value


@needs_openai
def test_text_streams_piece_by_piece_and_the_request_is_as_configured(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with model_server(Reply(pieces=["Bolton ", "spoke", " [1]."])) as server:
        model = openai_model(server.address)
        assert list(stream_text(model, MESSAGES)) == ["Bolton ", "spoke", " [1]."]

    assert server.paths == ["/v1/chat/completions"]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    request = server.requests[0]
    assert request["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Who spoke?"},
    ]
    assert (request["model"], request["temperature"], request["max_tokens"]) == ("some-model", 0, 77)
    assert (request["stream"], "max_completion_tokens" in request) == (True, False)
    assert KEY not in f"{model!r}{model!s}{model.metadata}{caplog.text}"


@needs_openai
def test_the_first_piece_comes_before_the_last_is_written() -> None:
    with model_server(Reply(pieces=["first", *["more"] * 50])) as server:
        pieces = stream_text(openai_model(server.address), MESSAGES)
        assert next(pieces) == "first"
        pieces.close()  # type: ignore[attr-defined]


@needs_openai
def test_a_port_where_nobody_listens_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"

    error = error_of(openai_model(address))

    assert isinstance(error, ModelUnreachableError)
    assert str(error) == (
        f"openai:some-model at {address} cannot be reached, or broke off. Check that the server runs, "
        "that the address is right (RAG_LLM_BASE_URL) and that there is a network."
    )
    assert error.exit_status == 4


@needs_openai
def test_a_refused_key_names_the_variable_and_not_the_key() -> None:
    body = f'{{"error": {{"message": "Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}}}'
    with model_server(Reply(status=401, body=body)) as server:
        error = error_of(openai_model(server.address))

    assert isinstance(error, ModelUnreachableError)
    assert str(error) == (
        f"openai:some-model at {server.address} refuses the key (HTTP 401). Check the key in OPENAI_API_KEY."
    )


@needs_openai
def test_a_server_that_is_too_slow_is_a_timeout() -> None:
    with model_server(Reply(pieces=["late"], delay_seconds=1.0)) as server:
        error = error_of(openai_model(server.address, timeout_seconds=0.2))

    assert isinstance(error, ModelUnreachableError)
    assert str(error) == (
        f"openai:some-model at {server.address} did not answer within 0.2 seconds. Check that the server runs, "
        "or allow it more time (RAG_LLM_TIMEOUT_SECONDS)."
    )


@needs_openai
@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (403, ModelUnreachableError, "refuses the key (HTTP 403)"),
        (404, ModelUnreachableError, "knows no such model or address (HTTP 404)"),
        (429, ModelUnreachableError, "takes no more requests for now (HTTP 429)"),
        (503, ModelUnreachableError, "failed (HTTP 503)"),
        (400, LanguageModelError, "refuses the request (HTTP 400): key …: too odd a request"),
    ],
)
def test_every_refusal_has_words_of_its_own(status: int, kind: type[LanguageModelError], says: str) -> None:
    body = f'{{"error": {{"message": "key {KEY}: too odd\\n a request"}}}}'
    with model_server(Reply(status=status, body=body)) as server:
        error = error_of(openai_model(server.address))

    assert type(error) is kind
    assert says in str(error)


@needs_openai
def test_a_prompt_too_long_for_the_model_says_so() -> None:
    body = '{"error": {"message": "too many tokens", "code": "context_length_exceeded"}}'
    with model_server(Reply(status=400, body=body)) as server:
        error = error_of(openai_model(server.address))

    assert str(error).startswith("The question with its evidence is too long for openai:some-model.")


@needs_openai
def test_a_connection_that_breaks_off_is_an_error_after_the_text_so_far() -> None:
    pieces: list[str] = []
    with model_server(Reply(pieces=["half "], break_off=True)) as server:
        stream = stream_text(openai_model(server.address), MESSAGES)
        with pytest.raises(ModelUnreachableError, match="cannot be reached"):
            pieces += stream
    assert (pieces, len(server.requests)) == (["half "], 1)


@needs_openai
def test_a_page_that_is_no_model_server_is_named() -> None:
    with model_server(Reply(body="<html>hello</html>")) as server:
        error = error_of(openai_model(server.address))

    assert "gave no usable answer" in str(error)
    assert "/v1" in str(error)


@needs_openai
def test_a_model_that_takes_no_temperature_is_asked_again_without_one() -> None:
    refusal = Reply(status=400, body='{"error": {"message": "Unsupported value: \'temperature\' must be 1"}}')
    with model_server(refusal, Reply(pieces=["fine"])) as server:
        model = openai_model(server.address)
        assert list(stream_text(model, MESSAGES)) == ["fine"]

    assert ["temperature" in request for request in server.requests] == [True, False]


@needs_openai
def test_openai_itself_without_a_key_names_the_variable() -> None:
    with pytest.raises(LanguageModelError) as raised:
        openai_model(None, key=None)

    assert str(raised.value) == (
        "There is no key for openai. Set the environment variable OPENAI_API_KEY, or choose another model."
    )


@needs_openai
def test_the_address_that_nobody_set_is_known_for_messages() -> None:
    assert Endpoint.of(openai_model(None)) == Endpoint(
        name="openai:some-model",
        address="https://api.openai.com/v1",
        key_variable="OPENAI_API_KEY",
        timeout_seconds=5.0,
    )


@needs_openai
def test_a_server_of_ones_own_needs_no_key() -> None:
    with model_server(Reply(pieces=["hello"])) as server:
        assert list(stream_text(openai_model(server.address, key=None), MESSAGES)) == ["hello"]


@needs_openai
def test_the_key_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-environment")
    with model_server(Reply(pieces=["hello"])) as server:
        list(stream_text(openai_model(server.address, key=None), MESSAGES))

    assert server.headers[0]["authorization"] == "Bearer sk-from-environment"


def test_a_password_within_the_address_is_not_shown() -> None:
    error = error_of(openai_model(f"http://user:{KEY}@127.0.0.1:1/v1")) if find_spec("langchain_openai") else None

    assert error is None or "at http://127.0.0.1:1/v1 cannot be reached, or broke off" in str(error)


@pytest.mark.parametrize(
    ("provider", "package"), [("ollama", "langchain-ollama"), ("anthropic", "langchain-anthropic")]
)
def test_a_missing_package_is_named_with_its_command(
    provider: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in sys.modules is how Python itself marks a module that cannot be imported.
    for module in (package.replace("-", "_"), "langchain_community", "langchain_community.chat_models"):
        monkeypatch.setitem(sys.modules, module, None)
    forget_providers()

    with pytest.raises(ModelNotInstalledError) as raised:
        create_chat_model(f"{provider}:some-model", weights_folder=Path("unused"))

    assert str(raised.value) == f"Models of {provider} need a package of their own. Run `pip install {package}`."


def forget_providers() -> None:
    """LangChain remembers which provider's class it imported."""
    from langchain.chat_models import base

    base._get_chat_model_creator.cache_clear()


class StrictChatModel(BaseChatModel):
    """Stands for a provider whose class refuses settings that it does not know."""

    model_config = ConfigDict(extra="forbid")
    made: ClassVar[list[dict[str, Any]]] = []

    model: str
    temperature: float | None = None
    max_tokens: int | None = None
    xai_api_key: SecretStr | None = Field(default=None, alias="api_key")

    @property
    def _llm_type(self) -> str:
        return "strict"

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("ok"))])


@pytest.fixture
def strict_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("langchain_xai")
    module.ChatXAI = StrictChatModel  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "langchain_xai", module)
    forget_providers()


@pytest.mark.usefixtures("strict_provider")
def test_settings_that_a_provider_does_not_know_are_left_out() -> None:
    model = create_chat_model("xai:some-model", api_key=SecretStr(KEY), max_tokens=9, weights_folder=Path("unused"))

    assert isinstance(model, StrictChatModel)
    assert (model.model, model.temperature, model.max_tokens) == ("some-model", 0, 9)
    assert list(stream_text(model, MESSAGES)) == ["ok"]


@pytest.mark.usefixtures("strict_provider")
def test_an_address_that_a_provider_cannot_use_is_not_dropped_in_silence() -> None:
    with pytest.raises(UsageError, match="Models of xai take no address"):
        create_chat_model(
            "xai:some-model", api_key=SecretStr(KEY), base_url="http://127.0.0.1:1", weights_folder=Path("unused")
        )


@pytest.mark.usefixtures("strict_provider")
def test_a_key_that_a_provider_would_miss_only_later_is_asked_for_at_once() -> None:
    with pytest.raises(LanguageModelError, match=r"There is no key for xai\. Set .* XAI_API_KEY"):
        create_chat_model("xai:some-model", weights_folder=Path("unused"))
