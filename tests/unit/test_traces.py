"""Saved traces: read as they were written, and two of them compared stage by stage."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.traces import compare_traces, parse_trace, trace_object
from rag.types import (
    AppliedFilter,
    Change,
    Fate,
    PassageChange,
    Place,
    SavedTrace,
    SourceFilter,
    Stage,
    Standing,
    Trace,
    TracedPassage,
    TraceSettings,
)

SETTINGS = TraceSettings("model", "a" * 64, 160, 32, 50)


def passage(source: str, rank: int | None, fate: Fate = Fate.SHOWN, **given: Any) -> TracedPassage:
    standing = Standing(rank, 0.5)
    values = {"dense": standing, "lexical": standing, "fused": standing, "rerank": Standing()} | given
    place = values.pop("place", Place(source, 0, 100))
    return TracedPassage(place=place, title="", rank=rank, fate=fate, reason="…", **values)


def saved(*passages: TracedPassage, question: str = "q", **given: Any) -> SavedTrace:
    values = {"generation": "g", "settings": SETTINGS, "understand": True, "id": None} | given
    trace = Trace(question, 2, 50, passages)
    return SavedTrace(
        question=question, source_filter=SourceFilter(), filter=AppliedFilter(), traces=(trace,), **values
    )


def changes(before: SavedTrace, after: SavedTrace, **given: Any) -> list[PassageChange]:
    (compared,) = compare_traces([before], [after], **given)
    return list(compared.passages)


standings = st.builds(Standing, st.none() | st.integers(1, 99), st.none() | st.floats(-1, 1))
places = st.builds(Place, st.text(max_size=5), st.integers(0, 999), st.integers(0, 999))
passages = st.builds(
    TracedPassage,
    place=places,
    title=st.text(max_size=5),
    dense=standings,
    lexical=standings,
    fused=standings,
    rerank=standings,
    rank=st.none() | st.integers(1, 99),
    fate=st.sampled_from(Fate),
    reason=st.text(max_size=5),
    into=st.none() | places,
)


@given(st.lists(passages, max_size=4), st.sampled_from([None, "p01"]))
def test_a_trace_comes_back_as_it_was(passages: list[TracedPassage], identity: str | None) -> None:
    whole = saved(*passages, id=identity)
    assert parse_trace(json.loads(json.dumps(trace_object(whole)))) == whole


def test_keys_that_a_later_version_adds_are_passed_over() -> None:
    value = json.loads(json.dumps(trace_object(saved(passage("a", 1)))))
    value["note"] = value["traces"][0]["passages"][0]["proximity"] = 1
    assert parse_trace(value) == saved(passage("a", 1))


@given(st.lists(passages, max_size=6, unique_by=lambda each: each.place))
def test_a_trace_is_the_same_as_itself(passages: list[TracedPassage]) -> None:
    (compared,) = compare_traces([saved(*passages)], [saved(*passages)])
    assert compared.same
    assert (compared.settings, compared.before, compared.after) == ((), "g", "g")
    assert len(compared.passages) == sum(each.fate is Fate.SHOWN for each in passages)


def test_the_first_stage_that_ranks_a_passage_otherwise_is_named() -> None:
    before = saved(passage("a", 1), passage("b", 2))
    lexical, fused = Standing(1, 9.25), Standing(1, 0.98765)
    after = saved(passage("b", 1, dense=Standing(2, 0.5), lexical=lexical, fused=fused), passage("a", 2))
    b, a = changes(before, after)
    assert (b.place.source, b.change, b.stage) == ("b", Change.MOVED, Stage.LEXICAL)
    assert b.reason == "lexical 2 (0.5) → 1 (9.25), fused 2 (0.5) → 1 (0.9877)"
    assert (a.place.source, a.change, a.stage) == ("a", Change.MOVED, Stage.DENSE)


def test_what_the_second_look_changed_is_told_with_the_fused_score() -> None:
    first, second = (passage("a", 1, refined_dense=0.5, refined_lexical=value) for value in (1.0, 2.0))
    after = replace(second, rank=2, fused=Standing(2, 0.25))
    (moved,) = (each for each in changes(saved(first), saved(passage("b", 1), after)) if each.place.source == "a")
    assert (moved.stage, moved.reason) == (
        Stage.FUSED,
        "refined 0.5 and 1 → 0.5 and 2, fused 1 (0.5) → 2 (0.25)",
    )


def test_a_passage_that_others_push_down_is_told_from_one_that_falls() -> None:
    same = {name: Standing(1, 0.5) for name in ("dense", "lexical", "fused")}
    (came, moved) = changes(saved(passage("a", 1, **same)), saved(passage("b", 1), passage("a", 2, **same)))
    assert (came.change, came.stage, came.before) == (Change.CAME, Stage.CANDIDATES, None)
    assert (moved.change, moved.stage) == (Change.MOVED, Stage.ORDER)


def test_folding_is_a_stage() -> None:
    folded = passage("b", None, Fate.FOLDED, into=Place("a", 0, 100), **dict.fromkeys(["dense"], Standing(2, 0.5)))
    shown = replace(folded, rank=2, fate=Fate.SHOWN, into=None)
    first = passage("a", 1)
    (_, went) = changes(saved(first, shown), saved(first, folded))
    assert (went.change, went.stage, went.reason) == (Change.WENT, Stage.FOLDED, "…")
    (_, came) = changes(saved(first, folded), saved(first, shown))
    assert (came.change, came.stage, came.reason) == (Change.CAME, Stage.FOLDED, "not folded any more (…)")


def test_what_is_gone_is_told_from_what_is_not_found() -> None:
    before, after = saved(passage("a", 1), passage("b", 2)), saved(passage("a", 1))
    told = "Neither search finds it any more, or it is no longer in the index."
    assert changes(before, after)[1].reason == told
    for there, reason in ((True, "Neither search finds it any more."), (False, "It is no longer in the index.")):
        (_, went) = changes(before, after, is_indexed=lambda place, there=there: there)
        assert (went.change, went.stage, went.reason, went.after) == (Change.WENT, Stage.CANDIDATES, reason, None)


def test_a_passage_that_is_cut_elsewhere_is_the_same_passage() -> None:
    before = saved(passage("a", 1, place=Place("a", 0, 100)))
    (change,) = changes(before, saved(passage("a", 1, place=Place("a", 40, 180))))
    assert (change.change, change.place) == (Change.SAME, Place("a", 40, 180))
    came, went = changes(before, saved(passage("a", 1, place=Place("a", 60, 160))))
    assert (came.change, went.change) == (Change.CAME, Change.WENT)


def test_settings_that_differ_are_named() -> None:
    other = replace(SETTINGS, fingerprint="b" * 64, chunk_tokens=200, reranker="x")
    (compared,) = compare_traces([saved()], [saved(settings=other, generation="h")])
    assert compared.settings == (
        f"fingerprint {'a' * 12} → {'b' * 12}",
        "chunk_tokens 160 → 200",
        "reranker none → x",
    )
    assert (compared.before, compared.after) == ("g", "h")


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ([("1", "q"), ("2", "q")], [("2", "q"), ("1", "q")], ["2", "1"]),
        ([(None, "q"), (None, "q")], [(None, "q")], [None]),
        ([("1", "q")], [("1", "other"), ("2", "q")], []),
    ],
)
def test_searches_of_the_same_question_are_compared(
    before: list[tuple[str | None, str]], after: list[tuple[str | None, str]], pairs: list[str | None]
) -> None:
    one, other = ([saved(question=question, id=name) for name, question in each] for each in (before, after))
    assert [compared.id for compared in compare_traces(one, other)] == pairs
