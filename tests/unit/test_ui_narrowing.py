"""Which sources are asked: in the address, as chips, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rag.types import AppliedFilter, SourceFilter, Status
from rag.ui.narrowing import filter_in_words, from_parameters, to_parameters, view_chips, view_narrowed, without
from tests.engine_double import HEARD, ScriptedEngine, read_seeds

ALL = SourceFilter()
TITLES = {"a.pdf": "The harbour report", "b.txt": "Notes", "c.txt": "Letters"}
days = some.none() | some.dates(date(1, 1, 1)).map(date.isoformat)
names = some.lists(some.text(min_size=1, max_size=20), max_size=4, unique=True).map(tuple)


@given(some.builds(SourceFilter, names, days, days, names))
def test_a_filter_survives_the_address(chosen: SourceFilter) -> None:
    assert from_parameters(to_parameters(chosen)) == chosen


@pytest.mark.parametrize("value", ["", "yesterday", "2025-13-01", "2025-02-30", "9" * 20, "<script>", "2025-01"])
def test_what_is_no_day_is_left_out(value: str) -> None:
    assert from_parameters({"after": [value], "before": [value], "only": ["", "a", "a"]}) == SourceFilter(("a",))


def test_each_part_is_a_chip_that_takes_it_away() -> None:
    chosen = SourceFilter(("a.pdf", "*.txt"), "2025-05-01", "2025-06-03", ("The Daily: Late",))
    chips = view_chips(chosen, TITLES)
    assert [chip["label"] for chip in chips] == [
        "The harbour report",
        "*.txt",
        "The Daily: Late",
        "since 1 May 2025",
        "until 3 June 2025",
    ]
    left = chosen
    for chip in chips:
        smaller = without(left, chip["id"])
        assert smaller != left
        left = smaller
    assert left == ALL


@given(some.builds(SourceFilter, names, days, days, names))
def test_every_chip_takes_its_own_part_away(chosen: SourceFilter) -> None:
    left = chosen
    for chip in view_chips(chosen, {}):
        left = without(left, chip["id"])
    assert left == ALL


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (ALL, ""),
        (SourceFilter(after="2025-05-01"), "Only sources since 1 May 2025"),
        (SourceFilter(before="2025-06-03"), "Only sources until 3 June 2025"),
        (SourceFilter(after="2025-05-01", before="2025-06-03"), "Only sources from 1 May 2025 to 3 June 2025"),
        (SourceFilter(outlets=("The Daily",), after="2025-05-01"), "Only sources from The Daily since 1 May 2025"),
        (SourceFilter(("a.pdf",)), "Only “The harbour report”"),
        (SourceFilter(("a.pdf", "b.txt")), "Only “The harbour report” and “Notes”"),
        (SourceFilter(("a.pdf", "b.txt", "c.txt")), "Only “The harbour report”, “Notes” and 1 more source"),
        (SourceFilter(("*.md",), outlets=("A", "B", "C", "D")), "Only “*.md” from A, B and 2 others"),
    ],
)
def test_a_filter_in_words(chosen: SourceFilter, words: str) -> None:
    assert filter_in_words(chosen, TITLES) == words


def test_an_answer_says_which_sources_it_was_looked_for_in_and_offers_the_way_back(seeds: Path) -> None:
    engine = ScriptedEngine(read_seeds(seeds))
    answer = engine.ask("What did Bolton say?")
    assert view_narrowed(answer, ALL, TITLES) is None
    heard = replace(answer, filter=AppliedFilter(after="2025-05-01", understood=(HEARD,)))
    assert view_narrowed(heard, ALL, TITLES) == {
        "words": "Only sources since 1 May 2025 — understood from “since May 2025” in your question",
        "offer": {"label": "Ask all sources", "understand": False, "narrowed": True},
    }
    picked = SourceFilter(("a.pdf",))
    both = replace(answer, filter=AppliedFilter(("a.pdf",), "2025-05-01", understood=(HEARD,)))
    assert view_narrowed(both, picked, TITLES) == {
        "words": "Only “The harbour report” since 1 May 2025 — understood from “since May 2025” in your question",
        "offer": {"label": "Ask without that", "understand": False, "narrowed": True},
    }
    chosen = replace(answer, filter=AppliedFilter(("a.pdf",)))
    assert view_narrowed(chosen, picked, TITLES) == {"words": "Only “The harbour report”", "offer": None}
    refused = replace(chosen, status=Status.REFUSED)
    assert view_narrowed(refused, picked, TITLES) == {
        "words": "Only “The harbour report”",
        "offer": {"label": "Ask all sources", "understand": True, "narrowed": False},
    }
