"""`rag ask`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.answers import AnswerPrinter
from rag.cli.options import command_with_settings, filter_options, json_option, literal_option, refuse_filter
from rag.cli.saving import TraceFile, trace_option
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
@trace_option
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
    trace: Path | None,
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
    if file is not None:
        refuse_filter(source_filter)
    asked = Question(well_formed(question or ""), history=tuple(map(well_formed, history)), source_filter=source_filter)
    questions = [asked] if file is None else list(read_questions(file))
    printer = AnswerPrinter(settings, passages=passages, dropped=dropped)
    from rag.engine import Engine

    engine = Engine.open(settings)
    show_trouble(engine.trouble)
    understand = not literal
    with TraceFile(trace) as traces:
        if file is None and not as_json:
            events = engine.stream(asked.question, asked.history, source_filter=source_filter, understand=understand)
            traces.add_answer(engine, asked, printer.stream(events, asked.question), understand=understand)
            return
        for each, answer in zip(questions, answers(engine, questions, file, understand=understand), strict=True):
            if as_json:
                print_json(answer.to_dict())
            else:
                printer.print(answer)
            traces.add_answer(engine, each, answer, understand=understand)


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
