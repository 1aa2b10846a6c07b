"""What `stream_text` takes from a model, and what it lets through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field

from rag.errors import ModelUnreachableError
from rag.models.streaming import Endpoint, stream_text


class ScriptedChatModel(BaseChatModel):
    """Streams the given contents and records what it was asked; an exception among them is raised in its turn."""

    contents: list[Any]
    asked: list[tuple[list[BaseMessage], dict[str, Any]]] = Field(default_factory=list)
    closed_after: list[int] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        self.asked.append((messages, kwargs))
        given = 0
        try:
            for content in self.contents:
                if isinstance(content, Exception):
                    raise content
                given += 1
                yield ChatGenerationChunk(message=AIMessageChunk(content=content))
        finally:
            self.closed_after.append(given)


QUESTION = [HumanMessage("Who?")]


def text_of(*contents: Any) -> list[str]:
    return list(stream_text(ScriptedChatModel(contents=list(contents)), QUESTION))


def test_options_and_messages_reach_the_model() -> None:
    model = ScriptedChatModel(contents=["a", "b"])

    assert list(stream_text(model, QUESTION, grammar="root ::= [a-z]")) == ["a", "b"]
    assert [(messages[0].content, options) for messages, options in model.asked] == [
        ("Who?", {"grammar": "root ::= [a-z]"})
    ]


def test_of_blocks_only_the_text_is_taken() -> None:
    blocks = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "Bolton "}]

    assert text_of(blocks, [{"type": "text", "text": "spoke."}], "") == ["Bolton ", "spoke."]


@pytest.mark.parametrize(
    ("contents", "text"),
    [
        (["<think>Let me see [1].</think>\n\nBolton [2]."], "Bolton [2]."),
        (["\n<th", "ink>Let", " me</thi", "nk>Bol", "ton"], "Bolton"),
        (["<think>never ends"], ""),
        (["<thinking> is a word"], "<thinking> is a word"),
        (["A <think>b</think>"], "A <think>b</think>"),
        (["<"], "<"),
        ([], ""),
    ],
)
def test_thoughts_before_the_answer_are_dropped(contents: list[str], text: str) -> None:
    assert "".join(text_of(*contents, "")) == text


@given(st.text(min_size=1), st.lists(st.integers(1, 5), max_size=30))
def test_however_text_is_cut_into_pieces_it_arrives_whole(text: str, cuts: list[int]) -> None:
    text = "x" + text
    pieces, start = [], 0
    for cut in cuts:
        pieces.append(text[start : start + cut])
        start += cut
    pieces.append(text[start:])

    assert "".join(text_of(*pieces)) == text


def test_closing_the_stream_closes_the_model() -> None:
    model = ScriptedChatModel(contents=["a", "b", "c", "d"])
    stream = stream_text(model, QUESTION)
    assert next(stream) == "a"
    stream.close()  # type: ignore[attr-defined]

    assert model.closed_after == [1]


@pytest.mark.parametrize("bug", [KeyError("choices"), ValueError("bad"), TypeError("no"), FileNotFoundError("gone")])
def test_a_bug_passes_unchanged(bug: Exception) -> None:
    with pytest.raises(type(bug)) as raised:
        text_of("a", bug)

    assert raised.value is bug


def test_a_failed_connection_of_any_package_is_unreachable() -> None:
    class ConnectTimeout(Exception):  # noqa: N818 - as httpx, requests and others call it
        pass

    with pytest.raises(ModelUnreachableError, match=r"The language model \(scripted\) did not answer in time"):
        text_of(ConnectTimeout("slow"))
    with pytest.raises(ModelUnreachableError, match="cannot be reached"):
        text_of(ConnectionRefusedError("no"))


def test_a_wrapped_failure_is_recognised_by_its_cause() -> None:
    wrapped = RuntimeError("the provider's own wrapper")
    wrapped.__cause__ = ConnectionResetError("reset")

    with pytest.raises(ModelUnreachableError, match="cannot be reached"):
        text_of(wrapped)


def test_a_model_fetched_by_nobody_is_a_hint_to_fetch_it() -> None:
    class ResponseError(Exception):
        status_code = 404

    model = ScriptedChatModel(contents=[ResponseError("model not found")])
    Endpoint(name="ollama:llama3.2", address="http://127.0.0.1:11434").attach(model)

    with pytest.raises(ModelUnreachableError) as raised:
        list(stream_text(model, QUESTION))

    assert str(raised.value) == (
        "ollama:llama3.2 at http://127.0.0.1:11434 knows no such model or address (HTTP 404). Check both. "
        "`ollama pull llama3.2` fetches it."
    )
