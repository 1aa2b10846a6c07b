"""`rag index --watch`: bring the index up to date again and again, until Ctrl-C or the signal to end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from rag.cli.reports import describe, print_report
from rag.cli.terminal import one_line, print_json
from rag.config import Settings
from rag.errors import IndexBusyError, RagError, SourceError
from rag.types import IndexReport, SourceChanges

BUSY_SECONDS = 2.0
"""How long to wait before trying again when another process builds."""


class Build(Protocol):
    """Brings the index up to date; raises RagError."""

    def __call__(self, *, rebuild: bool) -> IndexReport:
        """Build, from nothing where `rebuild` says so."""


def follow(settings: Settings, build: Build, *, as_json: bool, rebuild: bool) -> None:
    """Build, then build again whenever the sources have changed, and print one line for each.

    Errors of the later builds are printed and waited out. Ends when the process is told to (SIGTERM), after the build
    under way; Ctrl-C ends it at once. Raises what the first build raises, but for sources without a document, which
    may still come.
    """
    from rag.engine import watch_sources

    with _told_to_end() as stop:
        changes = watch_sources(settings, stop)
        try:
            print_report(_when_free(build, stop, rebuild=rebuild), as_json=as_json)
        except SourceError as error:
            _complain(error)
        click.echo(f"Watching {one_line(str(settings.sources))}. Ctrl-C ends it.", err=True)
        for change in changes:
            try:
                _print(change, _when_free(build, stop, rebuild=False), as_json=as_json)
            except RagError as error:
                _complain(error)


@contextmanager
def _told_to_end() -> Iterator[threading.Event]:
    """Lend an event that is set when the process is told to end."""
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)


def _when_free(build: Build, stop: threading.Event, *, rebuild: bool) -> IndexReport:
    """Build as soon as no other process does: it may have looked at the sources before they changed."""
    while True:
        try:
            return build(rebuild=rebuild)
        except IndexBusyError:
            if stop.wait(BUSY_SECONDS):
                raise


def _print(change: SourceChanges, report: IndexReport, *, as_json: bool) -> None:
    """Print what changed and what came of it on one line, and on standard error what of it was left out."""
    if as_json:
        print_json(report.to_dict())
        return
    what = change.summary() or "The sources are back"
    click.echo(f"{time.strftime('%H:%M:%S')} {one_line(what)}. {describe(report)}")
    touched = {*change.added, *change.changed}
    for skipped in report.skipped:
        if skipped.source in touched:
            click.echo(f"Skipped {one_line(skipped.source)}: {one_line(skipped.reason)}", err=True)


def _complain(error: RagError) -> None:
    click.echo(f"rag: {one_line(str(error))}", err=True)
