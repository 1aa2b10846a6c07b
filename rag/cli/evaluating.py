"""`rag eval`: ask a set of questions whose answers are known, and print the figures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from rag.cli.indexing import ProgressBar
from rag.cli.options import command_with_settings, json_option
from rag.cli.progress import told
from rag.cli.terminal import print_json
from rag.config import Settings
from rag.errors import UsageError
from rag.evaluation.figures import Judged, figures, judgements
from rag.evaluation.problems import failed_questions
from rag.evaluation.records import save_evaluation
from rag.evaluation.results import result_object
from rag.evaluation.running import run
from rag.evaluation.sets import DOCUMENTS, QUESTIONS, EvaluationSet
from rag.types import FAISS, Calibration

MADE = 40
"""Questions that are made unless told otherwise."""


@command_with_settings("eval")
@click.argument("path", metavar="FILE_OR_DIR", type=click.Path(path_type=Path), required=False)
@click.option("--results", type=click.Path(path_type=Path), help="Write the answer objects to this file, one a line.")
@click.option("--retrieval-only", is_flag=True, help="Look for the passages and answer nothing: quick.")
@click.option("--calibrate", is_flag=True, help="Fit how sure an answer must be, for this index, to these questions.")
@click.option("--make", "making", is_flag=True, help="Write questions about the indexed documents, to begin with.")
@click.option("--output", type=click.Path(path_type=Path), help="Where --make writes (default: questions.jsonl).")
@click.option("--count", type=click.IntRange(1), help="How many questions --make writes at most (default: 40).")
@click.option(
    "--unanswerable-from",
    "foreign",
    type=click.Path(path_type=Path),
    help="Other documents, or questions about them, that --make takes unanswerable questions from.",
)
@click.option("--force", is_flag=True, help="Let --make write over a file that is there.")
@json_option
def evaluate(
    settings: Settings,
    *,
    path: Path | None,
    results: Path | None,
    retrieval_only: bool,
    calibrate: bool,
    making: bool,
    output: Path | None,
    count: int | None,
    foreign: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Ask questions whose answers are known; print figures.

    FILE is a file of questions with what is known about their answers, DIR a folder with such a `questions.jsonl`. A
    `docs.jsonl` in DIR is what they are asked of, in an index made for the purpose; else it is the indexed documents.
    The figures are kept in the index folder, where the chat page shows them. With --make, nothing is asked: questions
    are made from headings, quotations and figures of the indexed documents.
    """
    wrong = given(results=results, retrieval_only=retrieval_only, calibrate=calibrate)
    wrong = wrong if making else given(output=output, count=count, unanswerable_from=foreign, force=force)
    if wrong or (path is None) != making:
        raise UsageError(
            "Name a file or folder of questions to ask (with --results, and --calibrate or --retrieval-only), or make "
            "some with --make (and --output, --count, --unanswerable-from, --force)."
        )
    if calibrate and retrieval_only:
        raise UsageError("To calibrate is to look at answers: leave out --retrieval-only, or --calibrate.")
    if path is not None:
        ask_set(settings, path, results, answering=not retrieval_only, calibrating=calibrate, as_json=as_json)
        return
    from rag.cli.making import make

    make(
        settings,
        output=output or Path(QUESTIONS),
        count=count or MADE,
        foreign=foreign,
        force=force,
        as_json=as_json,
    )


def given(**options: object) -> list[str]:
    """Return the names of the options that were given."""
    return [name for name, value in options.items() if value]


def ask_set(
    settings: Settings, path: Path, results: Path | None, *, answering: bool, calibrating: bool, as_json: bool
) -> None:
    """Ask the questions of a set, print its figures, and keep them; with `calibrating`, fit the operating point."""
    asked = EvaluationSet(path)
    from rag.engine import Engine, calibrate

    with ExitStack() as stack:
        used, seconds = settings, None
        if asked.documents is not None:
            used, seconds = stack.enter_context(scratch_index(settings, asked.documents))
        engine = stack.enter_context(closing(Engine.open(used)))
        running = run(engine, asked.questions, answering=answering)
        # What tells of an interruption stands outermost: it hears of one wherever it falls, in the writing too.
        judged = list(told(saved(running, results), len(asked.questions), results))
        status, generation = engine.index_status(), engine.generation
    if all(pair.outcome.error is not None for pair in judged):
        raise UsageError(f"No question of {asked.file} could be asked: {judged[0].outcome.error}")
    computed = figures(judged, documents=status.documents, chunks=status.chunks, seconds=seconds)
    fitted = calibrate(settings, asked.name, judgements(judged)) if calibrating else None
    if as_json:
        print_json(computed | ({"calibration": asdict(fitted)} if fitted else {}))
    else:
        click.echo("\n".join([*table(computed), *(curve_lines(fitted) if fitted else [])]))
    kept = asked.evaluation(
        settings, computed, failed_questions(judged), generation=generation, retrieval_only=not answering
    )
    save_evaluation(settings.index, kept)


def curve_lines(fitted: Calibration) -> list[str]:
    """Return what was fitted, and what other points would do, as lines."""
    count = f"{fitted.answerable} answerable and {fitted.unanswerable} unanswerable questions"
    lines = ["", f"Fitted on {count}: from now on an answer must be {fitted.confidence:.2f} sure.", ""]
    lines.append(f"{'confidence':>12}{'answered':>10}{'refused':>10}{'coverage':>10}{'risk':>8}")
    points = [fitted.at(step / 10) for step in range(1, 10)]
    points.append(fitted.at(fitted.confidence))
    for point in sorted(set(points), key=lambda each: each.confidence):
        mark = "*" if point.confidence == fitted.confidence else " "
        risk = "-" if point.risk is None else f"{point.risk:.2f}"
        shares = f"{point.answered:>10.2f}{point.refused:>10.2f}{point.coverage:>10.2f}{risk:>8}"
        lines.append(f"{mark}{point.confidence:>11.2f}{shares}")
    return lines


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
        scratch = settings.model_copy(update={"sources": folder / "sources", "index": folder / "index", "store": FAISS})
        bar = ProgressBar()
        try:
            report = build_index(scratch, progress=bar.show)
        finally:
            bar.clear()
        yield scratch, round(report.seconds, 1)


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
