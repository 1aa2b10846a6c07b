"""What every language model keeps to, whichever provider it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from pydantic import SecretStr

from rag.models import create_chat_model
from rag.models.streaming import stream_text
from rag.models.weights import SMOLLM2, installed_weights
from rag.prompts import answer_messages
from rag.types import Evidence
from tests.model_server import Reply, model_server

EVIDENCE = [
    Evidence(source="a.txt", start=0, end=22, text="Bolton called it blue.", score=1.0, speaker="John Bolton"),
    Evidence(source="b.txt", start=0, end=21, text="Miller called it red.", score=0.5),
]


@pytest.fixture(params=["extractive", "local", "openai"])
def model(request: pytest.FixtureRequest) -> Iterator[BaseChatModel]:
    """Each kind of model in turn, on real parts."""
    if request.param == "extractive":
        yield create_chat_model("extractive", weights_folder=Path("nowhere"))
    elif request.param == "local":
        if find_spec("xllamacpp") is None or SMOLLM2.name not in installed_weights(Path("nowhere")):
            pytest.skip(f"xllamacpp or the small model is not installed ({SMOLLM2.install})")
        yield create_chat_model("local:smollm2-135m", max_tokens=20, weights_folder=Path("nowhere"))
    else:
        if find_spec("langchain_openai") is None:
            pytest.skip("langchain-openai is not installed (pip install langchain-openai)")
        with model_server(Reply(pieces=["Bolton called ", "it blue [1].", ""])) as server:
            yield create_chat_model(
                "openai:any", base_url=server.address, api_key=SecretStr("key"), weights_folder=Path("nowhere")
            )


@pytest.fixture
def messages() -> list[BaseMessage]:
    return answer_messages("What did Bolton say?", EVIDENCE)


def test_pieces_are_text_and_none_is_empty(model: BaseChatModel, messages: list[BaseMessage]) -> None:
    pieces = list(stream_text(model, messages))

    assert len(pieces) > 1
    assert all(type(piece) is str and piece for piece in pieces)


def test_the_same_question_gives_the_same_text(model: BaseChatModel, messages: list[BaseMessage]) -> None:
    assert "".join(stream_text(model, messages)) == "".join(stream_text(model, messages))


def test_the_messages_are_left_as_they_were(model: BaseChatModel, messages: list[BaseMessage]) -> None:
    before = [(message.type, message.content) for message in messages]
    list(stream_text(model, messages))

    assert [(message.type, message.content) for message in messages] == before


def test_a_stream_can_be_left_after_its_first_piece(model: BaseChatModel, messages: list[BaseMessage]) -> None:
    stream = stream_text(model, messages)
    first = next(stream)
    stream.close()  # type: ignore[attr-defined]

    assert next(stream_text(model, messages)) == first


def test_chunks_add_up_to_one_message(model: BaseChatModel, messages: list[BaseMessage]) -> None:
    chunks = list(model.stream(messages))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk

    assert isinstance(whole, AIMessageChunk)
    assert whole.text.strip() == "".join(stream_text(model, messages)).strip()
