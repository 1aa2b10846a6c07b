"""The figures of evaluation sets in plain words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.config import Settings
from rag.evaluation.figures import Judged, figures
from rag.evaluation.questions import Question
from rag.evaluation.records import ProblemKind
from rag.ui.figures_view import GROUPS, KINDS, as_share, as_time, command, view_failed, view_figures
from tests.measured import FAILED, RUN

SETTINGS = Settings()


def test_figures_are_explained_and_what_a_set_cannot_tell_is_left_out() -> None:
    view = view_figures(RUN, SETTINGS, "g1", {})
    told = {group["title"]: [(one["value"], one["name"]) for one in group["figures"]] for group in view["groups"]}
    assert told == {
        "Are the right documents found?": [("92.6%", "hit@1"), ("100%", "recall@5"), ("0.812", "nDCG@10")],
        "Are the right words cited?": [("50.0%", "precision")],
        "How long does it take?": [("8 ms", "median"), ("1.5 s", "95th percentile")],
    }
    assert all(one["words"].endswith(".") for group in view["groups"] for one in group["figures"])


def test_every_figure_of_the_contract_has_its_words() -> None:
    computed = figures([Judged(Question("Why?"))], documents=1, chunks=1)
    named = {key: set(values) for key, values in computed.items() if isinstance(values, dict) and key != "index"}
    assert {key: set(shown) for key, (_, shown) in GROUPS.items()} == named
    assert set(KINDS) == set(ProblemKind)


def test_when_and_of_what_a_set_was_asked() -> None:
    (about,) = view_figures(RUN, SETTINGS, "g1", {})["about"]
    assert about.startswith("Measured 5 January 2026, ")
    assert about.endswith(": 1,200 questions asked of your sources (5 documents, 81 passages).")
    own = view_figures(replace(RUN, generation=None, retrieval_only=True), SETTINGS, "g1", {})
    assert "asked of documents of its own" in own["about"][0]
    assert own["about"][1] == "Only passages were looked for; no question was answered."
    assert own["hint"].startswith("Asked in the chat, these go to your own sources")


@pytest.mark.parametrize(
    ("generation", "settings", "words"),
    [
        ("g1", {}, []),
        (None, {}, []),
        ("g0", {}, ["The index has changed since. Measure again to see how it answers now."]),
        ("g1", {"candidate_count": 80}, ["Set otherwise now: candidate_count was 50, and is 80."]),
    ],
)
def test_what_has_changed_since_is_told(generation: str | None, settings: dict[str, int], words: list[str]) -> None:
    measured = replace(RUN, generation=generation)
    assert view_figures(measured, SETTINGS.model_copy(update=settings), "g1", {})["changed"] == words


def test_questions_that_failed() -> None:
    view = view_figures(RUN, SETTINGS, "g1", {"wall.txt": "The wall"})
    assert view["outcome"] == "2 questions of 1,200 failed"
    assert view["kinds"] == [
        {"kind": "not_found", "label": "Not found", "count": 1},
        {"kind": "refused", "label": "Refused", "count": 2},
    ]
    assert view["failed"][0] == {
        "question": "And what did Oduya say?",
        "asked": "And what did Oduya say?",
        "history": ["Who is Bolton?"],
        "problems": [
            {"kind": "not_found", "words": "wall.txt is at rank 14."},
            {"kind": "refused", "words": "Refused."},
        ],
        "gold": [
            {"source": "wall.txt", "title": "The wall", "opens": True},
            {"source": "gone.txt", "title": "gone.txt", "opens": False},
        ],
    }
    assert view_figures(replace(RUN, failed=()), SETTINGS, "g1", {})["outcome"] == "No question failed"


def test_a_question_is_shown_cut_and_asked_whole() -> None:
    view = view_failed(replace(FAILED, question="word " * 400), {})
    assert len(view["question"]) <= 300
    assert view["asked"] == "word " * 400


def test_a_file_of_no_figures_is_still_shown() -> None:
    view = view_figures(replace(RUN, figures={}, failed=()), SETTINGS, "g1", {})
    assert (view["groups"], view["about"][0].endswith(": 0 questions asked of your sources.")) == ([], True)


def test_commands_name_the_folders_that_are_not_the_usual_ones() -> None:
    assert command(SETTINGS, "--make") == "rag eval --make"
    elsewhere = SETTINGS.model_copy(update={"index": Path("/an index"), "sources": Path("docs")})
    assert command(elsewhere, "q.jsonl") == "rag eval q.jsonl --index '/an index' --sources docs"


def test_values() -> None:
    assert [as_share(value) for value in (0.0, 0.4673, 1.0, 0.99999)] == ["0.0%", "46.7%", "100%", "100%"]
    assert [as_time(value) for value in (8.06, 999.4, 1000.0)] == ["8 ms", "999 ms", "1.0 s"]
