"""`rag eval` on a set that brings its own documents."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from rag.cli import commands

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
    assert [path.name for path in index.iterdir()] == ["encoders"], "nothing is left where the product's own index is"
