"""The states of the page, run by Streamlit's AppTest on a scripted engine."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rag.errors import IndexDamagedError, IndexMissingError, SourceError
from rag.ui import resources
from tests.engine_double import BOLTON, ScriptedBackend, read_seeds
from tests.page_app import SECONDS, drawn

pytestmark = pytest.mark.usefixtures("fresh_resources")


@pytest.fixture
def place(seeds: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedBackend:
    made = ScriptedBackend(read_seeds(seeds))
    monkeypatch.setattr(resources, "backend", made.backend)
    monkeypatch.setenv("RAG_SOURCES", str(seeds))
    return made


def turns(page: AppTest) -> list[dict[str, Any]]:
    return drawn(page, "turn")


def ask(page: AppTest, question: str) -> dict[str, Any]:
    """Ask, and return what the newest turn shows when its answer has ended."""
    page.chat_input(key="question").set_value(question).run()
    for _ in range(50):
        if not turns(page)[-1]["busy"]:
            break
        page.run()
    return turns(page)[-1]


def test_the_empty_page_offers_questions_the_sources_and_who_is_quoted(page: AppTest) -> None:
    page.run()
    assert page.title[0].value == "Ask what was said"
    assert [button.label for button in page.button if (button.key or "").startswith("example")] == [
        "What did John Bolton say\\?",
    ]
    voices, sources = drawn(page, "listing")
    assert [item["id"] for item in sources["items"]] == [
        "000_ba0002351a0cd86c.txt",
        "001_b22abe017f09f5cc.txt",
        "002_9b3c5909ff25ea98.txt",
        "003_1874e1b9391a4136.txt",
        "004_f8a082d0fecacf2d.txt",
    ]
    assert voices["items"] == [
        {"id": "John Bolton", "title": "John Bolton", "meta": "3 quotations", "hint": "Ask what John Bolton said"}
    ]
    assert turns(page) == []


def test_a_question_is_answered_with_citations(page: AppTest) -> None:
    shown = ask(page.run(), "What did Bolton say?")
    assert shown["status"] == "answered"
    assert [line["parts"][0]["text"] for line in shown["lines"][1:]] == list(BOLTON)
    assert shown["last"] is True
    assert page.query_params["c"]


def test_an_example_question_is_asked_by_its_button(page: AppTest) -> None:
    page.run().button(key="example-0").click().run()
    assert turns(page)[0]["question"] == "What did John Bolton say?"


def test_a_reload_and_a_second_tab_show_the_same_conversation(page: AppTest, repository: Path) -> None:
    ask(page.run(), "What did Bolton say?")
    ask(page, "And Hill?")
    other = AppTest.from_file(str(repository / "app.py"), default_timeout=SECONDS)
    other.query_params["c"] = page.query_params["c"]
    other.run()
    assert [turn["question"] for turn in turns(other)] == ["What did Bolton say?", "And Hill?"]


def test_a_conversation_that_the_server_forgot_is_said_to_be_gone(page: AppTest) -> None:
    page.query_params["c"] = "forgotten"
    page.run()
    assert [info.value for info in page.info] == [
        "The conversation of this address is no longer in the server’s memory. A new one begins here."
    ]


def test_new_chat_begins_anew(page: AppTest) -> None:
    ask(page.run(), "What did Bolton say?")
    page.button(key="new-chat").click().run()
    assert turns(page) == []
    assert "c" not in page.query_params


def test_an_answer_in_the_making_is_drawn_as_far_as_it_is(page: AppTest, place: ScriptedBackend) -> None:
    gate = threading.Event()
    page.run()
    place.engines[0].gate = gate
    page.chat_input(key="question").set_value("What did Bolton say?").run()
    assert turns(page)[0]["busy"] is True
    gate.set()
    for _ in range(50):
        page.run()
        if not turns(page)[0]["busy"]:
            break
    assert turns(page)[0]["status"] == "answered"


def test_a_follow_up_that_was_put_right_is_drawn_as_it_was_meant(page: AppTest) -> None:
    ask(page.run(), "What did Hill say?")
    assert ask(page, "And Bolton?")["understood"] == "What did Hill say? And Bolton?"

    service = resources.service()
    conversation = service.conversations.find("".join(page.query_params["c"]))
    assert conversation is not None
    assert service.put_right(conversation, conversation.turns[1], "What did Bolton say?").wait(SECONDS)
    page.run()
    shown = turns(page)[1]
    assert (shown["question"], shown["understood"], shown["corrected"]) == ("And Bolton?", "What did Bolton say?", True)
    assert [line["parts"][0]["text"] for line in shown["lines"][1:]] == list(BOLTON)


def test_a_refused_question_shows_the_nearest_passages(page: AppTest) -> None:
    shown = ask(page.run(), "What did the Pope say?")
    assert (shown["status"], len(shown["nearest"])) == ("refused", 2)


@pytest.mark.parametrize("question", ["word " * 10_000, " ", "\x00\x07"])
def test_a_question_that_cannot_be_asked_gets_a_message_and_the_page_survives(page: AppTest, question: str) -> None:
    page.run()
    shown = ask(page, question)
    assert shown["state"] in {"failed", "finished"}
    assert ask(page, "What did Bolton say?")["status"] == "answered"


def test_html_and_markdown_in_a_question_reach_the_page_as_text(page: AppTest) -> None:
    question = "<script>alert(1)</script> **bold** `code` What did Bolton say?"
    assert ask(page.run(), question)["question"] == question
    assert "<script>" not in " ".join(element.value for element in page.markdown)


def test_the_picked_model_answers_and_one_that_cannot_be_reached_says_so(
    page: AppTest, place: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM", "ollama:llama3")
    page.run()
    assert page.selectbox(key="model").options == ["ollama:llama3", "extractive", "local:smollm2"]
    page.selectbox(key="model").select("local:smollm2").run()
    assert ask(page, "What did Bolton say?")["dropped"] != []
    page.selectbox(key="model").select("ollama:llama3").run()
    shown = ask(page, "What did Bolton say?")
    assert shown["problem"] == "The model ollama:llama3 does not answer on http://127.0.0.1:11434. Start it."
    assert [offer["label"] for offer in shown["offers"]] == ["Ask again", "Answer without a language model"]
    assert [llm for _, _, llm in place.engines[0].asked[-2:]] == ["local:smollm2", "ollama:llama3"]


# ---------------------------------------------------------------- the source


def test_a_place_in_the_address_opens_the_source_at_the_words(page: AppTest, seeds: Path) -> None:
    text = (seeds / "004_f8a082d0fecacf2d.txt").read_text(encoding="utf-8")
    start = text.index(BOLTON[1])
    page.query_params["source"] = "004_f8a082d0fecacf2d.txt"
    page.query_params["span"] = f"{start}-{start + len(BOLTON[1])}"
    page.run()
    (reader,) = drawn(page, "reader")
    runs = [run for block in reader["article"]["blocks"] for run in block["runs"]]
    assert [run["text"] for run in runs if run.get("mark") == "strong"] == [BOLTON[1]]
    assert drawn(page, "listing")[-1]["opened"] == "004_f8a082d0fecacf2d.txt"


def test_an_unknown_source_in_the_address_is_a_message(page: AppTest) -> None:
    page.query_params["source"] = "<img src=x>*.txt"
    page.run()
    assert page.warning[0].value == r"There is no source \<img src\=x\>\*\.txt in the index\."
    assert drawn(page, "reader") == []


# ---------------------------------------------------------------- the index


def test_the_index_panel_tells_how_it_stands(page: AppTest) -> None:
    page.run()
    captions = " ".join(caption.value for caption in page.caption)
    assert r"5 documents\, 63 passages\. Up to date with the sources\." in captions


def test_a_stale_index_names_what_changed_and_offers_to_update(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.engine_double.CHANGED", ("a_file.txt",))
    monkeypatch.setenv("RAG_WATCH", "false")
    page.run()
    assert r"Changed\: a\_file\.txt" in [caption.value for caption in page.caption]
    assert page.button(key="update-index").label == "Update the index"


def test_a_rebuild_shows_its_progress_while_questions_are_answered(page: AppTest, place: ScriptedBackend) -> None:
    place.build_gate = threading.Event()
    page.run().button(key="rebuild-index").click().run()
    assert [bar.proto.text for bar in page.get("progress")] == [r"Embedding the passages\: 12 of 63"]
    assert ask(page, "What did Bolton say?")["status"] == "answered"
    place.build_gate.set()
    resources.service().build.wait(SECONDS)  # type: ignore[union-attr]
    page.run()
    assert json.loads(ask(page, "What did Hill say?")["json"])["index"] == "g2"
    assert place.builds == [True]
    assert any(caption.value.startswith("Built in 2") for caption in page.caption)


def test_without_an_index_the_page_offers_to_build_it(page: AppTest, place: ScriptedBackend) -> None:
    place.trouble = IndexMissingError("There is no index in index/ yet. Make it: rag index")
    place.generation = None
    page.run()
    assert page.title[0].value == "Nothing is indexed yet"
    assert len(page.chat_input) == 0
    page.button(key="update-index").click().run()
    resources.service().build.wait(SECONDS)  # type: ignore[union-attr]
    page.run()
    assert page.title[0].value == "Ask what was said"
    assert place.builds == [False]


def test_without_sources_the_page_says_where_to_put_them(
    page: AppTest, place: ScriptedBackend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAG_SOURCES", str(tmp_path / "my*files"))
    place.trouble = IndexMissingError("There is no index in index/ yet. Make it: rag index")
    place.build_trouble = SourceError("There is no document in my*files.")
    page.run()
    assert "does not exist" in page.warning[0].value
    page.button(key="update-index").click().run()
    resources.service().build.wait(SECONDS)  # type: ignore[union-attr]
    page.run()
    assert page.error[0].value == r"There is no document in my\*files\."


def test_a_broken_index_says_so_and_is_rebuilt_from_nothing(page: AppTest, place: ScriptedBackend) -> None:
    place.trouble = IndexDamagedError("vectors.faiss is broken. Rebuild: rag index --rebuild")
    page.run()
    assert page.title[0].value == "The index cannot be used"
    assert page.main.markdown[0].value == r"vectors\.faiss is broken\. Rebuild\: rag index \-\-rebuild"
    page.button(key="rebuild-index").click().run()
    resources.service().build.wait(SECONDS)  # type: ignore[union-attr]
    page.run()
    assert page.title[0].value == "Ask what was said"
    assert place.builds == [True]


def test_a_wrong_setting_is_a_message(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PASSAGE_COUNT", "none")
    page.run()
    assert "passage" in page.error[0].value
    assert not page.exception


def test_keys_in_the_secrets_reach_the_settings_and_nothing_else(page: AppTest) -> None:
    page.secrets["llm_api_keys"] = {"openai": "sk-very-secret"}
    page.run()
    settings = resources.service().settings
    assert settings.llm_api_keys["openai"].get_secret_value() == "sk-very-secret"
    assert "sk-very-secret" not in repr(page.main) + repr(page.sidebar) + repr(settings)


def test_the_engine_is_opened_once(page: AppTest, place: ScriptedBackend) -> None:
    page.run()
    for _ in range(3):
        ask(page, "What did Bolton say?")
    assert len(place.engines) == 1
