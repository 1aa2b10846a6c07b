"""Checking answers of the page against the files: what is shown of it, and the file of a conversation."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rag.config import Settings
from rag.engine import check_saved, read_saved_answers
from rag.types import AnswerCheck, CitationCheck, CitationState, Fault
from rag.ui import resources
from rag.ui.certificate import marked, summary, view_check
from rag.ui.exporting import conversation_file, literal
from tests.engine_double import BOLTON, ScriptedBackend, ScriptedEngine, read_seeds
from tests.page_app import drawn

NOON = datetime(2026, 11, 22, 12)
HOLDS = CitationCheck(1, "a.txt", 0, 5, CitationState.HOLDS)
CHANGED = CitationCheck(
    2,
    "a.txt",
    9,
    20,
    CitationState.CHANGED,
    "its words changed",
    "a.txt",
    9,
    20,
    "It is  shut now",
    "It is open now",
    (("shut", "open"),),
)


def test_a_check_is_summed_up_and_shown_citation_by_citation() -> None:
    faults = (Fault("q: citation 2", "its words changed", ""), Fault("q: the answer", "it is a refusal", ""))
    view = view_check(AnswerCheck((HOLDS, CHANGED), faults), NOON)
    assert (view["holds"], view["summary"]) == (False, "1 of 2 citations holds: 1 changed. Checked at 12:00:00.")
    assert view["faults"] == ["It is a refusal."]
    assert [row["label"] for row in view["rows"]] == ["Holds", "Changed"]
    assert view["rows"][1]["before"] == [
        {"text": "It is ", "differs": False},
        {"text": "shut", "differs": True},
        {"text": " now", "differs": False},
    ]
    assert view["rows"][1]["problem"] == "Its words changed."


def test_summaries() -> None:
    whole = "1 citation: stands in the files, character for character."
    assert summary([AnswerCheck((HOLDS,), ())]) == whole
    assert summary([AnswerCheck((HOLDS, HOLDS), ())]).startswith("2 citations: all stand")
    assert summary([AnswerCheck((HOLDS,), (Fault("q", "x", ""),))]).endswith(
        "character, but something else does not hold."
    )
    assert summary([AnswerCheck((), ())]) == "Nothing is stated, so there is nothing to check."
    assert summary([AnswerCheck((), (Fault("q", "x", ""),))]) == "Something does not hold."


def test_parts_that_are_not_there_are_not_marked() -> None:
    assert marked("a b", ["x", "b"]) == [{"text": "a ", "differs": False}, {"text": "b", "differs": True}]


def test_the_file_of_a_conversation_is_checked_again(seeds: Path, tmp_path: Path) -> None:
    engine = ScriptedEngine(read_seeds(seeds))
    answers = [engine.ask("What did Bolton say?"), engine.ask("What did the Pope say? <b>[x](http://a.b)</b>")]
    path = tmp_path / "conversation.md"
    path.write_text(conversation_file(answers), encoding="utf-8")
    saved = read_saved_answers(path)
    assert [answer for _, answer in saved] == [json.loads(json.dumps(answer.to_dict())) for answer in answers]
    assert [check.holds for check in check_saved([answer for _, answer in saved], Settings(sources=seeds))] == [
        True
    ] * 2
    shown = path.read_text(encoding="utf-8").split("```json")[0]
    assert "## 1. What did Bolton say?" in shown
    assert "\\<b\\>\\[x\\](http\\://a.b)\\</b\\>" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- no item", "\\- no item"),
        ("1. no item", "1\\. no item"),
        ("# no heading", "\\# no heading"),
        ("see www.a.b or me@a.b", "see www\\.a.b or me\\@a.b"),
        ("He said: no. It is.", "He said: no. It is."),
        ("![a](b) <i> `c` *d* _e_", "\\!\\[a\\](b) \\<i\\> \\`c\\` \\*d\\* \\_e\\_"),
    ],
)
def test_nothing_in_the_file_is_mark_up(text: str, shown: str) -> None:
    assert literal(text) == shown


# ------------------------------------------------------------ on the page


@pytest.fixture
def sources(seeds: Path, tmp_path: Path) -> Path:
    shutil.copytree(seeds, tmp_path / "documents")
    return tmp_path / "documents"


@pytest.fixture
def place(sources: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedBackend:
    made = ScriptedBackend(read_seeds(sources))
    monkeypatch.setattr(resources, "backend", made.backend)
    monkeypatch.setenv("RAG_SOURCES", str(sources))
    return made


@pytest.mark.usefixtures("fresh_resources")
def test_a_conversation_is_checked_against_the_files_by_a_button(page: AppTest, sources: Path) -> None:
    page.run()
    for number, question in enumerate(("What did Bolton say?", "What did Hill say?")):
        page.chat_input(key="question").set_value(question).run()
        for _ in range(50):
            if len(turns := drawn(page, "turn")) > number and not turns[-1]["busy"]:
                break
            page.run()
    assert [turn["certificate"] for turn in drawn(page, "turn")] == [None, None]
    page.button(key="check-conversation").click().run()
    assert [turn["certificate"]["holds"] for turn in drawn(page, "turn")] == [True, True]
    assert "All 2 answers hold against the files\\." in [each.value for each in page.caption]
    changed = next(path for path in sources.iterdir() if BOLTON[2] in path.read_text(encoding="utf-8"))
    changed.write_text(changed.read_text(encoding="utf-8").replace("Nobel Peace Prize", "prize"), encoding="utf-8")
    page.button(key="check-conversation").click().run()
    first, second = (turn["certificate"] for turn in drawn(page, "turn"))
    assert [row["label"] for row in first["rows"]].count("Changed") == 1
    assert {row["label"] for row in second["rows"]} <= {"Holds", "Moved"}
