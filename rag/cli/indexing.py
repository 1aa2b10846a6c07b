"""`rag index`: bring the index up to date, show how far it is, tell what was done."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import command_with_settings, json_option
from rag.cli.reports import print_report, print_rollback, print_share
from rag.cli.watching import follow
from rag.config import Settings
from rag.errors import UsageError
from rag.types import GateReport, IndexReport, Progress

if TYPE_CHECKING:
    from rag.engine import Contest, Gate

_BAR = 30
_NOTHING_CHANGED = "Nothing has changed, so nothing was compared."


@command_with_settings("index")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="Start from nothing, whatever is there.")
@click.option("--watch", "watching", is_flag=True, help="Go on, whenever the documents change; Ctrl-C ends it.")
@click.option("--rollback", is_flag=True, help="Let the index before this one answer again.")
@click.option(
    "--gate", "questions", type=click.Path(path_type=Path), help="Keep the old index if it answers FILE.jsonl better."
)
@click.option(
    "--gate-tolerance",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help="Let pass that N more questions are worse than better.",
)
@click.option("--worker", metavar="K/N", help="Only embed share K of N into the server that --store names.")
@json_option
def index(
    settings: Settings,
    *,
    paths: tuple[Path, ...],
    rebuild: bool,
    watching: bool,
    rollback: bool,
    questions: Path | None,
    gate_tolerance: int,
    worker: str | None,
    as_json: bool,
) -> None:
    """Bring the index up to date with the documents.

    Only what changed since the last time is worked on again. With PATHs, only those documents are looked at. With a
    gate, the new index is asked the questions of a file before it counts; where it answers worse than the one before,
    that one stays, and the exit status is 1. Workers on several machines embed before, each its share of the files.
    """
    if worker is not None:
        share(settings, worker, alone=not (paths or rebuild or watching or rollback or questions), as_json=as_json)
        return
    if rollback:
        go_back(settings, alone=not (paths or rebuild or watching or questions), as_json=as_json)
        return
    build = partial(build_with_bar, settings, paths, _gate(questions, gate_tolerance))
    if watching:
        follow(settings, build, as_json=as_json, rebuild=rebuild)
        return
    report = build(rebuild=rebuild)
    print_report(report, as_json=as_json)
    if report.refused:
        raise click.exceptions.Exit(1)


def _gate(questions: Path | None, tolerance: int) -> Gate | None:
    if questions is None:
        return None
    from rag.cli.gating import gate_of

    return gate_of(questions, tolerance)


def go_back(settings: Settings, *, alone: bool, as_json: bool) -> None:
    """Let the generation before answer again. Raises UsageError unless that is all that was asked for."""
    from rag.engine import rollback

    if not alone:
        raise UsageError("--rollback goes back to the index before this one and does nothing else: give it alone.")
    print_rollback(rollback(settings), as_json=as_json)


def share(settings: Settings, worker: str, *, alone: bool, as_json: bool) -> None:
    """Embed the share of a worker. Raises UsageError unless that is all that was asked for."""
    from rag.engine import embed_share_of

    if not alone:
        raise UsageError("--worker embeds its share of the files and does nothing else: give it alone.")
    bar = ProgressBar()
    try:
        report = embed_share_of(settings, worker, bar.show)
    finally:
        bar.clear()
    print_share(report, as_json=as_json)


def build_with_bar(
    settings: Settings, paths: tuple[Path, ...], gate: Gate | None = None, *, rebuild: bool
) -> IndexReport:
    """Bring the index up to date and show how far it is."""
    from rag.engine import build_index

    bar = ProgressBar()

    def cleared(contest: Contest) -> GateReport:
        bar.clear()
        assert gate is not None
        return gate(contest)

    try:
        report = build_index(
            settings, rebuild=rebuild, paths=paths, progress=bar.show, gate=None if gate is None else cleared
        )
    finally:
        bar.clear()
    if gate is not None and report.gate is None:
        return replace(report, gate=GateReport(passed=True, note=_NOTHING_CHANGED))
    return report


class ProgressBar:
    """One line on standard error that is drawn again and again; nothing where that is not a terminal."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, progress: Progress) -> None:
        """Draw how far a stage is."""
        if not sys.stderr.isatty():
            return
        filled = _BAR * progress.done // max(progress.total, 1)
        line = f"{progress.stage:<10} [{'#' * filled}{'.' * (_BAR - filled)}] {progress.done}/{progress.total}"
        if line != self._shown:
            click.echo("\r" + line.ljust(len(self._shown)), err=True, nl=False)
            self._shown = line

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            click.echo("\r" + " " * len(self._shown) + "\r", err=True, nl=False)
            self._shown = ""
