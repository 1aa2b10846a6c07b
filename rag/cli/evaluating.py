"""`rag eval`: ask a set of questions whose answers are known, and print the figures."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from rag.cli.indexing import ProgressBar
from rag.cli.options import command_with_settings, json_option
from rag.cli.terminal import one_line, print_json
from rag.config import Settings
from rag.evaluation.figures import Judged, figures
from rag.evaluation.problems import failed_questions
from rag.evaluation.records import save_evaluation
from rag.evaluation.results import result_object
from rag.evaluation.running import run
from rag.evaluation.sets import DOCUMENTS, EvaluationSet

if TYPE_CHECKING:
    from rag.evaluation.questions import Question

_QUIET_SECONDS = 30.0
"""How often progress is told where standard error is no terminal."""


@command_with_settings("eval")
@click.argument("path", metavar="FILE_OR_DIR", type=click.Path(path_type=Path))
@click.option("--results", type=click.Path(path_type=Path), help="Write the answer objects to this file, one a line.")
@click.option("--retrieval-only", is_flag=True, help="Look for the passages and answer nothing: quick.")
@json_option
def evaluate(settings: Settings, *, path: Path, results: Path | None, retrieval_only: bool, as_json: bool) -> None:
    """Ask questions whose answers are known; print figures.

    FILE is a file of questions with what is known about their answers, DIR a folder with such a `questions.jsonl`. A
    `docs.jsonl` in DIR is what they are asked of, in an index made for the purpose; else it is the indexed documents.
    The figures are kept in the index folder, where the chat page shows them.
    """
    asked = EvaluationSet(path)
    from rag.engine import Engine

    with ExitStack() as stack:
        used, seconds = settings, None
        if asked.documents is not None:
            used, seconds = stack.enter_context(scratch_index(settings, asked.documents))
        engine = stack.enter_context(closing(Engine.open(used)))
        running = run(engine, asked.questions, answering=not retrieval_only)
        judged = list(saved(told(running, len(asked.questions), results), results))
        status, generation = engine.index_status(), engine.generation
    computed = figures(judged, documents=status.documents, chunks=status.chunks, seconds=seconds)
    if as_json:
        print_json(computed)
    else:
        click.echo("\n".join(table(computed)))
    kept = asked.evaluation(
        settings, computed, failed_questions(judged), generation=generation, retrieval_only=retrieval_only
    )
    save_evaluation(settings.index, kept)


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


def told(running: Iterable[Judged], total: int, results: Path | None) -> Iterator[Judged]:
    """Pass on what became of the questions, and tell on standard error how far it is and what could not be asked."""
    progress = _Progress(total)
    try:
        for done, judged in enumerate(running, start=1):
            progress.clear()
            if judged.outcome.error is not None:
                click.echo(f"{called(judged.question)}: {one_line(judged.outcome.error)}", err=True)
            yield judged
            progress.show(done)
    except KeyboardInterrupt:
        progress.clear()
        where = f" What was asked is in {results}." if results else ""
        click.echo(f"Interrupted after {progress.done} of {total} questions.{where}", err=True)
        raise
    finally:
        progress.clear()


def called(question: Question) -> str:
    """Return what a question is called in a message: its id, or else its line."""
    return (
        f"Line {question.line}" if question.id is None else f"Question {one_line(question.id)} (line {question.line})"
    )


class _Progress:
    """`asked 12 of 300, 40 s left`: redrawn on a terminal, else told now and then."""

    def __init__(self, total: int) -> None:
        self._total, self._started, self._last = total, time.monotonic(), time.monotonic()
        self._shown = 0
        self.done = 0

    def show(self, done: int) -> None:
        """Tell that so many questions were asked."""
        self.done = done
        now = time.monotonic()
        left = (now - self._started) / done * (self._total - done)
        line = f"asked {done:,} of {self._total:,}, {duration(left)} left"
        if sys.stderr.isatty():
            click.echo("\r" + line, err=True, nl=False)
            self._shown = len(line)
        elif now - self._last >= _QUIET_SECONDS:
            click.echo(line, err=True)
            self._last = now

    def clear(self) -> None:
        """Remove the line from a terminal."""
        if self._shown:
            click.echo("\r" + " " * self._shown + "\r", err=True, nl=False)
            self._shown = 0


def duration(seconds: float) -> str:
    """Return `40 s` or `12 min`."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def saved(running: Iterable[Judged], results: Path | None) -> Iterator[Judged]:
    """Pass on what became of the questions, each written to the file `results` first, if there is one."""
    with ExitStack() as stack:
        stream = None if results is None else stack.enter_context(results.open("w", encoding="utf-8"))
        for judged in running:
            if stream is not None:
                stream.write(json.dumps(result_object(judged), allow_nan=False) + "\n")
                stream.flush()
            yield judged


def table(computed: Mapping[str, Any]) -> list[str]:
    """Return the figures as lines of name and value, `-` where the set cannot tell."""
    lines = [f"{'questions':<24}{computed['n']}"]
    if computed["failed"]:
        lines.append(f"{'questions failed':<24}{computed['failed']}")
    for group, values in computed.items():
        if isinstance(values, Mapping):
            lines += [f"{group + ' ' + name:<24}{'-' if value is None else value}" for name, value in values.items()]
    return lines
