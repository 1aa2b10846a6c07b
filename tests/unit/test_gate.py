"""Trying a new index before it counts: what is worse, and that the old one stays whole whatever happens meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import LanguageModelError
from rag.evaluation.figures import Judged, Outcome
from rag.evaluation.gate import compare
from rag.evaluation.questions import Gold, Question
from rag.generations import Generation
from rag.index_reader import open_generation
from rag.types import Answer, Citation, GateReport, Status
from tests.crashing import in_child, kill_oneself
from tests.indexes import Library, contents, make_library

PLACE = Question("Where?", id="place", answerable=True, gold=(Gold("a", "here"),))
NOWHERE = Question("Why?", id="nowhere", answerable=False)
GRADED = Question("Which?", id="graded", gold=(Gold("a", grade=2), Gold("b")))


def judged(question: Question, rank: int | None, cited: tuple[str, int, int] | None) -> Judged:
    """A question whose gold document `a` is at `rank`, and that was answered from one place or refused."""
    others = [f"x{number}" for number in range(12)]
    ranked = others if rank is None else [*others[: rank - 1], "a", *others[rank - 1 :]]
    citations = () if cited is None else (Citation(1, cited[0], "", None, None, None, cited[1], cited[2], "…"),)
    status = Status.REFUSED if cited is None else Status.ANSWERED
    answer = Answer(question.question, question.question, status, "", (), citations, (), (), "extractive", "g")
    spans = tuple((gold.source, (0, 4)) for gold in question.gold if gold.quote)
    return Judged(question, Outcome(question.question, (), tuple(ranked), answer), spans)


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (judged(PLACE, 1, ("a", 0, 4)), judged(PLACE, 10, ("a", 2, 9)), "same"),
        (judged(PLACE, 1, ("a", 0, 4)), judged(PLACE, 1, None), "worse"),
        (judged(PLACE, 1, ("a", 0, 4)), judged(PLACE, 1, ("a", 4, 9)), "worse"),
        (judged(PLACE, 10, None), judged(PLACE, 11, None), "worse"),
        (judged(PLACE, None, None), judged(PLACE, 3, None), "better"),
        (judged(PLACE, 1, ("a", 0, 4)), Judged(PLACE, Outcome(error="It is gone.")), "worse"),
        (judged(PLACE, 1, ("b", 0, 4)), judged(PLACE, None, ("a", 0, 4)), "same"),
        (judged(NOWHERE, None, None), judged(NOWHERE, None, ("a", 0, 4)), "worse"),
        (judged(NOWHERE, None, ("a", 0, 4)), judged(NOWHERE, None, None), "better"),
        (judged(GRADED, 2, ("b", 7, 9)), judged(GRADED, 2, ("x1", 7, 9)), "worse"),
    ],
)
def test_a_question_is_worse_where_less_of_it_is_right(before: Judged, now: Judged, change: str) -> None:
    report = compare([before], [now], generation="g", tolerance=0)
    assert (len(report.worse), len(report.better)) == {"same": (0, 0), "worse": (1, 0), "better": (0, 1)}[change]
    assert report.passed is (change != "worse")


def test_worse_and_better_are_weighed_against_the_tolerance() -> None:
    good, bad = judged(PLACE, 1, ("a", 0, 4)), judged(PLACE, 12, ("b", 0, 4))
    two_worse_one_better = ([good, good, bad, good], [bad, bad, good, good])
    refused = compare(*two_worse_one_better, generation="g", tolerance=0)
    assert (refused.passed, refused.compared, len(refused.worse), len(refused.better)) == (False, 4, 2, 1)
    assert compare(*two_worse_one_better, generation="g", tolerance=1).passed
    assert refused.worse[0].before == "a at rank 1, answered from a"
    assert refused.worse[0].now == "a at rank 12, answered from b, but not from the gold place"


def test_a_generation_is_tried_while_the_old_one_counts(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    library.build()
    old = library.generation.id
    library.write("four.txt", "Ships carry bread.")
    seen: list[object] = []

    def trial(made: Generation) -> GateReport:
        opened = open_generation(made)
        seen.extend((library.generation.id, opened.catalog.sources()))
        opened.close()
        return GateReport(passed=True, before=old)

    report = library.build(trial=trial)
    assert seen == [old, ("four.txt", "inner/three.txt", "one.txt", "two.txt")]
    assert report.generation == library.generation.id != old
    assert report.gate == GateReport(passed=True, before=old)
    assert "gate" not in library.build().to_dict(), "nothing changed, so nothing was tried"


def refuse(made: Generation) -> GateReport:
    return GateReport(passed=False, before="old")


def fail(made: Generation) -> GateReport:
    raise LanguageModelError("It is not there.")


def interrupt(made: Generation) -> GateReport:
    raise KeyboardInterrupt


@pytest.mark.parametrize("trial", [refuse, fail, interrupt])
@pytest.mark.parametrize("rebuild", [False, True])
def test_what_does_not_pass_leaves_the_old_index(
    tmp_path: Path, trial: Callable[[Generation], GateReport], rebuild: bool
) -> None:
    library = make_library(tmp_path)
    library.build()
    before = state(library)
    library.write("four.txt", "Ships carry bread.")
    if trial is refuse:
        report = library.build(trial=trial, rebuild=rebuild)
        assert (report.refused, report.generation, report.added) == (True, "old", 4 if rebuild else 1)
    else:
        with pytest.raises((LanguageModelError, KeyboardInterrupt)):
            library.build(trial=trial, rebuild=rebuild)
    assert state(library) == before
    assert not list(library.index.glob("generations/.*"))
    assert library.build().added == 1, "what was refused is taken up by the next build without a gate"


@pytest.mark.skipif(os.name != "posix", reason="processes are killed another way there")
def test_killed_while_it_is_tried_the_old_index_stays(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    library.build()
    before = state(library)
    library.write("four.txt", "Ships carry bread.")

    def trial(made: Generation) -> GateReport:
        kill_oneself()
        raise AssertionError

    def build() -> None:
        library.build(trial=trial)

    assert in_child(build) == -9
    assert state(library) == before
    library.build()
    assert not list(library.index.glob("generations/.*")), "what the killed build left is removed"


def state(library: Library) -> tuple[str, list[object]]:
    opened = library.open()
    try:
        return library.generation.id, contents(opened)
    finally:
        opened.close()
