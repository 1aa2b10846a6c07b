"""The figures of evaluation sets, kept and read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rag.evaluation.records import (
    Evaluation,
    FailedQuestion,
    Problem,
    ProblemKind,
    read_evaluations,
    save_evaluation,
)

RUN = Evaluation(
    name="own questions",
    path="/data/own questions",
    fingerprint="ab",
    date="2026-11-22T07:00:00+00:00",
    generation="20261122T065900-0011aabb",
    retrieval_only=False,
    settings={"llm": "extractive", "candidate_count": 50},
    figures={"n": 2, "retrieval": {"ndcg@10": 0.5}, "latency_ms": {"p50": None}},
    failed=(
        FailedQuestion(
            "p01",
            "What did Oduya say?",
            (Problem(ProblemKind.NOT_FOUND, "wall.txt was not found."), Problem(ProblemKind.REFUSED, "Refused.")),
            ("Who is Oduya?",),
            ("wall.txt",),
        ),
        FailedQuestion(None, "Why?", (Problem(ProblemKind.ERROR, "It is empty."),)),
    ),
)


def test_a_run_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    path = save_evaluation(tmp_path, RUN)
    assert path.parent == tmp_path / "evaluations"
    assert path.name.startswith("own-questions-")
    assert read_evaluations(tmp_path).evaluations == (RUN,)
    assert [each.name for each in path.parent.iterdir()] == [path.name], "no draft is left"


def test_the_last_run_of_a_set_replaces_the_one_before_and_the_latest_comes_first(tmp_path: Path) -> None:
    later = replace(RUN, date="2026-11-23T07:00:00+00:00", figures={"n": 3}, failed=())
    other = replace(RUN, path="/elsewhere/own questions", date="2026-11-22T09:00:00+00:00")
    for each in (RUN, later, other):
        save_evaluation(tmp_path, each)
    assert read_evaluations(tmp_path).evaluations == (later, other)


def test_a_name_is_no_path(tmp_path: Path) -> None:
    path = save_evaluation(tmp_path, replace(RUN, name="../../etc/../"))
    assert path.resolve().parent == (tmp_path / "evaluations").resolve()
    assert not path.name.startswith(".")


def test_where_nothing_was_measured_there_is_nothing(tmp_path: Path) -> None:
    assert read_evaluations(tmp_path).evaluations == ()


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    kept = save_evaluation(tmp_path, RUN)
    folder = kept.parent
    (folder / "broken.json").write_text("{")
    (folder / "list.json").write_text("[]")
    (folder / "newer.json").write_text('{"format": 2}')
    (folder / "short.json").write_text('{"format": 1, "failed": []}')
    found = read_evaluations(tmp_path)
    assert found.evaluations == (RUN,)
    assert [line.partition(":")[0] for line in found.unreadable] == [
        "broken.json",
        "list.json",
        "newer.json",
        "short.json",
    ]
    assert "format 2, this program reads format 1" in found.unreadable[2]
