"""`rag eval`: ask a set of questions whose answers are known, and print the figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from rag.cli.asking import answers
from rag.cli.options import command_with_settings, json_option
from rag.cli.terminal import print_json
from rag.config import Settings
from rag.errors import UsageError
from rag.evaluation.figures import figures, judge
from rag.evaluation.questions import read_questions
from rag.types import Answer


@command_with_settings("eval")
@click.argument("path", metavar="FILE_OR_DIR", type=click.Path(path_type=Path))
@click.option("--results", type=click.Path(path_type=Path), help="Write the answer objects to this file, one a line.")
@json_option
def evaluate(settings: Settings, *, path: Path, results: Path | None, as_json: bool) -> None:
    """Ask questions whose answers are known; print figures.

    FILE is a file of questions with what is known about their answers, DIR a folder with such a `questions.jsonl`.
    """
    file = question_file(path)
    questions = list(read_questions(file))
    from rag.engine import Engine

    engine = Engine.open(settings)
    judged = [
        judge(question, answer, lambda source: engine.document(source).text)
        for question, answer in zip(questions, saved(answers(engine, questions, file), results), strict=True)
    ]
    status = engine.index_status()
    computed = figures(judged, documents=status.documents, chunks=status.chunks)
    if as_json:
        print_json(computed)
    else:
        click.echo("\n".join(table(computed)))


def question_file(path: Path) -> Path:
    """Return the file of questions that `path` is or holds.

    Raises UsageError for a set that brings its own documents, and where there is no such file.
    """
    if not path.is_dir():
        return path
    if (path / "docs.jsonl").exists():
        raise UsageError(
            f"{path} brings its own documents (docs.jsonl), which this version cannot evaluate yet. "
            "Name a file of questions about the indexed documents instead."
        )
    if not (path / "questions.jsonl").exists():
        raise UsageError(f"{path} holds no questions.jsonl. Name a file of questions, or a folder that has it.")
    return path / "questions.jsonl"


def saved(answered: Iterator[Answer], results: Path | None) -> Iterator[Answer]:
    """Pass the answers on, each written to the file `results` first, if there is one."""
    with ExitStack() as stack:
        stream = None if results is None else stack.enter_context(results.open("w", encoding="utf-8"))
        for answer in answered:
            if stream is not None:
                stream.write(json.dumps(answer.to_dict(), allow_nan=False) + "\n")
                stream.flush()
            yield answer


def table(computed: Mapping[str, Any]) -> list[str]:
    """Return the figures as lines of name and value, `-` where the set cannot tell."""
    lines = [f"{'questions':<24}{computed['n']}"]
    for group, values in computed.items():
        if isinstance(values, Mapping):
            lines += [f"{group + ' ' + name:<24}{'-' if value is None else value}" for name, value in values.items()]
    return lines
