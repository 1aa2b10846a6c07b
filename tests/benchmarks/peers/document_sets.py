"""The evaluation sets: found by name, cut to a part where a trial needs no more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.evaluation.questions import Question, read_objects, read_questions

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """A set as every system is given it: a folder with `docs.jsonl` and `questions.jsonl`."""

    name: str
    folder: Path
    documents: int
    questions: tuple[Question, ...]


def take_set(source: Path, folder: Path, most: int | None = None) -> DocumentSet:
    """Copy the set of `source` into `folder`, at most `most` of its documents, and return it.

    Of a part, the questions are those whose relevant documents are all in it. Questions without any are left out.
    """
    documents = [row for _, row in read_objects(source / "docs.jsonl")]
    questions = [row for _, row in read_objects(source / "questions.jsonl")]
    kept, asked = part_of(documents, questions, len(documents) if most is None else most)
    folder.mkdir(parents=True)
    _write(folder / "docs.jsonl", kept)
    _write(folder / "questions.jsonl", asked)
    return DocumentSet(source.name, folder, len(kept), tuple(read_questions(folder / "questions.jsonl")))


def part_of(documents: list[Row], questions: list[Row], most: int) -> tuple[list[Row], list[Row]]:
    """Return at most `most` documents, in order, and the questions that they are enough for.

    The first questions are served first, as long as there is room for all their documents; what is left is filled up
    with the first other documents.
    """
    names = [document["doc_id"] for document in documents]
    chosen: set[str] = set()
    asked = []
    for question in questions:
        wanted = relevant(question)
        if wanted and wanted <= set(names) and len(chosen | wanted) <= most:
            chosen |= wanted
            asked.append(question)
    for name in names:
        if len(chosen) >= most:
            break
        chosen.add(name)
    return [document for document in documents if document["doc_id"] in chosen], asked


def relevant(question: Row) -> set[str]:
    """Return the documents that a question is about."""
    return {gold["doc_id"] for gold in question["gold"] if gold.get("grade", 1) > 0}


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
