"""`rag eval` on a set that brings its own documents."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rag.cli import commands, progress
from rag.evaluation.figures import Judged
from rag.evaluation.questions import Question
from rag.evaluation.records import read_evaluations
from tests.shop import Shop

DOCUMENTS = [
    {"doc_id": "a/1", "title": "The lighthouse of Vik", "text": "The lighthouse of Vik was built in 1871 by Ane Holm."},
    {"doc_id": "b 2", "title": "Ferries", "text": "Two ferries sail to the island of Vik each day. They carry cars."},
]
QUESTIONS: list[dict[str, Any]] = [
    {
        "q_id": "1",
        "question": "When was the lighthouse of Vik built?",
        "answerable": True,
        "gold": [{"doc_id": "a/1", "start": 0, "end": 52, "quote": DOCUMENTS[0]["text"]}],
    },
    {
        "q_id": "2",
        "question": "What do the ferries carry?",
        "answerable": True,
        "gold": [{"doc_id": "b 2", "grade": 2}],
    },
    {"q_id": "3", "question": "What is the boiling point of tungsten?", "answerable": False, "gold": []},
]


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_the_documents_of_a_set_go_through_an_index_of_their_own(tmp_path: Path, encoders: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(encoders, index / "encoders")
    folder = tmp_path / "set"
    folder.mkdir()
    write_lines(folder / "docs.jsonl", DOCUMENTS)
    write_lines(folder / "questions.jsonl", QUESTIONS)
    results = tmp_path / "results.jsonl"
    given = ["eval", "--index", str(index), str(folder), "--json", "--results", str(results)]
    run = CliRunner().invoke(commands, given)
    assert run.exit_code == 0, run.stderr
    figures = json.loads(run.stdout)
    assert figures["retrieval"]["hit@1"] == 1.0
    assert figures["abstention"]["recall"] == 1.0
    assert figures["citation"]["recall"] == 1.0
    assert (figures["n"], figures["index"]["documents"]) == (3, 2)
    assert figures["index"]["seconds"] > 0
    answers = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert answers[0]["citations"][0]["source"] == "docs.jsonl#a/1"
    left = sorted(path.name for path in index.iterdir())
    assert left == ["encoders", "evaluations"], "nothing else is left where the product's own index is"


def small_set(folder: Path, questions: list[dict[str, Any]]) -> Path:
    """Write a file of questions for the shop."""
    file = folder / "mine.jsonl"
    write_lines(file, questions)
    return file


WALL: dict[str, Any] = {
    "id": "wall",
    "question": "What did Marta Oduya say?",
    "answerable": True,
    "gold": [{"source": "harbour wall.txt", "quote": "The wall will protect four hundred homes"}],
}


def test_what_went_wrong_is_kept_in_words(own: Shop, tmp_path: Path) -> None:
    asked = [
        WALL,
        {**WALL, "id": "refused", "question": "What is the boiling point of tungsten?"},
        {"id": "answered", "question": "What did Ruth Adeyemi say?", "answerable": False},
        {
            "id": "elsewhere",
            "question": "What did Ruth Adeyemi say?",
            "gold": [{"source": "harbour wall.txt", "quote": "two winters of floods"}, {"source": "gone.txt"}],
        },
        {"id": "nowhere", "question": "What did Marta Oduya say?", "gold": [{"source": "gone.txt"}]},
        {"question": "?"},
        {**WALL, "id": "stale", "gold": [{"source": "harbour wall.txt", "quote": "no such words"}]},
    ]
    file = small_set(tmp_path, asked)
    run = own.run("eval", str(file), "--json", "--results", str(tmp_path / "results.jsonl"))
    assert run.exit_code == 0
    assert run.stderr.splitlines() == [
        "Line 6: The question is empty. Ask something in words.",
        "Question stale (line 7): Line 7: the gold quotation 'no such words' does not stand in harbour wall.txt. "
        "Copy it from the source, character for character.",
    ]
    figures = json.loads(run.stdout)
    assert (figures["n"], figures["failed"]) == (7, 2)
    (kept,) = read_evaluations(own.index).evaluations
    assert (kept.name, kept.figures, kept.generation) == (
        "mine",
        figures,
        json.loads(own.ok("index", "--json"))["generation"],
    )
    assert kept.settings["llm"] == "extractive"
    assert {each.id: [(problem.kind, problem.words) for problem in each.problems] for each in kept.failed} == {
        "refused": [("refused", "Refused, although the sources answer it.")],
        "answered": [("answered", "Answered from town/garden.md, although the sources do not answer it.")],
        "elsewhere": [("citation", "No citation is of the gold place in harbour wall.txt.")],
        "nowhere": [("not_found", "gone.txt is not among the 2 documents that were found.")],
        None: [("error", "The question is empty. Ask something in words.")],
        "stale": [("error", run.stderr.splitlines()[1].partition("): ")[2])],
    }
    results = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["status"] for each in results[-2:]] == ["failed", "failed"]
    assert results[0]["evaluation"] == {
        "ndcg@10": 0.6309,
        "first_relevant_rank": 2,
        "gold_found": 1,
        "gold": 1,
        "ranked_documents": ["town/garden.md", "harbour wall.txt"],
        "problems": [],
    }


def test_retrieval_alone_ranks_as_the_answers_do(built: Shop, tmp_path: Path) -> None:
    file = small_set(
        tmp_path, [WALL, {"id": "x", "question": "What is the boiling point of tungsten?", "answerable": False}]
    )
    whole = json.loads(built.ok("eval", str(file), "--json"))
    alone = json.loads(built.ok("eval", str(file), "--json", "--retrieval-only"))
    assert alone["retrieval"] == whole["retrieval"]
    assert alone["abstention"] == {"auroc": whole["abstention"]["auroc"], "precision": None, "recall": None}
    assert alone["citation"] == {"precision": None, "recall": None}


def test_a_set_of_which_nothing_can_be_asked_is_an_error(built: Shop, tmp_path: Path) -> None:
    file = small_set(tmp_path, [{"question": "?"}])
    run = built.run("eval", str(file))
    assert run.exit_code == 2
    told = run.stderr.splitlines()[-1]
    assert told == f"rag: No question of {file} could be asked: The question is empty. Ask something in words."


def test_ten_documents_are_ranked_where_one_fills_the_first_passages(tmp_path: Path, encoders: Path) -> None:
    shutil.copytree(encoders, tmp_path / "index" / "encoders")
    folder = tmp_path / "set"
    folder.mkdir()
    ferries = " ".join(
        f"The ferries of Vik carry cargo number {n} to harbour {n} in winter storms." for n in range(400)
    )
    few = [{"doc_id": f"d{n}", "text": f"A ferry was painted in colour {n} at yard {n}."} for n in range(12)]
    write_lines(folder / "docs.jsonl", [{"doc_id": "long", "text": ferries}, *few])
    question = {"q_id": "1", "question": "What do the ferries of Vik carry?", "gold": [{"doc_id": "d7"}]}
    write_lines(folder / "questions.jsonl", [question])
    results = tmp_path / "results.jsonl"
    given = ["eval", "--index", str(tmp_path / "index"), str(folder), "--json", "--results", str(results)]
    run = CliRunner().invoke(commands, given)
    assert run.exit_code == 0, run.stderr
    (answer,) = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert {passage["source"] for passage in answer["passages"]} == {"docs.jsonl#long"}
    measured = answer["evaluation"]
    assert len(measured["ranked_documents"]) >= 10
    assert measured["ranked_documents"][measured["first_relevant_rank"] - 1] == "docs.jsonl#d7"


def test_an_interrupted_run_keeps_what_was_asked(built: Shop, tmp_path: Path) -> None:
    file = small_set(tmp_path, [{**WALL, "id": str(number)} for number in range(2000)])
    results = tmp_path / "results.jsonl"
    command = [sys.executable, "-m", "rag.cli", "eval", str(file), "--results", str(results)]
    folders = {"RAG_INDEX": str(built.index), "RAG_SOURCES": str(built.sources)}
    process = subprocess.Popen(command, env=os.environ | folders, stderr=subprocess.PIPE, text=True)
    while not results.exists() or results.read_text().count("\n") < 3:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == [str(number) for number in range(len(lines))]
    assert f"of 2000 questions. What was asked is in {results}." in told


def test_progress_is_told_in_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_QUIET_SECONDS", 0.0)
    list(progress.told([Judged(Question("q")), Judged(Question("r"))], 2))
    assert capsys.readouterr().err == "asked 1 of 2, 0 s left\nasked 2 of 2, 0 s left\n"
    assert [progress.duration(seconds) for seconds in (3.4, 89.4, 600.0)] == ["3 s", "89 s", "10 min"]
