"""How far the asking of many questions is, told on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.terminal import one_line
from rag.evaluation.figures import Judged

if TYPE_CHECKING:
    from rag.evaluation.questions import Question

_QUIET_SECONDS = 30.0
"""How often progress is told where standard error is no terminal."""


def told(running: Iterable[Judged], total: int, results: Path | None = None, what: str = "") -> Iterator[Judged]:
    """Pass on what became of the questions, and tell on standard error how far it is and what could not be asked.

    `what` stands in front of each line about how far it is.
    """
    progress = _Progress(total, what)
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

    def __init__(self, total: int, what: str = "") -> None:
        self._what = what
        self._total, self._started, self._last = total, time.monotonic(), time.monotonic()
        self._shown = 0
        self.done = 0

    def show(self, done: int) -> None:
        """Tell that so many questions were asked."""
        self.done = done
        now = time.monotonic()
        left = (now - self._started) / done * (self._total - done)
        line = f"{self._what}asked {done:,} of {self._total:,}, {duration(left)} left"
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
