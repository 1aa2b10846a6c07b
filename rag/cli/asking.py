"""`rag ask` and `rag search`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.answers import AnswerPrinter, filter_line, print_passages
from rag.cli.options import command_with_settings, filter_options, json_option, literal_option
from rag.cli.terminal import print_json, show_trouble, well_formed
from rag.config import Settings
from rag.errors import UsageError
from rag.evaluation.questions import Question, read_questions
from rag.types import Answer, SourceFilter

if TYPE_CHECKING:
    from rag.engine import Engine


@command_with_settings("ask")
@click.argument("question", required=False)
@click.option("--questions", "file", type=click.Path(path_type=Path), help="Ask each line of FILE.jsonl instead.")
@click.option("--history", multiple=True, metavar="QUESTION", help="An earlier question, oldest first; repeatable.")
@click.option("--passages", is_flag=True, help="Show the retrieved passages and their scores too.")
@click.option("--dropped", is_flag=True, help="Show what a language model wrote and the check refused.")
@filter_options
@literal_option
@json_option
def ask(
    settings: Settings,
    *,
    question: str | None,
    file: Path | None,
    history: tuple[str, ...],
    passages: bool,
    dropped: bool,
    source_filter: SourceFilter,
    literal: bool,
    as_json: bool,
) -> None:
    """Answer QUESTION from the documents, every sentence cited."""
    if (question is None) == (file is None):
        raise UsageError(
            'Give either a question or a file of questions: rag ask "QUESTION", or --questions FILE.jsonl.'
        )
    if file is not None and history:
        raise UsageError("--history goes with a single question; in a file of questions each line has its own.")
    if file is not None and not source_filter.admits_all:
        raise UsageError(
            "--source, --after, --before and --outlet go with a single question; in a file, `filter` does."
        )
    asked = Question(well_formed(question or ""), history=tuple(map(well_formed, history)), source_filter=source_filter)
    questions = [asked] if file is None else list(read_questions(file))
    printer = AnswerPrinter(settings, passages=passages, dropped=dropped)
    from rag.engine import Engine

    engine = Engine.open(settings)
    show_trouble(engine.trouble)
    if as_json:
        for answer in answers(engine, questions, file, understand=not literal):
            print_json(answer.to_dict())
    elif file is None:
        printer.stream(
            engine.stream(asked.question, asked.history, source_filter=source_filter, understand=not literal)
        )
    else:
        for answer in answers(engine, questions, file, understand=not literal):
            printer.print(answer)


def answers(
    engine: Engine, questions: list[Question], file: Path | None, *, understand: bool = True
) -> Iterator[Answer]:
    """Yield the answer to each question in order, with its id.

    Raises UsageError that names the line of a question that cannot be asked.
    """
    for question in questions:
        try:
            answer = engine.ask(
                question.question, question.history, source_filter=question.source_filter, understand=understand
            )
        except UsageError as error:
            if file is None:
                raise
            raise UsageError(f"{file} line {question.line}: {error}") from error
        yield replace(answer, id=question.id)


@command_with_settings("search")
@click.argument("question")
@click.option("-k", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@filter_options
@literal_option
@json_option
def search(
    settings: Settings, *, question: str, count: int, source_filter: SourceFilter, literal: bool, as_json: bool
) -> None:
    """Show the nearest passages and their scores, no answer."""
    from rag.engine import Engine

    question = well_formed(question)
    engine = Engine.open(settings)
    show_trouble(engine.trouble)
    passages = engine.search(question, count, source_filter=source_filter, understand=not literal)
    applied = engine.applied_filter(question, source_filter, understand=not literal)
    if as_json:
        found = [asdict(passage) for passage in passages]
        print_json({"question": question, "passages": found, "filter": asdict(applied)})
        return
    if sources := filter_line(applied):
        click.echo(sources + "\n")
    print_passages(passages)
