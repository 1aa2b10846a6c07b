"""`rag eval`: ask a set of questions whose answers are known, and print the figures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from rag.cli.asking import answers
from rag.cli.indexing import ProgressBar
from rag.cli.options import command_with_settings, json_option
from rag.cli.terminal import print_json
from rag.config import Settings
from rag.errors import UsageError
from rag.evaluation.figures import figures, judge
from rag.evaluation.questions import Question, read_questions
from rag.types import Answer

DOCUMENTS = "docs.jsonl"
"""The documents of a set that brings its own."""


@command_with_settings("eval")
@click.argument("path", metavar="FILE_OR_DIR", type=click.Path(path_type=Path))
@click.option("--results", type=click.Path(path_type=Path), help="Write the answer objects to this file, one a line.")
@json_option
def evaluate(settings: Settings, *, path: Path, results: Path | None, as_json: bool) -> None:
    """Ask questions whose answers are known; print figures.

    FILE is a file of questions with what is known about their answers, DIR a folder with such a `questions.jsonl`. A
    `docs.jsonl` in DIR is what they are asked of, in an index made for the purpose; else it is the indexed documents.
    """
    file = question_file(path)
    questions = list(read_questions(file))
    from rag.engine import Engine

    with ExitStack() as stack:
        seconds = None
        if path.is_dir() and (path / DOCUMENTS).exists():
            settings, seconds = stack.enter_context(scratch_index(settings, path / DOCUMENTS))
            questions = [in_collection(question) for question in questions]
        engine = stack.enter_context(closing(Engine.open(settings)))
        judged = [
            judge(question, answer, lambda source: engine.document(source).text)
            for question, answer in zip(questions, saved(answers(engine, questions, file), results), strict=True)
        ]
        status = engine.index_status()
    computed = figures(judged, documents=status.documents, chunks=status.chunks, seconds=seconds)
    if as_json:
        print_json(computed)
    else:
        click.echo("\n".join(table(computed)))


def question_file(path: Path) -> Path:
    """Return the file of questions that `path` is or holds. Raises UsageError where there is no such file."""
    if not path.is_dir():
        return path
    if not (path / "questions.jsonl").exists():
        raise UsageError(f"{path} holds no questions.jsonl. Name a file of questions, or a folder that has it.")
    return path / "questions.jsonl"


@contextmanager
def scratch_index(settings: Settings, documents: Path) -> Iterator[tuple[Settings, float]]:
    """Lend settings that name an index of a collection, made by the product itself, and the seconds that it took.

    The embedding model as it was prepared for the configured index is used again.
    """
    from rag.engine import build_index

    with TemporaryDirectory(prefix="rag-eval-") as name:
        folder = Path(name)
        for part in ("sources", "index"):
            (folder / part).mkdir()
        shutil.copyfile(documents, folder / "sources" / DOCUMENTS)
        if (settings.index / "encoders").is_dir():
            (folder / "index" / "encoders").symlink_to((settings.index / "encoders").resolve())
        scratch = settings.model_copy(update={"sources": folder / "sources", "index": folder / "index"})
        bar = ProgressBar()
        try:
            report = build_index(scratch, progress=bar.show)
        finally:
            bar.clear()
        yield scratch, round(report.seconds, 1)


def in_collection(question: Question) -> Question:
    """Return a question of a document set with its gold documents named as sources."""
    return replace(question, gold=tuple(replace(gold, source=f"{DOCUMENTS}#{gold.source}") for gold in question.gold))


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
