"""The page of figures, the trace of an answer and what the sidebar tells of the search; by Streamlit's AppTest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag.evaluation.records import save_evaluation
from rag.types import IndexStatus
from rag.ui import resources
from tests.engine_double import ScriptedBackend, ScriptedEngine, read_seeds
from tests.measured import RUN
from tests.page_app import drawn

pytestmark = pytest.mark.usefixtures("fresh_resources")


@pytest.fixture
def place(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedBackend:
    made = ScriptedBackend(read_seeds(seeds))
    monkeypatch.setattr(resources, "backend", made.backend)
    monkeypatch.setenv("RAG_SOURCES", str(seeds))
    monkeypatch.setenv("RAG_INDEX", str(tmp_path))
    return made


def sets(page: AppTest) -> list[dict[str, Any]]:
    return [one for view in drawn(page, "figures") for one in view["sets"]]


def test_where_nothing_was_measured_the_page_says_how(page: AppTest, tmp_path: Path, seeds: Path) -> None:
    page.run().button(key="figures").click().run()
    assert page.title[0].value == "How well it answers"
    folders = f" --index {tmp_path} --sources {seeds}"
    assert page.code[0].value == f"rag eval --make{folders}\nrag eval questions.jsonl{folders}"
    assert sets(page) == []


def test_the_last_figures_stand_in_the_address_and_lead_back(page: AppTest, tmp_path: Path) -> None:
    save_evaluation(tmp_path, RUN)
    page.run().button(key="figures").click().run()
    assert page.query_params["show"] == "figures"
    (shown,) = sets(page)
    assert (shown["name"], shown["changed"]) == ("own questions", [])
    assert drawn(page, "turn") == []
    page.button(key="leave-figures").click().run()
    assert "show" not in page.query_params
    assert page.title[0].value == "Ask what was said"


def test_figures_of_an_index_before_this_one_are_marked(page: AppTest, tmp_path: Path) -> None:
    save_evaluation(tmp_path, replace(RUN, generation="g0"))
    page.query_params["show"] = "figures"
    page.run()
    assert sets(page)[0]["changed"] == ["The index has changed since. Measure again to see how it answers now."]


def test_a_file_of_figures_that_cannot_be_read_is_named(page: AppTest, tmp_path: Path) -> None:
    save_evaluation(tmp_path, RUN)
    (tmp_path / "evaluations" / "broken.json").write_text("{")
    page.query_params["show"] = "figures"
    page.run()
    assert page.warning[0].value.startswith(r"Figures that cannot be read\: broken\.json")
    assert len(sets(page)) == 1


def test_an_open_source_stands_beside_the_figures(page: AppTest, tmp_path: Path) -> None:
    save_evaluation(tmp_path, RUN)
    page.query_params["show"] = "figures"
    page.query_params["source"] = "004_f8a082d0fecacf2d.txt"
    page.run()
    (reader,) = drawn(page, "reader")
    assert (reader["back"], reader["asked"], reader["why"]) == ("Back to the figures", "", None)
    assert len(sets(page)) == 1


def test_an_answer_can_be_traced_and_the_source_beside_it_pointed_at(page: AppTest) -> None:
    page.query_params["source"] = "004_f8a082d0fecacf2d.txt"
    page.run()
    page.chat_input(key="question").set_value("What did Bolton say?").run()
    for _ in range(50):
        if not drawn(page, "turn")[-1]["busy"]:
            break
        page.run()
    page.run()
    (turn,) = drawn(page, "turn")
    assert (turn["traceable"], turn["trace"]) == (True, None)
    (reader,) = drawn(page, "reader")
    assert reader["asked"] == "What did Bolton say?"


def test_the_index_panel_names_the_store_and_the_reranker(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    page.run()
    assert not [one.value for one in page.caption if one.value.startswith("Passages")]
    status = ScriptedEngine.index_status

    def elsewhere(engine: ScriptedEngine) -> IndexStatus:
        return replace(status(engine), store="milvus:http://127.0.0.1:19530")

    monkeypatch.setattr(ScriptedEngine, "index_status", elsewhere)
    monkeypatch.setenv("RAG_RERANKER", "cross-encoder/ms-marco-MiniLM-L6-v2")
    st.cache_resource.clear()
    page.run()
    assert [one.value for one in page.caption if one.value.startswith("Passages")] == [
        r"Passages kept in milvus\:http\:\/\/127\.0\.0\.1\:19530",
        r"Passages put in order by cross\-encoder\/ms\-marco\-MiniLM\-L6\-v2",
    ]
