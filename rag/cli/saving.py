"""Files of traces: written while questions are asked, and read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

import click

from rag.errors import UsageError
from rag.evaluation.questions import Question, read_objects
from rag.types import Answer, SavedTrace

if TYPE_CHECKING:
    from rag.engine import Engine

trace_option = click.option(
    "--trace",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save what each stage of retrieval made of each passage, as JSON, one object a question.",
)


class TraceFile:
    """A file that traces are written to, one a line and each at once; without a path, nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stack = ExitStack()
        self._stream: TextIO | None = None

    def __enter__(self) -> TraceFile:
        if self._path is not None:
            self._stream = self._stack.enter_context(self._path.open("w", encoding="utf-8"))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def add_search(self, engine: Engine, question: Question, alone: str, count: int, *, understand: bool) -> None:
        """Trace the search for a question, `alone` being how it stands without those before it."""
        if self._stream is not None:
            self._write(
                engine.trace(alone, count, source_filter=question.source_filter, understand=understand), question.id
            )

    def add_answer(self, engine: Engine, question: Question, answer: Answer | None, *, understand: bool) -> None:
        """Trace the searches that an answer rests on."""
        if self._stream is not None and answer is not None:
            saved = engine.trace(
                answer.standalone_question,
                engine.settings.passage_count,
                source_filter=question.source_filter,
                understand=understand,
                parts=True,
            )
            self._write(saved, question.id)

    def _write(self, saved: SavedTrace, identity: str | None) -> None:
        from rag.engine import trace_object

        assert self._stream is not None
        value = trace_object(saved) | {"id": identity}
        self._stream.write(json.dumps(value, ensure_ascii=True, allow_nan=False) + "\n")
        self._stream.flush()


def read_traces(path: Path) -> Sequence[SavedTrace]:
    """Return the traces of a file, in order. Raises UsageError that names the file, the line and what is wrong."""
    from rag.engine import parse_trace

    traces = []
    for number, value in read_objects(path):
        try:
            traces.append(parse_trace(value))
        except ValueError as error:
            raise UsageError(f"{path} line {number}: {error}. Save the trace again: rag search --trace FILE") from error
    if not traces:
        raise UsageError(f"{path} holds no trace. Save one: rag search --trace FILE")
    return traces
