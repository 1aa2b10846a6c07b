"""`rag index`: bring the index up to date, show how far it is, tell what was done."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rag.cli.options import command_with_settings, json_option
from rag.cli.terminal import one_line, print_json
from rag.config import Settings
from rag.types import IndexReport, Progress

_BAR = 30


@command_with_settings("index")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="Start from nothing, whatever is there.")
@json_option
def index(settings: Settings, *, paths: tuple[Path, ...], rebuild: bool, as_json: bool) -> None:
    """Bring the index up to date with the documents.

    Only what changed since the last time is worked on again. With PATHs, only those documents are looked at.
    """
    from rag.engine import build_index

    bar = ProgressBar()
    try:
        report = build_index(settings, rebuild=rebuild, paths=paths, progress=bar.show)
    finally:
        bar.clear()
    if as_json:
        print_json(report.to_dict())
    else:
        click.echo("\n".join([describe(report), *map(one_line, report.notes)]))
        for skipped in report.skipped:
            click.echo(f"Skipped {one_line(skipped.source)}: {one_line(skipped.reason)}", err=True)


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


def describe(report: IndexReport) -> str:
    """Return what a run of the indexer did, in one sentence."""
    size = f"{counted(report.documents, 'document')}, {counted(report.chunks, 'passage')}"
    done = ", ".join(
        f"{number} {what}"
        for what, number in (("added", report.added), ("changed", report.changed), ("removed", report.removed))
        if number
    )
    if not (done or report.embedded):
        return f"The index is up to date: {size} ({report.seconds:.1f} s)."
    embedded = f"{counted(report.embedded, 'passage')} embedded"
    return f"Indexed {size}: {', '.join(part for part in (done, embedded) if part)} ({report.seconds:.1f} s)."


def counted(number: int, thing: str) -> str:
    """Return `1 document`, `2 documents`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
