"""`rag eval --make`: a starter set from the indexed documents, and the set is one that can be asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.evaluation.questions import read_questions
from tests.shop import Shop

FERRIES = """The Ferries of Lundholm

By Ola Strand

May 4, 2024

The first ferry of Lundholm was bought by Karin Dahl in 1931, when there was no bridge.

“The Skagen line pays for the others,” said Karin Dahl, the owner. “Nobody believed it.”
"""


def made(shop: Shop, file: Path, *options: str) -> list[dict[str, Any]]:
    shop.ok("eval", "--make", "--output", str(file), *options)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_set_is_made_of_the_documents_and_can_be_asked(built: Shop, tmp_path: Path) -> None:
    rows = made(built, tmp_path / "mine.jsonl", "--count", "8")
    answerable = {row["question"]: row for row in rows if row["answerable"]}
    assert answerable["What did Tomas Brandt say about the north slip?"]["gold"] == [
        {
            "source": "harbour wall.txt",
            "quote": "Tomas Brandt, who leads them, said that the wall would close the north slip until 2027.",
        }
    ]
    assert answerable["When did the library of Eastmere open a garden on its roof?"]["facts"] == ["May 2024"]
    foreign = [row for row in rows if not row["answerable"]]
    assert [row["filter"] for row in foreign] == [{"sources": ["town/**"]}] * 2
    assert [question.id for question in read_questions(tmp_path / "mine.jsonl")] == [row["id"] for row in rows]
    figures = json.loads(built.ok("eval", str(tmp_path / "mine.jsonl"), "--json"))
    assert (figures["n"], figures["failed"]) == (len(rows), 0)
    assert figures["abstention"]["recall"] == 1.0


def test_the_same_documents_give_the_same_set(built: Shop, tmp_path: Path) -> None:
    assert made(built, tmp_path / "one.jsonl") == made(built, tmp_path / "two.jsonl")
    assert len(made(built, tmp_path / "three.jsonl", "--count", "3")) == 3


def test_other_documents_give_the_questions_without_an_answer(built: Shop, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "ferries.txt").write_text(FERRIES, encoding="utf-8")
    rows = made(built, tmp_path / "folder.jsonl", "--count", "12", "--unanswerable-from", str(other))
    foreign = [row for row in rows if not row["answerable"]]
    assert {"question": "What did Karin Dahl say?", "answerable": False, "gold": [], "kind": "foreign"} in [
        {key: value for key, value in row.items() if key != "id"} for row in foreign
    ]
    file = tmp_path / "asked.jsonl"
    asked: list[dict[str, Any]] = [
        {"question": "When was the first ferry of Lundholm bought?"},
        {"question": "What did Tomas Brandt say about the north slip?"},
        {"question": "What did Ivo Kern say?", "answerable": False},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    rows = made(built, tmp_path / "file.jsonl", "--count", "12", "--unanswerable-from", str(file))
    assert [row["question"] for row in rows if not row["answerable"]] == [asked[0]["question"]], "only what is foreign"


def test_a_file_that_is_there_is_not_written_over(built: Shop, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text("by hand")
    run = built.run("eval", "--make", "--output", str(file))
    assert run.exit_code == 2
    assert "is there already" in run.stderr
    assert file.read_text() == "by hand"
    assert made(built, file, "--force")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["mine.jsonl", "--make"],
        ["mine.jsonl", "--count", "3"],
        ["mine.jsonl", "--force"],
        ["--make", "--retrieval-only"],
        ["--make", "--results", "x.jsonl"],
    ],
)
def test_asking_and_making_are_two_things(built: Shop, arguments: list[str]) -> None:
    run = built.run("eval", *arguments)
    assert run.exit_code == 2
    assert run.stderr.startswith("rag: Name a file or folder of questions to ask")


def test_documents_without_anything_to_ask_about_are_named(own: Shop, tmp_path: Path) -> None:
    for path in own.sources.rglob("*.*"):
        path.unlink()
    (own.sources / "plain.txt").write_text("nothing but some words in a row without an end")
    own.ok("index")
    run = own.run("eval", "--make", "--output", str(tmp_path / "mine.jsonl"))
    assert run.exit_code == 2
    assert "No question could be made" in run.stderr
    assert not (tmp_path / "mine.jsonl").exists()
