"""A conversation with the whole library: follow-ups, what is not clear, what a person or a model says is meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.engine import Engine
from rag.errors import UsageError
from rag.types.exchanges import Exchange, exchange_of
from tests.doubles import ScriptedChatModel
from tests.engines import engine_over

BRIDGE = """A bridge for Vik

The council of Vik will build a bridge in 2027.

“The bridge is too dear,” said Olga Brandt, the treasurer of Vik. “The ferry is enough.”

“A ferry stops when it storms,” said Tom Reyes, who runs the harbour.
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Engine]:
    with engine_over(tmp_path_factory.mktemp("bridge"), encoders, {"bridge.txt": BRIDGE}) as made:
        yield made


def test_who_is_named_in_an_answer_can_be_meant_by_the_next_question(engine: Engine) -> None:
    first = engine.ask("Who said that the bridge is too dear?")
    assert exchange_of(first).understood == "Who said that the bridge is too dear?"
    answer = engine.ask("What did she say about the ferry?", [exchange_of(first)])
    assert answer.standalone_question == "What did Olga Brandt say about the ferry?"
    assert answer.unclear == ""


def test_what_is_not_clear_is_said_in_the_answer(engine: Engine) -> None:
    answer = engine.ask("When did he say it?", ["What did Tom Reyes and Jon Aalto say?"])
    assert answer.standalone_question == "When did he say it?"
    assert answer.unclear == "“He” may be Tom Reyes or Jon Aalto, so the question was taken as it was asked."


def test_what_a_person_says_is_meant_stands_whatever_came_before(engine: Engine) -> None:
    answer = engine.ask("And he?", ["What did Brandt say?"], meant=" What did Reyes   say?")
    assert (answer.question, answer.standalone_question) == ("And he?", "What did Reyes say?")
    assert "A ferry stops when it storms" in answer.text
    with pytest.raises(UsageError, match="empty"):
        engine.ask("And he?", meant="?!")


@pytest.mark.parametrize(
    ("name", "follow_ups", "asked"),
    [
        ("openai:x", "auto", True),
        ("local:x", "auto", False),
        ("local:x", "model", True),
        ("openai:x", "rules", False),
        ("extractive", "model", False),
    ],
)
def test_a_language_model_rewrites_where_the_settings_let_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str, follow_ups: str, asked: bool
) -> None:
    model = ScriptedChatModel(pieces=["What did Olga Brandt say of the bridge?"])
    whole = engine._create_model
    monkeypatch.setattr(engine, "settings", Settings(**{**dict(engine.settings), "follow_ups": follow_ups}))
    monkeypatch.setattr(engine, "_model", lambda wanted: whole(wanted) if wanted == "extractive" else model)
    history = [Exchange("Who is Olga Brandt?"), Exchange("When will the bridge be built?")]
    answer = engine.ask("What did she say of it?", history, name)
    assert answer.standalone_question == "What did Olga Brandt say of the bridge?"
    assert any("make the last question" in str(prompt[0].content) for prompt in model.prompts) is asked
