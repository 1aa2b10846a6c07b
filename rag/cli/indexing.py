"""`rag index`: bring the index up to date, show how far it is, tell what was done."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from rag.cli.options import command_with_settings, json_option
from rag.cli.reports import print_report, print_rollback
from rag.cli.watching import follow
from rag.config import Settings
from rag.errors import UsageError
from rag.types import IndexReport, Progress

_BAR = 30


@command_with_settings("index")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="Start from nothing, whatever is there.")
@click.option("--watch", "watching", is_flag=True, help="Go on, whenever the documents change; Ctrl-C ends it.")
@click.option("--rollback", is_flag=True, help="Let the index before this one answer again.")
@json_option
def index(
    settings: Settings, *, paths: tuple[Path, ...], rebuild: bool, watching: bool, rollback: bool, as_json: bool
) -> None:
    """Bring the index up to date with the documents.

    Only what changed since the last time is worked on again. With PATHs, only those documents are looked at.
    """
    if rollback:
        go_back(settings, alone=not (paths or rebuild or watching), as_json=as_json)
        return
    build = partial(build_with_bar, settings, paths)
    if watching:
        follow(settings, build, as_json=as_json, rebuild=rebuild)
    else:
        print_report(build(rebuild=rebuild), as_json=as_json)


def go_back(settings: Settings, *, alone: bool, as_json: bool) -> None:
    """Let the generation before answer again. Raises UsageError unless that is all that was asked for."""
    from rag.engine import rollback

    if not alone:
        raise UsageError("--rollback goes back to the index before this one and does nothing else: give it alone.")
    print_rollback(rollback(settings), as_json=as_json)


def build_with_bar(settings: Settings, paths: tuple[Path, ...], *, rebuild: bool) -> IndexReport:
    """Bring the index up to date and show how far it is."""
    from rag.engine import build_index

    bar = ProgressBar()
    try:
        return build_index(settings, rebuild=rebuild, paths=paths, progress=bar.show)
    finally:
        bar.clear()


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
