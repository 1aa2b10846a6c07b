"""`rag search`: the passages that are found, why those and not others, and what has changed since a trace was saved."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.answers import filter_line, print_passages
from rag.cli.options import command_with_settings, filter_options, json_option, literal_option, refuse_filter
from rag.cli.saving import TraceFile, read_traces, trace_option
from rag.cli.terminal import one_line, print_json, show_trouble, well_formed, wrapped
from rag.cli.traces import comparisons_told, print_explanation
from rag.config import Settings
from rag.errors import UsageError
from rag.evaluation.questions import Question, read_questions
from rag.types import SourceFilter

if TYPE_CHECKING:
    from rag.engine import Engine

Span = tuple[str, int, int]


@command_with_settings("search")
@click.argument("question", required=False)
@click.option("-k", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@click.option(
    "--why",
    type=(str, int, int),
    metavar="SOURCE START END",
    help="Tell instead what became of the passages that stand there, and why.",
)
@trace_option
@click.option(
    "--questions", "file", type=click.Path(path_type=Path), help="Search for each line of FILE.jsonl instead."
)
@click.option("--replay", type=click.Path(path_type=Path), help="Search again for what a saved trace did; compare.")
@filter_options
@literal_option
@json_option
def search(
    settings: Settings,
    *,
    question: str | None,
    count: int,
    why: Span | None,
    trace: Path | None,
    file: Path | None,
    replay: Path | None,
    source_filter: SourceFilter,
    literal: bool,
    as_json: bool,
) -> None:
    """Show the nearest passages and their scores, no answer."""
    check_usage(question, file, replay, why, trace)
    if question is None:
        refuse_filter(source_filter)
    asked = Question(well_formed(question or ""), source_filter=source_filter)
    saved = [] if replay is None else read_traces(replay)
    questions = [asked] if file is None else list(read_questions(file))
    from rag.engine import Engine

    engine = Engine.open(settings)
    show_trouble(engine.trouble)
    if replay is not None:
        comparisons_told(engine.compare_with(saved), as_json=as_json)
    elif why is not None:
        told = engine.why(asked.question, *why, count, source_filter=source_filter, understand=not literal)
        print_json(asdict(told)) if as_json else print_explanation(told)
    else:
        with TraceFile(trace) as traces:
            for each in questions:
                search_one(engine, each, file, count, traces, understand=not literal, as_json=as_json)


def check_usage(
    question: str | None, file: Path | None, replay: Path | None, why: Span | None, trace: Path | None
) -> None:
    """Raise UsageError for what does not go together."""
    if sum(each is not None for each in (question, file, replay)) != 1:
        raise UsageError(
            'Give one of a question, a file of questions and a saved trace: rag search "QUESTION", '
            "--questions FILE.jsonl, or --replay FILE."
        )
    if why is not None and question is None:
        raise UsageError('--why goes with a single question: rag search "QUESTION" --why SOURCE START END')
    if trace is not None and (why is not None or replay is not None):
        raise UsageError("--trace saves a search; leave it out with --why and --replay.")


def search_one(
    engine: Engine,
    question: Question,
    file: Path | None,
    count: int,
    traces: TraceFile,
    *,
    understand: bool,
    as_json: bool,
) -> None:
    """Search for one question, print what is found, and trace it.

    Raises UsageError that names the line of a question of `file` that cannot be asked.
    """
    where = question.source_filter
    try:
        alone = engine.standalone(question.question, question.history, where) if question.history else question.question
        passages = engine.search(alone, count, source_filter=where, understand=understand)
        applied = engine.applied_filter(alone, where, understand=understand)
        traces.add_search(engine, question, alone, count, understand=understand)
    except UsageError as error:
        if file is None:
            raise
        raise UsageError(f"{file} line {question.line}: {error}") from error
    if as_json:
        found = {"question": alone, "passages": [asdict(passage) for passage in passages], "filter": asdict(applied)}
        print_json(found if file is None else {"id": question.id, **found})
        return
    if file is not None:
        click.secho(wrapped(one_line(alone)), bold=True)
    if sources := filter_line(applied):
        click.echo(sources + "\n")
    print_passages(passages)
    if file is not None:
        click.echo()
