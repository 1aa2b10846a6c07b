"""How passages were found, and why one was not chosen, as data for the browser."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.engine import parse_trace, trace_object
from rag.types import AppliedFilter, Explanation, Fate, Place, Standing
from rag.ui.trace_view import EXPLAINED, NOWHERE, view_explanation, view_trace, view_traced
from tests.engine_double import ScriptedEngine, read_seeds
from tests.traced_double import MISSED, left_out

SOURCE = "004_f8a082d0fecacf2d.txt"
QUESTION = "What did Bolton say?"
TITLES = {SOURCE: "Is Trump Falling Out of Love With Putin?"}


@pytest.fixture
def engine(seeds: Path) -> ScriptedEngine:
    return ScriptedEngine(read_seeds(seeds))


def words(place: Place) -> str:
    return f"{place.source} at {place.start}"


def test_the_searches_behind_an_answer(engine: ScriptedEngine) -> None:
    saved = engine.trace(QUESTION)
    view = view_trace(saved, words, TITLES, answered_by="g1", file=trace_object(saved))
    (search,) = view["searches"]
    assert view["note"] == ""
    assert search["told"] == (
        "3 chosen, 1 ranked too low, 1 says the same as another. Each search handed on its best 50."
    )
    first = engine.compose(QUESTION, (), "extractive").passages[0]
    assert search["chosen"][0] == {
        "rank": 1,
        "title": first.title,
        "fate": "shown",
        "label": "chosen",
        "reason": "Shown at rank 1: found by meaning.",
        "words": f"{SOURCE} at {first.start}",
        "stages": [
            {**stage, "hint": search["chosen"][0]["stages"][at]["hint"]}
            for at, stage in enumerate(
                [
                    {"label": "By meaning", "rank": "1", "score": "0.61"},
                    {"label": "By words", "rank": "–", "score": ""},
                    {"label": "Both", "rank": "1", "score": "0.033"},
                ]
            )
        ],
        "place": {"source": SOURCE, "start": first.start, "end": first.end, "citation": None},
    }
    assert [(one["rank"], one["label"]) for one in search["others"]] == [
        (11, "ranked too low"),
        (None, "says the same as another"),
    ]


def test_what_is_saved_is_a_trace_that_can_be_read_again(engine: ScriptedEngine) -> None:
    saved = engine.trace(QUESTION)
    (line,) = view_trace(saved, words, TITLES, answered_by="g1", file=trace_object(saved))["json"].splitlines()
    assert parse_trace(json.loads(line)) == saved


def test_an_index_that_has_changed_since_the_answer_is_told_of(engine: ScriptedEngine) -> None:
    saved = engine.trace(QUESTION)
    assert "has changed" in view_trace(saved, words, TITLES, answered_by="g0", file={})["note"]


def test_a_search_that_found_nothing_says_so(engine: ScriptedEngine) -> None:
    saved = engine.trace(QUESTION)
    nothing = replace(saved, traces=(replace(saved.traces[0], passages=()),))
    (search,) = view_trace(nothing, words, TITLES, answered_by="g1", file={})["searches"]
    assert (search["told"], search["chosen"], search["others"]) == ("No passage was found.", [], [])


def test_a_reordering_is_shown_where_there_was_one() -> None:
    cut = left_out(Place(SOURCE, 0, 9), 11, Fate.CUT, "Cut.")
    assert [stage["label"] for stage in view_traced(cut, {})["stages"]] == ["By meaning", "By words", "Both"]
    ranked = view_traced(replace(cut, rerank=Standing(3, -0.5)), {})["stages"][-1]
    assert (ranked["label"], ranked["rank"], ranked["score"]) == ("Reordered", "3", "-0.5")


def test_a_passage_without_a_title_has_that_of_its_source() -> None:
    cut = replace(left_out(Place(SOURCE, 0, 9), 11, Fate.CUT, "Cut."), title="")
    assert view_traced(cut, TITLES)["title"] == TITLES[SOURCE]
    assert view_traced(cut, {})["title"] == SOURCE


def explained(engine: ScriptedEngine, start: int, end: int) -> Explanation:
    return engine.why(QUESTION, SOURCE, start, end)


def test_why_a_place_was_not_chosen(engine: ScriptedEngine) -> None:
    view = view_explanation(explained(engine, 10, 20), words, TITLES, ())
    (passage,) = view["passages"]
    assert (view["verdict"], view["start"], view["end"], view["note"]) == ("Not chosen", 10, 20, "")
    assert (passage["label"], passage["reason"]) == ("not found", MISSED)
    assert [(stage["rank"], stage["score"]) for stage in passage["stages"]] == [
        ("7 of 63", "0.21"),
        ("12 of 63", "3.5"),
        ("would be 70", "0.011"),
    ]


def test_a_place_that_was_chosen_is_said_to_be(engine: ScriptedEngine) -> None:
    passages = engine.compose(QUESTION, (), "extractive").passages
    one = explained(engine, passages[0].start, passages[0].end)
    assert view_explanation(one, words, TITLES, ())["verdict"] == "Chosen"
    missed = left_out(Place(SOURCE, 0, 9), 70, Fate.NOT_FOUND, MISSED)
    both = replace(one, passages=(*one.passages, missed))
    assert view_explanation(both, words, TITLES, ())["verdict"] == "Chosen in part"


def test_of_a_chosen_place_it_is_told_whether_the_answer_uses_it(engine: ScriptedEngine) -> None:
    passages = engine.compose(QUESTION, (), "extractive").passages
    told = explained(engine, passages[0].start, passages[-1].end)
    reasons = [one["reason"] for one in view_explanation(told, words, TITLES, passages)["passages"]]
    assert reasons == [
        "Shown at rank 1: found by meaning. The answer uses it.",
        "Shown at rank 2: found by meaning. The answer uses it.",
        "Shown at rank 3: found by meaning. It was read for the answer, which does not use it.",
    ]


def test_a_place_that_is_not_searched_says_so_and_of_many_passages_the_first_are_told_of(
    engine: ScriptedEngine,
) -> None:
    view = view_explanation(explained(engine, 0, 5), words, TITLES, ())
    assert (view["passages"], view["note"], view["verdict"]) == ([], NOWHERE, "Not chosen")
    missed = left_out(Place(SOURCE, 0, 9), 70, Fate.NOT_FOUND, MISSED)
    many = Explanation("g1", QUESTION, Place(SOURCE, 0, 9), 10, AppliedFilter(), 63, (missed,) * (EXPLAINED + 1))
    view = view_explanation(many, words, TITLES, ())
    assert (len(view["passages"]), view["note"]) == (EXPLAINED, "Not told of: 1 more passage.")


def test_control_characters_of_a_source_are_shown_as_replaced() -> None:
    cut = replace(left_out(Place(SOURCE, 0, 9), 11, Fate.CUT, "Cut\x07."), title="A\x00title")
    view = view_traced(cut, {})
    assert (view["title"], view["reason"]) == ("A�title", "Cut�.")
